"""A small hall of 24 seats, whole: `hall run` as a process of its own with a real broker and a real store;
in the test's process the simulated hall, real bridges and a scripted officer. They meet over wires only.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from firmware_bridge.bridge import Bridge
from firmware_bridge.ports import Lamp
from hall_controller.cli.demo import cabling
from hall_controller.cli.demo.furnish import BrokerChoice, Furnished, furnish
from hall_controller.invitations import invite
from simulators import scenario as scenarios
from simulators.crowd import KEYS, Crowd, Person
from simulators.hall import SimulatedHall
from simulators.officer import SimulatedOfficer
from simulators.scenario import Scenario
from tests.broker import Mosquitto, free_port
from tests.sittings.furnishing import mosquitto_of, shorten_grace
from tests.sittings.log_seen import LogSeen

SCENARIO = scenarios.parse((Path(__file__).parent / "scenario.toml").read_text("utf-8"))
SITTING = "2026-11-21-sang"
VOTE, SECOND_VOTE = f"{SITTING}.1", f"{SITTING}.2"
SERIAL = 15
"""Members 1 to 15 sit in the row on the serial line, 16 to 24 at network consoles."""
PATIENCE_S = 30.0
LONG_S = 3600
"""A vote's duration where the clock is not to end it."""


async def until(true: Callable[[], object], patience_s: float = PATIENCE_S, what: str = "") -> None:
    """Waits for something that is bound to come; an assertion fails where it doesn't."""
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end, f"waited in vain {what}"
        await asyncio.sleep(0.01)


@dataclass(slots=True)
class Place:
    """Where a hall's parts run. `within`: a command that runs the controller in surroundings of its own."""

    store_url: str = "sqlite:///hall.db"
    mosquitto: bool = False
    """Else the embedded broker, on a port that it keeps."""
    within: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Steadied:
    """A voting lamp began to burn steadily: did the ballot stand in the log at that moment?"""

    seat: str
    member: str
    choice: str
    in_log: bool


class HallUnderTest:
    """Made by `hall_under_test`. Everything that runs is ended when its block is left."""

    def __init__(self, furnished: Furnished, place: Place) -> None:
        self.furnished, self.place = furnished, place
        self.simulated = SimulatedHall(furnished.bridges)
        self.people = [
            Person(m.id, m.name, self.simulated.seats[m.seat], m.card, m.pin) for m in furnished.members
        ]
        self.crowd = Crowd(self.people, Random(7))
        self.process: asyncio.subprocess.Process | None = None
        self.mosquitto: Mosquitto | None = None
        self.address, self.broker_port = "", 0
        self.officer: SimulatedOfficer = None  # type: ignore[assignment]
        self.bridges: dict[str, Bridge] = {}
        self._bridge_tasks: dict[str, asyncio.Task[None]] = {}
        self._lines: asyncio.Task[None] | None = None
        self.steadied: list[Steadied] = []
        self._seen: LogSeen | None = None
        self.store_url = place.store_url.replace("sqlite:///", f"sqlite:///{furnished.folder}/")

    # -- processes -------------------------------------------------------------------------------------

    async def start(self) -> None:
        if self.mosquitto is not None:
            await self.mosquitto.start()
        await self.start_controller()
        self._lines = asyncio.create_task(self.simulated.run())
        for bridge in self.furnished.bridges:
            self.start_bridge(bridge.id)
        await self.everything_online()
        for person in self.people:
            self._witness(person)

    async def start_controller(self) -> None:
        """`hall run`, and the officer signed in."""
        log = self.furnished.folder / "controller.log"
        command = [
            sys.executable,
            "-m",
            "hall_controller.cli",
            "run",
            "--config",
            str(self.furnished.config),
        ]
        with log.open("ab") as stderr:
            self.process = await asyncio.create_subprocess_exec(
                *self.place.within, *command, stdout=asyncio.subprocess.PIPE, stderr=stderr
            )
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            ready = (await self.process.stdout.readline()).decode()
        assert ready.startswith("ready "), log.read_text("utf-8")[-3000:]
        _, self.address, broker = ready.split()
        self.broker_port = int(broker.removeprefix("mqtt:"))
        self.officer = SimulatedOfficer(self.address, self.code())
        await self.officer.__aenter__()

    async def kill_controller(self) -> None:
        """kill -9: nothing is tidied up."""
        await self._end_controller(signal.SIGKILL)

    async def stop_controller(self) -> None:
        await self._end_controller(signal.SIGTERM)

    def freeze_controller(self) -> None:
        """It hangs: what it runs on is alive, but nothing answers. An embedded broker goes on."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw_controller(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)

    async def _end_controller(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        if process.returncode is None:
            os.kill(process.pid, how)
        async with asyncio.timeout(PATIENCE_S):
            await process.wait()
        if self.officer is not None:
            await self.officer.__aexit__()

    def kill_embedded_broker(self) -> None:
        """The controller's only child."""
        assert self.process is not None
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        (child,) = [child for thread in threads for child in thread.read_text("ascii").split()]
        os.kill(int(child), signal.SIGKILL)

    def code(self, role: Any = "officer", name: str = "thu-ky") -> str:
        """A new sign-in code, as `hall invite` makes it."""
        until_then = datetime.now(UTC) + timedelta(hours=1)
        return invite(self.furnished.folder / "invitations", role, name, until_then)

    def start_bridge(self, id: str) -> None:
        plan = next(plan for plan in self.furnished.bridges if plan.id == id)
        bridge = cabling.bridge(self.furnished, self.simulated, plan, self.broker_port)
        self.bridges[id] = bridge
        self._bridge_tasks[id] = asyncio.create_task(bridge.run())

    async def stop_bridge(self, id: str) -> None:
        await _ended(self._bridge_tasks.pop(id))
        del self.bridges[id]

    async def everything_online(self) -> None:
        await self.officer.until(lambda view: view["health"]["seats_online"] == len(self.people))

    async def stop(self) -> None:
        for id in tuple(self._bridge_tasks):
            await self.stop_bridge(id)
        if self._lines is not None:
            await _ended(self._lines)
        await self.stop_controller()
        if self.mosquitto is not None:
            await self.mosquitto.stop()
        if self._seen is not None:
            self._seen.close()

    # -- the sitting -----------------------------------------------------------------------------------

    async def convene(self, absent: Iterable[Person] = ()) -> None:
        """The sitting is opened; everybody else puts in the card and types the PIN."""
        await self.officer.act("open_sitting")
        coming = [person.member for person in self.people if person not in tuple(absent)]
        self.crowd.arrive(coming, 0.2)
        await self.officer.until(lambda view: view.get("sitting", {}).get("present") == len(coming))

    async def open_vote(
        self, vote: str = VOTE, voters: Sequence[Person] | None = None, duration_s: int = LONG_S
    ) -> None:
        """Announced, shown at every voter's seat, opened; returns when all their keys are lit."""
        voters = self.people if voters is None else voters
        await self.officer.act("announce", vote=vote)
        await self.officer.until(
            lambda view: on(view).get("id") == vote and on(view)["shown"] >= len(voters)
        )
        await self.officer.act("open", vote=vote, duration_s=duration_s)
        await until(lambda: all(person.seat.armed for person in voters), what="for the keys to light up")

    async def vote(self, choices: Mapping[str, str]) -> None:
        """Members press, each once; returns when all their lamps burn steadily."""
        lit = [self.press(self.person(member), choice) for member, choice in choices.items()]
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*lit)

    def press(self, person: Person, choice: str) -> "asyncio.Future[float]":
        return person.seat.press(KEYS[choice])

    async def close_and_declare(self, vote: str = VOTE) -> Mapping[str, Any]:
        """The result, as the hall shows it once it is declared. Closes what was not closed yet."""
        if self.phase() != "closed":
            await self.officer.act("close", vote=vote)
        await self.officer.until(lambda view: on(view).get("id") == vote and "result" in on(view))
        await self.officer.act("declare", vote=vote)
        view = await self.officer.until(lambda view: on(view)["phase"] == "declared")
        result: Mapping[str, Any] = view["vote"]["result"]
        return result

    async def adjourn(self) -> None:
        await self.officer.act("adjourn")
        await self.officer.until(lambda view: "sitting" not in view)
        await self.crowd.leave()

    # -- what can be seen ------------------------------------------------------------------------------

    def person(self, member: str) -> Person:
        return self.crowd.people[member]

    @property
    def row(self) -> list[Person]:
        return self.people[:SERIAL]

    @property
    def network(self) -> list[Person]:
        return self.people[SERIAL:]

    def seen(self) -> LogSeen:
        """The log as it stands on the disk now."""
        if self._seen is None:
            self._seen = LogSeen(self.store_url)
        return self._seen.look()

    def phase(self) -> str:
        return str(on(self.officer.view).get("phase"))

    def _witness(self, person: Person) -> None:
        """Looks into the log each time one voting lamp of the seat begins to burn steadily."""
        unit, before = person.seat.unit, unit_lamps(person)

        def look() -> None:
            nonlocal before
            now, was = unit_lamps(person), before
            before = now
            steady = [choice for choice, lamp in now.items() if lamp is Lamp.STEADY]
            if len(steady) == 1 and was[steady[0]] is not Lamp.STEADY:
                vote = self.officer.view["vote"]["id"]
                there = self.seen().has(vote, person.member, steady[0])
                self.steadied.append(Steadied(person.seat.seat, person.member, steady[0], there))

        unit.watch(look)


def on(view: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the officer sees of the vote in play; empty before there is one."""
    vote: Mapping[str, Any] = view.get("vote", {})
    return vote


def unit_lamps(person: Person) -> dict[str, Lamp]:
    return dict(zip(KEYS, person.seat.unit.lamps, strict=True))


def steady(person: Person) -> bool:
    return Lamp.STEADY in person.seat.unit.lamps


def says(person: Person) -> str:
    """The two lines of the seat's display."""
    return " / ".join(line.strip() for line in person.seat.unit.lines).strip(" /")


def choices(people: Sequence[Person], *shares: str) -> dict[str, str]:
    """Who is to press what: the given choices in turn."""
    return {person.member: shares[number % len(shares)] for number, person in enumerate(people)}


@asynccontextmanager
async def hall_under_test(
    folder: Path,
    place: Place | None = None,
    *,
    scenario: Scenario = SCENARIO,
    rules: Callable[[str], str] = lambda text: text,
) -> AsyncIterator[HallUnderTest]:
    """Furnished in `folder`, which must not exist yet, and started. `rules` makes a book of its own."""
    place = place or Place()
    broker = BrokerChoice("mqtt" if place.mosquitto else "embedded", free_port())
    furnished = furnish(folder, scenario, rows=1, store_url=place.store_url, broker=broker)
    shorten_grace(folder)
    book = folder / "rules.toml"
    book.write_text(rules(book.read_text("utf-8")), "utf-8")
    hall = HallUnderTest(furnished, place)
    if place.mosquitto:
        hall.mosquitto = mosquitto_of(furnished, broker.port)
    try:
        await hall.start()
        yield hall
    finally:
        await hall.stop()


async def _ended(task: "asyncio.Task[None]") -> None:
    """A fault of what ran there fails the test."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
