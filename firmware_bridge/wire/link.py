"""The bridge's end of a row's line: who is asked what next, and what an answer means. Sans-I/O.

    link.line_up(now)
    data = link.transmit(now)     # write it, if there is any
    link.receive(data, now)       # what was read
    link.wake_at(now)             # transmit() again then, or after receive() or show()
    event = link.next_event()     # until None

Order of service: lamps and microphones, presses, the roll call, hellos, acknowledgements of presses,
text, checks. What a console is to show, and what it has, is `console`'s; hellos are `hellos`'.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping

from firmware_bridge.errors import UnknownConsole
from firmware_bridge.ports import ConsoleEvent, ConsoleLost, Face, FaceShown
from firmware_bridge.wire.asker import Asker, check_row
from firmware_bridge.wire.console import Console, Order, Status
from firmware_bridge.wire.exchange import Exchange, Turn
from firmware_bridge.wire.framing import Deframer, Frame, Garbage, Heard, Mark
from firmware_bridge.wire.hellos import HelloDesk
from firmware_bridge.wire.messages import FROM_CONSOLE, Ack, Boot, Here, Kind, Malformed, News
from firmware_bridge.wire.pace import Line, Pace
from firmware_bridge.wire.presence import Presence
from firmware_bridge.wire.session import Opened


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
        self._events: deque[tuple[ConsoleEvent, bytes | None, int]] = deque()
        self._alert = False
        self._up = False
        self.garbage = 0
        """Pieces of line noise heard so far; for the health page."""
        self.refused = 0
        """Sealed frames that didn't open: forged, or sent again."""
        self._begin_anew(0.0)

    def _begin_anew(self, now: float) -> None:
        self._deframer = Deframer()
        self._desk = HelloDesk(self._pace)
        self._exchange: Exchange | None = None
        self._lamps, self._news, self._hellos = Turn(), Turn(), Turn()
        self._owing, self._texts = Turn(), Turn()
        self._resting: dict[int, float] = {}
        self._presence = Presence(self._pace, self._consoles, now)
        self._next_roll_call = self._next_muster = now

    # What the owner asks for

    def line_up(self, now: float) -> None:
        self._begin_anew(now)
        self._up = True

    def line_down(self, now: float) -> None:
        """The line is gone, and with it every console of the row."""
        self._up = False
        self._begin_anew(now)
        for console in self._consoles.values():
            if console.status is not Status.ABSENT:
                self._lose(console)

    def attend(self, alert: bool, now: float) -> None:
        self._alert = alert
        if alert:
            self._next_roll_call = min(self._next_roll_call, now)

    def show(self, address: int, face: Face) -> None:
        """Raises UnknownConsole."""
        console = self._consoles.get(address)
        if console is None:
            raise UnknownConsole(address)
        console.show(face)
        if console.status is Status.UP:
            self._serve(console)

    def next_event(self) -> ConsoleEvent | None:
        """The next event. Who takes a press knows of it: a face shown later settles it."""
        if not self._events:
            return None
        event, boot, number = self._events.popleft()
        if boot is not None:
            console = self._consoles[event.address]
            if console.boot == boot:
                console.tell(number)
        return event

    @property
    def has_events(self) -> bool:
        return bool(self._events)

    # The line

    def wake_at(self, now: float) -> float:
        """When transmit() has something to do, if nothing is heard before."""
        if not self._up:
            return math.inf
        if self._exchange is not None:
            return self._exchange.deadline
        waits = self._lamps or self._news or self._hellos or self._owing or self._texts
        rests = [until for until in self._resting.values() if until > now] if waits else []
        return min([self._next_roll_call, *rests])

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
        chosen = self._choose(now)
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
        if exchange.console is None:
            return b""
        if exchange.kind is Kind.HELLO:
            self._hello_over(exchange, exchange.console, now)
        else:
            self._unanswered(exchange.console, now)
        return b""

    # Whose turn it is

    def _choose(self, now: float) -> Exchange | None:
        self._look_round(now)
        return (
            self._roll_call(now, self._pace.roll_call_late_s)
            or self._next_order(self._lamps, Console.lamps, now)
            or self._next_poll(now)
            or self._roll_call(now, 0.0)
            or self._next_hello(now)
            or self._next_order(self._owing, Console.owed, now)
            or self._next_order(self._texts, Console.text, now)
            or self._check(now)
        )

    def _next_order(
        self, turn: Turn, due: Callable[[Console], Order | None], now: float
    ) -> Exchange | None:
        while turn and (address := turn.next(self._resting, now)) is not None:
            console = self._consoles[address]
            order = due(console) if self._reachable(console) else None
            if order is not None:
                return self._asker.order(console, order)
        return None

    def _next_poll(self, now: float) -> Exchange | None:
        while self._news and (address := self._news.next(self._resting, now)) is not None:
            if self._reachable(self._consoles[address]):
                return self._asker.poll(self._consoles[address])
        return None

    def _reachable(self, console: Console) -> bool:
        """Where a hello is due, nothing else makes sense before: it begins everything anew."""
        return console.status is Status.UP and console.address not in self._hellos

    def _roll_call(self, now: float, late_s: float) -> Exchange | None:
        if now < self._next_roll_call + late_s:
            return None
        period = self._pace.alert_roll_call_s if self._alert else self._pace.idle_roll_call_s
        self._next_roll_call = now + period
        muster = now >= self._next_muster
        if muster:
            self._next_muster = now + self._pace.muster_s
        return self._asker.roll_call(muster)

    def _next_hello(self, now: float) -> Exchange | None:
        address = self._hellos.next(self._resting, now)
        if address is None:
            return None
        return self._asker.hello(self._consoles[address])

    def _check(self, now: float) -> Exchange | None:
        console = self._presence.next_check(now)
        return None if console is None else self._asker.poll(console)

    # What is heard

    def _hear(self, heard: Heard, now: float) -> None:
        if isinstance(heard, Mark):
            self._marked(heard, now)
        elif isinstance(heard, Garbage):
            self._garbled(now)
        elif heard.kind & FROM_CONSOLE and self._exchange is not None and self._exchange.fits(heard):
            # Our own frames, which some adapters echo, and late answers don't fit
            try:
                self._answered(self._exchange, heard, now)
            except Malformed:
                self._garbled(now)

    def _marked(self, mark: Mark, now: float) -> None:
        """A mark may come late, or be a flipped byte: it proves nothing and costs one poll at most."""
        console = self._consoles.get(mark.address)
        if console is None:
            return
        if console.status is Status.ABSENT:
            self._hellos.add(mark.address)
        elif console.status is Status.UP:
            self._presence.heard(mark.address, now)
            if mark.news:
                self._news.add(mark.address)

    def _garbled(self, now: float) -> None:
        self.garbage += 1
        exchange = self._exchange
        if exchange is None or exchange.console is None:
            return
        exchange.garbled = True
        if exchange.kind is not Kind.HELLO:
            exchange.deadline = min(exchange.deadline, now + self._pace.garbled_pause_s)

    def _answered(self, exchange: Exchange, frame: Frame, now: float) -> None:
        console = exchange.console
        assert console is not None
        match exchange.kind, frame.kind:
            case Kind.HELLO, Kind.HERE:
                self._desk.answer(exchange, Here.unpack(frame.payload), now)
            case Kind.POLL, Kind.IDLE:
                if Boot.unpack(frame.payload).boot != console.boot:
                    self._hellos.add(console.address)
                self._done(console, now)
            case Kind.POLL, Kind.NEWS:
                self._take_news(console, frame, now)
            case ((Kind.LAMPS | Kind.TEXT | Kind.TAKEN), Kind.ACK):
                assert exchange.order is not None
                self._acknowledged(console, exchange.order, frame, now)
            case _, Kind.STRANGER if exchange.kind is not Kind.HELLO:
                Boot.unpack(frame.payload)
                self._hellos.add(console.address)
                self._done(console, now)

    def _take_news(self, console: Console, frame: Frame, now: float) -> None:
        body = self._open(console, frame)
        if body is None:
            return
        for press, number in console.take(News.unpack(body).presses, now):
            self._events.append((press, console.boot, number))
        self._presence.owing(console.address, now)
        self._done(console, now)
        self._serve(console)

    def _acknowledged(self, console: Console, order: Order, frame: Frame, now: float) -> None:
        body = self._open(console, frame)
        if body is None:
            return
        if Ack.unpack(body).more:
            self._news.add(console.address)
        console.acknowledged(order)
        if not console.owes_taken:
            self._presence.settled(console.address)
        self._done(console, now)
        self._serve(console)

    def _open(self, console: Console, frame: Frame) -> bytes | None:
        """The sealed body. A frame that isn't the console's own changes nothing: its own may yet come."""
        opened = console.session.open(frame) if console.session is not None else None
        if isinstance(opened, Opened) and not opened.repeated:
            return opened.body
        self.refused += 1
        return None

    def _done(self, console: Console, now: float) -> None:
        self._presence.heard(console.address, now)
        self._resting.pop(console.address, None)
        self._exchange = None

    def _serve(self, console: Console) -> None:
        """Queues what this console is still to be told, or tells the owner that nothing is."""
        lamps, text = console.lamps() is not None, console.text() is not None
        if lamps:
            self._lamps.add(console.address)
        if text:
            self._texts.add(console.address)
        if not lamps and not text and console.confirm():
            self._events.append((FaceShown(console.address, console.wanted), None, 0))

    # Who is there

    def _look_round(self, now: float) -> None:
        due = self._presence.look_round(now)
        self._news.add(*due.polls)
        self._hellos.add(*due.hellos, *self._desk.probes_due(now))
        self._owing.add(*due.owing)

    def _unanswered(self, console: Console, now: float) -> None:
        """All tries failed: it is gone, has forgotten the session, or two speak at once. A hello tells."""
        self._resting[console.address] = now + self._pace.rest_s
        self._lose_if_silent(console, now)
        if console.status is Status.UP:
            self._hellos.add(console.address)

    def _lose_if_silent(self, console: Console, now: float) -> None:
        if console.status is Status.UP and self._presence.silent(console.address, now):
            self._lose(console)

    def _lose(self, console: Console) -> None:
        console.status, console.session = Status.ABSENT, None
        self._events.append((ConsoleLost(console.address), None, 0))

    def _hello_over(self, exchange: Exchange, console: Console, now: float) -> None:
        before = console.status
        outcome = self._desk.conclude(exchange, console, now)
        if outcome.event is not None:
            self._events.append((outcome.event, None, 0))
        if outcome.joined:
            self._presence.heard(console.address, now)
            self._resting.pop(console.address, None)
            self._presence.settled(console.address)
            self._serve(console)
            return
        self._resting[console.address] = now + self._pace.rest_s
        if before is Status.UP:
            self._lose_if_silent(console, now)
        if outcome.again and console.status is not Status.CLONE:
            self._hellos.add(console.address)
