"""A countdown is a duration, not a point in time: what the hall could not record doesn't run off it.

Time is always an argument. A clock that steps backwards lets no time pass; nothing here raises.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Countdown:
    duration: timedelta
    ran: timedelta = NO_TIME
    """Time that ran off before `since`."""
    since: datetime | None = None
    """Since when it has been running; None while it stands still."""
    given_back: timedelta = NO_TIME
    """Time in which the hall could not record; it didn't run off."""

    def passed(self, at: datetime) -> timedelta:
        """Time run off until `at`."""
        if self.since is None:
            return self.ran
        return self.ran + max(NO_TIME, at - self.since)

    def remaining(self, at: datetime) -> timedelta:
        """Never negative."""
        return max(NO_TIME, self.duration - self.passed(at))

    def over(self, at: datetime) -> bool:
        return self.since is not None and self.passed(at) >= self.duration

    def started(self, at: datetime) -> "Countdown":
        return replace(self, ran=self.passed(at), since=at)

    def stopped(self, at: datetime) -> "Countdown":
        return replace(self, ran=self.passed(at), since=None)

    def extended(self, extra: timedelta) -> "Countdown":
        return replace(self, duration=self.duration + extra)

    def interrupted(self, since: datetime, until: datetime) -> "Countdown":
        """Gives back what of since…until it was running; what ran before that has run."""
        if self.since is None:
            return self
        lost_from = max(since, self.since)
        lost = max(NO_TIME, until - lost_from)
        return replace(
            self,
            ran=self.passed(lost_from),
            since=max(until, self.since),
            given_back=self.given_back + lost,
        )
