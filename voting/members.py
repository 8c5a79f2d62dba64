"""The roll: who is a member, since when, with which weight; the denominator."""

# Annotations stay text: rpds' maps take type arguments only in their stubs.
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rpds import HashTrieMap

from voting.ids import MemberId


@dataclass(frozen=True, slots=True)
class Member:
    id: MemberId
    name: str
    delegation: str
    since: date
    until: date | None = None
    """First day on which the person is no longer a member."""
    weight: int = 1

    def in_office(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Roll:
    """Everybody in office on one day. Its number is the denominator of that day's votes."""

    on: date
    members: HashTrieMap[MemberId, Member]
    number: int
    """The sum of the weights: with weight 1 for each, the number of members."""

    @classmethod
    def of(cls, on: date, members: Iterable[Member]) -> Roll:
        by_id = HashTrieMap({member.id: member for member in members})
        return cls(on, by_id, sum(member.weight for member in by_id.values()))

    def __contains__(self, member: object) -> bool:
        return member in self.members

    def __len__(self) -> int:
        return len(self.members)

    def weight(self, member: MemberId) -> int:
        return self.members[member].weight


def faults(on: date, members: Iterable[Member]) -> list[str]:
    """Why these can't be the roll of that day, as sentences. A stale roll spoils every majority."""
    seen: set[MemberId] = set()
    found: list[str] = []
    for member in members:
        if member.id in seen:
            found.append(f"{member.id} stands twice")
        if not member.in_office(on):
            found.append(f"{member.id} is not in office on {on.isoformat()}")
        if member.weight < 1:
            found.append(f"{member.id} has weight {member.weight}")
        seen.add(member.id)
    return found if seen else ["nobody is on it"]
