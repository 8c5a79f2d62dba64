"""When the hall heard of each seat's unit: what the account of a vote's seats is made of. In memory only.

After a restart it fills anew, as bridges tell again what they know of the vote before them.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from hall_controller.clock import Clock
from voting.ids import SeatId
from voting.seat_units import SeatSeen

What = Literal["shown", "pressed", "lit"]
_MS = timedelta(milliseconds=1)


class SeatRecord:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard: dict[What, dict[str, dict[str, datetime]]] = {"shown": {}, "pressed": {}, "lit": {}}
        """By vote and seat."""
        self._gone: dict[str, datetime] = {}
        """When a seat was last out of reach, from … to."""
        self._back: dict[str, datetime] = {}

    def note(self, what: What, vote: str, seats: Iterable[str]) -> None:
        now, heard = self._clock(), self._heard[what].setdefault(vote, {})
        for seat in seats:
            if what == "pressed" or seat not in heard:
                heard[seat] = now

    def is_online(self, seat: str, online: bool) -> None:
        if online and seat in self._gone and seat not in self._back:
            self._back[seat] = self._clock()
        elif not online and (seat not in self._gone or seat in self._back):
            self._gone[seat] = self._clock()
            self._back.pop(seat, None)

    def shown(self, vote: str) -> frozenset[str]:
        return frozenset(self._heard["shown"].get(vote, ()))

    def lit(self, vote: str) -> frozenset[str]:
        return frozenset(self._heard["lit"].get(vote, ()))

    def seen(
        self, vote: str, opened_at: datetime, seats: Iterable[SeatId], gone: Collection[str]
    ) -> Mapping[SeatId, SeatSeen]:
        """`gone`: seats that are out of reach now."""
        return {seat: self._of_seat(vote, opened_at, seat, seat in gone) for seat in seats}

    def _of_seat(self, vote: str, opened_at: datetime, seat: str, gone: bool) -> SeatSeen:
        shown, pressed, lit = (self._since(opened_at, what, vote, seat) for what in self._heard)
        return SeatSeen(shown, pressed, lit, self._offline(opened_at, seat, gone))

    def _since(self, opened_at: datetime, what: What, vote: str, seat: str) -> int | None:
        """0 for what was heard before the opening: the question is shown while the vote is announced."""
        at = self._heard[what].get(vote, {}).get(seat)
        return None if at is None else max(0, (at - opened_at) // _MS)

    def _offline(self, opened_at: datetime, seat: str, gone: bool) -> int | None:
        since, back = self._gone.get(seat), self._back.get(seat)
        if gone and since is None:
            return 0
        if since is None or (back is not None and back <= opened_at):
            return None
        return max(0, (since - opened_at) // _MS)
