"""Whose turn it is on a row's line.

Order of service: lamps and microphones, presses, the roll call, hellos, acknowledgements of presses,
text, checks. A roll call that is late goes before everything (`Pace.roll_call_late_s`).
"""

from collections.abc import Callable, Mapping

from firmware_bridge.wire.asker import Asker
from firmware_bridge.wire.console import Console, Order, Status
from firmware_bridge.wire.exchange import Exchange
from firmware_bridge.wire.hellos import HelloDesk
from firmware_bridge.wire.pace import Pace
from firmware_bridge.wire.presence import Presence


class Turn:
    """Addresses that wait for one kind of service, first come first served, each once."""

    def __init__(self) -> None:
        self._waiting: dict[int, None] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __contains__(self, address: int) -> bool:
        return address in self._waiting

    def add(self, *addresses: int) -> None:
        for address in addresses:
            self._waiting[address] = None

    def next(self, resting: Mapping[int, float], now: float) -> int | None:
        """Takes the first one whose rest is over."""
        for address in self._waiting:
            if resting.get(address, now) <= now:
                del self._waiting[address]
                return address
        return None


class Turns:
    """Who waits for what, since the line came up at `now`. `alert`: as `attend` says it."""

    def __init__(
        self,
        pace: Pace,
        consoles: Mapping[int, Console],
        asker: Asker,
        presence: Presence,
        desk: HelloDesk,
        alert: bool,
        now: float,
    ) -> None:
        self._pace, self._consoles, self._asker = pace, consoles, asker
        self._presence, self._desk = presence, desk
        self.lamps, self.news, self.hellos = Turn(), Turn(), Turn()
        self.owing, self.texts = Turn(), Turn()
        self._resting: dict[int, float] = {}
        self._alert = alert
        self._next_roll_call = self._next_muster = now

    def attend(self, alert: bool, now: float) -> None:
        self._alert = alert
        if alert:
            self._next_roll_call = min(self._next_roll_call, now)

    def rest(self, address: int, now: float) -> None:
        """It failed all tries: the others come first."""
        self._resting[address] = now + self._pace.rest_s

    def rested(self, address: int) -> None:
        self._resting.pop(address, None)

    def wake_at(self, now: float) -> float:
        """When there is somebody to be asked, if nothing is heard before."""
        waits = self.lamps or self.news or self.hellos or self.owing or self.texts
        rests = [until for until in self._resting.values() if until > now] if waits else []
        return min([self._next_roll_call, *rests])

    def choose(self, now: float) -> Exchange | None:
        """The next question, if one is due."""
        self._look_round(now)
        return (
            self._roll_call(now, self._pace.roll_call_late_s)
            or self._next_order(self.lamps, Console.lamps, now)
            or self._next_poll(now)
            or self._roll_call(now, 0.0)
            or self._next_hello(now)
            or self._next_order(self.owing, Console.owed, now)
            or self._next_order(self.texts, Console.text, now)
            or self._check(now)
        )

    def _look_round(self, now: float) -> None:
        due = self._presence.look_round(now)
        self.news.add(*due.polls)
        self.hellos.add(*due.hellos, *self._desk.probes_due(now))
        self.owing.add(*due.owing)

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
        while self.news and (address := self.news.next(self._resting, now)) is not None:
            if self._reachable(self._consoles[address]):
                return self._asker.poll(self._consoles[address])
        return None

    def _reachable(self, console: Console) -> bool:
        """Where a hello is due, nothing else makes sense before: it begins everything anew."""
        return console.status is Status.UP and console.address not in self.hellos

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
        address = self.hellos.next(self._resting, now)
        if address is None:
            return None
        return self._asker.hello(self._consoles[address])

    def _check(self, now: float) -> Exchange | None:
        console = self._presence.next_check(now)
        return None if console is None else self._asker.poll(console)
