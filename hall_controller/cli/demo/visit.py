"""The visitor's own sitting: opened by the script, then the officer's page and the seats are theirs."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from hall_controller.cli.demo.telling import Telling, question, result
from simulators.free_members import FreeMembers
from simulators.officer import SimulatedOfficer, View
from simulators.scenario import ScenarioSitting
from simulators.twin.twin import Twin

ARRIVE_S = 6.0
SIGN_IN_S = 120.0
AS_LONG_AS_IT_TAKES_S = 1e7


async def visit(
    sitting: ScenarioSitting,
    officer: SimulatedOfficer,
    free: FreeMembers,
    twin: Twin,
    telling: Telling,
    steps: Sequence[str],
) -> None:
    """Opens the sitting, lets the members sign in, hands over, and goes on telling. Until cancelled."""
    telling.say(f"[bold]{sitting.title['vi']}[/] · {len(free.members)} đại biểu / members")
    await officer.act("open_sitting")
    await _open_phones(officer)
    twin.open_to_visitors()
    free.arrive(ARRIVE_S)
    telling.now = "đại biểu đăng nhập bằng thẻ / members sign in by card"
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(free.run())
        with suppress(TimeoutError):
            # A visitor who breaks a line meanwhile keeps its members from coming: the sitting goes on.
            await officer.until(lambda view: _present(view) >= _expected(free, twin), SIGN_IN_S)
        telling.say(f"  {_present(officer.view)} đại biểu có mặt / present")
        telling.now = "hội trường là của bạn / the hall is yours"
        telling.tell_steps(steps)
        await _narrate(officer, telling)


async def _open_phones(officer: SimulatedOfficer) -> None:
    """Nobody votes by phone unless the chair opens it; whose phone the visitor will hold, who knows."""
    view = await officer.until(lambda view: view.get("members"))
    everybody = [member["id"] for member in view["members"]]
    await officer.act("open_mobile", members=everybody, reason="Hội trường thử nghiệm")


async def _narrate(officer: SimulatedOfficer, telling: Telling) -> None:
    """Each vote's opening and outcome, as the feed tells it."""
    told = _stage(officer.view)
    while True:
        view = await officer.until(_moved_on(told), AS_LONG_AS_IT_TAKES_S)
        told = _stage(view)
        if told is None:
            telling.say("  phiên họp đã bế mạc / the sitting is adjourned")
        elif told[1] == "open":
            telling.say(f"  mở biểu quyết / open: {question(view['vote'])}")
        elif told[1] == "declared":
            telling.say(f"  {question(view['vote'])}: {result(view['vote'])}")


def _expected(free: FreeMembers, twin: Twin) -> int:
    """Where a visitor sits already, nobody signs in by himself."""
    return len(free.members) - len(twin.hands.taken)


def _moved_on(told: tuple[str, str] | None) -> Callable[[View], bool]:
    return lambda view: _stage(view) != told


def _stage(view: View) -> tuple[str, str] | None:
    """The vote and its phase; None where no sitting is open."""
    if "sitting" not in view:
        return None
    vote = view.get("vote")
    return ("", "") if vote is None else (vote["id"], vote["phase"])


def _present(view: View) -> int:
    present: int = view.get("sitting", {}).get("present", 0)
    return present
