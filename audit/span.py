"""From when to when a judgement about a certificate stands: so that nobody needs to ask twice."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Span:
    """Both ends included. Aware; whole seconds, as certificates and lists know no smaller ones."""

    since: datetime
    until: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.since <= at <= self.until

    def within(self, other: "Span") -> "Span":
        """The time that is in both; for the two of which one moment is known to be in both."""
        return Span(max(self.since, other.since), min(self.until, other.until))


ALWAYS = Span(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
