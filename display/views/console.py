"""What the officer sees besides: programme, acts, thresholds, health, the roll."""

from __future__ import annotations

from audit import fingerprint
from display.moment import Moment
from display.shapes import HealthShape, MemberShape, ThresholdShape
from display.views import acts, chair
from display.views.incidents import incidents
from display.views.people import roll, words
from display.views.programme import programme
from display.views.requests import requests
from display.views.unchanged import while_unchanged
from display.views.words import health_text
from voting.attendance import Attendance, against
from voting.chamber import Sitting
from voting.ids import SeatId
from voting.members import Member
from voting.seating import seats_of


def shown(moment: Moment) -> dict[str, object]:
    sitting = moment.meeting.sitting
    parts = {
        "programme": programme(moment),
        "next": acts.next_step(moment),
        "acts": acts.others(moment),
        "say": chair.say(moment),
        "thresholds": thresholds(moment, sitting) if sitting else [],
        "health": health(moment),
        "requests": requests(moment) or None,
        "two_people": sorted(moment.two_people) or None,
        "incidents": incidents(moment.meeting) or None,
        "members": members(sitting, moment.meeting.attendance) if sitting else [],
    }
    return {name: part for name, part in parts.items() if part is not None}


def thresholds(moment: Moment, sitting: Sitting) -> list[ThresholdShape]:
    """The present against each of the rule book's thresholds."""
    states = [
        against(one, sitting.roll.number, moment.meeting.present) for one in sitting.rulebook.thresholds
    ]
    return [
        {"label": words(one.label), "need": one.need, "have": one.have, "met": one.met} for one in states
    ]


def health(moment: Moment) -> HealthShape:
    known = moment.health
    return {
        "state": known.state,
        "text": health_text(known),
        "seats_online": known.seats_online,
        "seats_offline": list(known.seats_offline),
        "clones": list(known.clones),
        "broker": known.broker,
        "store": known.store,
        "last_commit_ms": known.last_commit_ms,
    }


@while_unchanged
def members(sitting: Sitting, attendance: Attendance) -> list[MemberShape]:
    """The roll as an officer looks through it: who of it is there, and who has a phone bound."""
    return [
        _member(member, seat, attendance) for member, seat in roll(sitting, seats_of(sitting, attendance))
    ]


def _member(member: Member, seat: SeatId | None, attendance: Attendance) -> MemberShape:
    shown: MemberShape = {
        "id": member.id,
        "name": member.name,
        "delegation": member.delegation,
        "present": member.id in attendance.present,
    }
    if seat is not None:
        shown["seat"] = seat
    if member.id in attendance.mobile:
        shown["mobile"] = True
    phone = attendance.session_of(member.id, "mobile")
    if phone is not None:
        # The digits that its screen and the seat's console showed when it was bound.
        shown["phone"] = fingerprint.digits(phone.key)
    return shown
