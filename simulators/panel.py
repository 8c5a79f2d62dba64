"""A network console's own keys, lamps and lines: a seat unit with its bridge in the same box.

There is nothing to poll and nobody to authenticate between the two, so a press is heard at once. What the
unit does by itself, it does here too.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable

from firmware_bridge.errors import UnknownConsole
from firmware_bridge.ports import ConsoleEvent, ConsoleLost, ConsoleUp, Face, FaceShown, KeyPressed
from firmware_bridge.wire.lettering import screen
from firmware_bridge.wire.messages import Lamps, Text
from simulators.console import SeatUnit
from simulators.front_panel import KeyDown


class SimulatedPanel:
    """`ConsoleBus` for one unit. `clock` must be the clock that the unit's presses are timed by."""

    def __init__(self, unit: SeatUnit, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._unit = unit
        self._clock = clock
        self._wanted = Face()
        self._events: deque[tuple[ConsoleEvent, KeyDown | None]] = deque()
        self._news = asyncio.Event()
        self._live: list[KeyDown] = []
        """Presses that the owner wasn't told of yet, of this boot."""
        self._told = 0
        self._seen = 0
        self._up = False
        self._rebooted = False
        self._wakes_at: float | None = None
        """For when the unit's own timer is set."""
        self._loop: asyncio.AbstractEventLoop | None = None
        unit.panel.pressed = self._pressed
        unit.watch(self._changed)

    async def run(self) -> None:
        """Serves the unit until cancelled; then it shows that it has no connection."""
        self._loop = asyncio.get_running_loop()
        try:
            self._changed()
            await self._loop.create_future()
        finally:
            self._loop = None
            self._lose()
            if self._unit.powered:
                self._unit.panel.lose_line()

    async def events(self) -> AsyncIterator[ConsoleEvent]:
        while True:
            if self._events:
                event, press = self._events.popleft()
                if press is not None and press in self._live:
                    self._told = press.number
                    self._live.remove(press)
                yield event
                continue
            self._news.clear()
            await self._news.wait()

    def show(self, address: int, face: Face) -> None:
        """Raises UnknownConsole."""
        if address != self._unit.address:
            raise UnknownConsole(address)
        self._wanted, self._seen = face, self._told
        if self._up:
            self._draw()

    def attend(self, alert: bool) -> None:
        """Nothing to do: a press is heard at once, alert or not."""

    def _draw(self) -> None:
        face, panel = self._wanted, self._unit.panel
        lamps = (*face.lamps, face.request_lamp)
        panel.light(Lamps(self._seen, self._seen, lamps, face.microphone, face.keys_armed, face.person))
        panel.write(Text(self._seen, 0, screen(face.lines)))
        self._tell(FaceShown(self._unit.address, face))

    def _pressed(self, press: KeyDown) -> None:
        self._unit.panel.forget(press.number)
        self._live.append(press)
        self._tell(KeyPressed(self._unit.address, press.key, press.at, press.person), press)

    def _changed(self) -> None:
        """Something visible changed: power came or went, or the unit's own timer is to be set."""
        if self._loop is None:
            return
        if self._unit.powered and not self._up:
            self._join()
        elif not self._unit.powered:
            self._forget()
        wake_at = self._unit.panel.wake_at
        if wake_at is not None and wake_at != self._wakes_at:
            self._wakes_at = wake_at
            self._loop.call_later(max(0.0, wake_at - self._clock()), self._tick)

    def _join(self) -> None:
        self._up = True
        unit = self._unit
        self._tell(ConsoleUp(unit.address, unit.serial, self._rebooted, unit.person_key))
        self._draw()

    def _forget(self) -> None:
        """Power went: press numbers begin anew."""
        self._rebooted = True
        self._live.clear()
        self._told = self._seen = 0
        self._lose()

    def _lose(self) -> None:
        if self._up:
            self._up = False
            self._tell(ConsoleLost(self._unit.address))

    def _tick(self) -> None:
        self._wakes_at = None
        self._unit.tick(self._clock())
        self._changed()

    def _tell(self, event: ConsoleEvent, press: KeyDown | None = None) -> None:
        self._events.append((event, press))
        self._news.set()
