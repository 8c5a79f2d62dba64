"""Cards in slots and what becomes of them: whose they are, whether at the right seat, challenged, signed
in.

Identity is card + person + seat. While no sitting is open the cards are only remembered; when one opens
they are all challenged. A PIN comes here sealed at most (`pins.py`).
"""

import asyncio
import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Literal

import structlog

from audit import base64url, instant
from audit.errors import BadEvidence, LogBroken, Untrusted
from audit.statement import Statement
from firmware_bridge.messages import (
    READER_LOST,
    AtDesk,
    Card,
    Challenge,
    Refusal,
    SignedIn,
    SignedOut,
)
from hall_controller import unit_text
from hall_controller.bus import HallBus
from hall_controller.card_here import CardHere
from hall_controller.card_texts import ASK_AGAIN, NO_SITTING, NOT_NOW, UNREADABLE, untrusted
from hall_controller.card_trust import CardTrust
from hall_controller.clock import Clock
from hall_controller.delegations import CHALLENGE_BYTES, SESSION_LIFE, Delegations, answers
from hall_controller.desk_codes import DeskCodes, DeskCodeWrong
from hall_controller.encoding import SessionEvidence
from hall_controller.errors import NotRecorded
from hall_controller.hall import Hall
from hall_controller.incidents import Incidents
from hall_controller.pins import SealedPins
from hall_controller.seat_watch import SeatWatch
from hall_controller.seats import Seats
from hall_controller.submission import Submission
from hall_controller.underway import Underway
from voting import commands
from voting.attendance import Session
from voting.chamber import Sitting
from voting.errors import NotAMember, Refused, SessionExpired
from voting.ids import MemberId, SeatId
from voting.seat_refusals import CardsHeld

log = structlog.get_logger(__name__)

Gone = Literal["card_removed", "console_lost"]
AT_ONCE = 24
"""Challenges signed between two looks at the rest of the hall when a sitting opens: some 3 ms."""


class Admission:
    def __init__(
        self,
        hall: Hall,
        bus: HallBus,
        trust: CardTrust,
        delegations: Delegations,
        pins: SealedPins,
        origin: str,
        clock: Clock,
        token: Callable[[int], bytes],
        seats: Seats,
        incidents: Incidents,
        desks: frozenset[str] = frozenset(),
    ) -> None:
        self._hall = hall
        self._bus = bus
        self._trust = trust
        self._delegations = delegations
        self._pins = pins
        self._origin = origin
        self._clock = clock
        self._token = token
        self._desks, self._codes = desks, DeskCodes(token)
        self._incidents = incidents
        self._cards: dict[str, CardHere] = {}
        self._watch = SeatWatch(hall, seats, lambda: self._cards, incidents, clock)
        self._underway = Underway()

    def card_at(self, seat: str) -> CardHere | None:
        return self._cards.get(seat)

    def session_at(self, seat: str) -> Session | None:
        """The live one that the card there opened, asleep or not."""
        return self._hall.meeting.attendance.at(SeatId(seat))

    # -- a card comes, or goes -------------------------------------------------------------------------

    def card(self, bridge: str, said: Card) -> None:
        if not said.present:
            # Only a card that was taken out says that its holder left (voting.attendance.LEAVING).
            self._gone(bridge, said.seat, "console_lost" if said.error == READER_LOST else "card_removed")
        elif said.cert is not None:
            self._came(bridge, said.seat, said.cert, said.session)

    def _came(self, bridge: str, seat: str, encoded: str, session: str | None) -> None:
        try:
            certificate = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            self._bus.tell(bridge, Refusal(seat, None, "card_unreadable", UNREADABLE, True))
            return
        fingerprint = base64url.encode(sha256(certificate).digest())
        before = self._cards.get(seat)
        if before is not None and before.fingerprint != fingerprint:
            self._watch.left(seat, before)
        if before is None or before.fingerprint != fingerprint:
            self._cards[seat] = CardHere(bridge, certificate, fingerprint)
        left_behind = self._left_behind(seat, certificate)
        if session is not None and self._lives(seat, session):
            self._bus.tell(bridge, SignedIn(seat, session))
        elif left_behind is not None:
            self._underway.begin(self._exchange(seat, left_behind.id))
        else:
            self._challenge(seat)

    def _left_behind(self, seat: str, certificate: bytes) -> Session | None:
        """A session at this seat by another card than the one that lies there now."""
        session = self.session_at(seat)
        known = None if session is None else self._delegations.certificate_of(session.id)
        return session if known is not None and known != certificate else None

    async def _exchange(self, seat: str, session: str) -> None:
        """That the first card went was not recorded yet, or never heard, and is true all the same."""
        await self._sign_out(session, "card_removed")
        self._challenge(seat)

    def _gone(self, bridge: str, seat: str, cause: Gone) -> None:
        before = self._cards.pop(seat, None)
        if before is not None:
            self._watch.left(seat, before)
        self._pins.card_gone(seat)
        self._codes.gone(seat)
        session = self.session_at(seat)
        if session is None:
            self._bus.tell(bridge, SignedOut(seat, "", cause))
        else:
            # The answer is the announcer's, when it is recorded; until then the bridge says it again.
            self._underway.begin(self._sign_out(session.id, cause))

    def _lives(self, seat: str, session: str) -> bool:
        live = self._hall.meeting.attendance.sessions.get(session)
        return live is not None and live.seat == seat and not live.asleep

    async def _sign_out(self, session: str, cause: Gone) -> None:
        try:
            await self._hall.submit(Submission(commands.SignOut(session, cause), "member"))
        except Refused:
            pass  # it ended in the meantime
        except (NotRecorded, LogBroken) as fault:
            log.warning("sign_out_not_recorded", fault=str(fault))

    # -- challenges ------------------------------------------------------------------------------------

    def sitting_opened(self) -> None:
        """Challenges every card in the hall; the rest of the hall goes on in between."""
        self._underway.begin(self._challenge_all())

    async def _challenge_all(self) -> None:
        for number, seat in enumerate(sorted(self._cards), start=1):
            self._challenge(seat)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _challenge(self, seat: str) -> None:
        here = self._cards.get(seat)
        if here is None:
            return
        sitting = self._hall.meeting.sitting
        if sitting is None:
            self._bus.tell(here.bridge, Refusal(seat, None, "no_sitting", NO_SITTING, True))
            return
        try:
            member = self.holder(sitting, seat, here)
        except Untrusted as no:
            log.warning("card_refused", seat=seat, code=no.code)
            self._incidents.card_untrusted(no, seat)
            self._bus.tell(here.bridge, Refusal(seat, None, f"card_{no.code}", untrusted(no.code), True))
        except Refused as no:
            self._refused(seat, here, no)
        else:
            word = self._at_desk if seat in self._desks else self._challenge_for
            self._bus.tell(here.bridge, word(seat, here, sitting, member))

    def _refused(self, seat: str, here: CardHere, no: Refused) -> None:
        """A card that is held for a while is asked for its PIN when that is over."""
        self._incidents.refused(no, seat, self._named(here))
        self._bus.tell(here.bridge, Refusal(seat, None, no.code, no.lines, True))
        sitting = self._hall.meeting.sitting
        if isinstance(no, CardsHeld) and sitting is not None:
            wait = self._watch.wait(seat, sitting).total_seconds()
            asyncio.get_running_loop().call_later(wait, self._challenge, seat)

    def _named(self, here: CardHere) -> MemberId | None:
        """Whose card it is, where that can be told."""
        try:
            return MemberId(self._trust.judge(here.certificate, self._clock()).member)
        except Untrusted:
            return None

    def holder(self, sitting: Sitting, seat: str, here: CardHere) -> MemberId:
        """Whose card lies there, judged at this moment. Raises Untrusted, Refused (not here)."""
        member = MemberId(self._trust.judge(here.certificate, self._clock()).member)
        if member not in sitting.roll:
            raise NotAMember(member=member)
        if seat in self._desks:
            return member  # everybody's: nobody is signed in there
        self._watch.check(sitting, seat, here, member)
        return member

    def _at_desk(self, desk: str, here: CardHere, sitting: Sitting, member: MemberId) -> AtDesk:
        code = self._codes.of(desk, here.fingerprint)
        word = AtDesk(desk, unit_text.at_desk(sitting.members[member], code))
        self._cards[desk] = replace(here.unasked(), at_desk=word)
        return word

    def check_code(self, desk: str, code: str | None) -> None:
        """Whether a page that asks this desk reads its unit. Raises DeskCodeNeeded, DeskCodeWrong."""
        here = self._cards.get(desk)
        shown = None if here is None else self._codes.of(desk, here.fingerprint)
        try:
            self._codes.check(desk, code)
        except DeskCodeWrong:
            if here is not None and self._codes.of(desk, here.fingerprint) != shown:
                log.warning("desk_code_guessed", desk=desk)
                self._challenge(desk)
            raise

    def _challenge_for(self, seat: str, here: CardHere, sitting: Sitting, member: MemberId) -> Challenge:
        """The one that still stands, when it is asked for again: a PIN may already be on its way."""
        old = here.challenge
        if old is not None and old.sit == sitting.id and instant.read(old.exp) > self._clock():
            return old
        challenge = Challenge(
            seat=seat,
            chal=base64url.encode(self._token(CHALLENGE_BYTES)),
            sit=sitting.id,
            log=self._origin,
            member=member,
            exp=instant.write(self._clock() + SESSION_LIFE),
            greeting=unit_text.greeting(sitting.members[member]),
        )
        self._cards[seat] = replace(here.unasked(), challenge=challenge)
        return challenge

    # -- the card's answer -----------------------------------------------------------------------------

    def statement(self, bridge: str, sealed: Statement) -> None:
        """A session statement for a seat. Its card, challenge and signature are judged now, at this
        moment."""
        seat = sealed.payload["seat"]
        here = self._cards.get(seat)
        asked = here.challenge if here is not None else None
        if here is None or asked is None or not answers(sealed, asked, seat):
            self._delegations.refuse(bridge, seat, sealed.payload_hash, "challenge_unknown", ASK_AGAIN)
            return
        try:
            evidence = self._delegations.judged(sealed, here)
        except Untrusted as no:
            self._incidents.card_untrusted(no, seat)
            self._delegations.refuse(
                bridge, seat, sealed.payload_hash, f"card_{no.code}", untrusted(no.code)
            )
        except BadEvidence as bad:
            self._bus.drop("bad_signature", bridge, bad)
            self._delegations.refuse(bridge, seat, sealed.payload_hash, "card_untrue", untrusted("key"))
        else:
            self._underway.begin(self._sign_in(bridge, seat, sealed, evidence))

    async def _sign_in(self, bridge: str, seat: str, sealed: Statement, evidence: SessionEvidence) -> None:
        try:
            await self._delegations.record(seat, sealed, evidence)
        except Refused as no:
            self._incidents.refused(no, seat, MemberId(sealed.payload["member"]))
            self._delegations.refuse(bridge, seat, sealed.payload_hash, no.code, no.lines)
            if isinstance(no, SessionExpired):
                self._forget_challenge(seat)
        except (NotRecorded, LogBroken) as fault:
            log.warning("sign_in_not_recorded", seat=seat, fault=str(fault))
            self._bus.tell(bridge, Refusal(seat, sealed.payload_hash, "not_recorded", NOT_NOW, False))
        else:
            here = self._cards.get(seat)
            if here is not None and here.challenge is not None:
                answered = here.challenge.chal == sealed.payload["chal"]
                self._cards[seat] = replace(here, answered=answered)
            self._bus.tell(bridge, SignedIn(seat, sealed.payload_hash))

    def _forget_challenge(self, seat: str) -> None:
        here = self._cards.get(seat)
        if here is not None:
            self._cards[seat] = here.unasked()

    def session_ended(self, seats: Iterable[str]) -> None:
        """Their challenges are spent: the next sign-in at these seats gets new ones. A challenge that was
        given since, to a card that came while the end was being recorded, stands."""
        for seat in seats:
            here = self._cards.get(seat)
            if here is not None and here.answered:
                self._forget_challenge(seat)
