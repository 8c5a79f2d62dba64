"""Whatever stands between seats and controller breaks in an open vote: broker, bridge, console, line."""

import asyncio
from pathlib import Path

import pytest

from simulators.faults import LineFaults
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


async def _half_voted(hall: HallUnderTest) -> dict[str, str]:
    """Every other member has voted; what all of them are going to have pressed."""
    await hall.convene()
    await hall.open_vote()
    wanted = choices(hall.people, "approve", "reject", "not_voting")
    await hall.vote({person.member: wanted[person.member] for person in hall.people[::2]})
    return wanted


async def test_the_broker_is_killed_and_comes_back(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall", Place(mosquitto=True)) as hall:
        wanted = await _half_voted(hall)
        assert hall.mosquitto is not None
        await hall.mosquitto.kill()
        await hall.officer.until(lambda view: view["health"]["broker"] is False)
        waiting = hall.people[1::2]
        lit = [hall.press(person, wanted[person.member]) for person in waiting]
        await until(lambda: all(says(person).startswith("CHUA DUOC GHI NHAN") for person in waiting))
        assert not any(steady(person) for person in waiting)
        await hall.mosquitto.start()
        async with asyncio.timeout(30):
            await asyncio.gather(*lit)
        await hall.officer.until(lambda view: view["health"]["broker"] is True)
        await hall.everything_online()
        await proved(hall, wanted)


async def test_the_broker_hangs_with_ballots_on_their_way_and_is_killed(tmp_path: Path) -> None:
    """Each bridge has an unacknowledged message and the next one behind it when the line goes."""
    async with hall_under_test(tmp_path / "hall", Place(mosquitto=True)) as hall:
        wanted = await _half_voted(hall)
        assert hall.mosquitto is not None
        hall.mosquitto.hang()
        waiting = hall.people[1::2]
        lit = [hall.press(person, wanted[person.member]) for person in waiting]
        await until(lambda: all(says(person).startswith("CHUA DUOC GHI NHAN") for person in waiting))
        await asyncio.sleep(1.0)  # past the first repeat, which gathers behind the ballot
        await hall.mosquitto.kill()
        await hall.mosquitto.start()
        async with asyncio.timeout(30):
            await asyncio.gather(*lit)
        await proved(hall, wanted)


async def test_the_embedded_broker_is_killed_and_comes_back(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        wanted = await _half_voted(hall)
        hall.kill_embedded_broker()
        lit = [hall.press(person, wanted[person.member]) for person in hall.people[1::2]]
        async with asyncio.timeout(30):
            await asyncio.gather(*lit)
        await proved(hall, wanted)


@pytest.mark.parametrize("bridge", ["row-01", "seat-021"])
async def test_a_bridge_is_restarted_and_its_members_sign_in_again(tmp_path: Path, bridge: str) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        wanted = await _half_voted(hall)
        behind = [person for person in hall.people if person.seat.bridge == bridge]
        voted = [person for person in behind if person in hall.people[::2]]
        await hall.stop_bridge(bridge)
        # Without a bridge nothing may go on claiming anything: the seats say that they have no line.
        await until(lambda: all(says(person) == "MAT KET NOI" for person in behind))
        assert not any(steady(person) for person in behind)
        hall.start_bridge(bridge)
        # The session's key died with the bridge. The cards are still in, so the pads ask by themselves.
        await until(lambda: all(person.seat.armed for person in behind))
        assert hall.seen().types().count("SignedIn") == len(hall.people) + len(behind)
        # A recorded ballot is recorded still, and the seat says so; what it chose is nobody's to read now.
        await until(lambda: all(steady(person) for person in voted))
        changed = {person.member: "not_voting" for person in voted[:1]}
        rest = {person.member: wanted[person.member] for person in hall.people[1::2]}
        await hall.vote(rest | changed)
        wanted |= changed
        await hall.officer.until(lambda view: on(view).get("recorded") == len(hall.people))
        assert [one.rev for one in hall.seen().of(VOTE)[voted[0].member]] == [1, 2]
        await proved(hall, wanted)


async def test_consoles_lose_power_and_come_back(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        wanted = await _half_voted(hall)
        voted = [hall.row[0], hall.network[1]]
        waiting = [hall.row[1], hall.network[0]]
        for person in (*voted, *waiting):
            person.seat.unit.power_off()
        assert not any(steady(person) for person in (*voted, *waiting))
        await hall.officer.until(lambda view: len(view["health"]["seats_offline"]) == 4)
        for person in (*voted, *waiting):
            person.seat.unit.power_on(person.seat.clock())
        # The card stayed in and the bridge up: nobody signs in again, and what was recorded shows again.
        await until(lambda: all(steady(person) for person in voted))
        await until(lambda: all(person.seat.armed for person in waiting))
        assert hall.seen().types().count("SignedIn") == len(hall.people)
        await hall.vote({person.member: wanted[person.member] for person in hall.people[1::2]})
        await proved(hall, wanted)


async def test_power_goes_right_after_the_press(tmp_path: Path) -> None:
    """Recorded or lost with the console's memory: nothing in between, and the log knows which."""
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        await hall.open_vote()
        for person in hall.people:
            hall.press(person, "approve")
            person.seat.unit.power_off()
        for person in hall.people:
            person.seat.unit.power_on(person.seat.clock())
        await until(lambda: all(person.seat.armed for person in hall.people))
        await hall.vote(choices(hall.people, "reject"))
        await proved(hall, choices(hall.people, "reject"))


async def test_a_pulled_card_ends_the_voting_from_that_seat(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        wanted = await _half_voted(hall)
        voted, waiting = (hall.row[0], hall.network[1]), (hall.row[1], hall.network[0])
        for person in (*voted, *waiting):
            person.seat.pull()
        await hall.officer.until(lambda view: view["sitting"]["present"] == len(hall.people) - 4)
        await until(lambda: not any(person.seat.armed for person in (*voted, *waiting)))
        for person in (*voted, *waiting):
            hall.press(person, "not_voting")
        await until(lambda: all(says(person).startswith("CHUA CO THE") for person in waiting))
        rest = [person for person in hall.people[1::2] if person not in waiting]
        await hall.vote({person.member: wanted[person.member] for person in rest})
        stay_away = {person.member for person in waiting}
        await proved(hall, {member: choice for member, choice in wanted.items() if member not in stay_away})


async def test_noise_on_the_line(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        await hall.open_vote()
        cable = hall.simulated.rows["row-01"].cable
        cable.faults = LineFaults(flipped=0.0008, lost=0.001, doubled=0.001, torn=0.01)
        wanted = choices(hall.people, "approve", "reject", "not_voting")
        await hall.vote(wanted)
        changed = {person.member: "reject" for person in hall.row[:4]}
        await hall.vote(changed)
        cable.faults = LineFaults()
        await proved(hall, wanted | changed)
