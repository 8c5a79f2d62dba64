"""The recorder: gather → decide → record → answer. The only one who writes in the log.

Group commit without a timer: a group is whatever arrived during the previous commit. Each command is
decided on the state with its predecessors provisionally applied; one durable write; then the answers.
`standing` is always the durable one. Signatures were checked before a command came here.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from audit import instant
from audit.errors import LogBroken
from hall_controller import founding
from hall_controller.card_judge import CardJudge
from hall_controller.clock import Clock
from hall_controller.errors import NotRecorded, StoreFailed
from hall_controller.following import Broadcast
from hall_controller.founding import Founding
from hall_controller.group import Outcome, Provisional, Standing, catch_up
from hall_controller.interruptions import STALL, Interruptions
from hall_controller.journal import Token, group
from hall_controller.receipts import Register
from hall_controller.store.port import Store
from hall_controller.submission import Commit, Happening, Submission
from hall_controller.waiting import Answer, Queue, Waiting, answer, answer_all
from voting.errors import Refused

_SLICE = 16
"""Commands decided, or receipts signed, between two looks at the rest of the hall: 2 to 3 ms."""

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


class Recorder:
    """`receipts` and `broadcast` are told of durable entries only. `begin`, `enqueue`, and `close`."""

    def __init__(
        self, store: Store, known: Founding, clock: Clock, token: Token,
        receipts: Register, broadcast: Broadcast, cards: CardJudge,
    ) -> None:  # fmt: skip
        self._store, self._known, self._clock, self._token = store, known, clock, token
        self._receipts, self._broadcast, self._cards = receipts, broadcast, cards
        self.standing = Standing()
        # One thread: the store's writer is used by one at a time, and by none but the recorder.
        self._writer = ThreadPoolExecutor(1, "journal")
        self._queue = Queue()
        self._interruptions = Interruptions()
        self._writing_since: datetime | None = None
        self._unsure = False
        """The last write failed or may have: what the store holds must be read before the next."""
        self._broken: LogBroken | None = None
        self._last_commit_ms = 0.0
        self._worker: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Replays the log, or begins one; then takes commands. Raises StoreFailed, LogBroken."""
        try:
            await self._catch_up()
            await self._first_entries()
        except BaseException:
            self._writer.shutdown(wait=False)
            raise
        self._worker = asyncio.create_task(self._work(), name="recorder")

    def now(self) -> datetime:
        # Cut to what the entry will say: a replay decides on the same instant as the hall did.
        return self.standing.tip.not_before(instant.cut(self._clock()))

    def health(self) -> Health:
        broken = None if self._broken is None else str(self._broken)
        waited = timedelta(0) if self._writing_since is None else self.now() - self._writing_since
        recording = not self._unsure and broken is None and waited <= STALL
        return Health(recording, broken, self._last_commit_ms, waited.total_seconds())

    def enqueue(self, submission: Submission) -> Answer:
        to_come: Answer = asyncio.get_running_loop().create_future()
        if self._broken is not None:
            to_come.set_exception(LogBroken(str(self._broken)))
        elif self._worker is None or self._worker.done():
            to_come.set_exception(NotRecorded("the hall is closed"))
        else:
            self._queue.add(submission, to_come)
        return to_come

    async def close(self) -> None:
        """Ends after the group that is being written. The store is closed with it. Once is enough."""
        if self._worker is None:
            return
        worker, self._worker = self._worker, None
        self._queue.end()
        await worker
        self._broadcast.close()
        await asyncio.get_running_loop().run_in_executor(self._writer, self._store.close)
        self._writer.shutdown()

    async def _first_entries(self) -> None:
        """Of a log that begins, and what a restart must note."""
        last = self.standing.tip.t
        drafts = founding.drafts(self.standing.founded, self._known)
        if last is not None and self.standing.meeting.in_play is not None:
            self._interruptions.restarted(last)
        if drafts or self._interruptions:
            provisional = self._provisional()
            for draft in drafts:
                provisional.add(draft)
            await self._write(provisional, self._interruptions.note(provisional))

    async def _work(self) -> None:
        while waiting := await self._queue.next_group():
            await self._commit(waiting)
        self._queue.refuse_the_rest()

    async def _commit(self, waiting: Sequence[Waiting]) -> None:
        started, since = asyncio.get_running_loop().time(), self.now()
        try:
            outcomes = await self._record(waiting)
        except StoreFailed as error:
            self._unsure = True
            self._interruptions.failed(error, since)
            answer_all(waiting, NotRecorded, str(error))
        except LogBroken as error:
            self._break(error)
            answer_all(waiting, LogBroken, str(error))
        except Exception as error:
            # A fault of ours between deciding and recording: nobody knows what stands where any more.
            log.exception("heart_failed")
            self._break(LogBroken(f"a fault of the controller: {error!r}"))
            answer_all(waiting, LogBroken, repr(error))
        else:
            self._last_commit_ms = (asyncio.get_running_loop().time() - started) * 1000
            stalled = self._interruptions.stalled(since, self.now())
            await self._answer(waiting, outcomes)
            # Noted before anything else is decided. What notes it may stall too: that waits for the next
            # group, or a slow store would note for ever.
            if stalled and waiting:
                await self._commit(())

    async def _record(self, waiting: Sequence[Waiting]) -> list[Outcome]:
        if self._unsure:
            await self._catch_up()
        provisional = self._provisional()
        noted = self._interruptions.note(provisional)
        outcomes = await _decide(provisional, waiting)
        await self._write(provisional, noted)
        return outcomes

    def _provisional(self) -> Provisional:
        return Provisional(self.standing, self._known, self._clock, self._token, self._cards)

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
        self.standing = provisional.standing
        if noted:
            self._interruptions.noted()
        self._publish(provisional.happenings)

    def _publish(self, happenings: Sequence[Happening]) -> None:
        if happenings:
            self._receipts.note(happenings)
            standing = self.standing
            self._broadcast.tell(Commit(tuple(happenings), standing.meeting, standing.tip.frontier))

    async def _answer(self, waiting: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
        for number, (one, outcome) in enumerate(zip(waiting, outcomes, strict=True), start=1):
            answer(one, outcome, self._receipts)
            if number % _SLICE == 0:
                await asyncio.sleep(0)

    async def _catch_up(self) -> None:
        """Reads what the store holds behind the durable state: all of it at the start, after a failure
        what was written although nobody knew. One path for both."""
        loop = asyncio.get_running_loop()
        standing, happenings = await loop.run_in_executor(
            self._writer, catch_up, self._store, self.standing, self._known
        )
        self.standing, self._unsure = standing, False
        self._publish(happenings)

    def _break(self, error: LogBroken) -> None:
        log.critical("log_broken", error=str(error))
        self._broken = error


async def _decide(provisional: Provisional, waiting: Sequence[Waiting]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for number, one in enumerate(waiting, start=1):
        outcomes.append(_decide_one(provisional, one.submission))
        if number % _SLICE == 0:
            await asyncio.sleep(0)
    return outcomes


def _decide_one(provisional: Provisional, submission: Submission) -> Outcome:
    try:
        return provisional.decide(submission)
    except Exception as error:
        # Refused is the rules' answer. Anything else is a fault of ours in this one command: it changed
        # nothing, as the state is a value; its asker hears of it and the sitting goes on.
        if not isinstance(error, Refused):
            log.exception("command_failed", command=type(submission.command).__name__)
        return error
