"""A bridge's link and seat units on one cable, in line time: no sleeping, repeatable from a seed."""

import hashlib
import heapq
import random
from collections.abc import Callable, Iterable
from itertools import count

from firmware_bridge.ports import ConsoleEvent, KeyPressed
from firmware_bridge.wire.framing import Deframer, Frame
from firmware_bridge.wire.link import RowLink
from firmware_bridge.wire.messages import BROADCAST, Kind, Malformed, RollCall
from simulators.console import Reply, SeatUnit
from simulators.faults import FaultyLine, LineFaults
from simulators.line_clock import LineClock, Spoken, overlay

BAUDRATE = 115200


def console_key(address: int) -> bytes:
    return hashlib.sha256(f"console {address}".encode()).digest()[:16]


def dice(seed: object) -> Callable[[int], bytes]:
    return random.Random(str(seed)).randbytes


def seat(address: int, serial: str | None = None, key: bytes | None = None) -> SeatUnit:
    serial = serial or f"DH-{address:04}"
    return SeatUnit(address, serial, key or console_key(address), entropy=dice(serial))


class RowBench:
    """`run(seconds)` lets line time pass; `events` are what the owner took, `tape` what was said."""

    def __init__(self, addresses: Iterable[int], faults: LineFaults | None = None, seed: int = 0) -> None:
        addresses = list(addresses)
        self.units = {address: seat(address) for address in addresses}
        self.on_line: list[SeatUnit] = list(self.units.values())
        self.link = self._new_link(seed)
        self.cable = FaultyLine(faults, seed)
        self.now = 100.0
        self.events: list[ConsoleEvent] = []
        self.tape: list[tuple[float, str, bytes]] = []
        self.owner: Callable[[ConsoleEvent], None] = lambda event: None
        self.turn: Callable[[], float] = lambda: 0.0
        """How long the bridge's process is busy with other things after each look at the line (s)."""
        self._busy_until = 0.0
        self._unread: list[bytes] = []
        self._line = LineClock(BAUDRATE)
        self._deframer = Deframer()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self.link.line_up(self.now)

    def _new_link(self, seed: object) -> RowLink:
        return RowLink({address: console_key(address) for address in self.units}, dice(("bridge", seed)))

    def begin_anew(self) -> None:
        """The bridge's process dies, and another begins that remembers nothing."""
        self.link = self._new_link(("again", self.now))
        self._unread.clear()
        self.link.line_up(self.now)

    def at(self, when: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (when, next(self._order), act))

    def press(self, address: int, key: str, after: float = 0.0) -> None:
        when = self.now + after
        self.at(when, lambda: self.units[address].press(key, when))  # type: ignore[arg-type]

    def inject(self, wire: bytes) -> None:
        """Somebody else speaks on the cable."""
        self._to_units(wire, self.now)

    def run(self, seconds: float) -> list[ConsoleEvent]:
        """The events of this time, in the order in which the owner took them."""
        end, before = self.now + seconds, len(self.events)
        while True:
            if self.now >= self._busy_until:
                self._look()
            wakes = [unit.wake_at for unit in self.on_line]
            bridge = 0.0 if self._unread else self.link.wake_at(self.now)
            due = [wake for wake in wakes if wake is not None] + [max(bridge, self._busy_until), end]
            agenda = self._agenda[0][0] if self._agenda else end
            self.now = max(self.now, min([agenda, *due]))
            if self.now >= end:
                return self.events[before:]
            while self._agenda and self._agenda[0][0] <= self.now:
                heapq.heappop(self._agenda)[2]()
            for unit in self.on_line:
                unit.tick(self.now)

    def presses(self) -> list[tuple[int, str]]:
        return [(event.address, event.key) for event in self.events if isinstance(event, KeyPressed)]

    def _look(self) -> None:
        """One turn of the bridge's process. Timers first: a bridge must live with the worst of loops."""
        self._write()
        unread, self._unread = self._unread, []
        for arrived in unread:
            self.link.receive(arrived, self.now)
        self._take_events()
        self._write()
        self._busy_until = self.now + self.turn()

    def _write(self) -> None:
        wire = self.link.transmit(self.now)
        if wire:
            self.tape.append((self.now, "bridge", wire))
            self._to_units(self.cable.pass_through(wire), self._line.send(len(wire), self.now))

    def _to_units(self, wire: bytes, arrived: float) -> None:
        for heard in self._deframer.feed(wire):
            if isinstance(heard, Frame):
                replies = [self._reply(unit, heard, arrived) for unit in self.on_line]
                self._to_bridge([Spoken(arrived + r.after_s, r.wire) for r in replies if r is not None])

    def _reply(self, unit: SeatUnit, frame: Frame, now: float) -> Reply | None:
        if frame.address == BROADCAST and frame.kind == Kind.ROLL_CALL:
            try:
                return unit.hear_roll_call(RollCall.unpack(frame.payload), now)
            except Malformed:
                return None
        if frame.address == unit.address:
            return unit.hear(frame, now)
        unit.overhear(now)
        return None

    def _to_bridge(self, spoken: list[Spoken]) -> None:
        if not spoken:
            return
        wire, end = overlay(spoken, self._line.byte_s)
        self._line.occupy(end)
        self.tape.append((end, "console", wire))
        arrived = self.cable.pass_through(wire)
        self.at(end, lambda: self._unread.append(arrived))

    def _take_events(self) -> None:
        while (event := self.link.next_event()) is not None:
            self.events.append(event)
            self.owner(event)
