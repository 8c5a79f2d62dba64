"""The heart: decide → record → apply → publish. Whatever happens in the meeting goes through `submit`.

Group commit without a timer: a group is whatever arrived during the previous commit. Each command is
decided on the state with its predecessors provisionally applied; one durable write; then the answers.
Readers see `meeting`, which is always the durable one. Signatures were checked before a command came here.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from audit import instant
from audit.errors import LogBroken
from audit.merkle import Frontier
from hall_controller import founding, receipts
from hall_controller.clock import Clock
from hall_controller.errors import NotRecorded, StoreFailed
from hall_controller.following import Broadcast, Following
from hall_controller.founding import Founding
from hall_controller.group import Outcome, Provisional, Repeat, Standing, catch_up
from hall_controller.journal import Token, group
from hall_controller.store.port import Store
from hall_controller.submission import Commit, Happening, Recorded, Submission
from voting.commands import NoteInterruption
from voting.errors import Refused
from voting.meeting import Meeting

_SLICE = 16
"""Commands decided, or receipts signed, between two looks at the rest of the hall: 2 to 3 ms."""
_GROUP_MAX = 1024
"""A group beyond a full house's ballots would only make the first asker wait for the last."""

_STALL = timedelta(seconds=1)
"""A commit takes milliseconds. Who waits longer doesn't know whether the hall took the press, so the store
is said to be failing, and the time is given back, also when it comes through in the end."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Health:
    recording: bool
    """False too while a commit has been under way for more than a second."""
    broken: str | None
    """Why no command is taken any more; a person must look."""
    last_commit_ms: float
    under_way_s: float = 0.0
    """For how long the store has been at the commit that it is at now; 0 while it has none."""


@dataclass(slots=True)
class _Waiting:
    submission: Submission
    answer: "asyncio.Future[Recorded]"


class Hall:
    """One controller's hall. `await Hall.start(…)`, `submit`, and `close` at the end."""

    def __init__(self, store: Store, known: Founding, clock: Clock, token: Token) -> None:
        self._store, self._known, self._clock, self._token = store, known, clock, token
        # One thread: the store's writer is used by one at a time, and by none but the hall.
        self._writer = ThreadPoolExecutor(1, "journal")
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        self._standing = Standing()
        self._receipts = receipts.Register(known.origin, known.signer)
        self._broadcast = Broadcast()
        self._interrupted: tuple[NoteInterruption, ...] = ()
        """To be noted in the log with the next success."""
        self._writing_since: datetime | None = None
        self._unsure = False
        """The last write failed or may have: what the store holds must be read before the next."""
        self._broken: LogBroken | None = None
        self._last_commit_ms = 0.0
        self._worker: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, store: Store, known: Founding, clock: Clock, token: Token) -> "Hall":
        """Replays the log, or begins one. Raises StoreFailed, LogBroken (also for keys of another log)."""
        hall = cls(store, known, clock, token)
        try:
            await hall._catch_up()
            await hall._begin()
        except BaseException:
            hall._writer.shutdown(wait=False)
            raise
        hall._worker = asyncio.create_task(hall._work(), name="hall")
        return hall

    @property
    def meeting(self) -> Meeting:
        """The durable state; a value, it never changes under a reader."""
        return self._standing.meeting

    @property
    def head(self) -> Frontier:
        """Of the durable log: size and root."""
        return self._standing.tip.frontier

    @property
    def epoch(self) -> int:
        return self._store.epoch

    def health(self) -> Health:
        broken = None if self._broken is None else str(self._broken)
        waited = timedelta(0) if self._writing_since is None else self.now() - self._writing_since
        recording = not self._unsure and broken is None and waited <= _STALL
        return Health(recording, broken, self._last_commit_ms, waited.total_seconds())

    def now(self) -> datetime:
        """The hall's time: what an entry would say that was decided now."""
        # Cut to what the entry will say: a replay decides on the same instant as the hall did.
        return self._standing.tip.not_before(instant.cut(self._clock()))

    def checkpoint(self) -> str:
        """The signed head of the durable log, a C2SP checkpoint."""
        return self._known.checkpoint(self.head)

    def result(self, vote: str) -> Mapping[str, str] | None:
        """The signed result of a vote, the one that everything shows; None before it is computed."""
        return self._standing.results.get(vote)

    def receipt(self, ballot: str) -> dict[str, str] | None:
        """The receipt of a recorded ballot, the same bytes each time."""
        return self._receipts.receipt(ballot)

    @property
    def revocation_lists(self) -> tuple[bytes, ...]:
        """All that the log has listed so far (DER)."""
        return self._standing.founded.crl

    def place(self, ballot: str) -> receipts.Place | None:
        """Where a recorded ballot stands in the log."""
        return self._receipts.place(ballot)

    def follow(self) -> Following:
        """Every commit from now on, for one listener, who is never waited for."""
        return self._broadcast.join()

    async def submit(self, submission: Submission) -> Recorded:
        """Returns once it is durable. Raises Refused, NotRecorded, LogBroken."""
        return await self.enqueue(submission)

    def enqueue(self, submission: Submission) -> "asyncio.Future[Recorded]":
        """The answer to come: for who has no task to wait with. It ends as `submit` would."""
        answer: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        if self._broken is not None:
            answer.set_exception(LogBroken(str(self._broken)))
        elif self._worker is None or self._worker.done():
            answer.set_exception(NotRecorded("the hall is closed"))
        else:
            self._queue.put_nowait(_Waiting(submission, answer))
        return answer

    async def close(self) -> None:
        """Ends after the group that is being written. The store is closed with it. Once is enough."""
        if self._worker is None:
            return
        worker, self._worker = self._worker, None
        self._queue.put_nowait(None)
        await worker
        self._broadcast.close()
        await asyncio.get_running_loop().run_in_executor(self._writer, self._store.close)
        self._writer.shutdown()

    async def _begin(self) -> None:
        """The first entries of a log, and what a restart must note."""
        last = self._standing.tip.t
        drafts = founding.drafts(self._standing.founded, self._known)
        if last is not None and self.meeting.in_play is not None:
            self._interrupted = (NoteInterruption(last, "restart"),)
        if drafts or self._interrupted:
            provisional = self._provisional()
            for draft in drafts:
                provisional.add(draft)
            await self._write(provisional, self._note_interruptions(provisional))

    async def _work(self) -> None:
        while (first := await self._queue.get()) is not None:
            waiting = [first]
            ending = False
            while not self._queue.empty() and len(waiting) < _GROUP_MAX:
                following = self._queue.get_nowait()
                if ending := following is None:
                    break
                assert following is not None
                waiting.append(following)
            await self._commit(waiting)
            if ending:
                break
        self._refuse_the_rest()

    async def _commit(self, waiting: Sequence[_Waiting]) -> None:
        started, since = asyncio.get_running_loop().time(), self.now()
        try:
            if self._unsure:
                await self._catch_up()
            provisional = self._provisional()
            noted = self._note_interruptions(provisional)
            outcomes = await self._decide(provisional, waiting)
            await self._write(provisional, noted)
        except StoreFailed as error:
            self._interruption(error, since)
            _answer_all(waiting, NotRecorded, str(error))
        except LogBroken as error:
            self._break(error)
            _answer_all(waiting, LogBroken, str(error))
        except Exception as error:
            # A fault of ours between deciding and recording: nobody knows what stands where any more.
            log.exception("heart_failed")
            self._break(LogBroken(f"a fault of the controller: {error!r}"))
            _answer_all(waiting, LogBroken, repr(error))
        else:
            self._last_commit_ms = (asyncio.get_running_loop().time() - started) * 1000
            stalled = self._stalled(since, self.now())
            await self._answer(waiting, outcomes)
            # Noted before anything else is decided. What notes it may stall too: that waits for the next
            # group, or a slow store would note for ever.
            if stalled and waiting:
                await self._commit(())

    def _stalled(self, since: datetime, until: datetime) -> bool:
        """A commit that took too long was an interruption, though it came through in the end."""
        if until - since <= _STALL:
            return False
        log.warning("store_stalled", seconds=(until - since).total_seconds())
        self._interrupted = (*self._interrupted, NoteInterruption(since, "storage", until))
        return True

    def _provisional(self) -> Provisional:
        return Provisional(self._standing, self._known, self._clock, self._token)

    def _note_interruptions(self, provisional: Provisional) -> bool:
        """Interruptions first: time given back must count for what is decided after it."""
        for one in self._interrupted:
            try:
                provisional.decide(Submission(one, "hall"))
            except Refused:
                log.info("interruption_without_effect", since=one.since.isoformat())
        return bool(self._interrupted)

    async def _decide(self, provisional: Provisional, waiting: Sequence[_Waiting]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for number, one in enumerate(waiting, start=1):
            outcomes.append(_decide_one(provisional, one.submission))
            if number % _SLICE == 0:
                await asyncio.sleep(0)
        return outcomes

    async def _write(self, provisional: Provisional, noted: bool) -> None:
        """Makes the group durable, then real. Raises StoreFailed, LogBroken; then nothing became real."""
        if provisional.placed:
            loop = asyncio.get_running_loop()
            # A crash before this returns: nobody was answered, whatever stands in the log is found at the
            # restart, and who sends again gets the receipt of what stands there. A crash after it, before
            # the answers: the same.
            self._writing_since = self.now()
            try:
                await loop.run_in_executor(self._writer, self._store.append, group(provisional.placed))
            finally:
                self._writing_since = None
        self._standing = provisional.standing
        if noted:
            self._interrupted = ()
        self._publish(provisional.happenings)

    def _publish(self, happenings: Sequence[Happening]) -> None:
        if happenings:
            self._receipts.note(happenings)
            self._broadcast.tell(Commit(tuple(happenings), self.meeting, self.head))

    async def _answer(self, waiting: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
        for number, (one, outcome) in enumerate(zip(waiting, outcomes, strict=True), start=1):
            if not one.answer.done():
                self._answer_one(one.answer, outcome)
            if number % _SLICE == 0:
                await asyncio.sleep(0)

    def _answer_one(self, answer: "asyncio.Future[Recorded]", outcome: Outcome) -> None:
        match outcome:
            case Recorded():
                answer.set_result(self._receipts.receipted(outcome))
            case Repeat(ballot):
                answer.set_result(self._receipts.again(ballot))
            case _:
                answer.set_exception(outcome)

    async def _catch_up(self) -> None:
        """Reads what the store holds behind the durable state: all of it at the start, after a failure
        what was written although nobody knew. One path for both."""
        loop = asyncio.get_running_loop()
        standing, happenings = await loop.run_in_executor(
            self._writer, catch_up, self._store, self._standing, self._known
        )
        self._standing, self._unsure = standing, False
        self._publish(happenings)

    def _interruption(self, error: StoreFailed, since: datetime) -> None:
        """It began with the first commit that missed, not when the store at last said so."""
        log.error("not_recorded", error=str(error))
        self._unsure = True
        if not self._interrupted or self._interrupted[-1].until is not None:
            self._interrupted = (*self._interrupted, NoteInterruption(since, "storage"))

    def _break(self, error: LogBroken) -> None:
        log.critical("log_broken", error=str(error))
        self._broken = error

    def _refuse_the_rest(self) -> None:
        while not self._queue.empty():
            if (waiting := self._queue.get_nowait()) is not None:
                _answer_all([waiting], NotRecorded, "the hall is closed")


def _decide_one(provisional: Provisional, submission: Submission) -> Outcome:
    try:
        return provisional.decide(submission)
    except Exception as error:
        # Refused is the rules' answer. Anything else is a fault of ours in this one command: it changed
        # nothing, as the state is a value; its asker hears of it and the sitting goes on.
        if not isinstance(error, Refused):
            log.exception("command_failed", command=type(submission.command).__name__)
        return error


def _answer_all(waiting: Sequence[_Waiting], kind: type[Exception], why: str) -> None:
    for one in waiting:
        if not one.answer.done():
            one.answer.set_exception(kind(why))
