"""Asking for the floor and giving it."""

from dataclasses import replace
from datetime import datetime, timedelta

from voting import commands as c
from voting import events as e
from voting.chamber import Meeting
from voting.errors import (
    AlreadyRequested,
    ImpossibleEvent,
    MemberNotPresent,
    NobodySpeaking,
    NotAMember,
    NotARequest,
    NothingToDebate,
    TimeNotUp,
)
from voting.floor import Turn, limit_s

DEBATE: Turn = "debate"
SPEECH: Turn = "speech"


def decide_request(meeting: Meeting, command: c.RequestFloor, at: datetime) -> tuple[e.Event, ...]:
    sitting = meeting.open_sitting()
    if command.member not in sitting.roll:
        raise NotAMember(member=command.member)
    if command.member not in meeting.attendance.present:
        raise MemberNotPresent(member=command.member)
    old = meeting.floor.request_of(command.member)
    if old is not None and old.kind == command.kind:
        raise AlreadyRequested(member=command.member)
    needs_speech = sitting.rulebook.floor.debate_needs_speech
    if command.kind == DEBATE and needs_speech and not meeting.floor.somebody_spoke():
        raise NothingToDebate()
    return (e.FloorRequested(command.member, command.kind),)


def decide_withdraw(meeting: Meeting, command: c.WithdrawRequest, at: datetime) -> tuple[e.Event, ...]:
    meeting.open_sitting()
    if meeting.floor.request_of(command.member) is None:
        raise NotARequest(member=command.member)
    return (e.RequestWithdrawn(command.member),)


def decide_give(meeting: Meeting, command: c.GiveFloor, at: datetime) -> tuple[e.Event, ...]:
    """To anyone in the queue: the chair may call out of order. Whoever speaks is thereby ended."""
    sitting = meeting.open_sitting()
    request = meeting.floor.request_of(command.member)
    if request is None:
        raise NotARequest(member=command.member)
    if command.member not in meeting.attendance.present:
        raise MemberNotPresent(member=command.member)
    speaker = meeting.floor.speaker
    ended = (e.SpeechEnded(speaker.member, command.by),) if speaker else ()
    limit = limit_s(meeting.floor, sitting.rulebook.floor, command.member, request.kind)
    return (*ended, e.FloorGiven(command.member, request.kind, limit, command.by))


def decide_end(meeting: Meeting, command: c.EndSpeech, at: datetime) -> tuple[e.Event, ...]:
    meeting.open_sitting()
    speaker = meeting.floor.speaker
    if speaker is None:
        raise NobodySpeaking()
    if command.by == "clock" and speaker.remaining(at) > timedelta(0):
        raise TimeNotUp()
    return (e.SpeechEnded(speaker.member, command.by),)


def requested(meeting: Meeting, event: e.FloorRequested, at: datetime) -> Meeting:
    return replace(meeting, floor=meeting.floor.requested(event.member, _turn(event.kind), at))


def withdrawn(meeting: Meeting, event: e.RequestWithdrawn, at: datetime) -> Meeting:
    return replace(meeting, floor=meeting.floor.withdrawn(event.member))


def given(meeting: Meeting, event: e.FloorGiven, at: datetime) -> Meeting:
    floor = meeting.floor.given(event.member, _turn(event.kind), event.limit_s, at)
    return replace(meeting, floor=floor)


def ended(meeting: Meeting, event: e.SpeechEnded, at: datetime) -> Meeting:
    speaker = meeting.floor.speaker
    if speaker is None or speaker.member != event.member:
        raise ImpossibleEvent(f"{event.member}'s speech ends, but they don't speak")
    return replace(meeting, floor=meeting.floor.ended())


def _turn(kind: str) -> Turn:
    if kind not in (SPEECH, DEBATE):
        raise ImpossibleEvent(f"there is no turn {kind!r}")
    return DEBATE if kind == DEBATE else SPEECH
