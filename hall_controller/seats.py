"""How the hall's seats are: which consoles answer, which show the question, which lit their lamp. In memory
only.

Nothing is decided on it: it is what the officer and the chair look at, and it is told anew after a restart.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from hall_controller.bridges import Bridges

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
    def __init__(self, bridges: Bridges) -> None:
        self._bridges = bridges
        self._desks = bridges.desks
        self._seats = {seat: SeatHealth(seat, bridge) for seat, bridge in bridges.of_seat.items()}
        self._shown: dict[str, set[str]] = {}
        self._lit: dict[str, set[str]] = {}
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
        return frozenset(self._shown.get(vote, ()))

    def lit(self, vote: str) -> frozenset[str]:
        """Seats whose console acknowledged the steady lamp in this vote."""
        return frozenset(self._lit.get(vote, ()))

    def is_at(self, seat: str, status: Health, serial: str, person_key: bool = False) -> None:
        now = replace(self._seats[seat], status=status, serial=serial, person_key=person_key)
        self._change(seat, now)

    def has_card(self, seat: str, present: bool) -> None:
        self._change(seat, replace(self._seats[seat], card=present))

    def microphone(self, seat: str, on: bool, ok: bool) -> None:
        self._change(seat, replace(self._seats[seat], microphone=on and ok, microphone_fault=not ok))

    def note_shown(self, vote: str, seats: Iterable[str]) -> None:
        self._shown.setdefault(vote, set()).update(seats)
        self.revision += 1

    def note_lit(self, vote: str, seats: Iterable[str]) -> None:
        self._lit.setdefault(vote, set()).update(seats)
        self.revision += 1

    def bridge_gone(self, bridge: str) -> None:
        """Sessions and presence stay: a device failed, nobody left."""
        for seat in self._bridges.by_id[bridge].seats:
            self._change(seat, replace(self._seats[seat], status="offline"))

    def _change(self, seat: str, after: SeatHealth) -> None:
        if self._seats[seat] != after:
            self._seats[seat] = after
            self.revision += 1
