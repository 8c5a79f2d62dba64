"""Who is there: when each console was last heard, and what has become due by time alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle

from firmware_bridge.wire.console import Console, Status
from firmware_bridge.wire.pace import Pace


@dataclass(slots=True)
class Due:
    """Addresses that are to be polled, said hello to, or told which presses have arrived."""

    polls: list[int] = field(default_factory=list)
    hellos: list[int] = field(default_factory=list)
    owing: list[int] = field(default_factory=list)


class Presence:
    """The clocks of one row's consoles."""

    def __init__(self, pace: Pace, consoles: Mapping[int, Console], now: float) -> None:
        self._pace = pace
        self._consoles = consoles
        self._heard_at = dict.fromkeys(consoles, now)
        self._owing_since: dict[int, float] = {}
        self._absent_turn = cycle(consoles.values())
        self._check_turn = cycle(consoles.values())
        self._next_round = self._next_absent = self._next_check = now

    def heard(self, address: int, now: float) -> None:
        self._heard_at[address] = now

    def silent(self, address: int, now: float) -> bool:
        """Nothing was heard for so long that the console counts as lost."""
        return now - self._heard_at[address] >= self._pace.lost_after_s

    def owing(self, address: int, now: float) -> None:
        """Presses have arrived that the console still keeps."""
        self._owing_since.setdefault(address, now)

    def settled(self, address: int) -> None:
        self._owing_since.pop(address, None)

    def look_round(self, now: float) -> Due:
        """What time alone has made due; looks at most once in `round_s`."""
        due = Due()
        if now < self._next_round:
            return due
        self._next_round = now + self._pace.round_s
        for console in self._consoles.values():
            if console.status is Status.UP:
                self._look_at(console, due, now)
        if now >= self._next_absent:
            self._next_absent = now + self._pace.rare_s
            self._try_one_absent(due)
        return due

    def next_check(self, now: float) -> Console | None:
        """The console whose turn it is to be polled by name, or None."""
        if now < self._next_check:
            return None
        self._next_check = now + self._pace.check_s
        for _ in self._consoles:
            console = next(self._check_turn)
            if console.status is Status.UP:
                return console
        return None

    def _look_at(self, console: Console, due: Due, now: float) -> None:
        address = console.address
        if now - self._owing_since.get(address, now) >= self._pace.taken_within_s:
            due.owing.append(address)
        # One muster may be missed; then it is asked by name
        if now - self._heard_at[address] > 1.5 * self._pace.muster_s:
            due.polls.append(address)
        if console.session is not None and console.session.spent:
            due.hellos.append(address)

    def _try_one_absent(self, due: Due) -> None:
        for _ in self._consoles:
            console = next(self._absent_turn)
            if console.status is Status.ABSENT:
                due.hellos.append(console.address)
                return
