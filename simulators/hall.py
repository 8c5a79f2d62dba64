"""The hall's cabling, simulated: rows of seat units on serial lines, network consoles, a card slot at each.

What people and the twin's page touch is a `SimulatedSeat`. What a bridge is given is the end of a line or a
panel, and the row's readers. No bridge is built here: whoever joins the parts connects real ones.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from firmware_bridge.ports import Lamp
from firmware_bridge.wire.messages import Key
from simulators.card import SimulatedCard
from simulators.console import SeatUnit
from simulators.panel import SimulatedPanel
from simulators.readers import SimulatedReaders
from simulators.serial_row import SimulatedRow

READERS_A_ROW = 15
"""What one PC/SC daemon serves beside its own pseudo-reader."""


@dataclass(frozen=True, slots=True)
class BridgePlan:
    """Which seats hang at one bridge. A bridge without a line is a network console: one seat, one box."""

    id: str
    seats: tuple[str, ...]
    serial: bool


def plan_bridges(seats: Sequence[str], rows: int, per_row: int = READERS_A_ROW) -> tuple[BridgePlan, ...]:
    """The first `rows` × `per_row` seats on serial lines, the rest network consoles."""
    wired = min(len(seats), rows * per_row)
    groups = [tuple(seats[start : min(start + per_row, wired)]) for start in range(0, wired, per_row)]
    in_rows = [BridgePlan(f"row-{n:02d}", group, True) for n, group in enumerate(groups, start=1)]
    return (*in_rows, *(BridgePlan(f"seat-{seat}", (seat,), False) for seat in seats[wired:]))


@dataclass(slots=True)
class _Awaited:
    """A press whose steady lamp somebody waits for."""

    key: Key
    at: float
    lit: "asyncio.Future[float]"


@dataclass(slots=True, eq=False)
class SimulatedSeat:
    """One place in the hall: its unit, its card slot, and what a hand can do there."""

    seat: str
    bridge: str
    unit: SeatUnit
    readers: SimulatedReaders
    clock: Callable[[], float]
    _awaited: _Awaited | None = field(default=None, init=False)
    _armed: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _dark: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def __post_init__(self) -> None:
        self.unit.watch(self._look)
        self._look()

    @property
    def card(self) -> SimulatedCard | None:
        return self.readers.card_in(self.seat)

    @property
    def armed(self) -> bool:
        return self.unit.panel.armed

    def insert(self, card: SimulatedCard) -> None:
        self.readers.insert(self.seat, card)

    def pull(self) -> SimulatedCard | None:
        return self.readers.pull(self.seat)

    async def keys_light_up(self) -> None:
        """Returns when the unit takes votes."""
        await self._armed.wait()

    async def keys_go_dark(self) -> None:
        """Returns when the unit takes no votes."""
        await self._dark.wait()

    def press(self, key: Key, *, person: bool | None = None) -> "asyncio.Future[float]":
        """Presses and lets go. The future gives the seconds until that key's lamp burnt steadily.

        `person`: with the other hand on the person-present key meanwhile; None: where the unit asks for it.
        """
        if self._awaited is not None:
            self._awaited.lit.cancel()
        now = self.clock()
        self._awaited = _Awaited(key, now, asyncio.get_running_loop().create_future())
        lit = self._awaited.lit
        held = self.unit.panel.person
        if self.unit.panel.asks_person if person is None else person:
            self.unit.hold_person()
        self.unit.press(key, now)
        if not held:
            self.unit.release_person()
        return lit

    def _look(self) -> None:
        """Called after anything visible changed."""
        now, before = (self._armed, self._dark) if self.armed else (self._dark, self._armed)
        if not now.is_set():
            now.set()
            before.clear()
        awaited = self._awaited
        if awaited is not None and self.unit.lamps["123".index(awaited.key)] is Lamp.STEADY:
            self._awaited = None
            if not awaited.lit.done():
                awaited.lit.set_result(self.clock() - awaited.at)


class SimulatedHall:
    """All seats with their lines. `keys[seat]` is the console's own key, which its bridge must know too."""

    def __init__(
        self,
        bridges: Iterable[BridgePlan],
        *,
        baudrate: int = 115200,
        person_keys: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`person_keys`: whether the units have person-present keys."""
        self._person_keys = person_keys
        self.bridges = tuple(bridges)
        self.clock = clock
        self.seats: dict[str, SimulatedSeat] = {}
        self.keys: dict[str, bytes] = {}
        self.readers: dict[str, SimulatedReaders] = {}
        self.rows: dict[str, SimulatedRow] = {}
        self.panels: dict[str, SimulatedPanel] = {}
        for bridge in self.bridges:
            self._furnish(bridge, baudrate)

    def addresses(self, bridge: BridgePlan) -> Mapping[str, int]:
        """Seat → address on the bridge's line: from 1, in the row's order."""
        return {seat: number for number, seat in enumerate(bridge.seats, start=1)}

    async def run(self) -> None:
        """Serves the serial lines until cancelled; panels are served by their bridges."""
        async with asyncio.TaskGroup() as tasks:
            for row in self.rows.values():
                tasks.create_task(row.run())

    def _furnish(self, bridge: BridgePlan, baudrate: int) -> None:
        self.readers[bridge.id] = SimulatedReaders(bridge.seats)
        for seat, address in self.addresses(bridge).items():
            self.keys[seat] = secrets.token_bytes(16)
            unit = SeatUnit(address, f"SU-{seat}", self.keys[seat], person_key=self._person_keys)
            self.seats[seat] = SimulatedSeat(seat, bridge.id, unit, self.readers[bridge.id], self.clock)
        units = [self.seats[seat].unit for seat in bridge.seats]
        if bridge.serial:
            self.rows[bridge.id] = SimulatedRow(units, baudrate=baudrate, clock=self.clock)
        else:
            self.panels[bridge.id] = SimulatedPanel(units[0], clock=self.clock)
