"""Who is present; who is signed in where.

A member is present who has a live session, or whom an officer marked present. Pulling the card or leaving
ends presence (unless the member is still signed in elsewhere); a console or phone that fell silent doesn't:
a device failed, nobody left.
"""

# Annotations stay text: rpds' maps take type arguments only in their stubs.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from rpds import HashTrieMap, HashTrieSet

from voting.commands import Channel
from voting.ids import MemberId, SeatId
from voting.majority import need
from voting.rulebook import Threshold

LEAVING = frozenset({"card_removed", "left"})
"""Causes of a sign-out that say the person went away."""


@dataclass(frozen=True, slots=True)
class Session:
    """A key that a member's card delegated to, for one seat or phone."""

    id: str
    """SHA-256 hex of the session statement's payload."""
    member: MemberId
    seat: SeatId | None
    channel: Channel
    key: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Attendance:
    sessions: HashTrieMap[str, Session] = field(default_factory=HashTrieMap)
    """Live ones by id."""
    by_member: HashTrieMap[tuple[MemberId, Channel], str] = field(default_factory=HashTrieMap)
    """One live session a member and channel."""
    ended: HashTrieSet[str] = field(default_factory=HashTrieSet)
    """Sessions that were ended: a replayed statement doesn't bring them back."""
    present: HashTrieSet[MemberId] = field(default_factory=HashTrieSet)

    def session_of(self, member: MemberId, channel: Channel) -> Session | None:
        id = self.by_member.get((member, channel))
        return self.sessions[id] if id is not None else None

    def is_signed_in(self, member: MemberId) -> bool:
        return (member, "seat") in self.by_member or (member, "mobile") in self.by_member

    def signed_in(self, session: Session) -> Attendance:
        return replace(
            self,
            sessions=self.sessions.insert(session.id, session),
            by_member=self.by_member.insert((session.member, session.channel), session.id),
            present=self.present.insert(session.member),
        )

    def signed_out(self, id: str, cause: str) -> Attendance:
        session = self.sessions[id]
        after = replace(
            self,
            sessions=self.sessions.remove(id),
            by_member=self.by_member.remove((session.member, session.channel)),
            ended=self.ended.insert(id),
        )
        gone = cause in LEAVING and not after.is_signed_in(session.member)
        return after.marked(session.member, False) if gone else after

    def marked(self, member: MemberId, present: bool) -> Attendance:
        if present:
            return replace(self, present=self.present.insert(member))
        return replace(self, present=self.present.discard(member))


@dataclass(frozen=True, slots=True)
class ThresholdState:
    label: Mapping[str, str]
    need: int
    have: int
    met: bool


def against(threshold: Threshold, roll: int, present: int) -> ThresholdState:
    """The members present against one of the rule book's thresholds."""
    needed = need(threshold.share, threshold.strict, roll)
    return ThresholdState(threshold.label, needed, present, present >= needed)
