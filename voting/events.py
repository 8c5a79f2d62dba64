"""What has happened in a meeting: the catalogue that auditors read. Past tense, one log entry each.

docs/specs/log.md gives, for each event, what of it stands in the public entry and what in a withheld
payload. A field that is withheld from a reader is None when the log is folded for that reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from voting.commands import Channel, Question, Text
from voting.ids import BallotHash, ChoiceId, MemberId, SeatId, SittingId, VoteId
from voting.majority import Result
from voting.members import Member
from voting.seat_units import SeatAccount


@dataclass(frozen=True, slots=True)
class RuleBookAdopted:
    sitting: SittingId
    text: str


@dataclass(frozen=True, slots=True)
class RollEstablished:
    sitting: SittingId
    on: date
    members: tuple[Member, ...]
    seating: Mapping[MemberId, SeatId]


@dataclass(frozen=True, slots=True)
class SittingOpened:
    sitting: SittingId
    on: date
    title: Text
    by: str


@dataclass(frozen=True, slots=True)
class SittingAdjourned:
    sitting: SittingId
    by: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    session: str | None
    member: MemberId | None
    seat: SeatId | None
    channel: Channel | None
    key: str | None
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class SignedOut:
    session: str | None
    cause: str


@dataclass(frozen=True, slots=True)
class PresenceMarked:
    member: MemberId
    present: bool
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class MobileOpened:
    members: tuple[MemberId, ...]
    """Those for whom it wasn't open before, by id."""
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class MobileClosed:
    members: tuple[MemberId, ...]
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class RollCalled:
    by: str


@dataclass(frozen=True, slots=True)
class SessionSlept:
    session: str | None
    cause: str


@dataclass(frozen=True, slots=True)
class IncidentNoted:
    incident: int
    """Counted from 1 within the sitting."""
    kind: str
    place: str | None
    """None for a reader from whom it is withheld."""
    member: MemberId | None


@dataclass(frozen=True, slots=True)
class IncidentAcknowledged:
    incident: int
    by: str


@dataclass(frozen=True, slots=True)
class VoteAnnounced:
    vote: VoteId
    question: Question
    definition: str
    """SHA-256 hex of the definition's JCS bytes, as `ballot.definition` gives them."""
    round: int
    by: str
    supersedes: VoteId | None = None
    """The vote that this one repeats, as the definition says it."""


@dataclass(frozen=True, slots=True)
class VoteSuperseded:
    vote: VoteId
    by_vote: VoteId
    reason: str
    ordered_by: str


@dataclass(frozen=True, slots=True)
class VoteOpened:
    vote: VoteId
    challenge: str
    duration_s: int
    by: str


@dataclass(frozen=True, slots=True)
class VoteHeld:
    vote: VoteId
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class VoteResumed:
    vote: VoteId
    by: str


@dataclass(frozen=True, slots=True)
class VoteExtended:
    vote: VoteId
    extra_s: int
    by: str


@dataclass(frozen=True, slots=True)
class VoteClosing:
    vote: VoteId
    grace_s: int
    by: str


@dataclass(frozen=True, slots=True)
class VoteClosed:
    vote: VoteId
    roll: int
    present: int
    ballots: int
    """Effective ballots: one a member at most."""


@dataclass(frozen=True, slots=True)
class BallotRecorded:
    vote: VoteId
    ballot: BallotHash
    member: MemberId | None
    seat: SeatId | None
    channel: Channel | None
    session: str | None
    """Whose key signed it; None where the card signed it itself, and where the ballot is withheld."""
    choice: ChoiceId | None
    rev: int | None
    prev: BallotHash | None


@dataclass(frozen=True, slots=True)
class SeatsAccounted:
    vote: VoteId
    seats: tuple[SeatAccount, ...] | None
    """By seat; None for a reader from whom it is withheld, as who took part is."""


@dataclass(frozen=True, slots=True)
class HandCountEntered:
    vote: VoteId
    counts: Mapping[ChoiceId, int] | None
    """None for a reader from whom figures are withheld."""
    by: str
    confirmed: bool
    """True when this entry is a second clerk's and equals the first."""


@dataclass(frozen=True, slots=True)
class CastingVoteGiven:
    vote: VoteId
    choice: ChoiceId | None
    """None for a reader from whom figures are withheld."""
    by: str


@dataclass(frozen=True, slots=True)
class ResultComputed:
    vote: VoteId
    result: Result | None
    """None for a reader from whom the result is withheld."""


@dataclass(frozen=True, slots=True)
class VoteDeclared:
    vote: VoteId
    result: Result | None
    """None for a reader to whom the rule book publishes nothing of the vote."""
    by: str


@dataclass(frozen=True, slots=True)
class VoteCancelled:
    vote: VoteId
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class RecordingInterrupted:
    since: datetime
    until: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class FloorRequested:
    member: MemberId
    kind: str


@dataclass(frozen=True, slots=True)
class RequestWithdrawn:
    member: MemberId


@dataclass(frozen=True, slots=True)
class FloorGiven:
    member: MemberId
    kind: str
    limit_s: int
    by: str


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    member: MemberId
    by: str


Event = (
    MobileOpened | MobileClosed | RollCalled | SessionSlept | IncidentNoted | IncidentAcknowledged
    | RuleBookAdopted | RollEstablished | SittingOpened | SittingAdjourned | SignedIn | SignedOut
    | PresenceMarked | VoteAnnounced | VoteSuperseded | VoteOpened | VoteHeld | VoteResumed | VoteExtended
    | VoteClosing | VoteClosed | SeatsAccounted | BallotRecorded | HandCountEntered | CastingVoteGiven
    | ResultComputed | VoteDeclared | VoteCancelled | RecordingInterrupted | FloorRequested
    | RequestWithdrawn | FloorGiven | SpeechEnded
)  # fmt: skip
