"""The life of one vote. One transition table; the diagram in docs/specs/vote-life.md is made from it."""

# Annotations stay text: rpds' maps take type arguments only in their stubs.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from rpds import HashTrieMap

from voting import events as e
from voting.commands import Channel, Question
from voting.countdown import Countdown
from voting.errors import ImpossibleEvent
from voting.ids import BallotHash, ChoiceId, MemberId, SeatId, SittingId, VoteId
from voting.kinds import Kind
from voting.majority import Result
from voting.seat_units import SeatAccount


class Phase(Enum):
    ANNOUNCED = "announced"
    OPEN = "open"
    HELD = "held"
    CLOSING = "closing"
    CLOSED = "closed"
    DECLARED = "declared"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


IN_PLAY = frozenset({Phase.ANNOUNCED, Phase.OPEN, Phase.HELD, Phase.CLOSING})
"""One vote at a time is in one of these."""

VoteEvent = (
    e.VoteAnnounced | e.VoteOpened | e.BallotRecorded | e.HandCountEntered | e.VoteHeld | e.VoteResumed
    | e.VoteExtended | e.VoteClosing | e.VoteClosed | e.SeatsAccounted | e.ResultComputed
    | e.CastingVoteGiven | e.VoteDeclared | e.VoteCancelled | e.VoteSuperseded
)  # fmt: skip

_HAND = (Phase.OPEN, Phase.HELD, Phase.CLOSING, Phase.CLOSED)
_CANCEL = (Phase.ANNOUNCED, Phase.OPEN, Phase.HELD, Phase.CLOSING, Phase.CLOSED)
_REPEAT = (Phase.CLOSED, Phase.DECLARED, Phase.CANCELLED)

TRANSITIONS: Mapping[type[VoteEvent], Mapping[Phase | None, Phase]] = {
    e.VoteAnnounced: {None: Phase.ANNOUNCED},
    e.VoteOpened: {Phase.ANNOUNCED: Phase.OPEN},
    # A ballot pressed before the keys locked is taken during the closing: that is the grace.
    e.BallotRecorded: {Phase.OPEN: Phase.OPEN, Phase.CLOSING: Phase.CLOSING},
    # Hands are also counted when the system fails, so in any step between opening and declaration.
    e.HandCountEntered: {phase: phase for phase in _HAND},
    e.VoteHeld: {Phase.OPEN: Phase.HELD},
    # Resuming an open vote starts a countdown again that a restart of the hall had stopped.
    e.VoteResumed: {Phase.HELD: Phase.OPEN, Phase.OPEN: Phase.OPEN},
    e.VoteExtended: {Phase.OPEN: Phase.OPEN, Phase.HELD: Phase.HELD},
    e.VoteClosing: {Phase.OPEN: Phase.CLOSING, Phase.HELD: Phase.CLOSING},
    e.VoteClosed: {Phase.CLOSING: Phase.CLOSED},
    e.SeatsAccounted: {Phase.CLOSED: Phase.CLOSED},
    e.ResultComputed: {Phase.CLOSED: Phase.CLOSED},
    e.CastingVoteGiven: {Phase.CLOSED: Phase.CLOSED},
    e.VoteDeclared: {Phase.CLOSED: Phase.DECLARED},
    e.VoteCancelled: dict.fromkeys(_CANCEL, Phase.CANCELLED),
    e.VoteSuperseded: dict.fromkeys(_REPEAT, Phase.SUPERSEDED),
}


def diagram() -> str:
    """The table as a Mermaid state diagram, one line for each arrow."""
    lines = ["stateDiagram-v2"]
    for event, steps in TRANSITIONS.items():
        for before, after in steps.items():
            lines.append(f"    {before.value if before else '[*]'} --> {after.value}: {event.__name__}")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Effective:
    """The one ballot of a member that counts."""

    ballot: BallotHash
    choice: ChoiceId
    rev: int
    seat: SeatId | None
    channel: Channel
    session: str | None
    """None: the card signed it itself."""
    at: datetime | None = field(default=None, compare=False)
    """When it was recorded: it is the same ballot at any time."""


@dataclass(frozen=True, slots=True)
class Division:
    """One putting of one question, with everything that happened to it."""

    id: VoteId
    sitting: SittingId
    question: Question
    kind: Kind
    round: int
    roll: int
    definition: Mapping[str, Any]
    """What is voted on, JCS-able; `voting.ballot.definition` makes it."""
    definition_hash: str
    phase: Phase = Phase.ANNOUNCED
    supersedes: VoteId | None = None
    superseded_by: VoteId | None = None
    supersede_reason: str = ""
    ordered_by: str = ""
    challenge: str | None = None
    opened_at: datetime | None = None
    countdown: Countdown | None = None
    """Of the opening; None before it, and for a vote that closes by hand."""
    by_hand: bool = False
    """The hall restarted: it doesn't close by itself until an officer resumes or extends it."""
    held_since: datetime | None = None
    held_for: timedelta = timedelta(0)
    """Finished holds together."""
    hold_reason: str = ""
    grace: Countdown | None = None
    closed_by: str = ""
    ballots: HashTrieMap[MemberId, Effective] = field(default_factory=HashTrieMap)
    recorded: HashTrieMap[BallotHash, MemberId | None] = field(default_factory=HashTrieMap)
    """Every ballot ever recorded in this vote, replaced ones too; None where the member is withheld."""
    hand_counts: HashTrieMap[str, Mapping[ChoiceId, int]] = field(default_factory=HashTrieMap)
    """The latest figures of each clerk."""
    hand_count: Mapping[ChoiceId, int] | None = None
    """Confirmed by a second clerk; "invalid" may stand among the choices."""
    present: int | None = None
    """Present when it closed, and who voted and left."""
    took_part: int | None = None
    """Effective ballots when it closed; known also to a reader who gets no ballots."""
    accounted_at: datetime | None = None
    account: tuple[SeatAccount, ...] | None = None
    """What the seat units did; None before it is given, and for a reader from whom it is withheld."""
    casting_vote: ChoiceId | None = None
    result: Result | None = None
    declared_at: datetime | None = None
    cancel_reason: str = ""

    def permits(self, event: type[VoteEvent]) -> bool:
        return self.phase in TRANSITIONS[event]

    @property
    def in_play(self) -> bool:
        return self.phase in IN_PLAY

    @property
    def given_back(self) -> timedelta:
        """Time of the opening in which the hall could not record."""
        return self.countdown.given_back if self.countdown else timedelta(0)

    @property
    def recorded_members(self) -> int:
        """How many members have a ballot that counts, also where the ballots themselves are withheld."""
        return len(self.ballots) or self.took_part or 0


def stepped(division: Division, event: VoteEvent) -> Division:
    """The division in the phase that follows. Raises ImpossibleEvent where the table has no such step."""
    steps = TRANSITIONS[type(event)]
    if division.phase not in steps:
        raise ImpossibleEvent(f"{type(event).__name__} of {division.id}, which is {division.phase.value}")
    after = steps[division.phase]
    # 500 ballots at once leave the phase as it is: a division of thirty fields is not copied for that.
    return division if after is division.phase else replace(division, phase=after)


def remaining(division: Division, at: datetime) -> timedelta | None:
    """What is left of the countdown; None where the vote isn't open or held, or closes by hand."""
    if division.phase not in (Phase.OPEN, Phase.HELD) or division.countdown is None or division.by_hand:
        return None
    return division.countdown.remaining(at)


def deadline(division: Division, at: datetime) -> datetime | None:
    """When the vote will close if nothing happens; None where it is held or closes by hand."""
    left = remaining(division, at)
    return at + left if left is not None and division.phase is Phase.OPEN else None


def due(division: Division, at: datetime) -> bool:
    """Whether the clock may close it now. Never after a restart, until an officer has taken it up again."""
    countdown = division.countdown
    running = division.phase is Phase.OPEN and not division.by_hand
    return running and countdown is not None and countdown.over(at)


def grace_remaining(division: Division, at: datetime) -> timedelta | None:
    """What is left of the closing; None where the vote isn't closing."""
    if division.phase is not Phase.CLOSING or division.grace is None:
        return None
    return division.grace.remaining(at)


def grace_over(division: Division, at: datetime) -> bool:
    """Whether the closing may end: every channel had its grace."""
    return grace_remaining(division, at) == timedelta(0)
