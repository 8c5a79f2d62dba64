"""What a meeting has come to: the state that commands are judged against. `voting.meeting` moves it.

Persistent maps: one ballot costs O(log n), and an older meeting stays as it was.
"""

# Annotations stay text: rpds' maps take type arguments only in their stubs.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from rpds import HashTrieMap

from voting.attendance import Attendance
from voting.commands import Text
from voting.division import Division
from voting.errors import ImpossibleEvent, SittingNotOpen
from voting.floor import Floor
from voting.ids import MemberId, SeatId, SittingId, VoteId
from voting.members import Member, Roll
from voting.refusals import VoteUnknown
from voting.rulebook import RuleBook

if TYPE_CHECKING:
    from voting.incidents import Incident


@dataclass(frozen=True, slots=True)
class Sitting:
    id: SittingId
    on: date
    title: Text
    roll: Roll
    seating: HashTrieMap[MemberId, SeatId]
    rulebook: RuleBook
    by: str

    @property
    def members(self) -> Mapping[MemberId, Member]:
        return self.roll.members


@dataclass(frozen=True, slots=True)
class Convening:
    """A sitting that is being opened: its rule book is adopted, then its roll established."""

    sitting: SittingId
    rulebook: RuleBook
    roll: Roll | None = None
    seating: HashTrieMap[MemberId, SeatId] = field(default_factory=HashTrieMap)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Everything in one log so far: the sitting that is open, and what earlier sittings decided."""

    sitting: Sitting | None = None
    convening: Convening | None = None
    attendance: Attendance = field(default_factory=Attendance)
    votes: HashTrieMap[VoteId, Division] = field(default_factory=HashTrieMap)
    """Of every sitting."""
    order: tuple[VoteId, ...] = ()
    """The votes in the order in which they were announced."""
    floor: Floor = field(default_factory=Floor)
    incidents: HashTrieMap[int, Incident] = field(default_factory=HashTrieMap)
    """Of the sitting that is open, or was last; by number."""
    past: tuple[Sitting, ...] = ()
    """Adjourned sittings, in order."""

    @classmethod
    def empty(cls) -> Meeting:
        return cls()

    @property
    def divisions(self) -> tuple[Division, ...]:
        """Every vote of every sitting, in order."""
        return tuple(self.votes[id] for id in self.order)

    @property
    def current(self) -> Division | None:
        """The vote that the hall looks at: the last one announced in the open sitting."""
        if self.sitting is None or not self.order:
            return None
        last = self.votes[self.order[-1]]
        return last if last.sitting == self.sitting.id else None

    @property
    def in_play(self) -> Division | None:
        """The vote that is announced, open, held or closing; there is one at most."""
        current = self.current
        return current if current is not None and current.in_play else None

    @property
    def present(self) -> int:
        return len(self.attendance.present)

    def sitting_of(self, division: Division) -> Sitting:
        """The sitting that the vote belongs to, open or past."""
        if self.sitting is not None and self.sitting.id == division.sitting:
            return self.sitting
        return next(sitting for sitting in self.past if sitting.id == division.sitting)

    def open_sitting(self) -> Sitting:
        """Raises SittingNotOpen."""
        if self.sitting is None:
            raise SittingNotOpen()
        return self.sitting

    def vote(self, id: VoteId) -> Division:
        """A vote of the open sitting. Raises SittingNotOpen, VoteUnknown."""
        sitting = self.open_sitting()
        division = self.votes.get(id)
        if division is None or division.sitting != sitting.id:
            raise VoteUnknown(vote=id)
        return division

    def vote_of_any_sitting(self, id: VoteId) -> Division:
        """A vote of this or an earlier sitting. Raises VoteUnknown."""
        division = self.votes.get(id)
        if division is None:
            raise VoteUnknown(vote=id)
        return division

    def recorded_vote(self, id: VoteId) -> Division:
        """A vote that an event names. Raises ImpossibleEvent."""
        division = self.votes.get(id)
        if division is None:
            raise ImpossibleEvent(f"there is no vote {id}")
        return division

    def with_vote(self, division: Division) -> Meeting:
        known = division.id in self.votes
        order = self.order if known else (*self.order, division.id)
        return replace(self, votes=self.votes.insert(division.id, division), order=order)
