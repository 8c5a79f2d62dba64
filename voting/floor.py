"""The queue of speakers and their clocks: who asked, who speaks, for how long."""

# Annotations stay text: rpds' maps take type arguments only in their stubs.
from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from rpds import HashTrieMap

from voting.ids import MemberId
from voting.rulebook import FloorLimits

Turn = Literal["speech", "debate"]


@dataclass(frozen=True, slots=True)
class Request:
    member: MemberId
    kind: Turn
    since: datetime


@dataclass(frozen=True, slots=True)
class Speaker:
    member: MemberId
    kind: Turn
    since: datetime
    limit_s: int

    def remaining(self, at: datetime) -> timedelta:
        """Negative once the limit is passed: the chair sees by how much."""
        return timedelta(seconds=self.limit_s) - max(timedelta(0), at - self.since)


@dataclass(frozen=True, slots=True)
class Floor:
    queue: tuple[Request, ...] = ()
    """In the order of registration; the chair may call out of order."""
    speaker: Speaker | None = None
    speeches: HashTrieMap[MemberId, int] = field(default_factory=HashTrieMap)
    """How many speeches (debates not among them) each member has begun in this sitting."""

    last_given: datetime | None = None
    """When somebody was last given the floor in this sitting."""

    def request_of(self, member: MemberId) -> Request | None:
        return next((request for request in self.queue if request.member == member), None)

    def requested(self, member: MemberId, kind: Turn, at: datetime) -> Floor:
        """A second press turns a speech into a debate and keeps its place in the queue."""
        old = self.request_of(member)
        if old is None:
            return replace(self, queue=(*self.queue, Request(member, kind, at)))
        turned = replace(old, kind=kind)
        return replace(self, queue=tuple(turned if one is old else one for one in self.queue))

    def withdrawn(self, member: MemberId) -> Floor:
        return replace(self, queue=tuple(one for one in self.queue if one.member != member))

    def given(self, member: MemberId, kind: Turn, limit_s: int, at: datetime) -> Floor:
        begun = self.speeches.get(member, 0) + (kind == "speech")
        after = self.withdrawn(member)
        return replace(
            after,
            speaker=Speaker(member, kind, at, limit_s),
            speeches=after.speeches.insert(member, begun),
            last_given=at,
        )

    def ended(self) -> Floor:
        return replace(self, speaker=None)

    def somebody_spoke(self) -> bool:
        return any(self.speeches.values())


def limit_s(floor: Floor, limits: FloorLimits, member: MemberId, kind: Turn) -> int:
    """Seconds for this turn: the first speech of a sitting is longer than the later ones."""
    if kind == "debate":
        return limits.debate_s
    return limits.second_s if floor.speeches.get(member, 0) else limits.first_s


def next_press(floor: Floor, member: MemberId) -> Turn | None:
    """What the request key asks for now: first a speech, then a debate; None: to withdraw the request."""
    request = floor.request_of(member)
    if request is None:
        return "speech"
    return "debate" if request.kind == "speech" else None
