"""Opening and adjourning: the rule book is adopted, the roll established, then the sitting is open."""

from dataclasses import replace
from datetime import datetime

from rpds import HashTrieMap

from voting import commands as c
from voting import events as e
from voting.attendance import Attendance
from voting.chamber import Convening, Meeting, Sitting
from voting.counting import is_counted
from voting.division import Phase
from voting.errors import (
    ImpossibleEvent,
    RollFaulty,
    RuleBookNotInForce,
    SittingAlreadyHeld,
    SittingAlreadyOpen,
    SittingUnfinished,
)
from voting.floor import Floor
from voting.members import Roll, faults
from voting.rulebook import parse


def decide_open(meeting: Meeting, command: c.OpenSitting, at: datetime) -> tuple[e.Event, ...]:
    if meeting.sitting is not None:
        raise SittingAlreadyOpen(sitting=meeting.sitting.id)
    if any(past.id == command.sitting for past in meeting.past):
        raise SittingAlreadyHeld(sitting=command.sitting)
    book = parse(command.rulebook_text)
    if book.since > command.on:
        raise RuleBookNotInForce(book=book.id, since=book.since.isoformat(), on=command.on.isoformat())
    wrong = faults(command.on, command.members) + _seating_faults(command)
    if wrong:
        raise RollFaulty(fault="; ".join(wrong))
    return (
        e.RuleBookAdopted(command.sitting, command.rulebook_text),
        e.RollEstablished(command.sitting, command.on, command.members, command.seating),
        e.SittingOpened(command.sitting, command.on, command.title, command.by),
    )


def _seating_faults(command: c.OpenSitting) -> list[str]:
    """A seat is one member's: two members of one seat could sign in as each other's neighbour."""
    on_roll = {member.id for member in command.members}
    found = [f"{member} has a seat but is not on it" for member in command.seating if member not in on_roll]
    seats = list(command.seating.values())
    found += [f"seat {seat} is given twice" for seat in sorted({s for s in seats if seats.count(s) > 1})]
    return found


def decide_adjourn(meeting: Meeting, command: c.AdjournSitting, at: datetime) -> tuple[e.Event, ...]:
    """A closed vote may wait for its declaration beyond the sitting, or the chair's casting vote, but
    not for its result: who could count hands is gone."""
    sitting = meeting.open_sitting()
    for division in meeting.divisions:
        uncounted = division.phase is Phase.CLOSED and not is_counted(meeting, division)
        unfinished = division.in_play or uncounted
        if division.sitting == sitting.id and unfinished:
            raise SittingUnfinished(vote=division.id)
    return (e.SittingAdjourned(sitting.id, command.by),)


def adopted(meeting: Meeting, event: e.RuleBookAdopted, at: datetime) -> Meeting:
    if meeting.sitting is not None:
        raise ImpossibleEvent("a rule book is adopted while a sitting is open")
    return replace(meeting, convening=Convening(event.sitting, parse(event.text)))


def established(meeting: Meeting, event: e.RollEstablished, at: datetime) -> Meeting:
    convening = _convening(meeting, event.sitting)
    roll = Roll.of(event.on, event.members)
    return replace(
        meeting, convening=replace(convening, roll=roll, seating=HashTrieMap.convert(event.seating))
    )


def opened(meeting: Meeting, event: e.SittingOpened, at: datetime) -> Meeting:
    convening = _convening(meeting, event.sitting)
    if convening.roll is None:
        raise ImpossibleEvent(f"sitting {event.sitting} is opened without a roll")
    sitting = Sitting(
        id=event.sitting,
        on=event.on,
        title=event.title,
        roll=convening.roll,
        seating=convening.seating,
        rulebook=convening.rulebook,
        by=event.by,
    )
    return replace(
        meeting,
        sitting=sitting,
        convening=None,
        attendance=Attendance(),
        floor=Floor(),
        incidents=HashTrieMap(),
    )


def _convening(meeting: Meeting, sitting: str) -> Convening:
    if meeting.convening is None or meeting.convening.sitting != sitting:
        raise ImpossibleEvent(f"sitting {sitting} has no rule book yet")
    return meeting.convening


def adjourned(meeting: Meeting, event: e.SittingAdjourned, at: datetime) -> Meeting:
    if meeting.sitting is None or meeting.sitting.id != event.sitting:
        raise ImpossibleEvent(f"sitting {event.sitting} is adjourned, but it is not open")
    return replace(
        meeting,
        sitting=None,
        attendance=Attendance(),
        floor=Floor(),
        past=(*meeting.past, meeting.sitting),
    )
