"""Who looks at the twin: each page is told what changed, at most twenty times a second, the latest state.

What waits for a page is the set of seats that changed: bounded, and a slow page costs nobody anything.
"""

import asyncio
import json
from collections.abc import Callable, Sequence

from simulators.twin.sight import Seen

APART_S = 0.05
"""Between two messages to one page."""
BEAT_S = 2.0
"""With nothing new, a sign of life this often."""
MOST_PAGES = 32


class Looker:
    """One page: what it was told, what it is to be told, and which seat it looks at."""

    def __init__(self, view: "Lookout") -> None:
        self._view = view
        self._seat: str | None = None
        self._told: list[str] = []
        self._told_hall: Seen = {}
        self._told_unit: Seen | None = None
        self._changed: set[int] = set()
        self._wake = asyncio.Event()
        self._n = 0
        self._last = float("-inf")

    @property
    def seat(self) -> str | None:
        return self._seat

    def look_at(self, seat: str | None) -> None:
        self._seat = seat
        self._wake.set()

    def tell(self, place: int | None) -> None:
        """Something changed at this place of the plan, or (None) something that concerns the whole hall."""
        if place is not None:
            self._changed.add(place)
        self._wake.set()

    async def next(self) -> str:
        """The next message: the whole at first, then what changed; a beat when nothing did for BEAT_S."""
        clock = asyncio.get_running_loop().time
        if self._told:
            try:
                async with asyncio.timeout(BEAT_S):
                    while True:
                        await self._wake.wait()
                        await asyncio.sleep(max(0.0, self._last + APART_S - clock()))
                        self._wake.clear()
                        if news := self._news():
                            self._last = clock()
                            return self._message("change", news)
            except TimeoutError:
                return self._message("beat", {})
        return self._message("snapshot", self._whole())

    def _whole(self) -> Seen:
        self._told = [self._view.letter(place) for place in range(self._view.size)]
        self._told_hall, self._told_unit = self._view.hall(), self._unit()
        return {"seats": "".join(self._told), "hall": self._told_hall, "unit": self._told_unit}

    def _news(self) -> Seen:
        news: Seen = {}
        changed, self._changed = self._changed, set()
        seats = [(place, self._view.letter(place)) for place in sorted(changed)]
        seats = [(place, letter) for place, letter in seats if self._told[place] != letter]
        for place, letter in seats:
            self._told[place] = letter
        if seats:
            news["seats"] = seats
        if (hall := self._view.hall()) != self._told_hall:
            news["hall"] = self._told_hall = hall
        if (unit := self._unit()) != self._told_unit:
            news["unit"] = self._told_unit = unit
        return news

    def _unit(self) -> Seen | None:
        return None if self._seat is None else self._view.unit(self._seat)

    def _message(self, kind: str, rest: Seen) -> str:
        if kind != "beat":
            self._n += 1
        body = {"type": kind, "n": self._n, **rest}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


class Lookout:
    """All pages. What they see is asked for when it can be sent, never kept for them."""

    def __init__(
        self,
        seats: Sequence[str],
        letter: Callable[[str], str],
        unit: Callable[[str], Seen],
        hall: Callable[[], Seen],
    ) -> None:
        self.unit, self.hall = unit, hall
        self.size = len(seats)
        self._seats = tuple(seats)
        self._letter = letter
        self._places = {seat: place for place, seat in enumerate(seats)}
        self._lookers: list[Looker] = []

    @property
    def full(self) -> bool:
        return len(self._lookers) >= MOST_PAGES

    def letter(self, place: int) -> str:
        return self._letter(self._seats[place])

    def join(self) -> Looker:
        looker = Looker(self)
        self._lookers.append(looker)
        return looker

    def leave(self, looker: Looker) -> None:
        self._lookers.remove(looker)

    def changed(self, seat: str) -> None:
        """Called for each change of any seat: cheap where nobody looks."""
        for looker in self._lookers:
            looker.tell(self._places.get(seat))

    def hall_changed(self) -> None:
        for looker in self._lookers:
            looker.tell(None)
