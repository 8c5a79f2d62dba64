"""Ballots that the card signs itself (PIV 9C): judged by the card's certificate when they come.

The certificate travels with the ballot, so nothing about it need be remembered, and what was judged is what
the log keeps. Whether the member sits there with a live session is the rules' to say (`voting.ballot`).
"""

import base64
import binascii
from hashlib import sha256

from audit import base64url, statement
from audit.errors import BadSignature, Untrusted
from audit.statement import Statement
from hall_controller.card_texts import untrusted
from hall_controller.card_trust import CardTrust
from hall_controller.clock import Clock
from hall_controller.encoding import CardBallot
from voting.errors import RefusalKind, Refused


class CardBallotUntrue(RefusalKind):
    vi = "Chữ ký của thẻ trên phiếu không đúng; phiếu không được ghi nhận."
    en = "The card's signature on the ballot doesn't hold; it was not recorded."
    unit = ("KHONG DUOC GHI NHAN", "SAI CHU KY CUA THE")


class CardNotTrusted(Refused):
    """The certificate of the card isn't taken now; `why` is a code of `audit.trust`."""

    def __init__(self, why: str) -> None:
        text = {
            "vi": "Chứng thư của thẻ không được chấp nhận lúc này; phiếu không được ghi nhận.",
            "en": f"The card's certificate isn't taken now ({why}); the ballot was not recorded.",
        }
        # A list may yet come, or the presidium decide: the seat goes on trying.
        super().__init__(f"card_{why}", text, untrusted(why), final=why != "crl_missing")


class CardBallots:
    def __init__(self, trust: CardTrust, clock: Clock) -> None:
        self._trust = trust
        self._clock = clock

    def check(self, certificate: bytes) -> None:
        """Of the card behind a session, at each ballot, as `hall verify` does. Raises CardNotTrusted."""
        try:
            self._trust.judge(certificate, self._clock())
        except Untrusted as no:
            raise CardNotTrusted(no.code) from no

    def judged(self, sealed: Statement, encoded: str) -> CardBallot:
        """`encoded`: the certificate as it came, base64 of DER.

        Raises CardBallotUntrue (another certificate, member or key), CardNotTrusted.
        """
        try:
            certificate = base64.b64decode(encoded, validate=True)
            if sealed.header.get("x5t#S256") != base64url.encode(sha256(certificate).digest()):
                raise BadSignature("the ballot names another certificate")
            identity = self._trust.judge(certificate, self._clock())
            if identity.member != sealed.payload["member"]:
                raise BadSignature("another member's card")
            identity.check_algorithm(sealed.alg)
            statement.verify(sealed, identity.public_key)
        except Untrusted as no:
            raise CardNotTrusted(no.code) from no
        except (BadSignature, binascii.Error, ValueError) as bad:
            raise CardBallotUntrue() from bad
        return CardBallot(sealed.jws, certificate)
