"""A bridge's seats together: who is meant by what comes in, and what goes out together. Pure.

A row of sixty-four consoles, of fifteen with readers, or a network console alone: the same code. What comes
in from below is `from_consoles.py`'s, from above `from_hall.py`'s; `row_faces.py` keeps what is shown.
"""

from collections.abc import Mapping

from firmware_bridge.from_consoles import FromConsoles
from firmware_bridge.from_hall import FromHall
from firmware_bridge.messages import Down, Hello, State, Unit
from firmware_bridge.outbox import Outbox
from firmware_bridge.ports import ConsoleEvent
from firmware_bridge.receipt import CheckReceipt, Receipt
from firmware_bridge.row_faces import RowFaces
from firmware_bridge.seat import Seat


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
        self._faces = RowFaces(self._out)
        self._consoles = FromConsoles(self._seats.values(), self._faces, self._out)
        self._hall = FromHall(self._seats, self._faces, self._out, check_receipt)
        self._pin_key = pin_key
        self._alert = False

    def seat(self, name: str) -> Seat | None:
        return self._seats.get(name)

    def seats(self) -> tuple[Seat, ...]:
        return tuple(self._seats.values())

    def hello(self) -> Hello:
        units = {seat.id: Unit(seat.status, seat.serial, seat.person_key) for seat in self._seats.values()}
        return Hello(units, self._pin_key)

    # -- what comes in ---------------------------------------------------------------------------------

    def console(self, event: ConsoleEvent, now: float) -> None:
        self._consoles.heard(event, now)

    def heard(self, message: Down, now: float) -> None:
        """One message of the hall, its signature and number already checked."""
        self._hall.heard(message, now)
        if isinstance(message, State):
            self._consoles.reports.again(now)

    def receipt(self, receipt: Receipt, now: float) -> None:
        self._hall.receipt(receipt, now)

    def tick(self, now: float) -> None:
        for name in self._faces.due(now):
            seat = self._seats[name]
            seat.tick(now)
            self._faces.refresh(seat, now)

    def refresh(self, name: str, now: float) -> None:
        """After the shell has changed a seat's slot."""
        seat = self._seats.get(name)
        if seat is not None:
            self._faces.refresh(seat, now)

    def show_all(self, now: float) -> None:
        """At the start: every console gets its first face."""
        for seat in self._seats.values():
            self._faces.refresh(seat, now)

    # -- what goes out ---------------------------------------------------------------------------------

    def take(self, now: float) -> Outbox:
        """All that is to be done now; the row forgets it."""
        self._consoles.reports.send_due(now)
        self._set_pace()
        return self._out.emptied()

    def next_due(self) -> float | None:
        """When `tick` or `take` has something to do, if nothing comes before. Line time in seconds."""
        times = (self._faces.next_due(), self._consoles.reports.due_at)
        return min((at for at in times if at is not None), default=None)

    def _set_pace(self) -> None:
        alert = any(_in_play(seat) for seat in self._seats.values())
        if alert != self._alert:
            self._alert = self._out.alert = alert


def _in_play(seat: Seat) -> bool:
    return seat.voting is not None and seat.voting.form.phase in ("announced", "open", "held", "closing")
