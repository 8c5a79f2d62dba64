"""A row of consoles on a serial line. The only module that opens one; what is said is `wire.link`'s."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping

import serialx

from firmware_bridge.errors import LineLost, LineUnavailable
from firmware_bridge.ports import ConsoleEvent, Face
from firmware_bridge.wire.link import RowLink

LATE_S = 0.005
"""A timer so late tells of a loop that stood still: answers may lie unread, and are read before it
decides."""


class SerialBus:
    """`ConsoleBus` over `url`: a device path, or socket://host:port of a serial device server.

    `addresses`: each console's 16-byte key by its address. `clock`: line time in seconds.
    """

    def __init__(
        self,
        url: str,
        addresses: Mapping[int, bytes],
        *,
        baudrate: int = 115200,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises RowMisconfigured."""
        self._url = url
        self._baudrate = baudrate
        self._clock = clock
        self.link = RowLink(addresses, secrets.token_bytes, baudrate)
        self._news = asyncio.Event()
        self._line: _Line | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = float("inf")
        self._stirred = False

    async def run(self) -> None:
        """Opens the line and serves the row until cancelled; may be run again afterwards.

        Raises LineUnavailable when the line can't be opened, LineLost when it goes away.
        """
        line = await self._open()
        try:
            self.link.line_up(self._clock())
            self._line = line
            self._pump()
            cause = await line.lost
        finally:
            self._line = None
            self._stop_timer()
            line.close()
            self.link.line_down(self._clock())
            self._news.set()
        raise LineLost(self._url, cause)

    async def events(self) -> AsyncIterator[ConsoleEvent]:
        """Never ends; to be read by one reader. Events wait here as long as nobody reads."""
        while True:
            event = self.link.next_event()
            if event is not None:
                yield event
                continue
            self._news.clear()
            await self._news.wait()

    def show(self, address: int, face: Face) -> None:
        """Raises UnknownConsole."""
        self.link.show(address, face)
        self._stir()

    def attend(self, alert: bool) -> None:
        self.link.attend(alert, self._clock())
        self._stir()

    async def _open(self) -> "_Line":
        loop = asyncio.get_running_loop()
        line = _Line(loop.create_future(), self._received)
        try:
            await serialx.create_serial_connection(loop, lambda: line, self._url, self._baudrate)
        except (OSError, TimeoutError, ValueError, serialx.SerialException) as error:
            raise LineUnavailable(self._url, error) from error
        return line

    def _received(self, data: bytes) -> None:
        self.link.receive(data, self._clock())
        self._pump()

    def _stir(self) -> None:
        """Many faces are often shown in one go: the line is looked at once, after the last."""
        if not self._stirred and self._line is not None:
            self._stirred = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        """Without news from the line: in time at once, else after what has come meanwhile was read."""
        now = self._clock()
        if now - self.link.wake_at(now) <= LATE_S:
            self._pump()
            return
        # Some loops run timers before they read: what is called in the turn after the next comes after both
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._pump)

    def _pump(self) -> None:
        """Writes what is due, hands on what was heard, and sets the timer for the next time."""
        self._stirred = False
        if self._line is None:
            return
        now = self._clock()
        data = self.link.transmit(now)
        if data:
            self._line.write(data)
        if self.link.has_events:
            self._news.set()
        self._set_timer(self.link.wake_at(now), now)

    def _set_timer(self, at: float, now: float) -> None:
        # A timer that runs out too early costs less than setting each one anew: most answers come in time
        if self._timer is not None and self._timer_at <= at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = asyncio.get_running_loop().call_later(max(0.0, at - now), self._time_out)

    def _time_out(self) -> None:
        self._timer, self._timer_at = None, float("inf")
        self._look()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_at = None, float("inf")


class _Line(asyncio.Protocol):
    """An open line. `lost` ends when it goes away, with the cause if there is one."""

    def __init__(
        self, lost: "asyncio.Future[BaseException | None]", received: Callable[[bytes], None]
    ) -> None:
        self.lost = lost
        self._received = received
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(exc)

    def write(self, data: bytes) -> None:
        """A write to a line that has just gone is not an error of its own: `lost` says it."""
        assert self._transport is not None
        try:
            self._transport.write(data)
        except (OSError, serialx.SerialException) as error:
            self.connection_lost(error)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
