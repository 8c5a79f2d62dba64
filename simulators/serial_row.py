"""A row of seat units behind one line that runs at its rate: the whole cable that a bridge serves.

One deframer stands for the receivers of all units: they hear the same bytes. Times given to the units are
line times, counted from when bytes would have arrived, so nothing here sleeps for a byte.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from firmware_bridge.wire.framing import Deframer, Frame
from firmware_bridge.wire.messages import BROADCAST, Kind, Malformed, RollCall
from simulators.console import Reply, SeatUnit
from simulators.faults import FaultyLine, LineFaults
from simulators.line_clock import LineClock, Spoken, overlay
from simulators.line_ports import LinePort, PtyPort, SocketPort

SWEEP_S = 0.25
"""How often units are asked for timers that ran out by silence."""


class SimulatedRow:
    """Units behind a pseudo-terminal (`url` is its path), or behind a socket (`url` is socket://…).

    `faults` spoil bytes in both directions, from `seed`. `run` serves until cancelled, once.
    """

    def __init__(
        self,
        units: Sequence[SeatUnit],
        *,
        baudrate: int = 115200,
        faults: LineFaults | None = None,
        seed: int = 0,
        over_socket: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._port: LinePort = SocketPort() if over_socket else PtyPort()
        self._line = LineClock(baudrate)
        self.cable = FaultyLine(faults, seed)
        self._clock = clock
        self._deframer = Deframer()
        self._units: list[SeatUnit] = []
        self._watched: set[SeatUnit] = set()
        self._wakes_at: dict[SeatUnit, float] = {}
        """For when each unit's own timer is set."""
        self._loop: asyncio.AbstractEventLoop | None = None
        for unit in units:
            self.plug(unit)

    @property
    def url(self) -> str:
        return self._port.url

    @property
    def units(self) -> tuple[SeatUnit, ...]:
        return tuple(self._units)

    def plug(self, unit: SeatUnit) -> None:
        """Two units with one address are possible, as they are in life."""
        self._units.append(unit)
        if unit not in self._watched:
            self._watched.add(unit)
            unit.watch(lambda: self._arm_timer(unit))

    def unplug(self, unit: SeatUnit) -> None:
        """Takes the unit off the line; it keeps its power, and will notice the silence."""
        self._units.remove(unit)
        self._notice_silence(unit)

    def _notice_silence(self, unit: SeatUnit) -> None:
        """A unit that hangs on no line has its timers all the same, until it shows that it is cut off."""
        if unit in self._units or self._loop is None:
            return
        unit.tick(self._clock())
        wake_at = unit.wake_at
        if wake_at is not None:
            # A loop's timer may be a millisecond early, so the unit is asked again rather than once.
            self._loop.call_later(max(0.005, wake_at - self._clock()), self._notice_silence, unit)

    def cut(self) -> None:
        """The adapter is pulled. A bridge can come back to a socket, not to a pseudo-terminal."""
        self._port.cut()

    def close(self) -> None:
        """Gives the line back, for a row that is never run."""
        self._port.close()

    async def run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._sweep(self._loop)
        try:
            await self._port.serve(self._heard)
        finally:
            self._loop = None

    def _heard(self, data: bytes) -> None:
        arrived = self._line.send(len(data), self._clock())
        for heard in self._deframer.feed(self.cable.pass_through(data)):
            if isinstance(heard, Frame):
                self._say(self._answers(heard, arrived))

    def _answers(self, frame: Frame, now: float) -> list[Spoken]:
        if frame.address == BROADCAST and frame.kind == Kind.ROLL_CALL:
            return self._roll_call(frame, now)
        replies = []
        for unit in self._units:
            if unit.address == frame.address:
                replies.append(unit.hear(frame, now))
            else:
                unit.overhear(now)
        return _spoken(replies, now)

    def _roll_call(self, frame: Frame, now: float) -> list[Spoken]:
        try:
            call = RollCall.unpack(frame.payload)
        except Malformed:
            return []
        return _spoken([unit.hear_roll_call(call, now) for unit in self._units], now)

    def _say(self, spoken: list[Spoken]) -> None:
        if not spoken or self._loop is None:
            return
        wire, end = overlay(spoken, self._line.byte_s)
        self._line.occupy(end)
        self._loop.call_later(max(0.0, end - self._clock()), self._deliver, wire, end)

    def _deliver(self, wire: bytes, due: float) -> None:
        self._port.write(self.cable.pass_through(wire))
        self._line.delivered(due, self._clock())

    def _arm_timer(self, unit: SeatUnit) -> None:
        wake_at = unit.panel.wake_at
        if wake_at is not None and self._loop is not None and self._wakes_at.get(unit) != wake_at:
            self._wakes_at[unit] = wake_at
            self._loop.call_later(max(0.0, wake_at - self._clock()), self._tick, unit)

    def _tick(self, unit: SeatUnit) -> None:
        self._wakes_at.pop(unit, None)
        unit.tick(self._clock())
        self._arm_timer(unit)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is None:
            return
        # A unit hears while this process stands still: what lies unread is heard before silence is judged
        loop.call_soon(loop.call_soon, self._tick_all)
        loop.call_later(SWEEP_S, self._sweep, loop)

    def _tick_all(self) -> None:
        now = self._clock()
        for unit in self._units:
            unit.tick(now)


def _spoken(replies: Sequence[Reply | None], now: float) -> list[Spoken]:
    return [Spoken(now + reply.after_s, reply.wire) for reply in replies if reply is not None]
