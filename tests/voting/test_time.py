"""The countdown is a duration: holds, lost time, restarts, graces, and clocks that step back."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voting.a_sitting import NOON, SECRETARY, Hall, sitting_hall
from voting import commands as c
from voting.countdown import Countdown
from voting.division import deadline, due, grace_over, grace_remaining, remaining
from voting.errors import Refused
from voting.ids import VoteId

V1 = VoteId("v1")


def seconds(hall: Hall) -> float | None:
    left = remaining(hall.vote(), hall.at)
    return None if left is None else left.total_seconds()


def opened(duration_s: int | None = 30) -> Hall:
    hall = sitting_hall()
    hall.open(duration_s=duration_s)
    return hall


def test_the_countdown_runs_off_and_the_clock_may_close() -> None:
    hall = opened().later(29.999)
    assert not due(hall.vote(), hall.at)
    with pytest.raises(Refused, match="time_not_up"):
        hall.do(c.CloseVote(V1, "clock"))
    hall.later(0.001)
    assert due(hall.vote(), hall.at)
    hall.do(c.CloseVote(V1, "clock"))
    assert hall.vote().closed_by == "clock"


def test_held_time_does_not_run_off() -> None:
    hall = opened().later(10)
    hall.do(c.HoldVote(V1, "Mất điện", SECRETARY))
    hall.later(1000)
    assert seconds(hall) == 20
    assert deadline(hall.vote(), hall.at) is None
    assert not due(hall.vote(), hall.at)
    hall.do(c.ResumeVote(V1, SECRETARY))
    assert deadline(hall.vote(), hall.at) == hall.at + timedelta(seconds=20)
    assert hall.vote().held_for == timedelta(seconds=1000)
    hall.later(20)
    assert due(hall.vote(), hall.at)


def test_extending_adds_to_what_is_left_also_while_held() -> None:
    hall = opened().later(25)
    hall.do(c.ExtendVote(V1, 10, SECRETARY))
    assert seconds(hall) == 15
    hall.do(c.HoldVote(V1, "Mất điện", SECRETARY))
    hall.do(c.ExtendVote(V1, 5, SECRETARY))
    hall.later(100)
    assert seconds(hall) == 20
    hall.do(c.ResumeVote(V1, SECRETARY))
    assert seconds(hall) == 20


@pytest.mark.parametrize("extra", [0, -5])
def test_extending_by_nothing_is_refused(extra: int) -> None:
    with pytest.raises(Refused, match="duration_not_positive"):
        opened().do(c.ExtendVote(V1, extra, SECRETARY))


def test_time_in_which_the_hall_could_not_record_is_given_back() -> None:
    hall = opened().later(10)
    broke = hall.at
    hall.later(7)
    hall.do(c.NoteInterruption(broke, "storage"))
    assert seconds(hall) == 20
    assert hall.vote().given_back == timedelta(seconds=7)
    hall.later(20)
    assert due(hall.vote(), hall.at)


def test_only_the_part_of_an_interruption_in_which_the_countdown_ran_is_given_back() -> None:
    hall = sitting_hall()
    broke = hall.at
    hall.later(50)
    hall.open()
    hall.later(4)
    hall.do(c.NoteInterruption(broke, "storage"))
    assert seconds(hall) == 30
    hall.do(c.HoldVote(V1, "Mất điện", SECRETARY))
    hall.later(9)
    hall.do(c.NoteInterruption(hall.at - timedelta(seconds=9), "storage"))
    hall.do(c.ResumeVote(V1, SECRETARY))
    assert seconds(hall) == 30


def test_after_a_restart_the_vote_closes_by_hand_until_an_officer_takes_it_up() -> None:
    hall = opened().later(10)
    broke = hall.at
    hall.later(3600)
    hall.do(c.NoteInterruption(broke, "restart"))
    assert seconds(hall) is None
    hall.later(3600)
    assert not due(hall.vote(), hall.at)
    with pytest.raises(Refused, match="time_not_up"):
        hall.do(c.CloseVote(V1, "clock"))
    hall.cast(1)
    hall.do(c.ResumeVote(V1, SECRETARY))
    assert seconds(hall) == 20
    hall.later(20)
    assert due(hall.vote(), hall.at)


def test_extending_also_takes_a_vote_up_after_a_restart() -> None:
    hall = opened().later(25)
    hall.do(c.NoteInterruption(hall.at, "restart"))
    hall.later(500).do(c.ExtendVote(V1, 10, SECRETARY))
    assert seconds(hall) == 15


def test_a_held_vote_stays_held_over_a_restart() -> None:
    hall = opened().later(10)
    hall.do(c.HoldVote(V1, "Mất điện", SECRETARY))
    hall.later(60).do(c.NoteInterruption(hall.at - timedelta(seconds=30), "restart"))
    hall.do(c.ResumeVote(V1, SECRETARY))
    assert seconds(hall) == 20


def test_a_closing_that_had_begun_ends_by_itself_after_a_restart_with_its_grace_whole() -> None:
    hall = opened()
    ballot = hall.ballot(1)
    hall.do(c.CloseVote(V1, SECRETARY))
    broke = hall.later(1).at
    hall.later(900).do(c.NoteInterruption(broke, "restart"))
    assert grace_remaining(hall.vote(), hall.at) == timedelta(seconds=5)
    hall.later(1).do(ballot)
    hall.later(4)
    assert grace_over(hall.vote(), hall.at)
    hall.do(c.EndClosing(V1))


def test_the_closing_does_not_end_before_the_longest_grace() -> None:
    hall = opened()
    hall.do(c.CloseVote(V1, SECRETARY))
    hall.later(5.9)
    with pytest.raises(Refused, match="time_not_up"):
        hall.do(c.EndClosing(V1))
    hall.later(0.1).do(c.EndClosing(V1))


def test_a_vote_without_a_duration_closes_by_hand() -> None:
    hall = sitting_hall()
    hall.open(kind="election", duration_s=None)
    hall.later(10**6)
    assert seconds(hall) is None
    assert not due(hall.vote(), hall.at)
    hall.do(c.ExtendVote(V1, 30, SECRETARY))
    assert seconds(hall) == 30


def test_a_duration_must_be_positive() -> None:
    hall = sitting_hall()
    hall.announce()
    with pytest.raises(Refused, match="duration_not_positive"):
        hall.do(c.OpenVote(V1, "x", SECRETARY, 0))


moments = st.integers(-(10**6), 10**6).map(lambda ms: NOON + timedelta(milliseconds=ms))


@given(
    st.lists(st.tuples(st.sampled_from(["start", "stop", "break"]), moments, moments), max_size=12), moments
)
def test_no_clock_however_it_steps_makes_time_run_backwards(
    acts: list[tuple[str, object, object]], at: object
) -> None:
    countdown = Countdown(timedelta(seconds=30), since=NOON)
    ran = timedelta(0)
    for act, one, other in acts:
        if act == "start":
            countdown = countdown.started(one)  # type: ignore[arg-type]
        elif act == "stop":
            countdown = countdown.stopped(one)  # type: ignore[arg-type]
        else:
            countdown = countdown.interrupted(one, other)  # type: ignore[arg-type]
        assert countdown.ran >= ran
        ran = countdown.ran
    assert countdown.passed(at) >= ran  # type: ignore[arg-type]
    assert timedelta(0) <= countdown.remaining(at) <= timedelta(seconds=30)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), max_size=6))
def test_runs_and_interruptions_add_up(stretches: list[tuple[int, int]]) -> None:
    """Stretches of (running, not recording) in ms: only the running ones run off."""
    countdown, at = Countdown(timedelta(seconds=3600), since=NOON), NOON
    for running, broken in stretches:
        broke = at + timedelta(milliseconds=running)
        at = broke + timedelta(milliseconds=broken)
        countdown = countdown.interrupted(broke, at)
    assert countdown.passed(at) == timedelta(milliseconds=sum(running for running, _ in stretches))
    assert countdown.given_back == timedelta(milliseconds=sum(broken for _, broken in stretches))
