"""How the hall's seats are: which consoles answer, which show the question, which lit their lamp. In memory
only.

Nothing is decided on it: it is what the officer and the chair look at, and it is told anew after a restart.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from hall_controller.bridges import Bridges
from hall_controller.clock import Clock
from hall_controller.seat_record import SeatRecord
from voting.ids import SeatId
from voting.seat_units import SeatSeen

Health = Literal["online", "silent", "clone", "offline"]
"""offline: its bridge is gone, so nothing is known of the console itself."""


@dataclass(frozen=True, slots=True)
class SeatHealth:
    seat: str
    bridge: str
    status: Health = "offline"
    serial: str = ""
    person_key: bool = False
    """The console has a person-present key."""
    card: bool = False
    """There is a card in the slot."""
    microphone: bool = False
    """The console acknowledged that its microphone is on."""
    microphone_fault: bool = False


class Seats:
    def __init__(self, bridges: Bridges, clock: Clock) -> None:
        self._bridges = bridges
        self._desks = bridges.desks
        self._seats = {seat: SeatHealth(seat, bridge) for seat, bridge in bridges.of_seat.items()}
        self._record = SeatRecord(clock)
        self.revision = 0
        """Grows with every change: a display looks again when it has."""

    def __getitem__(self, seat: str) -> SeatHealth:
        return self._seats[seat]

    def all(self) -> Mapping[str, SeatHealth]:
        return self._seats

    def _own(self) -> Iterator[SeatHealth]:
        """Without the registrar's desks: they are no seats of the hall."""
        return (one for one in self._seats.values() if one.seat not in self._desks)

    def online(self) -> int:
        return sum(one.status == "online" for one in self._own())

    def offline(self) -> list[str]:
        """Seats whose console doesn't answer, or whose bridge is gone; by name."""
        return sorted(one.seat for one in self._own() if one.status in ("silent", "offline"))

    def clones(self) -> list[str]:
        return sorted(one.seat for one in self._own() if one.status == "clone")

    def shown(self, vote: str) -> frozenset[str]:
        """Seats that show this vote's question."""
        return self._record.shown(vote)

    def lit(self, vote: str) -> frozenset[str]:
        """Seats whose console acknowledged the steady lamp in this vote."""
        return self._record.lit(vote)

    def seen(self, vote: str, opened_at: datetime) -> Mapping[SeatId, SeatSeen]:
        """What each seat's unit did in this vote, as the hall heard of it."""
        gone = {one.seat for one in self._own() if one.status != "online"}
        return self._record.seen(vote, opened_at, (SeatId(one.seat) for one in self._own()), gone)

    def is_at(self, seat: str, status: Health, serial: str, person_key: bool = False) -> None:
        now = replace(self._seats[seat], status=status, serial=serial, person_key=person_key)
        self._change(seat, now)

    def has_card(self, seat: str, present: bool) -> None:
        self._change(seat, replace(self._seats[seat], card=present))

    def microphone(self, seat: str, on: bool, ok: bool) -> None:
        self._change(seat, replace(self._seats[seat], microphone=on and ok, microphone_fault=not ok))

    def note_shown(self, vote: str, seats: Iterable[str]) -> None:
        self._record.note("shown", vote, seats)
        self.revision += 1

    def note_pressed(self, vote: str, seats: Iterable[str]) -> None:
        self._record.note("pressed", vote, seats)

    def note_lit(self, vote: str, seats: Iterable[str]) -> None:
        self._record.note("lit", vote, seats)
        self.revision += 1

    def bridge_gone(self, bridge: str) -> None:
        """Sessions and presence stay: a device failed, nobody left."""
        for seat in self._bridges.by_id[bridge].seats:
            self._change(seat, replace(self._seats[seat], status="offline"))

    def _change(self, seat: str, after: SeatHealth) -> None:
        self._record.is_online(seat, after.status == "online")
        if self._seats[seat] != after:
            self._seats[seat] = after
            self.revision += 1
