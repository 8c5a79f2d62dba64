"""Signing in and out, sleeping and waking, and presence that an officer marks. Identity is card + person +
seat.

A sleeping session is woken by nothing but the card: its PIN delegates to a new key, which replaces the old.
"""

from dataclasses import replace
from datetime import datetime

from voting import commands as c
from voting import events as e
from voting.attendance import Session
from voting.chamber import Meeting
from voting.division import Phase
from voting.errors import (
    ImpossibleEvent,
    NotAMember,
    NothingNew,
    NotSignedIn,
    ReasonMissing,
    SessionEnded,
    SessionExpired,
)
from voting.seat_refusals import NotYetAsleep, RollDuringVote
from voting.seating import check_place, time_over

_UNDER_WAY = frozenset({Phase.OPEN, Phase.HELD, Phase.CLOSING})
"""Nobody is put to sleep by the clock or a roll while ballots are taken."""


def decide_sign_in(meeting: Meeting, command: c.SignIn, at: datetime) -> tuple[e.Event, ...]:
    """The same statement twice gives no event; a new one replaces the channel's older session."""
    sitting = meeting.open_sitting()
    if command.member not in sitting.roll:
        raise NotAMember(member=command.member)
    check_place(meeting, sitting, command)
    known = meeting.attendance.sessions.get(command.session)
    if known is not None and not known.asleep:
        return ()
    if known is not None:
        raise SessionEnded()  # what it delegated to sleeps for good: the PIN wakes by a new statement
    if command.session in meeting.attendance.ended:
        raise SessionEnded()
    if command.expires <= at:
        raise SessionExpired()
    older = meeting.attendance.held_by(command.member, command.channel)
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


def decide_sign_out(meeting: Meeting, command: c.SignOut, at: datetime) -> tuple[e.Event, ...]:
    """Refused as NotSignedIn where the session isn't live: it ended already, or never was."""
    meeting.open_sitting()
    if command.session not in meeting.attendance.sessions:
        raise NotSignedIn()
    return (e.SignedOut(command.session, command.cause),)


def decide_roll(meeting: Meeting, command: c.CallRoll, at: datetime) -> tuple[e.Event, ...]:
    """Every session at a seat sleeps until its PIN; present is who answers."""
    meeting.open_sitting()
    vote = meeting.in_play
    if vote is not None and vote.phase in _UNDER_WAY:
        raise RollDuringVote(vote=vote.id)
    return (e.RollCalled(command.by),)


def decide_sleep(meeting: Meeting, command: c.PutToSleep, at: datetime) -> tuple[e.Event, ...]:
    """By the hall itself: where the rule book's time is over, or the same card was seen elsewhere.

    Raises NotSignedIn, NotYetAsleep.
    """
    sitting = meeting.open_sitting()
    session = meeting.attendance.sessions.get(command.session)
    if session is None:
        raise NotSignedIn()
    if session.asleep:
        return ()
    rules, vote = sitting.rulebook.seating, meeting.in_play
    busy = vote is not None and vote.phase in _UNDER_WAY
    over = command.cause == "time_over" and time_over(sitting, session, at) and not busy
    doubled = command.cause == "two_places" and rules.suspicion == "hold" and session.channel == "seat"
    if not over and not doubled:
        raise NotYetAsleep()
    return (e.SessionSlept(command.session, command.cause),)


def decide_mark(meeting: Meeting, command: c.MarkPresence, at: datetime) -> tuple[e.Event, ...]:
    sitting = meeting.open_sitting()
    if command.member not in sitting.roll:
        raise NotAMember(member=command.member)
    if not command.reason.strip():
        raise ReasonMissing(and_who="", and_who_en="")
    if command.present == (command.member in meeting.attendance.present):
        raise NothingNew()
    return (e.PresenceMarked(command.member, command.present, command.reason, command.by),)


def signed_in(meeting: Meeting, event: e.SignedIn, at: datetime) -> Meeting:
    """Where sessions are withheld nothing is learned here: presence is then `VoteClosed.present`."""
    if event.session is None or event.member is None or event.channel is None:
        return meeting
    if event.key is None or event.expires is None:
        raise ImpossibleEvent(f"session {event.session} has no key or no end")
    attendance = meeting.attendance
    if attendance.held_by(event.member, event.channel) is not None:
        raise ImpossibleEvent(f"{event.member} has two live sessions by {event.channel}")
    if event.seat is not None and attendance.sitter(event.seat) is not None:
        raise ImpossibleEvent(f"{attendance.sitter(event.seat)} is signed in at seat {event.seat} already")
    session = Session(
        event.session, event.member, event.seat, event.channel, event.key, event.expires, since=at
    )
    return replace(meeting, attendance=meeting.attendance.signed_in(session))


def signed_out(meeting: Meeting, event: e.SignedOut, at: datetime) -> Meeting:
    if event.session is None:
        return meeting
    if event.session not in meeting.attendance.sessions:
        raise ImpossibleEvent(f"session {event.session} is signed out, but it is not live")
    return replace(meeting, attendance=meeting.attendance.signed_out(event.session, event.cause))


def roll_called(meeting: Meeting, event: e.RollCalled, at: datetime) -> Meeting:
    return replace(meeting, attendance=meeting.attendance.roll_called())


def slept(meeting: Meeting, event: e.SessionSlept, at: datetime) -> Meeting:
    if event.session is None:
        return meeting
    session = meeting.attendance.sessions.get(event.session)
    if session is None or session.asleep:
        raise ImpossibleEvent(f"session {event.session} is put to sleep, but it is not awake")
    return replace(meeting, attendance=meeting.attendance.slept(event.session, event.cause))


def marked(meeting: Meeting, event: e.PresenceMarked, at: datetime) -> Meeting:
    return replace(meeting, attendance=meeting.attendance.marked(event.member, event.present))
