"""A full house for measuring: 500 seats signed in at the demo's own hall, as many votes as asked for."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hall_controller import memory
from hall_controller.cli.demo import cabling
from hall_controller.cli.demo.controller import controller
from hall_controller.cli.demo.furnish import Furnished, furnish
from simulators.crowd import Crowd, Person
from simulators.hall import SimulatedHall
from simulators.officer import SimulatedOfficer
from simulators.scenario import Roll, Scenario, ScenarioItem, ScenarioSitting, ScenarioVote

SEATS = 500
KEYS = ("1", "2", "3")


def _scenario(votes: int) -> Scenario:
    title = {"vi": "Đo tốc độ", "en": "Measuring"}
    planned = tuple(
        ScenarioVote(f"bench.{number}", "resolution", title, None, None, "", "", None)
        for number in range(votes)
    )
    day = date(2025, 6, 16)
    sitting = ScenarioSitting("bench", day, title, SEATS, (ScenarioItem(title, planned),))
    return Scenario("bench", title, SEATS, (Roll(SEATS, date(2016, 5, 22), None),), (sitting,))


@dataclass(slots=True)
class House:
    furnished: Furnished
    simulated: SimulatedHall
    crowd: Crowd
    officer: SimulatedOfficer
    broker_port: int
    _next: int = 0

    async def vote_opens(self) -> str:
        """Opens the next vote; returns when every seat's keys are lit and the hall is quiet."""
        vote, self._next = f"bench.{self._next}", self._next + 1
        await self.officer.act("announce", vote=vote)
        await self.officer.until(lambda view: _is(view, vote) and view["vote"]["shown"] == SEATS)
        await self.officer.act("open", vote=vote)
        await asyncio.gather(*(person.seat.keys_light_up() for person in self.crowd.people.values()))
        await asyncio.sleep(1.0)
        return vote

    async def vote_ends(self, vote: str) -> None:
        await self.officer.act("close", vote=vote)
        await self.officer.until(lambda view: _is(view, vote) and "result" in view["vote"])
        await self.officer.act("declare", vote=vote)

    async def all_press(self, within_s: float) -> list[tuple[float, float]]:
        """Every seat presses some key within that time; when, and seconds until its steady lamp."""
        loop, clock = asyncio.get_running_loop(), next(iter(self.crowd.people.values())).seat.clock
        pressed: list[tuple[float, asyncio.Future[float]]] = []
        everybody = asyncio.Event()

        def press(person: Person) -> None:
            pressed.append((clock(), person.seat.press(random.choice(KEYS))))  # type: ignore[arg-type]
            if len(pressed) == SEATS:
                everybody.set()

        for person in self.crowd.people.values():
            loop.call_later(random.uniform(0, within_s), press, person)
        await everybody.wait()
        async with asyncio.timeout(30):
            return [(at, await lit) for at, lit in pressed]


@asynccontextmanager
async def full_house(folder: Path, votes: int) -> AsyncIterator[House]:
    furnished = furnish(folder, _scenario(votes))
    simulated = SimulatedHall(furnished.bridges)
    people = [Person(m.id, m.name, simulated.seats[m.seat], m.card, m.pin) for m in furnished.members]
    crowd = Crowd(people, random.Random(1))
    async with controller(furnished.config) as running:
        wires = asyncio.create_task(cabling.serve(furnished, simulated, running.broker_port))
        async with SimulatedOfficer(running.address, furnished.codes["script"]) as officer:
            await officer.until(lambda view: view["health"]["seats_online"] == SEATS, 120)
            await officer.act("open_sitting")
            crowd.arrive(list(crowd.people), 0.5)
            await officer.until(lambda view: view.get("sitting", {}).get("present") == SEATS, 120)
            memory.settle()
            yield House(furnished, simulated, crowd, officer, running.broker_port)
        await crowd.leave()
        wires.cancel()
        await asyncio.gather(wires, return_exceptions=True)


def _is(view: dict, vote: str) -> bool:  # type: ignore[type-arg]
    return bool(view.get("vote", {}).get("id") == vote)
