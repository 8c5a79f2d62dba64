"""What goes into the hall, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.merkle import Frontier
from hall_controller.encoding import CardBallot, Jws, SessionEvidence
from hall_controller.trust_entries import ListTrust, WaiveRevocation
from voting.commands import Command
from voting.events import Event
from voting.meeting import Meeting

Evidence = Jws | CardBallot | SessionEvidence | None
"""A ballot's flattened JWS with `CastBallot`, with the card's certificate where the card signed it; the
session's statement and certificate with `SignIn`."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A command whose signatures were checked, with what its entry must keep as evidence."""

    command: Command | ListTrust | WaiveRevocation
    actor: str
    """`hall`, `clock`, `member` or `officer:<id>`."""
    evidence: Evidence = None
    card: bytes | None = None
    """DER of the card behind the session that signed a ballot; other evidence brings its own."""

    @property
    def certificate(self) -> bytes | None:
        """Of the card that answers for a sign-in or a ballot: judged where the entry gets its place."""
        if isinstance(self.evidence, CardBallot | SessionEvidence):
            return self.evidence.certificate
        return self.card


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer: this is on disk and in the log."""

    seq: int
    """Of the last entry that the command made; of the ballot's, where it was recorded before."""
    at: datetime
    events: tuple[Event, ...]
    """What happened; nothing where it had been recorded before."""
    receipt: Mapping[str, Any] | None = None
    """The flattened JWS `parl-receipt+json`, for a ballot."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry that was recorded. `event` is None for an entry about the log itself."""

    seq: int
    at: datetime
    type: str
    event: Event | None


@dataclass(frozen=True, slots=True)
class Commit:
    """One durable group: what happened, and the meeting behind it."""

    happenings: tuple[Happening, ...]
    meeting: Meeting
    head: Frontier
    """Of the log with this group in it."""
    gap: bool = False
    """The listener was slow: commits before this one were dropped; `meeting` is what counts."""
