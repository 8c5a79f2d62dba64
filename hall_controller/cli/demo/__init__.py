"""`hall demo`: a hall of simulated seats plays real sittings on this machine; then it is the visitor's.

The controller runs as its own process. The simulated hall (consoles, lines, cards, people) and the bridges
share this one, and meet the controller over MQTT and HTTP alone.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import uvloop
from rich.console import Console

from audit import checkpoint
from display.serving import open_port
from hall_controller import memory
from hall_controller.cli import USAGE, fail
from hall_controller.cli.demo import cabling
from hall_controller.cli.demo.account import Account, account
from hall_controller.cli.demo.controller import Controller, ControllerFailed, controller
from hall_controller.cli.demo.furnish import ORIGIN, Furnished, furnish
from hall_controller.cli.demo.play import UNWATCHED, WATCHED, Play, Played
from hall_controller.cli.demo.telling import Telling
from hall_controller.cli.demo.twin import serve_twin, twin_of
from hall_controller.cli.demo.visit import visit
from hall_controller.cli.export import export
from hall_controller.cli.serve import log_to_file, only_one, until_told
from hall_controller.export.anchor import write_anchor
from hall_controller.faults import BadFile, read_text
from hall_controller.verify import SOUND, verify
from simulators import scenario as scenarios
from simulators.crowd import Crowd, Person
from simulators.free_members import FreeMembers
from simulators.hall import SimulatedHall
from simulators.officer import ActRefused, SimulatedOfficer
from simulators.scenario import BadScenario, Scenario

DEMOS = Path("var/demo")
FAILED = 1
_STEPS = (
    "[bold]1[/]  Thư ký: chuẩn bị rồi mở một biểu quyết / officer: announce a vote, then open it",
    "[bold]2[/]  Các ghế: chọn một ghế, bấm phím / twin: choose a seat, press a key; the others vote too",
    "[bold]3[/]  Xem màn hình lớn, rồi kết thúc và công bố / watch the wall, then close and declare",
)


def demo(*, headless: bool, visit: bool, scenario: str, seed: int, folder: Path | None) -> int:
    """Returns the exit code. On standard output only `headless` prints: one JSON object.

    `visit` leaves the re-enactment out.
    """
    err = Console(stderr=True)
    try:
        chosen = _scenario(scenario)
        if headless and all(sitting.visitor for sitting in chosen.sittings):
            # Watched, such a scenario is a hall that is the visitor's from the start.
            raise BadFile(Path(scenario), ["sittings: none to re-enact, they are all for visitors"])
        if visit:
            own = tuple(sitting for sitting in chosen.sittings if sitting.visitor)
            chosen = replace(chosen, sittings=own)
    except FileNotFoundError:
        err.print(f"[bold red]✗[/] no scenario {scenario}; there are: {', '.join(scenarios.names())}")
        return USAGE
    except BadFile as error:
        raise fail(error) from error
    place = folder or DEMOS / f"{datetime.now():%Y%m%d-%H%M%S}"
    with err.status("making keys, cards and roster …"):
        try:
            furnished = furnish(place.resolve(), chosen)
        except OSError as error:
            raise fail(error) from error
    log_to_file(furnished.folder / "bridges.log")
    show = _Demo(furnished, chosen, Random(seed), err)
    return _run(show.headless if headless else show.watched, err)


def _scenario(name: str) -> Scenario:
    """A shipped one by its name, or anybody's own by its file."""
    if not name.endswith(".toml"):
        return scenarios.load(name)
    try:
        return scenarios.parse(read_text(Path(name)))
    except BadScenario as error:
        raise BadFile(Path(name), error.faults) from error


EXPECTED = (ControllerFailed, ActRefused, TimeoutError, OSError)
"""What can go wrong with a demo, told in a sentence. Anything else is our fault and shows its trace."""


def _run(play: Callable[[], Coroutine[Any, Any, int]], err: Console) -> int:
    code = FAILED

    async def body() -> None:
        nonlocal code
        code = await play()

    try:
        uvloop.run(until_told(body()))
    except BaseExceptionGroup as group:
        error = only_one(group)
        if not isinstance(error, EXPECTED):
            raise
        err.print(f"[bold red]✗[/] {error or type(error).__name__}", soft_wrap=True)
    except EXPECTED as error:
        err.print(f"[bold red]✗[/] {error or type(error).__name__}", soft_wrap=True)
    return code


class _Demo:
    def __init__(self, furnished: Furnished, scenario: Scenario, random: Random, err: Console) -> None:
        self._furnished, self._scenario, self._random, self._err = furnished, scenario, random, err
        self._simulated = SimulatedHall(furnished.bridges)
        people = [
            Person(m.id, m.name, self._simulated.seats[m.seat], m.card, m.pin) for m in furnished.members
        ]
        self._crowd = Crowd(people, random)

    async def headless(self) -> int:
        """Plays once, exports, verifies, prints one JSON object."""
        started = time.monotonic()
        async with controller(self._furnished.config) as running, asyncio.TaskGroup() as tasks:
            wires = tasks.create_task(cabling.serve(self._furnished, self._simulated, running.broker_port))
            played = await self._play(running)
            wires.cancel()
        found = await asyncio.to_thread(self._prove, played, time.monotonic() - started)
        print(found.json())
        return SOUND if found.sound else FAILED

    async def watched(self) -> int:
        """Plays at people's pace, then leaves the hall to the visitor until Ctrl-C, which ends it well."""
        try:
            async with controller(self._furnished.config) as running, asyncio.TaskGroup() as tasks:
                tasks.create_task(cabling.serve(self._furnished, self._simulated, running.broker_port))
                async with SimulatedOfficer(running.address, self._furnished.codes["script"]) as officer:
                    await self._receive(running, officer, tasks)
        except asyncio.CancelledError:
            self._err.print("[bold green]●[/] đã dừng / stopped", highlight=False)
        return SOUND

    async def _receive(
        self, running: Controller, officer: SimulatedOfficer, tasks: asyncio.TaskGroup
    ) -> None:
        """Everything that a visitor meets. Never returns."""
        own = next((sitting for sitting in self._scenario.sittings if sitting.visitor), None)
        members = list(self._crowd.people)[: own.members if own else 0]
        free = FreeMembers(self._crowd, members, self._random, spread_s=WATCHED.vote)
        twin = twin_of(self._furnished, self._simulated, self._crowd, free)
        opened = open_port("127.0.0.1", 0)
        tasks.create_task(serve_twin(self._furnished, twin, opened))
        play = Play(self._scenario, officer, self._crowd, WATCHED, self._random, self._say)
        addresses = self._addresses(running, opened.address)
        telling = Telling(
            self._err, addresses, lambda: officer.view, lambda: free.pressed.seconds or play.played.seconds
        )
        tasks.create_task(telling.run())
        await self._re_enact(officer, play, telling)
        if own is None:
            twin.open_to_visitors()
        else:
            await visit(own, officer, free, twin, telling, _STEPS)
        await asyncio.Event().wait()

    def _say(self, line: str) -> None:
        self._err.print(line, highlight=False, soft_wrap=True)

    async def _re_enact(self, officer: SimulatedOfficer, play: Play, telling: Telling) -> None:
        await self._seats_answer(officer)
        telling.now = "diễn lại phiên họp thật / real sittings, re-enacted"
        await self._play_all(play)

    async def _seats_answer(self, officer: SimulatedOfficer) -> None:
        """Every console is there; from here on, what was made for them stays."""
        await officer.until(lambda view: view["health"]["seats_online"] == len(self._furnished.seats), 120)
        memory.settle()

    async def _play_all(self, play: Play) -> None:
        for sitting in self._scenario.sittings:
            if not sitting.visitor:
                await play.sitting(sitting)

    async def _play(self, running: Controller) -> Played:
        async with SimulatedOfficer(running.address, self._furnished.codes["script"]) as officer:
            await self._seats_answer(officer)
            play = Play(self._scenario, officer, self._crowd, UNWATCHED, self._random, self._say)
            await self._play_all(play)
        return play.played

    def _prove(self, played: Played, seconds: float) -> Account:
        """Exports for the auditor and verifies, as a stranger would."""
        folder = self._furnished.folder
        last = [sitting.id for sitting in self._scenario.sittings if not sitting.visitor][-1]
        directory, anchor = folder / "export-auditor", folder / "anchor.toml"
        export(self._furnished.config, last, directory, "auditor", self._err)
        write_anchor(anchor, self._vkey(), [self._furnished.root_pem])
        verified = verify(directory, anchor, self._err, "auditor") == SOUND
        return account(self._scenario, played, seconds, verified, directory, anchor)

    def _vkey(self) -> str:
        return checkpoint.vkey(ORIGIN, self._furnished.hall_signer.public_key)

    def _addresses(self, running: Controller, twin: str) -> list[tuple[str, str]]:
        codes, hall = self._furnished.codes, running.address
        return [
            ("Màn hình lớn / wall", f"{hall}/wall"),
            ("Thư ký / officer", f"{hall}/officer#code={codes['officer']}"),
            ("Các ghế / twin", f"{twin}/"),
            ("Đại biểu / member", f"{hall}/member"),
            ("Kiểm chứng / auditor", f"{hall}/auditor#code={codes['auditor']}"),
        ]
