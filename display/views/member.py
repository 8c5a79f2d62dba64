"""What only one member may see: the own ballot, the own request, whether the hall knows the phone."""

from display.feed import time_text
from display.moment import Moment
from display.ports import SHOW_CHOICE_MS, Recorded
from display.shapes import MeShape, OwnBallot, OwnRecord, OwnVote
from display.views.people import words
from display.views.result import short_code
from display.views.vote import choices
from voting.division import Division, Effective
from voting.ids import BallotHash, MemberId
from voting.mobile import may_vote_by_phone
from voting.seating import seat_of

RECEIPT_CODE = 4
"""Hex digits: enough to tell one's own receipt from a neighbour's. A look-up code, never proof."""


def me(member: MemberId, moment: Moment) -> MeShape | None:
    sitting, meeting = moment.meeting.sitting, moment.meeting
    if sitting is None or member not in sitting.roll:
        return None
    request = meeting.floor.request_of(member)
    speaker = meeting.floor.speaker
    shown: MeShape = {
        "member": member,
        "name": sitting.members[member].name,
        "session": meeting.attendance.session_of(member, "mobile") is not None,
        "mobile": may_vote_by_phone(sitting, meeting.attendance, member),
        "request": request.kind if request else "none",
        "speaking": speaker is not None and speaker.member == member,
    }
    seat = seat_of(sitting, meeting.attendance, member)
    if seat is not None:
        shown["seat"] = seat
    ballot = _ballot(member, moment)
    if ballot is not None:
        shown["ballot"] = ballot
    return shown


def _ballot(member: MemberId, moment: Moment) -> OwnBallot | None:
    division = moment.meeting.current
    effective = division.ballots.get(member) if division is not None else None
    recorded = moment.recorded(effective.ballot) if effective else None
    if effective is None or recorded is None:
        return None
    shown: OwnBallot = {
        "choice": effective.choice,
        "t": time_text(recorded.at),
        "seq": recorded.seq,
        "code": short_code(effective.ballot, RECEIPT_CODE),
    }
    if effective.seat is not None:
        shown["seat"] = effective.seat
    if division is not None and division.kind.publish != "names":
        shown["show_choice_ms"] = SHOW_CHOICE_MS
    return shown


def own_votes(member: MemberId, moment: Moment) -> list[OwnVote]:
    """What the log holds in this member's name, of the open sitting's votes or the last one's, in order.

    Of secret votes nothing: no electronic ballot of ours is taken in them.
    """
    meeting = moment.meeting
    sitting = meeting.sitting or next(iter(reversed(meeting.past)), None)
    if sitting is None or member not in sitting.roll:
        return []
    return [
        _own_vote(member, moment, division)
        for division in meeting.divisions
        if division.sitting == sitting.id and not division.kind.secret
    ]


def _own_vote(member: MemberId, moment: Moment, division: Division) -> OwnVote:
    question = division.question
    shown: OwnVote = {
        "id": division.id,
        "heading": words(division.kind.heading),
        "item": words(question.item),
        "title": words(question.title),
        "round": division.round,
        "phase": division.phase.value,
        "closed": division.present is not None,
        "ballots": _records(member, moment, division),
    }
    if question.option is not None:
        shown["option"] = words(question.option)
    return shown


def _records(member: MemberId, moment: Moment, division: Division) -> list[OwnRecord]:
    """Every revision in the order of the log; the last one counts."""
    effective, found = division.ballots.get(member), []
    for ballot, whose in division.recorded.items():
        stands = moment.recorded(ballot) if whose == member else None
        if stands is not None:
            found.append(_record(ballot, stands, effective, division))
    return sorted(found, key=lambda one: one["seq"])


def _record(
    ballot: BallotHash, stands: Recorded, effective: Effective | None, division: Division
) -> OwnRecord:
    counts = effective is not None and effective.ballot == ballot
    shown: OwnRecord = {
        "ballot": ballot,
        "t": time_text(stands.at),
        "seq": stands.seq,
        "code": short_code(ballot, RECEIPT_CODE),
        "counts": counts,
    }
    if counts and effective is not None:
        shown["choice"] = next(one for one in choices(division) if one["id"] == effective.choice)
        if effective.seat is not None:
            shown["seat"] = effective.seat
    return shown
