"""What nobody presses: closes a vote when its time is over, ends the closing, computes the result.

The clock decides nothing by itself: it asks the hall like everybody else, and the rules may refuse it. It
asks by the hall's own time, so that what is due here is due there.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from audit.errors import LogBroken
from hall_controller.errors import NotRecorded
from hall_controller.following import Following
from hall_controller.hall import Hall
from hall_controller.submission import Submission
from voting.commands import AccountForSeats, CloseVote, Command, ComputeResult, EndClosing, PutToSleep
from voting.counting import awaits_hands, is_counted
from voting.division import Division, Phase, due, grace_over, grace_remaining, remaining
from voting.errors import Refused
from voting.ids import SeatId
from voting.meeting import Meeting
from voting.seat_account import is_awaited
from voting.seat_units import SeatSeen
from voting.seating import time_over

_AGAIN_S = 0.5
"""After a refusal or a failing store: quick enough for a countdown, and no flood for the writer."""
_LAMPS = timedelta(seconds=2)
"""From the locking of keys: so long a lamp that must yet light is waited for, if the grace is shorter."""
_BRIDGES = timedelta(seconds=3)
"""After the hall's start: so long its bridges may take to tell again what they know of a vote."""
_TICK = timedelta(milliseconds=1)
"""Times in the log are whole milliseconds: asking in the middle of one would be asking too early."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Due:
    """Something that the clock may ask for now."""

    command: Command
    actor: str


def due_act(meeting: Meeting, at: datetime) -> Due | None:
    """What is to be done by itself at this moment; None if nothing is."""
    vote = meeting.in_play
    quiet = vote is None or vote.phase is Phase.ANNOUNCED
    if quiet and (tired := next(iter(_tired(meeting, at)), None)) is not None:
        return Due(PutToSleep(tired, "time_over"), "clock")
    if vote is None:
        # Not the last one only: an earlier vote may get its casting vote late, even in a later sitting.
        waiting = next((one for one in meeting.divisions if _countable(meeting, one)), None)
        return None if waiting is None else Due(ComputeResult(waiting.id), "hall")
    if due(vote, at):
        return Due(CloseVote(vote.id, "clock"), "clock")
    if grace_over(vote, at):
        return Due(EndClosing(vote.id), "clock")
    return None


def wait_for(meeting: Meeting, at: datetime) -> timedelta | None:
    """How long until something may be due; None: not before something is recorded."""
    vote = meeting.current
    if vote is None or vote.phase not in (Phase.OPEN, Phase.HELD, Phase.CLOSING):
        return _next_sleep(meeting, at)
    left = remaining(vote, at) if vote.phase is Phase.OPEN else grace_remaining(vote, at)
    return None if left is None else left + _TICK


def _tired(meeting: Meeting, at: datetime) -> list[str]:
    """Sessions at seats whose time since the PIN is over."""
    sitting = meeting.sitting
    if sitting is None or sitting.rulebook.seating.awake_s is None:
        return []
    return [one.id for one in meeting.attendance.sessions.values() if time_over(sitting, one, at)]


def _next_sleep(meeting: Meeting, at: datetime) -> timedelta | None:
    """How long until the first session at a seat falls asleep by time."""
    sitting = meeting.sitting
    if sitting is None or (awake_s := sitting.rulebook.seating.awake_s) is None:
        return None
    awake = (s.since for s in meeting.attendance.sessions.values() if s.channel == "seat" and not s.asleep)
    first = min(awake, default=None)
    return None if first is None else max(_TICK, first + timedelta(seconds=awake_s) - at + _TICK)


def _countable(meeting: Meeting, vote: Division) -> bool:
    """Closed, its result missing, or older than hands or a casting vote; papers counted to the end."""
    return vote.phase is Phase.CLOSED and not awaits_hands(vote) and not is_counted(meeting, vote)


class Seen(Protocol):
    """The seats, as far as supervision asks them."""

    def lit(self, vote: str) -> frozenset[str]: ...

    def seen(self, vote: str, opened_at: datetime) -> Mapping[SeatId, SeatSeen]: ...


class Supervision:
    """`seats`: None for a hall without any, where no vote has an account of them."""

    def __init__(self, hall: Hall, seats: Seen | None = None) -> None:
        self._hall, self._seats, self._started = hall, seats, hall.now()
        self._unaccounted: set[str] = set()
        """Votes whose account was refused: their result doesn't wait for it."""

    async def run(self) -> None:
        """Until cancelled, or the hall closes. Raises LogBroken."""
        following = self._hall.follow()
        try:
            while await self._step(following):
                pass
        finally:
            following.close()

    async def _step(self, following: Following) -> bool:
        act = due_act(self._hall.meeting, self._hall.now())
        if act is None:
            return await _news(following, wait_for(self._hall.meeting, self._hall.now()))
        if self._seats is not None and isinstance(act.command, ComputeResult):
            vote = self._hall.meeting.votes[act.command.vote]
            if is_awaited(vote) and vote.id not in self._unaccounted:
                return await self._account(following, self._seats, vote)
        if await self._ask(act):
            return True
        return await _news(following, timedelta(seconds=_AGAIN_S))

    async def _account(self, following: Following, seats: Seen, vote: Division) -> bool:
        """The account of the seats comes before the result, which then covers it."""
        lit = seats.lit(vote.id)
        dark = any(ballot.seat is not None and ballot.seat not in lit for ballot in vote.ballots.values())
        now = self._hall.now()
        locked = vote.grace.passed(now) if vote.grace else _LAMPS
        wait = max(self._started + _BRIDGES - now, _LAMPS - locked if dark else timedelta(0))
        if wait > timedelta(0):
            return await _news(following, wait + _TICK)
        seen = {} if vote.opened_at is None else seats.seen(vote.id, vote.opened_at)
        try:
            await self._hall.submit(Submission(AccountForSeats(vote.id, seen), "hall"))
        except Refused as no:
            log.warning("seats_not_accounted", vote=vote.id, why=str(no))
            self._unaccounted.add(vote.id)
        except NotRecorded:
            return await _news(following, timedelta(seconds=_AGAIN_S))
        return True

    async def _ask(self, act: Due) -> bool:
        try:
            await self._hall.submit(Submission(act.command, act.actor))
        except (Refused, NotRecorded) as error:
            # An officer was quicker, or the store fails: look again, at the meeting as it is then.
            log.warning("not_done_by_itself", command=type(act.command).__name__, why=str(error))
            return False
        except LogBroken:
            log.critical("supervision_ends")
            raise
        return True


async def _news(following: Following, at_most: timedelta | None) -> bool:
    """Waits for a commit, but not longer than that. False once the hall is closed."""
    try:
        async with asyncio.timeout(None if at_most is None else at_most.total_seconds()):
            await anext(following)
    except TimeoutError:
        return True
    except StopAsyncIteration:
        return False
    return True
