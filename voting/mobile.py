"""Mobile voting of a sitting: opened by the chair for named members, off for everybody else. Pure.

A phone may be bound all the same, and shows the sitting; its ballots count only from the opening on, and
those that were recorded before a closing go on counting.
"""

# Annotations stay text: rpds' maps take type arguments only in their stubs.
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from voting import commands as c
from voting import events as e
from voting.errors import ImpossibleEvent, NotAMember, NothingNew, ReasonMissing
from voting.mobile_refusals import MobileNotAllowed, MobileNotOpened, NobodyNamed

if TYPE_CHECKING:
    from voting.attendance import Attendance
    from voting.chamber import Meeting, Sitting
    from voting.ids import MemberId


def decide_open(meeting: Meeting, command: c.OpenMobile, at: datetime) -> tuple[e.Event, ...]:
    """For those of the named for whom it isn't open yet. Raises Refused."""
    sitting = meeting.open_sitting()
    if not sitting.rulebook.channels.remote:
        raise MobileNotAllowed(book=sitting.rulebook.id)
    _check_named(sitting, command.members, command.reason)
    new = [one for one in _in_order(command.members) if one not in meeting.attendance.mobile]
    if not new:
        raise NothingNew()
    return (e.MobileOpened(tuple(new), command.reason, command.by),)


def decide_close(meeting: Meeting, command: c.CloseMobile, at: datetime) -> tuple[e.Event, ...]:
    """For those of the named for whom it is open. Raises Refused."""
    sitting = meeting.open_sitting()
    _check_named(sitting, command.members, command.reason)
    known = [one for one in _in_order(command.members) if one in meeting.attendance.mobile]
    if not known:
        raise NothingNew()
    return (e.MobileClosed(tuple(known), command.reason, command.by),)


def _in_order(members: Iterable[MemberId]) -> list[MemberId]:
    """Each once, by id: two who name the same members write the same entry."""
    return sorted(set(members))


def _check_named(sitting: Sitting, members: tuple[MemberId, ...], reason: str) -> None:
    if not members:
        raise NobodyNamed()
    for member in members:
        if member not in sitting.roll:
            raise NotAMember(member=member)
    if not reason.strip():
        raise ReasonMissing(and_who="", and_who_en="")


def may_vote_by_phone(sitting: Sitting, attendance: Attendance, member: MemberId) -> bool:
    """Opened for the member by the chair; or at a seat just now, where the rule book takes that."""
    if member in attendance.mobile:
        return True
    at_seat = sitting.rulebook.channels.phone_at_seat
    return at_seat and attendance.session_of(member, "seat") is not None


def check_phone(sitting: Sitting, attendance: Attendance, member: MemberId) -> None:
    """Before a ballot by phone counts. Raises MobileNotOpened."""
    if not may_vote_by_phone(sitting, attendance, member):
        raise MobileNotOpened()


def opened(meeting: Meeting, event: e.MobileOpened, at: datetime) -> Meeting:
    mobile = meeting.attendance.mobile
    for member in event.members:
        if member in mobile:
            raise ImpossibleEvent(f"mobile voting is opened twice for {member}")
        mobile = mobile.insert(member)
    return replace(meeting, attendance=replace(meeting.attendance, mobile=mobile))


def closed(meeting: Meeting, event: e.MobileClosed, at: datetime) -> Meeting:
    mobile = meeting.attendance.mobile
    for member in event.members:
        if member not in mobile:
            raise ImpossibleEvent(f"mobile voting is closed for {member}, but it isn't open")
        mobile = mobile.remove(member)
    return replace(meeting, attendance=replace(meeting.attendance, mobile=mobile))
