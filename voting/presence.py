"""Signing in and out, and presence that an officer marks. Identity is card + person + seat."""

from dataclasses import replace
from datetime import datetime

from voting import commands as c
from voting import events as e
from voting.attendance import Session
from voting.chamber import Meeting, Sitting
from voting.errors import (
    ImpossibleEvent,
    MemberSignedIn,
    NotAMember,
    NothingNew,
    NotSignedIn,
    ReasonMissing,
    SessionEnded,
    SessionExpired,
    WrongSeat,
)


def decide_sign_in(meeting: Meeting, command: c.SignIn, at: datetime) -> tuple[e.Event, ...]:
    """The same statement twice gives no event; a new one replaces the channel's older session."""
    sitting = meeting.open_sitting()
    if command.member not in sitting.roll:
        raise NotAMember(member=command.member)
    _check_place(sitting, command)
    if command.session in meeting.attendance.sessions:
        return ()
    if command.session in meeting.attendance.ended:
        raise SessionEnded()
    if command.expires <= at:
        raise SessionExpired()
    older = meeting.attendance.session_of(command.member, command.channel)
    replaced = (e.SignedOut(older.id, "replaced"),) if older else ()
    signed_in = e.SignedIn(
        session=command.session,
        member=command.member,
        seat=command.seat,
        channel=command.channel,
        key=command.key,
        expires=command.expires,
    )
    return (*replaced, signed_in)


def _check_place(sitting: Sitting, command: c.SignIn) -> None:
    own = sitting.seating.get(command.member)
    rightly_none = command.channel == "mobile" and command.seat is None
    if rightly_none or (command.channel == "seat" and command.seat is not None and command.seat == own):
        return
    raise WrongSeat(here=command.seat or "–", own=own or "–")


def decide_sign_out(meeting: Meeting, command: c.SignOut, at: datetime) -> tuple[e.Event, ...]:
    """Refused as NotSignedIn where the session isn't live: it ended already, or never was."""
    meeting.open_sitting()
    if command.session not in meeting.attendance.sessions:
        raise NotSignedIn()
    return (e.SignedOut(command.session, command.cause),)


def decide_mark(meeting: Meeting, command: c.MarkPresence, at: datetime) -> tuple[e.Event, ...]:
    sitting = meeting.open_sitting()
    if command.member not in sitting.roll:
        raise NotAMember(member=command.member)
    if not command.reason.strip():
        raise ReasonMissing(and_who="", and_who_en="")
    if not command.present and meeting.attendance.is_signed_in(command.member):
        raise MemberSignedIn(member=command.member)
    if command.present == (command.member in meeting.attendance.present):
        raise NothingNew()
    return (e.PresenceMarked(command.member, command.present, command.reason, command.by),)


def signed_in(meeting: Meeting, event: e.SignedIn, at: datetime) -> Meeting:
    """Where sessions are withheld nothing is learned here: presence is then `VoteClosed.present`."""
    if event.session is None or event.member is None or event.channel is None:
        return meeting
    if event.key is None or event.expires is None:
        raise ImpossibleEvent(f"session {event.session} has no key or no end")
    if meeting.attendance.session_of(event.member, event.channel) is not None:
        raise ImpossibleEvent(f"{event.member} has two live sessions by {event.channel}")
    session = Session(event.session, event.member, event.seat, event.channel, event.key, event.expires)
    return replace(meeting, attendance=meeting.attendance.signed_in(session))


def signed_out(meeting: Meeting, event: e.SignedOut, at: datetime) -> Meeting:
    if event.session is None:
        return meeting
    if event.session not in meeting.attendance.sessions:
        raise ImpossibleEvent(f"session {event.session} is signed out, but it is not live")
    return replace(meeting, attendance=meeting.attendance.signed_out(event.session, event.cause))


def marked(meeting: Meeting, event: e.PresenceMarked, at: datetime) -> Meeting:
    return replace(meeting, attendance=meeting.attendance.marked(event.member, event.present))
