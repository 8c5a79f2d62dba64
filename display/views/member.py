"""What only one member may see: the own ballot, the own request, whether the hall knows the phone."""

from display.feed import time_text
from display.moment import Moment
from display.shapes import MeShape, OwnBallot
from display.views.result import short_code
from voting.ids import MemberId
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
    return {
        "choice": effective.choice,
        "t": time_text(recorded.at),
        "seq": recorded.seq,
        "code": short_code(effective.ballot, RECEIPT_CODE),
    }
