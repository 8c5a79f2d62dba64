"""A store that takes its time: the hall says so while it waits, and gives the time back."""

import asyncio
from datetime import timedelta

import pytest

from hall_controller.errors import NotRecorded
from hall_controller.hall import Hall
from hall_controller.submission import Submission
from tests.hall_controller.chamber import Chamber, ToldClock, opened, seated
from tests.hall_controller.failing_store import FailingStore, Stall
from voting import commands as c
from voting.division import Division, Phase, remaining
from voting.errors import Refused
from voting.ids import VoteId

V1 = VoteId("v1")


@pytest.fixture
def chamber() -> Chamber:
    return Chamber(clock=ToldClock(step=timedelta(milliseconds=1)))


@pytest.fixture
async def hall(chamber: Chamber, hall: Hall) -> Hall:
    await seated(chamber, hall)
    return hall


def _interruptions(store: FailingStore) -> int:
    return sum(entry.type == "RecordingInterrupted" for entry, _ in store.store.entries())


def _vote(hall: Hall) -> Division:
    return hall.meeting.votes[V1]


async def _begun(stall: Stall) -> None:
    assert await asyncio.to_thread(stall.begun.wait, 5)


async def test_a_commit_that_takes_long_is_an_interruption_also_when_it_comes_through(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    form = await opened(chamber, hall)
    chamber.clock.pass_(10)
    stall = store.stall()
    ballot = asyncio.create_task(hall.submit(chamber.people[0].ballot(form, "approve")))
    await _begun(stall)
    assert hall.health().recording
    chamber.clock.pass_(25)
    late = asyncio.create_task(hall.submit(chamber.people[1].ballot(form, "approve")))
    closing = asyncio.create_task(hall.submit(Submission(c.CloseVote(V1, "clock"), "clock")))
    await asyncio.sleep(0)
    health = hall.health()
    assert not health.recording
    assert health.under_way_s >= 25
    stall.over.set()
    assert (await ballot).receipt is not None
    assert (await late).receipt is not None
    with pytest.raises(Refused):
        await closing
    assert hall.health().recording
    assert _interruptions(store) == 1
    assert timedelta(seconds=25) <= _vote(hall).given_back < timedelta(seconds=26)
    left = remaining(_vote(hall), chamber.clock.now)
    assert left is not None
    assert left.total_seconds() == pytest.approx(20, abs=0.5)


async def test_nothing_but_the_stall_is_given_back(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    """Noting it may stall as well; the quiet time until the next press has run off all the same."""
    form = await opened(chamber, hall)
    stalls = store.stall(), store.stall()
    ballot = asyncio.create_task(hall.submit(chamber.people[0].ballot(form, "approve")))
    for stall in stalls:
        await _begun(stall)
        chamber.clock.pass_(5)
        stall.over.set()
    await ballot
    await hall.submit(Submission(c.RequestFloor(chamber.people[0].id, "speech"), "member"))
    chamber.clock.pass_(10)
    await hall.submit(chamber.people[1].ballot(form, "approve"))
    assert _interruptions(store) == 2
    assert timedelta(seconds=10) <= _vote(hall).given_back < timedelta(seconds=11)


async def test_a_commit_that_fails_after_long_waiting_is_given_back_from_its_start(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    form = await opened(chamber, hall)
    ballot = chamber.people[0].ballot(form, "approve")
    stall = store.stall()
    store.fail("before")
    first = asyncio.create_task(hall.submit(ballot))
    await _begun(stall)
    chamber.clock.pass_(40)
    stall.over.set()
    with pytest.raises(NotRecorded):
        await first
    assert (await hall.submit(ballot)).receipt is not None
    assert _vote(hall).phase is Phase.OPEN
    assert _vote(hall).given_back >= timedelta(seconds=40)


async def test_a_quick_commit_is_no_interruption(chamber: Chamber, hall: Hall, store: FailingStore) -> None:
    form = await opened(chamber, hall)
    chamber.clock.pass_(5)
    await hall.submit(chamber.people[0].ballot(form, "approve"))
    assert _interruptions(store) == 0
