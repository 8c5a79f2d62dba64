"""The presidium's decision that cards are taken although an authority's revocation data is missing.

It stands in the log with two names and a reason (`RevocationWaived`), holds for a day at most, and lets no
card in that any list or answer names as revoked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from audit import instant
from audit.errors import BadEvidence
from audit.span import Span

LONGEST = timedelta(hours=24)
"""A sitting's day. Who needs longer decides again: nothing switches the check off for good."""


@dataclass(frozen=True, slots=True)
class Waiver:
    authorities: frozenset[str]
    """Lower-case hex SHA-256 of their certificates (DER)."""
    span: Span
    reason: str
    decided_by: tuple[str, str]

    @classmethod
    def read(cls, d: Mapping[str, Any], at: datetime) -> "Waiver":
        """Of an entry's `d`, made at `at`. Raises BadEvidence for what nobody may decide."""
        first, second = (" ".join(name.split()) for name in d["decided_by"])
        until, reason = instant.read(d["until"]), d["reason"].strip()
        if not first or not second or first.casefold() == second.casefold():
            raise BadEvidence("two people decide this, and both are named")
        if not reason:
            raise BadEvidence("the decision has no reason")
        if not d["authorities"]:
            raise BadEvidence("the decision names no authority")
        if not at < until <= at + LONGEST:
            hours = LONGEST.total_seconds() / 3600
            raise BadEvidence(f"a decision holds for {hours:.0f} hours at most from when it is recorded")
        span = Span(at.replace(microsecond=0), until)  # cards are judged in whole seconds
        return cls(frozenset(d["authorities"]), span, reason, (first, second))
