"""What nobody presses: the clock closes, the closing ends, the result is computed; never too early."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hall_controller.hall import Hall
from hall_controller.store import open_store
from hall_controller.submission import Submission
from hall_controller.supervision import Supervision, due_act, wait_for
from tests.hall_controller.chamber import BY, OFFICER, Chamber, ToldClock, opened, seated, started
from tests.hall_controller.failing_store import FailingStore
from voting import commands as c
from voting.division import Phase
from voting.ids import ChoiceId, OfficerId, SeatId, VoteId
from voting.seat_units import SeatSeen
from voting.suspects import advice

V1 = VoteId("v1")


@pytest.fixture
def chamber() -> Chamber:
    return Chamber(size=3, clock=ToldClock(step=timedelta(milliseconds=1)))


@pytest.fixture
async def hall(chamber: Chamber, hall: Hall) -> Hall:
    await seated(chamber, hall)
    return hall


async def _until(hall: Hall, phase: Phase) -> None:
    """Waits for what supervision does by itself; the tests' clock has been moved already."""
    following = hall.follow()
    async with asyncio.timeout(5):
        while (vote := hall.meeting.votes[V1]).phase is not phase or (
            phase is Phase.CLOSED and vote.result is None
        ):
            await anext(following)
    following.close()


async def test_a_vote_runs_to_its_result_by_itself(chamber: Chamber, hall: Hall) -> None:
    form = await opened(chamber, hall)
    for person in chamber.people:
        await hall.submit(person.ballot(form, "approve"))
    chamber.clock.pass_(30)
    supervision = asyncio.create_task(Supervision(hall).run())
    await _until(hall, Phase.CLOSING)
    chamber.clock.pass_(10)
    # A commit wakes it: its own timer was set by the clock as it stood before.
    await _nudged(chamber, hall)
    await _until(hall, Phase.CLOSED)
    result = hall.meeting.votes[V1].result
    assert result is not None
    assert result.counts[ChoiceId("approve")] == 3
    supervision.cancel()


async def _nudged(chamber: Chamber, hall: Hall) -> None:
    await hall.submit(Submission(c.RequestFloor(chamber.people[0].id, "speech"), "member"))


class Dark:
    """Seats of which nothing was heard."""

    def lit(self, vote: str) -> frozenset[str]:
        return frozenset()

    def seen(self, vote: str, opened_at: datetime) -> Mapping[SeatId, SeatSeen]:
        return {}


async def test_the_seats_are_accounted_for_before_the_result(chamber: Chamber, hall: Hall) -> None:
    """After a start the bridges are given time to tell again what they know; the result waits as long."""
    form = await opened(chamber, hall)
    await hall.submit(chamber.people[0].ballot(form, "approve"))
    await hall.submit(Submission(c.CloseVote(V1, BY), OFFICER))
    chamber.clock.pass_(10)
    await hall.submit(Submission(c.EndClosing(V1), "clock"))
    supervision = asyncio.create_task(Supervision(hall, Dark()).run())
    await _nudged(chamber, hall)
    assert hall.meeting.votes[V1].accounted_at is None
    assert hall.meeting.votes[V1].result is None
    chamber.clock.pass_(4)
    await hall.submit(Submission(c.WithdrawRequest(chamber.people[0].id), "member"))
    await _until(hall, Phase.CLOSED)
    vote = hall.meeting.votes[V1]
    assert vote.account is not None
    assert [one.recorded is not None for one in vote.account] == [True, False, False]
    found = advice(vote, hall.meeting.sitting_of(vote))
    assert found is not None
    assert [one.reason for one in found.suspects] == ["not_lit", "not_shown", "not_shown"]
    supervision.cancel()


async def test_nothing_is_due_before_its_time(chamber: Chamber, hall: Hall) -> None:
    assert due_act(hall.meeting, chamber.clock()) is None
    asleep = wait_for(hall.meeting, chamber.clock())
    assert asleep is not None
    assert asleep > timedelta(hours=3), "till the first session sleeps"
    await opened(chamber, hall)
    at = chamber.clock()
    wait = wait_for(hall.meeting, at)
    assert due_act(hall.meeting, at) is None
    assert wait is not None
    act = due_act(hall.meeting, at + wait)
    assert act is not None
    assert act.command == c.CloseVote(V1, "clock")


async def test_a_held_vote_waits_for_an_officer(chamber: Chamber, hall: Hall) -> None:
    await opened(chamber, hall)
    await hall.submit(Submission(c.HoldVote(V1, "mất điện", BY), OFFICER))
    chamber.clock.pass_(3600)
    assert due_act(hall.meeting, chamber.clock()) is None
    assert wait_for(hall.meeting, chamber.clock()) is None


async def test_after_a_restart_no_vote_closes_by_itself(
    chamber: Chamber, hall: Hall, tmp_path: Path
) -> None:
    await opened(chamber, hall)
    await hall.close()
    again = await started(chamber, open_store(f"sqlite:///{tmp_path}/hall.db"))
    chamber.clock.pass_(3600)
    assert due_act(again.meeting, chamber.clock()) is None
    await again.submit(Submission(c.ResumeVote(V1, BY), OFFICER))
    chamber.clock.pass_(31)
    act = due_act(again.meeting, chamber.clock())
    assert act is not None
    assert act.command == c.CloseVote(V1, "clock")
    await again.close()


async def test_papers_are_counted_only_when_two_clerks_agree(chamber: Chamber, hall: Hall) -> None:
    await opened(chamber, hall)
    await hall.submit(Submission(c.CloseVote(V1, BY), OFFICER))
    counts = {ChoiceId("approve"): 2, ChoiceId("reject"): 1, ChoiceId("not_voting"): 0}
    await hall.submit(Submission(c.EnterHandCount(V1, counts, BY), OFFICER))
    chamber.clock.pass_(10)
    await hall.submit(Submission(c.EndClosing(V1), "clock"))
    assert due_act(hall.meeting, chamber.clock()) is None
    other = OfficerId("binh")
    await hall.submit(Submission(c.EnterHandCount(V1, counts, other), "officer:binh"))
    act = due_act(hall.meeting, chamber.clock())
    assert act is not None
    assert act.command == c.ComputeResult(V1)


async def test_it_asks_again_when_the_store_had_failed(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    await opened(chamber, hall)
    chamber.clock.pass_(31)
    store.fail("before")
    supervision = asyncio.create_task(Supervision(hall).run())
    following = hall.follow()
    async with asyncio.timeout(5):
        while hall.meeting.votes[V1].phase is not Phase.CLOSING:
            await anext(following)
    supervision.cancel()


async def test_it_ends_with_the_hall(chamber: Chamber, hall: Hall) -> None:
    supervision = asyncio.create_task(Supervision(hall).run())
    await asyncio.sleep(0)
    await hall.close()
    async with asyncio.timeout(5):
        await supervision


async def test_the_clock_lets_sessions_sleep_but_not_while_a_vote_is_held(
    chamber: Chamber, hall: Hall
) -> None:
    await opened(chamber, hall)
    await hall.submit(Submission(c.HoldVote(V1, "mất điện", BY), OFFICER))
    chamber.clock.pass_(5 * 3600)
    assert due_act(hall.meeting, chamber.clock()) is None
    await hall.submit(Submission(c.CancelVote(V1, "mất điện", BY), OFFICER))
    for left in (2, 1, 0):
        act = due_act(hall.meeting, chamber.clock())
        assert act is not None
        await hall.submit(Submission(act.command, act.actor))
        awake = [one for one in hall.meeting.attendance.sessions.values() if not one.asleep]
        assert len(awake) == left
    assert due_act(hall.meeting, chamber.clock()) is None
    assert wait_for(hall.meeting, chamber.clock()) is None
