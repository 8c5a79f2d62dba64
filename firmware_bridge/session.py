"""A session at a seat, as the seat uses it: fills ballot forms and signs them with the delegated key."""

from collections.abc import Callable, Mapping

from audit import statement
from audit.signing import EcSigner
from firmware_bridge.ballots import Press, ToSign
from firmware_bridge.cards.sign_in import Session
from firmware_bridge.messages import Jws

NONCE_BYTES = 16


class SignedInSeat:
    """`token` gives so many random bytes. The private key stands here and nowhere else."""

    def __init__(self, session: Session, token: Callable[[int], bytes]) -> None:
        self._session = session
        self._signer = EcSigner(session.private_key)
        self._token = token

    @property
    def statement(self) -> str:
        return self._session.sk

    @property
    def jws(self) -> Jws:
        return self._session.statement_jws

    def ballot(self, form: Mapping[str, str], device: str, choice: str, press: Press) -> tuple[str, Jws]:
        payload = self._filled(form, device, choice, press)
        named = {"kid": self._signer.kid, "sk": self._session.sk}
        draft = statement.draft(statement.BALLOT, payload, self._signer.alg, **named)
        return draft.payload_hash, draft.finish(self._signer.sign(draft.signing_input))

    def to_card(self, form: Mapping[str, str], device: str, choice: str, press: Press) -> ToSign:
        return ToSign(self._filled(form, device, choice, press), self._session.card)

    def _filled(self, form: Mapping[str, str], device: str, choice: str, press: Press) -> dict[str, object]:
        return statement.fill(
            form,
            member=self._session.member,
            seat=self._session.seat,
            device=device,
            choice=choice,
            rev=press.rev,
            prev=press.prev,
            nonce=self._token(NONCE_BYTES),
        )
