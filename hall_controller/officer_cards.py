"""An officer's card at an officers' desk: it signs that the page with this key is its holder's.

The page makes a key for this one sign-in and shows eight digits of it, the desk's unit shows the same and
whose card lies there; ✓ and the PIN let the card sign a session statement for that key, as for a member's
phone (docs/specs/bus.md). The hall checks card and signature, then the page proves the key. The statement
names no sitting, so nobody can take it for a member's session, and officers sign in before one opens.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog

from audit import base64url, fingerprint, instant, statement
from audit.errors import BadEvidence, Untrusted
from audit.path import OFFICERS
from audit.signing import PublicKey, from_jwk, thumbprint, verify
from audit.statement import Statement
from display.officers import Officer, Officers
from display.ports import BindingState, PhoneBinding
from firmware_bridge.messages import AtDesk, BindPhone, Card, PhoneDeclined, Refusal, SignedOut
from hall_controller.bus import HallBus
from hall_controller.card_texts import ASK_AGAIN, UNREADABLE, untrusted
from hall_controller.card_trust import CardTrust
from hall_controller.clock import Clock
from hall_controller.officer_refusals import (
    OfficersCardMissing,
    OfficersCardNotTaken,
    OfficersDeskAskedTooOften,
    OfficersDeskBusy,
    PageKeyUnusable,
)
from hall_controller.phone_challenges import Challenges
from hall_controller.unit_text import WIDTH, unaccented
from voting.ids import SeatId

log = structlog.get_logger(__name__)

NO_SITTING = "officer:sign-in"
"""Stands where a member's session names its sitting; no sitting's id has a colon."""
PROOF_PREFIX = b"parl-officer-session:"
"""What the page signs with its key can't be taken for a phone's proof, nor the other way round."""
ASK_LIFE = timedelta(minutes=5)
"""Comparing the digits, a wrong PIN and a right one."""
PROOF_LIFE = timedelta(minutes=1)
"""The page asks every second whether the card has signed."""
MOST_ASKS, ASKS_WINDOW = 6, timedelta(minutes=1)
"""At one desk, whoever asks: a stranger on the network may be a nuisance there, and no more."""
CHALLENGE_BYTES = 16
NOT_AN_OFFICER = ("THE KHONG PHAI CUA", "NGUOI DIEU HANH")


@dataclass(frozen=True, slots=True)
class _CardHere:
    """The card in a desk's slot."""

    bridge: str
    certificate: bytes
    """DER."""
    fingerprint: str
    """Base64url SHA-256, as `x5t#S256` names it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    id: str
    bridge: str
    words: BindPhone
    key_id: str
    until: datetime
    state: str = "waiting"


@dataclass(frozen=True, slots=True)
class _Signed:
    """A card has vouched for the page with this key."""

    card: str
    key: PublicKey
    until: datetime


class OfficerCards:
    """`token(n)` gives n random bytes."""

    def __init__(
        self,
        bus: HallBus,
        trust: CardTrust,
        officers: Officers,
        origin: str,
        clock: Clock,
        token: Callable[[int], bytes],
    ) -> None:
        self._bus, self._trust, self._officers = bus, trust, officers
        self._origin, self._clock, self._token = origin, clock, token
        self._cards: dict[str, _CardHere] = {}
        self._asked: dict[str, _Asked] = {}
        """By desk: one at a time, the latest."""
        self._signed: dict[str, _Signed] = {}
        """By the thumbprint of the page's key."""
        self._asked_at: dict[str, list[datetime]] = {}
        self._challenges = Challenges(token)

    def reads(self, place: str) -> bool:
        return place in self._officers.desks

    # -- from the page ---------------------------------------------------------------------------------

    def request(self, key: Mapping[str, str], desk: SeatId) -> PhoneBinding:
        """Asks the card at `desk` to sign for the page with this public P-256 key. Raises Refused."""
        try:
            key_id = thumbprint(from_jwk(key))
        except BadEvidence as bad:
            raise PageKeyUnusable() from bad
        if key.get("crv") != "P-256":
            raise PageKeyUnusable()
        here = self._cards.get(desk)
        if here is None:
            raise OfficersCardMissing()
        try:
            officer = self._holder(here)
        except Untrusted as no:
            raise OfficersCardNotTaken() from no
        return self._ask(key, key_id, desk, here, officer)

    def state(self, enrolment: str) -> BindingState | None:
        found = next((one for one in self._asked.values() if one.id == enrolment), None)
        if found is None:
            return None
        if found.state == "bound":
            return BindingState("bound", self._challenges.new(found.key_id, self._clock()))
        if found.state == "refused":
            return BindingState("refused")
        return BindingState("expired" if self._clock() > found.until else "waiting")

    def prove(self, key_id: str, challenge: str, signature: bytes) -> str | None:
        """What the card that signed for this key calls its holder; None where the proof doesn't hold."""
        found, now = self._signed.get(key_id), self._clock()
        if found is None or now > found.until or not self._challenges.stands(challenge, key_id, now):
            return None
        try:
            verify(found.key, "ES256", PROOF_PREFIX + challenge.encode(), signature)
        except BadEvidence:
            return None
        self._challenges.spend(challenge, now)
        del self._signed[key_id]  # one sign-in of the card lets one page in, once
        return found.card

    # -- from the desk ---------------------------------------------------------------------------------

    def card(self, bridge: str, said: Card) -> None:
        """A card came to an officers' desk, or is gone."""
        if not said.present:
            self._cards.pop(said.seat, None)
            self._end(said.seat, "refused")
            # Whoever sits there is signed in at a page, not here: nothing of the card's ends with it.
            self._bus.tell(bridge, SignedOut(said.seat, "", "card_removed"))
        elif said.cert is not None:
            self._came(bridge, said.seat, said.cert)

    def _came(self, bridge: str, desk: str, encoded: str) -> None:
        """Whose card it is stands on the desk's unit: whoever sits there sees it before it is asked."""
        try:
            certificate = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            self._bus.tell(bridge, Refusal(desk, None, "card_unreadable", UNREADABLE, True))
            return
        fingerprint = base64url.encode(sha256(certificate).digest())
        here = self._cards[desk] = _CardHere(bridge, certificate, fingerprint)
        try:
            officer = self._holder(here)
        except Untrusted as no:
            log.warning("officers_card_refused", desk=desk, code=no.code)
            lines = NOT_AN_OFFICER if no.code == "subject" else untrusted(no.code)
            self._bus.tell(here.bridge, Refusal(desk, None, f"card_{no.code}", lines, True))
        else:
            self._bus.tell(here.bridge, AtDesk(desk, _greeting(officer)))

    def declined(self, said: PhoneDeclined) -> None:
        found = self._asked.get(said.seat)
        if found is not None and found.words.chal == said.chal:
            self._end(said.seat, "expired" if said.outcome == "timeout" else "refused")

    def statement(self, bridge: str, sealed: Statement) -> None:
        """The card's signature, over the bridge of the desk that was asked."""
        waiting = (one for one in self._asked.values() if one.state == "waiting" and one.bridge == bridge)
        found = next((one for one in waiting if _wanted(one.words) == sealed.payload), None)
        here = None if found is None else self._cards.get(found.words.seat)
        if found is None or here is None or self._clock() > found.until:
            self._bus.drop("challenge_unknown", bridge)
            return
        try:
            self._check(sealed, here, found.words.member)
        except Untrusted as no:
            self._refuse(found, sealed, f"card_{no.code}", untrusted(no.code))
        except BadEvidence as bad:
            self._bus.drop("bad_signature", bridge, bad)
            self._refuse(found, sealed, "card_untrue", ASK_AGAIN)
        else:
            self._signed_by(found)

    # -- within ----------------------------------------------------------------------------------------

    def _holder(self, here: _CardHere) -> Officer:
        """Raises Untrusted, with the code `subject` for a good card that is no officer's."""
        identity = self._trust.judge(here.certificate, self._clock(), OFFICERS)
        found = self._officers.of_card(identity.member)
        if found is None:
            raise Untrusted("subject", "no officer's card")
        return found

    def _check(self, sealed: Statement, here: _CardHere, card: str) -> None:
        """Judged again, at this moment. Raises Untrusted, BadSignature."""
        if sealed.header["x5t#S256"] != here.fingerprint:
            raise Untrusted("subject", "another card's statement")
        identity = self._trust.judge(here.certificate, self._clock(), OFFICERS)
        if identity.member != card:
            raise Untrusted("subject", "another officer's card")
        identity.check_algorithm(sealed.alg)
        statement.verify(sealed, identity.public_key)

    def _ask(
        self, key: Mapping[str, str], key_id: str, desk: SeatId, here: _CardHere, officer: Officer
    ) -> PhoneBinding:
        now, standing = self._clock(), self._asked.get(desk)
        if standing is not None and standing.state == "waiting" and now <= standing.until:
            if standing.key_id != key_id:
                raise OfficersDeskBusy()
            self._bus.tell(standing.bridge, standing.words)  # the word before may have been lost
            return _binding(standing)
        self._note_asking(desk, now)
        assert officer.card is not None
        words = BindPhone(
            seat=desk, key=dict(key), digits=fingerprint.digits(key_id), chal=self._new(),
            exp=instant.write(now + ASK_LIFE), sit=NO_SITTING, log=self._origin, member=officer.card,
        )  # fmt: skip
        asked = self._asked[desk] = _Asked(self._new(), here.bridge, words, key_id, now + ASK_LIFE)
        self._bus.tell(here.bridge, words)
        return _binding(asked)

    def _signed_by(self, found: _Asked) -> None:
        now = self._clock()
        self._signed = {key: one for key, one in self._signed.items() if now <= one.until}
        until = now + PROOF_LIFE
        self._signed[found.key_id] = _Signed(found.words.member, from_jwk(found.words.key), until)
        self._asked[found.words.seat] = replace(found, state="bound")
        officer = self._officers.of_card(found.words.member)
        if officer is not None:
            self._bus.tell(found.bridge, AtDesk(found.words.seat, ("DA DANG NHAP", _greeting(officer)[1])))

    def _refuse(self, found: _Asked, sealed: Statement, code: str, lines: tuple[str, str]) -> None:
        self._end(found.words.seat, "refused")
        self._bus.tell(found.bridge, Refusal(found.words.seat, sealed.payload_hash, code, lines, True))

    def _end(self, desk: str, state: str) -> None:
        found = self._asked.get(desk)
        if found is not None and found.state == "waiting":
            self._asked[desk] = replace(found, state=state)

    def _note_asking(self, desk: str, now: datetime) -> None:
        lately = [at for at in self._asked_at.get(desk, ()) if now - at < ASKS_WINDOW]
        if len(lately) >= MOST_ASKS:
            raise OfficersDeskAskedTooOften()
        self._asked_at[desk] = [*lately, now]

    def _new(self) -> str:
        return base64url.encode(self._token(CHALLENGE_BYTES))


def _wanted(words: BindPhone) -> dict[str, Any]:
    """The payload that the card must have signed, whole."""
    return {
        "log": words.log, "sit": words.sit, "member": words.member, "seat": None, "channel": "mobile",
        "key": words.key, "exp": words.exp, "chal": words.chal,
    }  # fmt: skip


def _greeting(officer: Officer) -> tuple[str, str]:
    return "BAN DIEU HANH", unaccented(officer.name)[:WIDTH].strip()


def _binding(one: _Asked) -> PhoneBinding:
    return PhoneBinding(one.id, one.key_id, one.words.digits, one.until)
