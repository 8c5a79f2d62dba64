"""What the officer sees besides: programme, acts, thresholds, health, the roll."""

from typing import cast

from display.moment import Moment
from display.shapes import HealthShape, MemberShape, ThresholdShape
from display.views import acts, chair
from display.views.people import words
from display.views.programme import programme
from display.views.words import health_text
from voting.attendance import against
from voting.chamber import Sitting


def shown(moment: Moment) -> dict[str, object]:
    sitting = moment.meeting.sitting
    parts = {
        "programme": programme(moment),
        "next": acts.next_step(moment),
        "acts": acts.others(moment),
        "say": chair.say(moment),
        "thresholds": thresholds(moment, sitting) if sitting else [],
        "health": health(moment),
        "members": members(moment, sitting) if sitting else [],
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


def members(moment: Moment, sitting: Sitting) -> list[MemberShape]:
    """The roll in order of seats, who has none last: the order in which an officer looks for somebody."""
    present = moment.meeting.attendance.present
    shown = []
    for member in sitting.members.values():
        one = {"id": member.id, "name": member.name, "delegation": member.delegation}
        seat = sitting.seating.get(member.id)
        if seat is not None:
            one["seat"] = seat
        shown.append(cast(MemberShape, {**one, "present": member.id in present}))
    return sorted(shown, key=lambda one: (one.get("seat", "~"), one["id"]))
