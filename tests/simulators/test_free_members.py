"""Members who vote as they like: when, how often, and not where a visitor sits."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from simulators import free_members
from tests.simulators.twin_hall import OFF, STEADY, twin_hall


@asynccontextmanager
async def sitting(small):
    """All have come; they attend."""
    small.crowd.arrive(small.free.members, 0)
    running = asyncio.create_task(small.free.run())
    await asyncio.sleep(0)
    try:
        yield small
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await small.crowd.leave()
        for row in small.hall.rows.values():
            row.close()


def presses(small, seat):
    return len(small.at(seat).unit.panel.presses)


async def until(true):
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - a unit's front has no event for a press
            await asyncio.sleep(0.01)


async def test_they_press_once_when_their_keys_light_up():
    async with sitting(twin_hall()) as small:
        for seat in ("001", "002"):
            small.show(seat, armed=True)
        await until(lambda: presses(small, "001") and presses(small, "002"))
        assert presses(small, "003") == 0
        small.show("001", armed=True, lamps=(STEADY, OFF, OFF))
        await asyncio.sleep(0.5)
        assert (presses(small, "001"), small.free.pressed.sent) == (1, 2)


async def test_a_member_whose_seat_a_visitor_took_does_not_press():
    async with sitting(twin_hall()) as small:
        small.show("001", armed=True)
        small.show("002", armed=True)
        small.twin.hands.take("001")
        await until(lambda: presses(small, "002"))
        assert presses(small, "001") == 0


async def test_who_voted_before_a_hold_does_not_press_again():
    async with sitting(twin_hall()) as small:
        small.show("001", armed=False, lamps=(OFF, STEADY, OFF))
        small.show("001", armed=True, lamps=(OFF, STEADY, OFF))
        small.show("002", armed=True)
        await until(lambda: presses(small, "002"))
        assert presses(small, "001") == 0


async def test_told_not_to_follow_they_wait_until_everybody_is_told_to_vote():
    async with sitting(twin_hall()) as small:
        small.twin.follow(False)
        small.show("001", armed=True)
        await asyncio.sleep(0.6)
        assert presses(small, "001") == 0
        assert small.twin.vote_all() == 1
        await until(lambda: presses(small, "001"))


@pytest.mark.parametrize(
    ("leaning", "least", "most"), [("for", 70, 100), ("divided", 30, 70), ("against", 0, 40)]
)
async def test_the_chamber_leans(leaning, least, most):
    small = twin_hall()
    small.free.leaning = leaning
    small.free._approving = sum(free_members.APPROVING[leaning]) / 2
    approved = sum(small.free._choice() == "approve" for _ in range(100))
    assert least <= approved <= most
    for row in small.hall.rows.values():
        row.close()
