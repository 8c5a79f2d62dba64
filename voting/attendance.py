"""Who is present; who is signed in where, awake or asleep.

A member is present who has a live session, or whom an officer marked present. Pulling the card or leaving
ends presence (unless the member is still signed in elsewhere); a console or phone that fell silent doesn't:
a device failed, nobody left. A session at a seat may sleep: nothing counts that its key signs, until the
card's PIN has delegated to a new one.
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
    since: datetime
    """When it was recorded: when its PIN was typed."""
    asleep: str = ""
    """Why it sleeps: `roll_called`, `marked_absent`, `time_over`, `two_places`; empty: it is awake."""


@dataclass(frozen=True, slots=True)
class Attendance:
    sessions: HashTrieMap[str, Session] = field(default_factory=HashTrieMap)
    """Live ones by id, sleeping ones among them."""
    by_member: HashTrieMap[tuple[MemberId, Channel], str] = field(default_factory=HashTrieMap)
    """One live session a member and channel."""
    by_seat: HashTrieMap[SeatId, str] = field(default_factory=HashTrieMap)
    """And one a seat."""
    ended: HashTrieSet[str] = field(default_factory=HashTrieSet)
    """Sessions that were ended: a replayed statement doesn't bring them back."""
    present: HashTrieSet[MemberId] = field(default_factory=HashTrieSet)
    mobile: HashTrieSet[MemberId] = field(default_factory=HashTrieSet)
    """For whom the chair has opened voting by phone in this sitting."""

    def held_by(self, member: MemberId, channel: Channel) -> Session | None:
        """The member's live session, asleep or not."""
        id = self.by_member.get((member, channel))
        return self.sessions[id] if id is not None else None

    def session_of(self, member: MemberId, channel: Channel) -> Session | None:
        """The member's session that is awake: by which something may be done."""
        session = self.held_by(member, channel)
        return session if session is not None and not session.asleep else None

    def at(self, seat: SeatId) -> Session | None:
        """The live session at this seat, asleep or not."""
        id = self.by_seat.get(seat)
        return self.sessions[id] if id is not None else None

    def sitter(self, seat: SeatId) -> MemberId | None:
        """Who is signed in at this seat, asleep or not."""
        session = self.at(seat)
        return None if session is None else session.member

    def is_signed_in(self, member: MemberId) -> bool:
        """Awake, at a seat or by phone."""
        return self.session_of(member, "seat") is not None or self.session_of(member, "mobile") is not None

    def signed_in(self, session: Session) -> Attendance:
        by_seat = self.by_seat if session.seat is None else self.by_seat.insert(session.seat, session.id)
        return replace(
            self,
            sessions=self.sessions.insert(session.id, session),
            by_member=self.by_member.insert((session.member, session.channel), session.id),
            by_seat=by_seat,
            present=self.present.insert(session.member),
        )

    def signed_out(self, id: str, cause: str) -> Attendance:
        session = self.sessions[id]
        after = replace(
            self,
            sessions=self.sessions.remove(id),
            by_member=self.by_member.remove((session.member, session.channel)),
            by_seat=self.by_seat if session.seat is None else self.by_seat.remove(session.seat),
            ended=self.ended.insert(id),
        )
        gone = cause in LEAVING and not after.is_signed_in(session.member)
        return after.marked(session.member, False) if gone else after

    def slept(self, id: str, cause: str) -> Attendance:
        """Presence stays as it is: the key sleeps, nobody left."""
        asleep = replace(self.sessions[id], asleep=cause)
        return replace(self, sessions=self.sessions.insert(id, asleep))

    def roll_called(self) -> Attendance:
        """Every session at a seat sleeps; present is who answers, and who takes part from afar."""
        after = self
        present: HashTrieSet[MemberId] = HashTrieSet()
        for session in self.sessions.values():
            if session.channel == "mobile" and session.member in self.present:
                present = present.insert(session.member)
            elif session.channel == "seat" and not session.asleep:
                after = after.slept(session.id, "roll_called")
        return replace(after, present=present)

    def marked(self, member: MemberId, present: bool) -> Attendance:
        """Who is marked absent has a session at a seat put to sleep: somebody else may sit there."""
        if present:
            return replace(self, present=self.present.insert(member))
        after = replace(self, present=self.present.discard(member))
        session = after.session_of(member, "seat")
        return after if session is None else after.slept(session.id, "marked_absent")


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
