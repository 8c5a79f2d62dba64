"""What consoles, cards and phones say, given to whoever it concerns. Signatures are checked before the
queue.

One door for both ways in: the bus (`said`, `passed_on`, `gone`, `joined`) and the pages (`cast_mobile`,
`request_phone_binding`, `phone_binding`, `prove_phone`, `pin_request`, `pin_outcome`, `send_pin`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog

from audit import statement
from audit.errors import BadEvidence, LogBroken
from display.officers import Officers
from display.ports import BindingState, BoundPhone, PhoneBinding, PinOutcome, PinRequest
from firmware_bridge.messages import (
    Card,
    CardSigned,
    Hello,
    Incident,
    Jws,
    Lit,
    Mic,
    PhoneDeclined,
    Pin,
    PinAwaited,
    Pressed,
    Refusal,
    Shown,
    Speak,
    Started,
    Status,
    Up,
)
from hall_controller import forms
from hall_controller.admission import Admission
from hall_controller.bridges import Bridges
from hall_controller.bus import HallBus
from hall_controller.card_ballots import CardBallots
from hall_controller.card_texts import NOT_NOW
from hall_controller.card_trust import CardTrust
from hall_controller.casting import Casting
from hall_controller.clock import Clock
from hall_controller.delegations import Delegations
from hall_controller.errors import NotRecorded
from hall_controller.hall import Hall
from hall_controller.incidents import Incidents
from hall_controller.officer_cards import NO_SITTING, OfficerCards
from hall_controller.phone_refusals import PlaceUnknown
from hall_controller.phones import Phones
from hall_controller.pins import SealedPins
from hall_controller.seats import Seats
from hall_controller.sessions import SessionKeys
from hall_controller.submission import Submission
from hall_controller.underway import Underway
from voting.commands import Command, RequestFloor, WithdrawRequest
from voting.errors import NotSignedIn, Refused
from voting.floor import next_press
from voting.ids import MemberId, SeatId

log = structlog.get_logger(__name__)

NOBODY = Officers()
"""A hall whose officers have no desk."""


class Intake:
    """Give it to `HallBus.run`. `origin` is the log's name; `token(n)` gives n random bytes."""

    def __init__(
        self,
        hall: Hall,
        bus: HallBus,
        *,
        trust: CardTrust,
        bridges: Bridges,
        seats: Seats,
        sessions: SessionKeys,
        origin: str,
        clock: Clock,
        token: Callable[[int], bytes],
        officers: Officers = NOBODY,
    ) -> None:
        self._hall = hall
        self._bus = bus
        self._bridges = bridges
        self._seats = seats
        self._origin = origin
        self._clock = clock
        own = {bridge.id: frozenset(bridge.seats) for bridge in bridges.by_id.values()}
        self.pins = SealedPins(bus, bridges, clock)
        delegations = Delegations(hall, bus, trust, sessions, self.pins, clock)
        self.incidents = Incidents(hall, clock)
        bus.on_drop = self.incidents.dropped
        self.admission = Admission(
            hall, bus, trust, delegations, self.pins, origin, clock, token, seats, self.incidents,
            bridges.desks,
        )  # fmt: skip
        by_card = CardBallots(trust, clock)
        self.casting = Casting(
            hall, bus, sessions, origin, own.__getitem__, bridges.desks,
            by_card=by_card, incidents=self.incidents,
        )  # fmt: skip
        self.phones = Phones(hall, bus, self.admission, delegations, bridges, origin, clock, token)
        self.officer_cards = OfficerCards(bus, trust, officers, origin, clock, token)
        self._underway = Underway()

    # -- from the pages --------------------------------------------------------------------------------

    async def cast_mobile(self, jws: Any) -> Jws:
        """A phone's ballot → its receipt. Raises BadStatement, Refused, NotRecorded, LogBroken."""
        return await self.casting.from_phone(jws)

    def request_phone_binding(
        self, key: Mapping[str, str], seat: SeatId, code: str | None = None
    ) -> PhoneBinding:
        """Asks the card at `seat` to bind this public P-256 key. `code`: a desk's. Raises Refused."""
        if self.officer_cards.reads(seat):
            raise PlaceUnknown(place=seat)
        return self.phones.request(key, seat, code)

    def phone_binding(self, enrolment: str) -> BindingState | None:
        return self.phones.state(enrolment)

    async def phone_lost(self, desk: SeatId, code: str | None) -> None:
        """Ends the phone of whoever's card lies at a registrar's desk. Raises as `Phones.lost`."""
        await self.phones.lost(desk, code)

    def phone_challenge(self, key_id: str) -> str:
        """What the phone with this key signs to be let in; any key is given one."""
        return self.phones.challenge(key_id)

    def prove_phone(self, key_id: str, challenge: str, signature: bytes) -> BoundPhone | None:
        return self.phones.prove(key_id, challenge, signature)

    def pin_request(self, seat: SeatId) -> PinRequest | None:
        """For a phone at `seat`, or at a desk; None where its card waits for no PIN from one.

        Anybody may ask, so who stands at a desk is told on its unit alone.
        """
        here = None if seat in self._bridges.desks else self.admission.card_at(seat)
        return self.pins.request(seat, None if here is None else here.greeting)

    def pin_outcome(self, seat: SeatId) -> PinOutcome:
        return self.pins.outcome(seat)

    def send_pin(self, seat: SeatId, chal: str, sealed: str) -> None:
        """Passes a sealed PIN on to the seat's bridge, unread. Raises Refused."""
        self.pins.send(seat, chal, sealed)

    # -- from the bus ----------------------------------------------------------------------------------

    def joined(self) -> None:
        """On the bus, for the first time or again: what was said meanwhile is lost, so everybody says
        hello."""
        self._bus.tell("all", Started())

    def gone(self, bridge: str) -> None:
        log.warning("bridge_gone", bridge=bridge)
        self._seats.bridge_gone(bridge)

    def passed_on(self, bridge: str, jws: Jws, typ: str) -> None:
        if typ == statement.BALLOT:
            self.casting.from_bridge(bridge, jws)
            return
        try:
            sealed = statement.parse(jws, statement.SESSION_KEY)
        except BadEvidence as bad:
            self._bus.drop("malformed", bridge, bad)
            return
        if sealed.payload["sit"] == NO_SITTING:
            self.officer_cards.statement(bridge, sealed)
        elif sealed.payload["channel"] == "mobile":
            self._underway.begin(self.phones.statement(bridge, sealed))
        elif sealed.payload["seat"] in self._bridges.by_id[bridge].seats:
            self.admission.statement(bridge, sealed)
        else:
            self._bus.drop("foreign_seat", bridge)

    def said(self, bridge: str, message: Up) -> None:
        match message:
            case Card() if self.officer_cards.reads(message.seat):
                self.officer_cards.card(bridge, message)
                if not message.present:
                    self.pins.card_gone(message.seat)
            case Card():
                self._seats.has_card(message.seat, message.present)
                self.admission.card(bridge, message)
                if message.present and message.cert is None:
                    self.pins.refused(message.seat)
                if not message.present:
                    self.phones.card_gone(message.seat)
            case CardSigned():
                self.pins.signed_in(message.seat)
                self.casting.from_card(bridge, message)
            case Shown():
                self._seats.note_shown(message.vote, message.seats)
            case Pressed():
                self._seats.note_pressed(message.vote, message.seats)
            case Lit():
                self._seats.note_lit(message.vote, message.seats)
            case Status():
                self._status(message)
            case Hello():
                self.pins.has_key(bridge, message.pin_key)
                self._hello(bridge, message)
            case Mic():
                self._seats.microphone(message.seat, message.on, message.ok)
            case Speak():
                self._underway.begin(self._speak(bridge, message.seat))
            case Pin():
                self.pins.told(message)
            case PinAwaited():
                self.pins.awaited(bridge, message)
            case PhoneDeclined():
                self.phones.declined(message)
                self.officer_cards.declined(message)
            case Incident():
                self.incidents.pressed(message.kind, message.seat)

    def _status(self, said: Status) -> None:
        self._seats.is_at(said.seat, said.status, said.serial, said.person_key)
        if said.status == "clone":
            self.incidents.note("console_doubled", said.seat, self.incidents.sitter(said.seat))

    def _hello(self, bridge: str, hello: Hello) -> None:
        for seat, unit in hello.seats.items():
            self._seats.is_at(seat, unit.status, unit.serial, unit.person_key)
        self.tell_state(bridge)

    def tell_state(self, bridge: str) -> None:
        """Everything that this bridge must know: the answer to hello, and where changes can't say it
        all."""
        self._bus.tell(
            bridge,
            forms.state(
                self._hall.meeting,
                self._bridges.by_id[bridge].seats,
                self._origin,
                self._clock(),
                self._hall.receipt,
                self._bus.told_all,
                self._bridges.desks,
            ),
        )
        self.tell_by_phone(self._bridges.by_id[bridge].seats)

    def tell_by_phone(self, seats: Iterable[str]) -> None:
        """A seat whose member's ballot in force came from the phone shows that, and goes on from it."""
        for words in forms.by_phone(self._hall.meeting, seats, self._hall.receipt):
            bridge = self._bridges.of_seat.get(SeatId(words.seat))
            if bridge is not None:
                self._bus.tell(bridge, words)

    # -- the request key -------------------------------------------------------------------------------

    async def _speak(self, bridge: str, seat: str) -> None:
        try:
            await self._hall.submit(Submission(self._request_at(seat), "member"))
        except Refused as no:
            self._bus.tell(bridge, Refusal(seat, None, no.code, no.lines, True))
        except (NotRecorded, LogBroken):
            self._bus.tell(bridge, Refusal(seat, None, "not_recorded", NOT_NOW, True))

    def _request_at(self, seat: str) -> Command:
        """First press: a speech; second: a debate; third: withdrawn. Raises Refused."""
        meeting = self._hall.meeting
        member: MemberId | None = forms.members_by_seat(meeting).get(SeatId(seat))
        if member is None or meeting.attendance.session_of(member, "seat") is None:
            raise NotSignedIn()
        wanted = next_press(meeting.floor, member)
        return WithdrawRequest(member) if wanted is None else RequestFloor(member, wanted)
