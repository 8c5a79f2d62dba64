"""The hall's wall clock: aware, UTC, cut to the milliseconds that log entries carry.

A meeting runs on durations, so its clock must not jump with the system's: `HallClock` takes UTC once, at
the start, and goes on by time passed. A system clock that is set meanwhile moves it by a hair's breadth.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

Clock = Callable[[], datetime]

SLEW = 500e-6
"""How much faster or slower than time itself it may run, to come back to UTC: what NTP daemons allow
themselves. A countdown of 30 s is at most 15 ms off."""
TROUBLE = timedelta(seconds=2)
"""So far from the system's clock one of the two is wrong, and a person must look."""

log = structlog.get_logger()


def utc_now() -> datetime:
    """The present, so that what is decided and what is read back from the log are the same instant."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def time_since() -> float:
    """Seconds since some moment, never set; a machine that slept has them too, where the system says so."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class HallClock:
    """The one clock of a running hall. It never goes back, and never starts before `not_before`."""

    def __init__(
        self,
        system: Clock = utc_now,
        since: Callable[[], float] = time_since,
        not_before: datetime | None = None,
    ) -> None:
        """`not_before`: the time of the log's last entry. `since`: seconds, monotonic."""
        self._system, self._since = system, since
        self._looked = since()
        now = system()
        if not_before is not None and now < not_before:
            log.warning("clock_behind_the_log", system=now.isoformat(), log_ends=not_before.isoformat())
            now = not_before
        self._now = now
        self._ahead = timedelta(0)
        self._compare(system())

    def __call__(self) -> datetime:
        looked, system = self._since(), self._system()
        passed = timedelta(seconds=max(0.0, looked - self._looked))
        self._looked = looked
        self._now += passed
        most = passed * SLEW
        self._now += max(-most, min(most, system - self._now))
        self._compare(system)
        return self._now.replace(microsecond=self._now.microsecond // 1000 * 1000)

    @property
    def ahead(self) -> timedelta:
        """How far the system's clock was behind it at the last look; negative where that was ahead."""
        return self._ahead

    @property
    def trouble(self) -> bool:
        """Whether the two were more than two seconds apart at the last look."""
        return abs(self._ahead) > TROUBLE

    def _compare(self, system: datetime) -> None:
        before, self._ahead = self._ahead, self._now - system
        if -TROUBLE <= self._ahead <= TROUBLE:
            if abs(before) > TROUBLE:
                log.info("clock_agrees_again")
        elif abs(before) <= TROUBLE:
            log.warning("clock_diverges", ahead_of_the_system_s=self._ahead.total_seconds())
