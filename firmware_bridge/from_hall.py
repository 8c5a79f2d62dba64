"""What the hall says to a row: which seat is meant, and what it is to that seat. Pure.

Signatures and numbers were checked before (`hall_link.py`); receipts within messages are checked here.
"""

from collections.abc import Mapping

from firmware_bridge.messages import (
    AtDesk,
    BindPhone,
    Challenge,
    Down,
    Form,
    RecordedByPhone,
    Refusal,
    SealedPin,
    SeatFacts,
    SeatShows,
    SignedIn,
    SignedOut,
    Started,
    State,
)
from firmware_bridge.outbox import Outbox
from firmware_bridge.receipt import CheckReceipt, Receipt
from firmware_bridge.row_faces import RowFaces
from firmware_bridge.seat import Seat

STALE = "revision_stale"
"""The one refusal that a bridge answers by itself (docs/specs/bus.md): the ballot doesn't follow the one in
force."""

ASLEEP = frozenset({"roll_called", "marked_absent", "time_over", "two_places"})
"""Causes of `signed_out` after which the card stays and its PIN wakes it."""

ForSeat = (
    Challenge
    | SignedIn
    | SignedOut
    | SeatShows
    | Refusal
    | RecordedByPhone
    | BindPhone
    | AtDesk
    | SealedPin
)


class FromHall:
    def __init__(
        self, seats: Mapping[str, Seat], faces: RowFaces, outbox: Outbox, check_receipt: CheckReceipt
    ) -> None:
        self._seats, self._faces, self._out = seats, faces, outbox
        self._check_receipt = check_receipt

    def heard(self, message: Down, now: float) -> None:
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
                    self._faces.refresh(seat, now)

    def receipt(self, receipt: Receipt, now: float) -> None:
        for seat in self._seats.values():
            if seat.voting is None or seat.voting.casting.pending is None:
                continue
            if seat.voting.casting.pending.ballot == receipt.ballot:
                seat.vote.receipt(receipt.ballot, receipt.code, now)
                self._faces.refresh(seat, now)

    def _for_seat(self, seat: Seat, message: ForSeat, now: float) -> None:
        match message:
            case Challenge():
                seat.slot.challenged(message)
            case SignedIn():
                if seat.slot.recorded(message.session):
                    seat.greet(now)
            case SignedOut():
                seat.signed_out(message.session, now, message.cause in ASLEEP)
            case SeatShows():
                seat.floor_came(message)
            case BindPhone():
                seat.asked_to_bind(message, now)
            case AtDesk():
                seat.slot.welcomed(message.text)
            case SealedPin():
                self._out.pins.append(message)
            case RecordedByPhone():
                self._recorded_by_phone(seat, message, now)
            case Refusal():
                self._refusal(seat, message, now)

    def _recorded_by_phone(self, seat: Seat, said: RecordedByPhone, now: float) -> None:
        receipt = self._check_receipt(said.receipt)
        if receipt is not None:
            seat.vote.recorded_by_phone(receipt.vote, receipt.ballot, said.rev, receipt.code, now)

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
            seat.vote.stale(refusal.of, refusal.text, now)
        else:
            seat.vote.refused(refusal.of, refusal.text, refusal.final, now)

    def _form(self, form: Form, now: float) -> None:
        for seat in self._seats.values():
            if not seat.slot.at_desk:
                seat.form_came(form, now)
                self._faces.refresh(seat, now)

    def _state(self, state: State, now: float) -> None:
        for name, seat in self._seats.items():
            facts = state.seats.get(name)
            seat.is_desk(name in state.desks)
            if state.ballot is not None and not seat.slot.at_desk:
                seat.form_came(state.ballot, now)
            elif seat.voting is not None and seat.voting.casting.pending is None:
                seat.vote.over()
            if facts is not None:
                self._facts(seat, facts, now)
            self._faces.refresh(seat, now)

    def _facts(self, seat: Seat, facts: SeatFacts, now: float) -> None:
        receipt = self._check_receipt(facts.recorded) if facts.recorded is not None else None
        if receipt is not None:
            seat.vote.recorded(receipt.vote, receipt.ballot, facts.rev or 1, receipt.code, now)
        seat.floor_came(facts.face)
        seat.state_came(facts.session, now)
