"""What a row's consoles say and what their silence means: who is there, and what the owner is told.

What a console is to show, and what it has, is `console`'s; hellos are `hellos`'.
"""

from collections import deque
from collections.abc import Mapping

from firmware_bridge.ports import ConsoleEvent, ConsoleLost, FaceShown
from firmware_bridge.wire.console import Console, Order, Status
from firmware_bridge.wire.exchange import Exchange
from firmware_bridge.wire.framing import Frame, Mark
from firmware_bridge.wire.hellos import HelloDesk
from firmware_bridge.wire.messages import Ack, Boot, Here, Kind, News
from firmware_bridge.wire.presence import Presence
from firmware_bridge.wire.session import Opened
from firmware_bridge.wire.turns import Turns


class Hearing:
    """`begin_anew` first, and whenever the line comes or goes; what the owner hasn't taken stays."""

    def __init__(self, consoles: Mapping[int, Console]) -> None:
        self._consoles = consoles
        self._events: deque[tuple[ConsoleEvent, bytes | None, int]] = deque()
        self.refused = 0
        """Sealed frames that didn't open: forged, or sent again."""

    def begin_anew(self, turns: Turns, presence: Presence, desk: HelloDesk) -> None:
        self._turns, self._presence, self._desk = turns, presence, desk

    # What the owner is told

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

    def serve(self, console: Console) -> None:
        """Queues what this console is still to be told, or tells the owner that nothing is."""
        lamps, text = console.lamps() is not None, console.text() is not None
        if lamps:
            self._turns.lamps.add(console.address)
        if text:
            self._turns.texts.add(console.address)
        if not lamps and not text and console.confirm():
            self._events.append((FaceShown(console.address, console.wanted), None, 0))

    # What is heard

    def marked(self, mark: Mark, now: float) -> None:
        """A mark may come late, or be a flipped byte: it proves nothing and costs one poll at most."""
        console = self._consoles.get(mark.address)
        if console is None:
            return
        if console.status is Status.ABSENT:
            self._turns.hellos.add(mark.address)
        elif console.status is Status.UP:
            self._presence.heard(mark.address, now)
            if mark.news:
                self._turns.news.add(mark.address)

    def answered(self, exchange: Exchange, frame: Frame, now: float) -> bool:
        """Whether the exchange is over with this. Raises Malformed."""
        console = exchange.console
        assert console is not None
        match exchange.kind, frame.kind:
            case Kind.HELLO, Kind.HERE:
                self._desk.answer(exchange, Here.unpack(frame.payload), now)
            case Kind.POLL, Kind.IDLE:
                if Boot.unpack(frame.payload).boot != console.boot:
                    self._turns.hellos.add(console.address)
                return self._done(console, now)
            case Kind.POLL, Kind.NEWS:
                return self._take_news(console, frame, now)
            case ((Kind.LAMPS | Kind.TEXT | Kind.TAKEN), Kind.ACK):
                assert exchange.order is not None
                return self._acknowledged(console, exchange.order, frame, now)
            case _, Kind.STRANGER if exchange.kind is not Kind.HELLO:
                Boot.unpack(frame.payload)
                self._turns.hellos.add(console.address)
                return self._done(console, now)
        return False

    def _take_news(self, console: Console, frame: Frame, now: float) -> bool:
        body = self._open(console, frame)
        if body is None:
            return False
        for press, number in console.take(News.unpack(body).presses, now):
            self._events.append((press, console.boot, number))
        self._presence.owing(console.address, now)
        self.serve(console)
        return self._done(console, now)

    def _acknowledged(self, console: Console, order: Order, frame: Frame, now: float) -> bool:
        body = self._open(console, frame)
        if body is None:
            return False
        if Ack.unpack(body).more:
            self._turns.news.add(console.address)
        console.acknowledged(order)
        if not console.owes_taken:
            self._presence.settled(console.address)
        self.serve(console)
        return self._done(console, now)

    def _open(self, console: Console, frame: Frame) -> bytes | None:
        """The sealed body. A frame that isn't the console's own changes nothing: its own may yet come."""
        opened = console.session.open(frame) if console.session is not None else None
        if isinstance(opened, Opened) and not opened.repeated:
            return opened.body
        self.refused += 1
        return None

    def _done(self, console: Console, now: float) -> bool:
        self._presence.heard(console.address, now)
        self._turns.rested(console.address)
        return True

    # Who is there

    def unanswered(self, exchange: Exchange, now: float) -> None:
        """The last try's window is over; a hello's always ends so."""
        console = exchange.console
        if console is None:
            return
        if exchange.kind is Kind.HELLO:
            self._hello_over(exchange, console, now)
            return
        # It is gone, has forgotten the session, or two speak at once. A hello tells.
        self._turns.rest(console.address, now)
        self._lose_if_silent(console, now)
        if console.status is Status.UP:
            self._turns.hellos.add(console.address)

    def _hello_over(self, exchange: Exchange, console: Console, now: float) -> None:
        before = console.status
        outcome = self._desk.conclude(exchange, console, now)
        if outcome.event is not None:
            self._events.append((outcome.event, None, 0))
        if outcome.joined:
            self._done(console, now)
            self._presence.settled(console.address)
            self.serve(console)
            return
        self._turns.rest(console.address, now)
        if before is Status.UP:
            self._lose_if_silent(console, now)
        if outcome.again and console.status is not Status.CLONE:
            self._turns.hellos.add(console.address)

    def _lose_if_silent(self, console: Console, now: float) -> None:
        if console.status is Status.UP and self._presence.silent(console.address, now):
            self._lose(console)

    def all_lost(self) -> None:
        """The line is gone, and with it every console of the row."""
        for console in self._consoles.values():
            if console.status is not Status.ABSENT:
                self._lose(console)

    def _lose(self, console: Console) -> None:
        console.status, console.session = Status.ABSENT, None
        self._events.append((ConsoleLost(console.address), None, 0))
