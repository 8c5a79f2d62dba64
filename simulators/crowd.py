"""The members in the simulated hall, each with card and PIN, doing what was planned with human delays."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from firmware_bridge.wire.messages import Key
from simulators.card import SimulatedCard
from simulators.hall import SimulatedSeat
from simulators.people import Press

KEYS: Mapping[str, Key] = {"approve": "1", "reject": "2", "not_voting": "3"}
"""What is engraved on the units of this hall."""


@dataclass(frozen=True, slots=True)
class Person:
    member: str
    name: str
    seat: SimulatedSeat
    card: SimulatedCard
    pin: str


@dataclass(slots=True)
class Pressed:
    """What a vote was like from the seats."""

    sent: int = 0
    seconds: list[float] = field(default_factory=list)
    """From each key press to its steady lamp, for those that got one."""

    @property
    def acknowledged(self) -> int:
        return len(self.seconds)


class Crowd:
    def __init__(self, people: Iterable[Person], random: Random) -> None:
        self.people = {person.member: person for person in people}
        self._random = random
        self._pins: dict[str, asyncio.Task[None]] = {}
        self._here: set[str] = set()
        self._aside: set[str] = set()

    def arrive(self, members: Sequence[str], spread_s: float) -> None:
        """They sit down within `spread_s`, put in their cards, type their PINs whenever the pad asks."""
        for member in members:
            self._here.add(member)
            if member not in self._aside and member not in self._pins:
                self._sit_down(member, self._random.uniform(0, spread_s))

    async def leave(self) -> None:
        """Everybody takes their card and goes; who stepped aside has nothing to take."""
        for task in self._pins.values():
            task.cancel()
        await asyncio.gather(*self._pins.values(), return_exceptions=True)
        for member in self._pins:
            self.people[member].seat.pull()
        self._pins.clear()
        self._here.clear()

    def step_aside(self, member: str) -> None:
        """Somebody else sits in this member's place: the member does nothing until `come_back`."""
        self._aside.add(member)
        if (task := self._pins.pop(member, None)) is not None:
            task.cancel()

    def come_back(self, member: str) -> None:
        """Goes on as before: signs in again who had come to the sitting, else the card goes."""
        self._aside.discard(member)
        if member in self._here:
            self._sit_down(member, 0)
        else:
            self.people[member].seat.pull()

    def acts(self, member: str) -> bool:
        """Whether this member is here, in their own place."""
        return member in self._pins

    def _sit_down(self, member: str, delay: float) -> None:
        self._pins[member] = asyncio.create_task(self._attend(self.people[member], delay))

    async def vote(self, presses: Iterable[Press], patience_s: float) -> Pressed:
        """Plays the presses, each timed from when that seat's keys lit up; `patience_s`: for each lamp."""
        pressed = Pressed()
        by_member: dict[str, list[Press]] = {}
        for press in presses:
            by_member.setdefault(press.member, []).append(press)
        async with asyncio.TaskGroup() as tasks:
            for member, own in by_member.items():
                tasks.create_task(self._vote(self.people[member].seat, own, pressed, patience_s))
        return pressed

    async def _attend(self, person: Person, delay: float) -> None:
        await asyncio.sleep(delay)
        if person.seat.card is None:
            person.seat.insert(person.card)
        while True:
            await person.seat.readers.pad_asks(person.seat.seat)
            person.seat.readers.type_pin(person.seat.seat, person.pin)
            await asyncio.sleep(0.5)

    async def _vote(
        self, seat: SimulatedSeat, own: list[Press], pressed: Pressed, patience_s: float
    ) -> None:
        await seat.keys_light_up()
        started = seat.clock()
        for press in own:
            await asyncio.sleep(max(0.0, started + press.after_s - seat.clock()))
            pressed.sent += 1
            lit = seat.press(KEYS[press.choice])
            with suppress(TimeoutError):
                pressed.seconds.append(await asyncio.wait_for(lit, patience_s))
