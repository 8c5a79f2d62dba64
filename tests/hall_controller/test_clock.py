"""The hall's clock beside a system clock that is set, in both directions: durations stay what they are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hall_controller.clock import HallClock, utc_now
from hall_controller.hall import Hall
from hall_controller.invitations import invite, taking_from
from hall_controller.store import open_store
from hall_controller.submission import Submission
from hall_controller.supervision import due_act, wait_for
from tests.hall_controller.chamber import BY, OFFICER, START, Chamber, opened, seated
from voting import commands as c
from voting.division import Phase
from voting.errors import TimeNotUp
from voting.ids import VoteId

V1 = VoteId("v1")
HOUR = 3600.0


@dataclass
class Machine:
    """Time as it is, and a system clock that is `wrong` by so many seconds."""

    passed: float = 0.0
    wrong: float = 0.0

    def since(self) -> float:
        return 1000.0 + self.passed

    def system(self) -> datetime:
        return START + timedelta(seconds=self.passed + self.wrong)

    @property
    def true(self) -> datetime:
        return START + timedelta(seconds=self.passed)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def _clock(machine: Machine, **more: Any) -> HallClock:
    return HallClock(machine.system, machine.since, **more)


def test_it_is_utc_where_nobody_sets_anything(machine: Machine) -> None:
    clock = _clock(machine)
    for _ in range(100):
        machine.passed += 0.5
        assert clock() == machine.true
    assert not clock.trouble


@pytest.mark.parametrize("step", [HOUR, -HOUR, 86_400.0])
def test_a_step_of_the_system_clock_is_no_time_that_passes(machine: Machine, step: float) -> None:
    clock = _clock(machine)
    before = clock()
    machine.wrong = step
    assert clock() == before
    machine.passed += 30
    assert abs((clock() - before).total_seconds() - 30) <= 30 * 500e-6 + 0.001
    machine.wrong = 0
    machine.passed += 30
    assert abs((clock() - before).total_seconds() - 60) <= 60 * 500e-6 + 0.001


def test_it_says_so_once_when_the_two_are_apart(machine: Machine) -> None:
    clock = _clock(machine)
    with capture_logs() as said:
        machine.wrong = 5
        clock(), clock()
        assert clock.trouble
        machine.wrong = 0
        clock()
        assert not clock.trouble
    assert [one["event"] for one in said] == ["clock_diverges", "clock_agrees_again"]


@pytest.mark.parametrize("wrong", [1.0, -1.0])
def test_it_comes_back_to_utc_slowly(machine: Machine, wrong: float) -> None:
    machine.wrong = wrong
    clock = _clock(machine)
    machine.wrong = 0
    last = clock()
    for _ in range(3000):
        machine.passed += 1
        now = clock()
        assert last < now
        last = now
    assert abs(last - machine.true) <= timedelta(milliseconds=2)


def test_it_starts_never_before_the_end_of_the_log(machine: Machine) -> None:
    end = machine.true + timedelta(seconds=HOUR)
    with capture_logs() as said:
        clock = _clock(machine, not_before=end)
    assert [one["event"] for one in said] == ["clock_behind_the_log", "clock_diverges"]
    assert clock() == end
    machine.passed += 10
    assert clock() >= end + timedelta(seconds=9.99)
    assert clock.trouble


def test_a_log_that_ended_earlier_changes_nothing(machine: Machine) -> None:
    assert _clock(machine, not_before=START - timedelta(days=1))() == START


@dataclass
class Sitting:
    """A vote on a hall whose machine's clock is set while it runs."""

    machine: Machine
    chamber: Chamber = field(default_factory=Chamber)

    async def begin(self, folder: Path) -> Hall:
        store = open_store(f"sqlite:///{folder}/hall.db")
        self.hall = await Hall.start(store, self.chamber.known, _clock(self.machine), self.chamber.token)
        await seated(self.chamber, self.hall)
        await opened(self.chamber, self.hall)
        return self.hall

    async def act_when_due(self) -> float:
        """Lets time pass until supervision would act, and acts; how many seconds that took."""
        before = self.machine.passed
        while (act := due_act(self.hall.meeting, self.hall.now())) is None:
            wait = wait_for(self.hall.meeting, self.hall.now())
            assert wait is not None
            self.machine.passed += wait.total_seconds()
            assert self.machine.passed - before < 60
        await self.hall.submit(Submission(act.command, act.actor))
        return self.machine.passed - before


def _forward(machine: Machine) -> None:
    machine.wrong = HOUR


def _back(machine: Machine) -> None:
    machine.wrong = -HOUR


def _right(machine: Machine) -> None:
    machine.wrong = 0


@pytest.mark.parametrize("first", [_forward, _back])
@pytest.mark.parametrize("then", [_right, _forward, _back])
async def test_countdown_grace_and_closing_keep_their_lengths(
    machine: Machine, first: Callable[[Machine], None], then: Callable[[Machine], None], tmp_path: Path
) -> None:
    sitting = Sitting(machine)
    hall = await sitting.begin(tmp_path)
    machine.passed += 10
    first(machine)
    # Something is recorded while the clock is wrong: it mustn't take the log's time with it.
    await hall.submit(Submission(c.RequestFloor(sitting.chamber.people[0].id, "speech"), "member"))
    with pytest.raises(TimeNotUp):
        await hall.submit(Submission(c.CloseVote(V1, "clock"), "clock"))
    then(machine)
    assert await sitting.act_when_due() == pytest.approx(20, abs=0.1)
    assert hall.meeting.votes[V1].phase is Phase.CLOSING
    first(machine)
    grace = hall.meeting.votes[V1].kind.longest_grace_s
    assert await sitting.act_when_due() == pytest.approx(grace, abs=0.1)
    assert hall.meeting.votes[V1].phase is Phase.CLOSED
    await hall.submit(Submission(c.ComputeResult(V1), "hall"))
    await hall.submit(Submission(c.DeclareVote(V1, BY), OFFICER))
    await hall.close()


def test_a_code_made_by_the_system_clock_is_good_as_long_by_the_halls(tmp_path: Path) -> None:
    code = invite(tmp_path, "officer", "an", utc_now() + timedelta(minutes=15))
    (file,) = tmp_path.iterdir()
    ahead = timedelta(hours=1)
    taken = taking_from(tmp_path, lambda: ahead)(file.name)
    assert code
    assert taken is not None
    assert timedelta(minutes=74) < taken.until - utc_now() <= timedelta(minutes=75)
