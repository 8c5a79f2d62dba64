"""When nothing could be recorded: noted in the log with the next success, and the time so given back."""

from datetime import datetime, timedelta

import structlog

from hall_controller.errors import StoreFailed
from hall_controller.group import Provisional
from hall_controller.submission import Submission
from voting.commands import NoteInterruption
from voting.errors import Refused

STALL = timedelta(seconds=1)
"""A commit takes milliseconds. Who waits longer doesn't know whether the hall took the press, so the store
is said to be failing, and the time is given back, also when it comes through in the end."""

log = structlog.get_logger()


class Interruptions:
    """Those that are still to be noted."""

    def __init__(self) -> None:
        self._open: tuple[NoteInterruption, ...] = ()

    def __bool__(self) -> bool:
        return bool(self._open)

    def restarted(self, last: datetime) -> None:
        """The hall was down since the log's last entry."""
        self._open = (NoteInterruption(last, "restart"),)

    def failed(self, error: StoreFailed, since: datetime) -> None:
        """It began with the first commit that missed, not when the store at last said so."""
        log.error("not_recorded", error=str(error))
        if not self._open or self._open[-1].until is not None:
            self._open = (*self._open, NoteInterruption(since, "storage"))

    def stalled(self, since: datetime, until: datetime) -> bool:
        """A commit that took too long was an interruption, though it came through in the end."""
        if until - since <= STALL:
            return False
        log.warning("store_stalled", seconds=(until - since).total_seconds())
        self._open = (*self._open, NoteInterruption(since, "storage", until))
        return True

    def note(self, provisional: Provisional) -> bool:
        """Interruptions first: time given back must count for what is decided after it."""
        for one in self._open:
            try:
                provisional.decide(Submission(one, "hall"))
            except Refused:
                log.info("interruption_without_effect", since=one.since.isoformat())
        return bool(self._open)

    def noted(self) -> None:
        """What `note` put into a group is durable."""
        self._open = ()
