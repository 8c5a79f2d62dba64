"""The bridge's end of a row's line: one question at a time, and what is heard meanwhile. Sans-I/O.

    link.line_up(now)
    data = link.transmit(now)     # write it, if there is any
    link.receive(data, now)       # what was read
    link.wake_at(now)             # transmit() again then, or after receive() or show()
    event = link.next_event()     # until None

Whose turn it is, is `turns`'; what an answer or silence means is `hearing`'s.
"""

import math
from collections.abc import Callable, Mapping

from firmware_bridge.errors import UnknownConsole
from firmware_bridge.ports import ConsoleEvent, Face
from firmware_bridge.wire.asker import Asker, check_row
from firmware_bridge.wire.console import Console, Status
from firmware_bridge.wire.exchange import Exchange
from firmware_bridge.wire.framing import Deframer, Garbage, Heard, Mark
from firmware_bridge.wire.hearing import Hearing
from firmware_bridge.wire.hellos import HelloDesk
from firmware_bridge.wire.messages import FROM_CONSOLE, Kind, Malformed
from firmware_bridge.wire.pace import Line, Pace
from firmware_bridge.wire.presence import Presence
from firmware_bridge.wire.turns import Turns


class RowLink:
    """One row. `keys`: each console's own key by address; `entropy(n)` gives n random bytes for nonces."""

    def __init__(
        self,
        keys: Mapping[int, bytes],
        entropy: Callable[[int], bytes],
        baudrate: int = 115200,
        pace: Pace | None = None,
    ) -> None:
        """Raises RowMisconfigured."""
        check_row(keys)
        self._pace = pace or Pace()
        self._consoles = {address: Console(address, key) for address, key in sorted(keys.items())}
        self._asker = Asker(self._pace, Line(baudrate), entropy, min(keys), max(keys))
        self._hearing = Hearing(self._consoles)
        self._alert = False
        self._up = False
        self.garbage = 0
        """Pieces of line noise heard so far; for the health page."""
        self._begin_anew(0.0)

    def _begin_anew(self, now: float) -> None:
        self._deframer = Deframer()
        self._exchange: Exchange | None = None
        desk, presence = HelloDesk(self._pace), Presence(self._pace, self._consoles, now)
        self._turns = Turns(self._pace, self._consoles, self._asker, presence, desk, self._alert, now)
        self._hearing.begin_anew(self._turns, presence, desk)

    # What the owner asks for

    def line_up(self, now: float) -> None:
        self._begin_anew(now)
        self._up = True

    def line_down(self, now: float) -> None:
        self._up = False
        self._begin_anew(now)
        self._hearing.all_lost()

    def attend(self, alert: bool, now: float) -> None:
        self._alert = alert
        self._turns.attend(alert, now)

    def show(self, address: int, face: Face) -> None:
        """Raises UnknownConsole."""
        console = self._consoles.get(address)
        if console is None:
            raise UnknownConsole(address)
        console.show(face)
        if console.status is Status.UP:
            self._hearing.serve(console)

    def next_event(self) -> ConsoleEvent | None:
        """The next event. Who takes a press knows of it: a face shown later settles it."""
        return self._hearing.next_event()

    @property
    def has_events(self) -> bool:
        return self._hearing.has_events

    @property
    def refused(self) -> int:
        """Sealed frames that didn't open: forged, or sent again."""
        return self._hearing.refused

    # The line

    def wake_at(self, now: float) -> float:
        """When transmit() has something to do, if nothing is heard before."""
        if not self._up:
            return math.inf
        if self._exchange is not None:
            return self._exchange.deadline
        return self._turns.wake_at(now)

    def transmit(self, now: float) -> bytes:
        """What is to be written now; empty while an answer is awaited or nothing is due."""
        if not self._up:
            return b""
        if self._exchange is not None:
            if now < self._exchange.deadline:
                return b""
            repeat = self._overdue(self._exchange, now)
            if repeat:
                return repeat
        chosen = self._turns.choose(now)
        return b"" if chosen is None else self._ask(chosen, now)

    def receive(self, data: bytes, now: float) -> None:
        for heard in self._deframer.feed(data):
            self._hear(heard, now)

    def _ask(self, exchange: Exchange, now: float) -> bytes:
        self._deframer.forget()  # the line is ours: what had begun was torn
        exchange.tries_left -= 1
        exchange.garbled = False
        exchange.deadline = now + exchange.window_s
        self._exchange = exchange
        return exchange.wire

    def _overdue(self, exchange: Exchange, now: float) -> bytes:
        exchange.silent += not exchange.garbled
        if exchange.tries_left > 0 and exchange.silent < self._pace.silent_tries:
            return self._ask(exchange, now)
        self._exchange = None
        self._hearing.unanswered(exchange, now)
        return b""

    def _hear(self, heard: Heard, now: float) -> None:
        if isinstance(heard, Mark):
            self._hearing.marked(heard, now)
        elif isinstance(heard, Garbage):
            self._garbled(now)
        elif heard.kind & FROM_CONSOLE and self._exchange is not None and self._exchange.fits(heard):
            # Our own frames, which some adapters echo, and late answers don't fit
            try:
                if self._hearing.answered(self._exchange, heard, now):
                    self._exchange = None
            except Malformed:
                self._garbled(now)

    def _garbled(self, now: float) -> None:
        self.garbage += 1
        exchange = self._exchange
        if exchange is None or exchange.console is None:
            return
        exchange.garbled = True
        if exchange.kind is not Kind.HELLO:
            exchange.deadline = min(exchange.deadline, now + self._pace.garbled_pause_s)
