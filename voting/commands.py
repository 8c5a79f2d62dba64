"""What may be asked of a meeting. Imperative names; `meeting.decide` answers with events or refuses.

Nothing here is a wire format: signatures have been checked and payloads parsed before a command
is made, so a command may be trusted to say who asks, and only the rules are left to be asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from voting.ids import BallotHash, ChoiceId, ItemId, KindId, MemberId, OfficerId, SeatId, SittingId, VoteId
from voting.members import Member
from voting.seat_units import SeatSeen

Channel = Literal["seat", "mobile"]
Text = Mapping[str, str]
"""A text in the chamber's languages: {"vi": …, "en": …}."""


@dataclass(frozen=True, slots=True)
class OpenSitting:
    sitting: SittingId
    on: date
    title: Text
    rulebook_text: str
    """The TOML of the rule book in force on that day, whole: the log must stand alone."""
    members: tuple[Member, ...]
    seating: Mapping[MemberId, SeatId]
    by: OfficerId


@dataclass(frozen=True, slots=True)
class AdjournSitting:
    by: OfficerId


@dataclass(frozen=True, slots=True)
class SignIn:
    member: MemberId
    seat: SeatId | None
    """None for a phone."""
    channel: Channel
    session: str
    """SHA-256 hex of the session statement's payload."""
    key: str
    """RFC 7638 thumbprint of the key that the card delegated to."""
    expires: datetime


@dataclass(frozen=True, slots=True)
class SignOut:
    session: str
    cause: Literal["card_removed", "console_lost", "left", "replaced", "phone_lost", "card_revoked"]


@dataclass(frozen=True, slots=True)
class MarkPresence:
    member: MemberId
    present: bool
    reason: str
    by: OfficerId


@dataclass(frozen=True, slots=True)
class OpenMobile:
    """Lets these members vote by phone in this sitting, from wherever they are: off for everybody else."""

    members: tuple[MemberId, ...]
    reason: str
    by: OfficerId


@dataclass(frozen=True, slots=True)
class CloseMobile:
    """Takes it back; ballots that were recorded go on counting."""

    members: tuple[MemberId, ...]
    reason: str
    by: OfficerId


@dataclass(frozen=True, slots=True)
class CallRoll:
    """A new roll: every session at a seat sleeps until its PIN, and present is who answers."""

    by: OfficerId


@dataclass(frozen=True, slots=True)
class PutToSleep:
    """Asked by the hall itself, never by a person."""

    session: str
    cause: Literal["time_over", "two_places"]


@dataclass(frozen=True, slots=True)
class NoteIncident:
    """What looked like an imposture and was refused or held. Asked by the hall itself."""

    kind: str
    place: str
    """A seat, a desk, a bridge, or `mobile`."""
    member: MemberId | None
    """Whose name was used, where that is known."""


@dataclass(frozen=True, slots=True)
class AcknowledgeIncident:
    incident: int
    by: OfficerId


@dataclass(frozen=True, slots=True)
class Question:
    """What is put to the vote. Its JCS form, with ids and roll, is the vote's definition."""

    kind: KindId
    title: Text
    item: Text
    """The agenda item that the question belongs to."""
    option: Text | None = None
    item_id: ItemId | None = None


@dataclass(frozen=True, slots=True)
class AnnounceVote:
    vote: VoteId
    question: Question
    by: OfficerId
    supersedes: VoteId | None = None
    """The vote that this one repeats; then reason and ordered_by must be given."""
    reason: str = ""
    ordered_by: str = ""


@dataclass(frozen=True, slots=True)
class OpenVote:
    vote: VoteId
    challenge: str
    """Random, base64url of 16 bytes: a ballot that holds it was made after the opening."""
    by: OfficerId
    duration_s: int | None = None
    """None: the rule book's duration for this kind."""


@dataclass(frozen=True, slots=True)
class HoldVote:
    vote: VoteId
    reason: str
    by: OfficerId


@dataclass(frozen=True, slots=True)
class ResumeVote:
    vote: VoteId
    by: OfficerId


@dataclass(frozen=True, slots=True)
class ExtendVote:
    vote: VoteId
    extra_s: int
    by: OfficerId


@dataclass(frozen=True, slots=True)
class CloseVote:
    """Begins the closing: keys lock, ballots already pressed are taken for the grace."""

    vote: VoteId
    by: OfficerId | Literal["clock"]


@dataclass(frozen=True, slots=True)
class EndClosing:
    """The grace is over. Asked by the hall's clock, never by a person."""

    vote: VoteId


@dataclass(frozen=True, slots=True)
class CastBallot:
    vote: VoteId
    definition: str
    challenge: str
    member: MemberId
    seat: SeatId | None
    channel: Channel
    session: str | None
    """The session whose key signed it; None: the member's card did, itself."""
    choice: ChoiceId
    rev: int
    prev: BallotHash | None
    ballot: BallotHash


@dataclass(frozen=True, slots=True)
class AccountForSeats:
    """What the seat units did in a vote that has closed. Asked by the hall, once, before the result."""

    vote: VoteId
    seats: Mapping[SeatId, SeatSeen]


@dataclass(frozen=True, slots=True)
class EnterHandCount:
    """Entered once by each of two clerks; it counts when both entered the same figures."""

    vote: VoteId
    counts: Mapping[ChoiceId, int]
    by: OfficerId


@dataclass(frozen=True, slots=True)
class GiveCastingVote:
    vote: VoteId
    choice: ChoiceId
    by: OfficerId


@dataclass(frozen=True, slots=True)
class ComputeResult:
    """Asked by the hall once a vote is closed, and again after a casting vote."""

    vote: VoteId


@dataclass(frozen=True, slots=True)
class DeclareVote:
    vote: VoteId
    by: OfficerId


@dataclass(frozen=True, slots=True)
class CancelVote:
    vote: VoteId
    reason: str
    by: OfficerId


@dataclass(frozen=True, slots=True)
class NoteInterruption:
    """The hall could not record from `since` until then: that time is given back to an open vote."""

    since: datetime
    cause: Literal["restart", "storage"]
    until: datetime | None = None
    """None: until now."""


@dataclass(frozen=True, slots=True)
class RequestFloor:
    member: MemberId
    kind: Literal["speech", "debate"]


@dataclass(frozen=True, slots=True)
class WithdrawRequest:
    member: MemberId


@dataclass(frozen=True, slots=True)
class GiveFloor:
    member: MemberId
    by: OfficerId


@dataclass(frozen=True, slots=True)
class EndSpeech:
    by: OfficerId | Literal["clock", "member"]


Command = (
    OpenMobile | CloseMobile | CallRoll | PutToSleep | NoteIncident | AcknowledgeIncident
    | OpenSitting | AdjournSitting | SignIn | SignOut | MarkPresence | AnnounceVote | OpenVote | HoldVote
    | ResumeVote | ExtendVote | CloseVote | EndClosing | AccountForSeats | CastBallot | EnterHandCount
    | GiveCastingVote | ComputeResult | DeclareVote | CancelVote | NoteInterruption | RequestFloor
    | WithdrawRequest | GiveFloor | EndSpeech
)  # fmt: skip
