"""The hall's wall clock: aware, UTC, cut to the milliseconds that log entries carry."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present, so that what is decided and what is read back from the log are the same instant."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
