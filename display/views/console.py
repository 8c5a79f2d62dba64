"""What the officer sees besides: programme, acts, thresholds, health, the roll."""

from __future__ import annotations

from rpds import HashTrieSet

from display.moment import Moment
from display.shapes import HealthShape, MemberShape, ThresholdShape
from display.views import acts, chair
from display.views.people import roll, words
from display.views.programme import programme
from display.views.unchanged import while_unchanged
from display.views.words import health_text
from voting.attendance import against
from voting.chamber import Sitting
from voting.ids import MemberId, SeatId
from voting.members import Member


def shown(moment: Moment) -> dict[str, object]:
    sitting = moment.meeting.sitting
    parts = {
        "programme": programme(moment),
        "next": acts.next_step(moment),
        "acts": acts.others(moment),
        "say": chair.say(moment),
        "thresholds": thresholds(moment, sitting) if sitting else [],
        "health": health(moment),
        "members": members(sitting, moment.meeting.attendance.present) if sitting else [],
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
def members(sitting: Sitting, present: HashTrieSet[MemberId]) -> list[MemberShape]:
    """The roll as an officer looks through it, and who of it is there."""
    return [_member(member, seat, member.id in present) for member, seat in roll(sitting)]


def _member(member: Member, seat: SeatId | None, present: bool) -> MemberShape:
    shown: MemberShape = {
        "id": member.id,
        "name": member.name,
        "delegation": member.delegation,
        "present": present,
    }
    if seat is not None:
        shown["seat"] = seat
    return shown
