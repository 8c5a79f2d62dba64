"""kill -9 of the controller in the middle of an open vote."""

import asyncio
from pathlib import Path

import pytest

from tests.postgres import postgres_server, postgres_url
from tests.sittings.hall_under_test import (
    VOTE,
    HallUnderTest,
    Place,
    choices,
    hall_under_test,
    on,
    says,
    steady,
    until,
)
from tests.sittings.proof import proved

__all__ = ["postgres_server", "postgres_url"]


async def _begun_again(hall: HallUnderTest) -> None:
    await hall.start_controller()
    await hall.everything_online()


@pytest.fixture(params=["the small hall's parts", "mosquitto and postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "the small hall's parts":
        return Place()
    return Place(store_url=request.getfixturevalue("postgres_url"), mosquitto=True)


async def test_no_acknowledged_ballot_is_lost_and_consoles_resend(tmp_path: Path, place: Place) -> None:
    async with hall_under_test(tmp_path / "hall", place) as hall:
        await hall.convene()
        await hall.open_vote()
        before, at_the_kill, meanwhile, after = (
            hall.people[0:6] + hall.network[0:2],
            hall.people[6:9] + hall.network[2:4],
            hall.people[9:12] + hall.network[4:6],
            hall.people[12:15] + hall.network[6:9],
        )
        wanted = choices(hall.people, "approve", "reject", "not_voting")
        await hall.vote({person.member: wanted[person.member] for person in before})
        under_way = [hall.press(person, wanted[person.member]) for person in at_the_kill]
        await hall.kill_controller()
        under_way += [hall.press(person, wanted[person.member]) for person in meanwhile]
        lit = [person for person in hall.people if steady(person)]
        assert set(before) <= set(lit)
        in_log = hall.seen().effective(VOTE)
        assert all(in_log[person.member] == wanted[person.member] for person in lit)
        # Who has no receipt is told so plainly, by the console's own timer; no lamp claims anything else.
        await until(lambda: all("CHUA DUOC GHI NHAN" in says(person) for person in meanwhile))
        assert not any(steady(person) for person in meanwhile)
        await _begun_again(hall)
        assert hall.phase() == "open"
        async with asyncio.timeout(30):
            await asyncio.gather(*under_way)
        await until(lambda: all(person.seat.armed for person in after))
        await hall.vote({person.member: wanted[person.member] for person in after})
        await hall.officer.until(lambda view: on(view).get("recorded") == len(hall.people))
        assert hall.phase() == "open"
        await proved(hall, wanted)
        assert hall.seen().types().count("RecordingInterrupted") == 1


async def test_no_vote_closes_by_itself_after_a_restart(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        await hall.open_vote(duration_s=2)
        wanted = choices(hall.people[:20], "approve")
        await hall.vote(wanted)
        await hall.kill_controller()
        interrupted_at = asyncio.get_running_loop().time()
        await _begun_again(hall)
        # It would have been over by its clock now: an officer decides.
        await asyncio.sleep(max(0.0, interrupted_at + 3 - asyncio.get_running_loop().time()))
        assert hall.phase() == "open"
        assert {"deadline", "remaining_ms"}.isdisjoint(on(hall.officer.view))
        late = {person.member: "reject" for person in hall.people[20:]}
        await hall.vote(late)
        await proved(hall, wanted | late)


@pytest.mark.parametrize("kills", [2])
async def test_killed_again_and_again_in_a_storm_of_presses(tmp_path: Path, kills: int) -> None:
    """Members change their minds all the time; whatever a lamp said stood in the log when it said so."""
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        await hall.open_vote()
        for number in range(kills):
            mind = ("approve", "reject", "not_voting")[number % 3]
            await until(lambda: all(person.seat.armed for person in hall.people))
            for person in hall.people:
                hall.press(person, mind)
            await until(lambda: any(steady(person) for person in hall.people))
            await hall.kill_controller()
            await _begun_again(hall)
        await until(lambda: all(person.seat.armed for person in hall.people))
        wanted = choices(hall.people, "approve", "reject")
        await hall.vote(wanted)
        await proved(hall, wanted)


async def test_killed_while_closing(tmp_path: Path) -> None:
    """An officer had closed it: the grace goes on after the restart, and the result comes by itself."""
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        await hall.open_vote()
        wanted = choices(hall.people, "approve", "reject")
        await hall.vote({person.member: wanted[person.member] for person in hall.people[:12]})
        for person in hall.people[12:]:
            hall.press(person, wanted[person.member])
        await hall.officer.act("close", vote=VOTE)
        await hall.kill_controller()
        await _begun_again(hall)
        await hall.officer.until(lambda view: "result" in on(view))
        # Some were pressed in the last moment; whoever was told "recorded" is counted, nobody else.
        counted = hall.seen().effective(VOTE)
        assert {person.member for person in hall.people[:12]} <= set(counted)
        assert counted.items() <= wanted.items()
        await proved(hall, counted)
