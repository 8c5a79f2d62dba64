"""Moments as the log writes them: RFC 3339, UTC, exactly three digits of milliseconds, `Z`."""

import re
from datetime import UTC, datetime, timedelta

from audit.errors import BadEvidence

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


def write(at: datetime) -> str:
    """Cuts below the millisecond, so that no time moves forward by being written. ValueError if naive."""
    if at.utcoffset() is None:
        raise ValueError("a time without zone has no place in evidence")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def read(text: str) -> datetime:
    """Aware, UTC. Raises BadEvidence for every other way of writing a time, leap seconds included."""
    if not _FORM.fullmatch(text):
        raise BadEvidence(f"not a time in UTC with milliseconds: {text[:40]!r}")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise BadEvidence(f"no such time: {text}: {error}") from None


def cut(at: datetime) -> datetime:
    """`at` as it will be read back: UTC, whole milliseconds."""
    if at.tzinfo is UTC and not at.microsecond % 1000:
        return at
    whole = at.astimezone(UTC)
    return whole - timedelta(microseconds=whole.microsecond % 1000)
