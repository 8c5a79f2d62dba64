"""A bridge's seats together: who is meant by what comes in, and what goes out together. Pure.

A row of sixty-four consoles, of fifteen with readers, or a network console alone: the same code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from firmware_bridge.faces import View, next_change, view_of
from firmware_bridge.messages import (
    AtDesk,
    BindPhone,
    Challenge,
    Down,
    Form,
    Hello,
    Jws,
    Lit,
    Mic,
    RecordedByPhone,
    Refusal,
    SealedPin,
    SeatShows,
    Shown,
    SignedIn,
    SignedOut,
    Started,
    State,
    Status,
    Unit,
)
from firmware_bridge.outbox import Outbox
from firmware_bridge.ports import (
    CloneSuspected,
    ConsoleEvent,
    ConsoleLost,
    ConsoleUp,
    Face,
    FaceShown,
    KeyPressed,
)
from firmware_bridge.seat import Seat

REPORT_AFTER_S = 0.5
"""`shown` and `lit` of a row go up together, and after the ballots that are on their way."""

STALE = "revision_stale"
"""The one refusal that a bridge answers by itself (docs/specs/bus.md): the ballot doesn't follow the one in
force."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt whose signature was checked with the hall's key."""

    vote: str
    ballot: str
    seq: int

    @property
    def code(self) -> str:
        """The short look-up code of the seat's display."""
        return self.ballot[:4].upper()


CheckReceipt = Callable[[Jws], Receipt | None]
"""None: not signed by the hall, or not a receipt."""


class Row:
    """`seats`: console address by seat; `pin_key`: the public key for PINs from phones, where there are
    readers."""

    def __init__(
        self,
        seats: Mapping[str, int],
        check_receipt: CheckReceipt,
        pin_key: Mapping[str, str] | None = None,
    ) -> None:
        self._out = Outbox()
        self._seats = {name: Seat(name, address, self._out) for name, address in seats.items()}
        self._by_address = {seat.address: seat for seat in self._seats.values()}
        self._views: dict[str, View] = {}
        self._dues: dict[str, float | None] = {}
        """When each seat has to be looked at again; made anew with its face."""
        self._reported: dict[str, set[str]] = {"shown": set(), "lit": set()}
        self._to_report: dict[type[Shown] | type[Lit], dict[str, set[str]]] = {Shown: {}, Lit: {}}
        self._report_at: float | None = None
        self._check_receipt = check_receipt
        self._pin_key = pin_key
        self._microphones: dict[str, bool] = {}
        self._alert = False

    def seat(self, name: str) -> Seat | None:
        return self._seats.get(name)

    def seats(self) -> tuple[Seat, ...]:
        return tuple(self._seats.values())

    def hello(self) -> Hello:
        units = {seat.id: Unit(seat.status, seat.serial) for seat in self._seats.values()}
        return Hello(units, self._pin_key)

    def take(self, now: float) -> Outbox:
        """All that is to be done now; the row forgets it."""
        if self._report_at is not None and now >= self._report_at:
            self._report()
        self._set_pace()
        return self._out.emptied()

    def next_due(self) -> float | None:
        """When `tick` has something to do, if nothing comes before. Line time in seconds."""
        times = [at for at in self._dues.values() if at is not None]
        if self._report_at is not None:
            times.append(self._report_at)
        return min(times, default=None)

    def tick(self, now: float) -> None:
        for name, due in tuple(self._dues.items()):
            if due is not None and due <= now:
                seat = self._seats[name]
                seat.tick(now)
                self._refresh(seat, now)

    # -- from below ------------------------------------------------------------------------------------

    def console(self, event: ConsoleEvent, now: float) -> None:
        seat = self._by_address.get(event.address)
        if seat is None:
            return
        match event:
            case FaceShown():
                self._face_shown(seat, event.face, now)
                return
            case KeyPressed():
                self._pressed(seat, event, now)
            case ConsoleUp():
                self._status(seat, "online", event.serial)
            case ConsoleLost():
                self._status(seat, "silent", seat.serial)
            case CloneSuspected():
                self._status(seat, "clone", seat.serial)
        self._refresh(seat, now)

    def _pressed(self, seat: Seat, press: KeyPressed, now: float) -> None:
        if press.key == "speak":
            seat.request_key(now)
        else:
            seat.key(press.key, press.pressed_at, now)
        # The console made its lamp blink by itself; each press is answered with a face, changed or not.
        self._views.pop(seat.id, None)

    def _status(self, seat: Seat, status: str, serial: str) -> None:
        if status != "online" and self._microphones.pop(seat.id, False):
            self._out.sayings.append(Mic(seat.id, True, False))
        seat.console_changed()
        seat.status, seat.serial = status, serial  # type: ignore[assignment]
        self._out.sayings.append(Status(seat.id, seat.status, serial))
        self._views.pop(seat.id, None)  # whatever it showed, it is told anew

    def _face_shown(self, seat: Seat, face: Face, now: float) -> None:
        if face.microphone != self._microphones.get(seat.id, False):
            self._microphones[seat.id] = face.microphone
            self._out.sayings.append(Mic(seat.id, face.microphone, True))
        view = self._views.get(seat.id)
        if view is None or view.face != face:
            return
        if view.asks is not None:
            seat.digits_shown(view.asks, now)
        if seat.voting is None:
            return
        vote = seat.voting.form.vote
        if view.question is not None:
            self._note(Shown, "shown", f"{vote}/{seat.id}", vote, seat.id, now)
        if view.lit is not None:
            self._note(Lit, "lit", view.lit, vote, seat.id, now)

    def _note(
        self, kind: type[Shown] | type[Lit], book: str, mark: str, vote: str, seat: str, now: float
    ) -> None:
        if mark in self._reported[book]:
            return
        self._reported[book].add(mark)
        self._to_report[kind].setdefault(vote, set()).add(seat)
        self._report_at = self._report_at or now + REPORT_AFTER_S

    def _report(self) -> None:
        for kind, by_vote in self._to_report.items():
            for vote, seats in by_vote.items():
                self._out.sayings.append(kind(vote, tuple(sorted(seats))))
            by_vote.clear()
        self._report_at = None

    # -- from above ------------------------------------------------------------------------------------

    def heard(self, message: Down, now: float) -> None:
        """One message of the hall, its signature and number already checked."""
        match message:
            case Form():
                self._form(message, now)
            case State():
                self._state(message, now)
            case Started():
                self._out.ask_state = True
            case _:
                seat = self._seats.get(message.seat)
                if seat is not None:
                    self._for_seat(seat, message, now)
                    self._refresh(seat, now)

    def receipt(self, receipt: Receipt, now: float) -> None:
        for seat in self._seats.values():
            if seat.voting is None or seat.voting.casting.pending is None:
                continue
            if seat.voting.casting.pending.ballot == receipt.ballot:
                seat.receipt(receipt.ballot, receipt.code, now)
                self._refresh(seat, now)

    def _for_seat(
        self,
        seat: Seat,
        message: Challenge
        | SignedIn
        | SignedOut
        | SeatShows
        | Refusal
        | RecordedByPhone
        | BindPhone
        | AtDesk
        | SealedPin,
        now: float,
    ) -> None:
        match message:
            case Challenge():
                seat.slot.challenged(message)
            case SignedIn():
                if seat.slot.recorded(message.session):
                    seat.greet(now)
            case SignedOut():
                seat.slot.ended(message.session, now)
            case SeatShows():
                seat.floor_came(message)
            case BindPhone():
                seat.asked_to_bind(message, now)
            case AtDesk():
                seat.slot.welcomed(message.text)
            case SealedPin():
                self._out.pins.append(message)
            case RecordedByPhone():
                receipt = self._check_receipt(message.receipt)
                if receipt is not None:
                    seat.recorded_by_phone(receipt.vote, receipt.ballot, message.rev, receipt.code, now)
            case Refusal():
                self._refusal(seat, message, now)

    def _refusal(self, seat: Seat, refusal: Refusal, now: float) -> None:
        """A refusal names what it refuses; without a name it is about the card in the slot, or a
        request."""
        session = seat.slot.session
        if refusal.of is None or (session is not None and session.statement == refusal.of):
            if seat.slot.signed_in:
                seat.tell(refusal.text, now)
            else:
                seat.slot.refused(refusal.text, refusal.final)
        elif refusal.code == STALE:
            seat.ballot_stale(refusal.of, refusal.text, now)
        else:
            seat.ballot_refused(refusal.of, refusal.text, refusal.final, now)

    def _form(self, form: Form, now: float) -> None:
        for seat in self._seats.values():
            if not seat.slot.at_desk:
                seat.form_came(form, now)
                self._refresh(seat, now)

    def _state(self, state: State, now: float) -> None:
        for name, seat in self._seats.items():
            facts = state.seats.get(name)
            seat.is_desk(name in state.desks)
            if state.ballot is not None and not seat.slot.at_desk:
                seat.form_came(state.ballot, now)
            elif seat.voting is not None and seat.voting.casting.pending is None:
                seat.voting = None
            if facts is not None:
                receipt = self._check_receipt(facts.recorded) if facts.recorded is not None else None
                if receipt is not None:
                    seat.recorded(receipt.vote, receipt.ballot, facts.rev or 1, receipt.code, now)
                seat.floor_came(facts.face)
                seat.state_came(facts.session, now)
            self._refresh(seat, now)

    # -- what is shown ---------------------------------------------------------------------------------

    def refresh(self, name: str, now: float) -> None:
        """After the shell has changed a seat's slot."""
        seat = self._seats.get(name)
        if seat is not None:
            self._refresh(seat, now)

    def show_all(self, now: float) -> None:
        """At the start: every console gets its first face."""
        for seat in self._seats.values():
            self._refresh(seat, now)

    def _refresh(self, seat: Seat, now: float) -> None:
        view = view_of(seat, now)
        before = self._views.get(seat.id)
        self._views[seat.id] = view
        if before is None or before.face != view.face:
            self._out.faces[seat.address] = view.face
        times = [at for at in (seat.next_due(), next_change(seat, now)) if at is not None]
        self._dues[seat.id] = min(times, default=None)

    def _set_pace(self) -> None:
        alert = any(_in_play(seat) for seat in self._seats.values())
        if alert != self._alert:
            self._alert = self._out.alert = alert


def _in_play(seat: Seat) -> bool:
    return seat.voting is not None and seat.voting.form.phase in ("announced", "open", "held", "closing")
