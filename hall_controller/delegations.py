"""What a card delegates: the key of its member's seat, or of a phone. Judged at this moment, then recorded.

The statement says for whom, for which sitting and until when; the hall had asked for just that (`answers`).
"""

from datetime import timedelta

from audit import instant, statement
from audit.errors import Untrusted
from audit.signing import PublicKey, thumbprint
from audit.statement import Statement
from firmware_bridge.messages import BindPhone, Challenge, Lines, Refusal
from hall_controller.bus import HallBus
from hall_controller.card_here import CardHere
from hall_controller.card_trust import CardTrust
from hall_controller.clock import Clock
from hall_controller.encoding import SessionEvidence
from hall_controller.hall import Hall
from hall_controller.pins import SealedPins
from hall_controller.sessions import SessionKeys
from hall_controller.submission import Submission
from voting import commands
from voting.ids import MemberId, SeatId

SESSION_LIFE = timedelta(hours=14)
"""A sitting's longest day: a session ends with its sitting or its card, this only bounds a forgotten
one."""
CHALLENGE_BYTES = 16


class Delegations:
    def __init__(
        self,
        hall: Hall,
        bus: HallBus,
        trust: CardTrust,
        sessions: SessionKeys,
        pins: SealedPins,
        clock: Clock,
    ) -> None:
        self._hall, self._bus = hall, bus
        self._trust, self._sessions, self._pins = trust, sessions, pins
        self._clock = clock

    def key_of(self, session: str) -> PublicKey | None:
        """The key that a recorded session delegated to."""
        known = self._sessions.of(session)
        return None if known is None else known.key

    def certificate_of(self, session: str) -> bytes | None:
        """DER, of the card that opened a recorded session."""
        known = self._sessions.of(session)
        return None if known is None else known.certificate

    def judged(self, sealed: Statement, here: CardHere) -> SessionEvidence:
        """The evidence of a session statement by this card. Raises Untrusted, BadSignature."""
        if sealed.header["x5t#S256"] != here.fingerprint:
            raise Untrusted("subject", "another card's statement")
        identity = self._trust.judge(here.certificate, self._clock())
        if identity.member != sealed.payload["member"]:
            raise Untrusted("subject", "another member's card")
        identity.check_algorithm(sealed.alg)
        statement.verify(sealed, identity.public_key)
        return SessionEvidence(sealed.jws, here.certificate)

    async def record(self, seat: str, sealed: Statement, evidence: SessionEvidence) -> None:
        """Signs a member in with a judged statement by the card at `seat`.

        Raises Refused, NotRecorded, LogBroken.
        """
        await self._hall.submit(Submission(_sign_in(sealed), "member", evidence))
        self._sessions.learn(sealed.payload_hash, sealed.payload["key"], evidence.certificate)
        self._pins.signed_in(seat)

    def refuse(self, bridge: str, seat: str, of: str | None, code: str, lines: Lines) -> None:
        """Also ends the wait of a phone that sent the card's PIN."""
        self._pins.refused(seat)
        self._bus.tell(bridge, Refusal(seat, of, code, lines, True))


def answers(sealed: Statement, asked: Challenge | BindPhone, seat: str | None) -> bool:
    """Whether a session statement says what the hall asked for, and nothing else."""
    said = sealed.payload
    named = (asked.log, asked.sit, asked.member, asked.chal, asked.exp)
    if (said["log"], said["sit"], said["member"], said["chal"], said["exp"]) != named:
        return False
    if isinstance(asked, BindPhone):
        return bool(said["channel"] == "mobile" and said["seat"] is None and said["key"] == asked.key)
    return bool(said["channel"] == "seat" and said["seat"] == seat)


def _sign_in(sealed: Statement) -> commands.SignIn:
    said = sealed.payload
    seat = said["seat"]
    return commands.SignIn(
        member=MemberId(said["member"]),
        seat=None if seat is None else SeatId(seat),
        channel=said["channel"],
        session=sealed.payload_hash,
        key=thumbprint(said["key"]),
        expires=instant.read(said["exp"]),
    )
