"""Members who vote as they like: what the crowd does in a sitting for which nothing was planned.

Each sees only their own unit. When its keys light up they think, press, and are content once a lamp is lit;
whoever stepped aside for a visitor does nothing.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import Literal

from firmware_bridge.ports import Lamp
from simulators.crowd import KEYS, Crowd, Person, Pressed
from simulators.people import FASTEST_S

Leaning = Literal["for", "divided", "against"]
APPROVING: dict[Leaning, tuple[float, float]] = {
    "for": (0.80, 0.97),
    "divided": (0.42, 0.58),
    "against": (0.08, 0.30),
}
"""The share that approves is drawn from this range once a vote."""
REJECTING = 0.7
"""Of those who don't approve; the others press the third key."""
IDLE = 0.02
"""The share of members who let a vote pass without a press."""
PATIENCE_S = 20.0


class FreeMembers:
    """`follows`: they vote by themselves when their keys light up. `pressed` grows with each press."""

    def __init__(
        self,
        crowd: Crowd,
        members: Sequence[str],
        random: Random,
        *,
        spread_s: float = 10.0,
        idle: float = IDLE,
    ) -> None:
        self.members = tuple(members)
        self.follows = True
        self.leaning: Leaning = "for"
        self.pressed = Pressed()
        self._crowd = crowd
        self._random = random
        self._spread_s, self._idle = spread_s, idle
        self._asked: set[str] = set()
        """Whose keys are lit: with the first of them a vote begins, and the chamber's mood is drawn."""
        self._approving = 1.0
        self._presses: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for member in self.members:
                    tasks.create_task(self._attend(self._crowd.people[member]))
        finally:
            for press in list(self._presses.values()):
                press.cancel()

    def arrive(self, spread_s: float = 4.0) -> None:
        """Everybody who isn't here comes, with card and PIN."""
        self._crowd.arrive(self.members, spread_s)

    async def leave(self) -> None:
        await self._crowd.leave()

    def vote(self) -> int:
        """Everybody whose keys are lit and who hasn't voted presses, soon. Returns how many will."""
        waiting = [self._crowd.people[member] for member in self.members if self._may(member)]
        for person in waiting:
            self._think(person)
        return len(waiting)

    async def _attend(self, person: Person) -> None:
        while True:
            await person.seat.keys_light_up()
            if not self._asked:
                self._approving = self._random.uniform(*APPROVING[self.leaning])
            self._asked.add(person.member)
            if self.follows and self._random.random() >= self._idle:
                self._think(person)
            await person.seat.keys_go_dark()
            self._asked.discard(person.member)

    def _think(self, person: Person) -> None:
        if person.member not in self._presses:
            task = asyncio.create_task(self._press(person))
            self._presses[person.member] = task
            task.add_done_callback(lambda _: self._presses.pop(person.member, None))

    async def _press(self, person: Person) -> None:
        await asyncio.sleep(FASTEST_S + self._spread_s * self._random.betavariate(1.6, 3.5))
        if not self._may(person.member):
            return
        self.pressed.sent += 1
        lit = person.seat.press(KEYS[self._choice()])
        with suppress(TimeoutError, asyncio.CancelledError):
            self.pressed.seconds.append(await asyncio.wait_for(lit, PATIENCE_S))

    def _may(self, member: str) -> bool:
        """Here, asked, and no lamp lit: who sees a lit lamp has voted, also after a vote was held."""
        seat = self._crowd.people[member].seat
        voted = any(lamp is not Lamp.OFF for lamp in seat.unit.lamps)
        return self._crowd.acts(member) and seat.armed and not voted

    def _choice(self) -> str:
        if self._random.random() < self._approving:
            return "approve"
        return "reject" if self._random.random() < REJECTING else "not_voting"
