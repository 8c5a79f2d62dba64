"""Who sits where: a rule book's `[seating]`, and what it makes of a card, a key and a press. Pure.

Identity is card + person + seat. At the assigned seat only, at any free seat, or at any with a word to the
officer: whichever it is, one member at a seat, and one member a seat in one vote.
"""

# Annotations stay text: rpds' maps take type arguments only in their stubs.
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from voting.attendance import Attendance, Session
from voting.commands import CastBallot, SignIn
from voting.errors import WrongSeat
from voting.ids import MemberId, SeatId
from voting.seat_refusals import (
    MarkedAbsent,
    MarkedAbsentHeld,
    SeatTaken,
    SeatVotedAlready,
    SessionAsleep,
)

if TYPE_CHECKING:
    from voting.chamber import Meeting, Sitting
    from voting.division import Division


def seat_of(sitting: Sitting, attendance: Attendance, member: MemberId) -> SeatId | None:
    """Where the member is signed in; else the assigned seat, where nobody else sits on it."""
    session = attendance.held_by(member, "seat")
    if session is not None:
        return session.seat
    own = sitting.seating.get(member)
    return None if own is None or attendance.sitter(own) is not None else own


def seats_of(sitting: Sitting, attendance: Attendance) -> Mapping[MemberId, SeatId]:
    """The plan as it is sat on. At assigned seats it is the plan itself, the very same object."""
    if sitting.rulebook.seating.place == "assigned":
        return sitting.seating
    found = ((member, seat_of(sitting, attendance, member)) for member in sitting.members)
    return {member: seat for member, seat in found if seat is not None}


def sitter_at(sitting: Sitting, attendance: Attendance, seat: SeatId) -> MemberId | None:
    """Who is signed in there; else whose assigned seat it is, while that member sits nowhere else."""
    here = attendance.sitter(seat)
    if here is not None:
        return here
    own = next((member for member, assigned in sitting.seating.items() if assigned == seat), None)
    return own if own is not None and attendance.held_by(own, "seat") is None else None


def check_place(meeting: Meeting, sitting: Sitting, command: SignIn) -> None:
    """Raises WrongSeat, SeatTaken."""
    if command.channel == "mobile" and command.seat is None:
        return
    own = sitting.seating.get(command.member)
    strict = sitting.rulebook.seating.place == "assigned"
    if command.channel != "seat" or command.seat is None or (strict and command.seat != own):
        raise WrongSeat(here=command.seat or "–", own=own or "–")
    check_free(meeting.attendance, command.member, command.seat)


def check_free(attendance: Attendance, member: MemberId, seat: SeatId) -> None:
    """Raises SeatTaken."""
    sitter = attendance.sitter(seat)
    if sitter is not None and sitter != member:
        raise SeatTaken(seat=seat)


def check_presence(meeting: Meeting, sitting: Sitting, session: Session) -> None:
    """Before a ballot by this session counts. Raises SessionAsleep, MarkedAbsent, MarkedAbsentHeld."""
    absent = session.member not in meeting.attendance.present
    if absent and session.asleep in ("", "marked_absent"):
        raise MarkedAbsentHeld() if sitting.rulebook.seating.suspicion == "hold" else MarkedAbsent()
    if session.asleep:
        raise SessionAsleep(session.asleep)


def check_alone(sitting: Sitting, division: Division, command: CastBallot) -> None:
    """Where members sit as they like a seat still votes for one of them. Raises SeatVotedAlready."""
    if command.seat is None or sitting.rulebook.seating.place == "assigned":
        return
    for member, ballot in division.ballots.items():
        if ballot.seat == command.seat and member != command.member:
            raise SeatVotedAlready(seat=command.seat)


def time_over(sitting: Sitting, session: Session, at: datetime) -> bool:
    """Whether the rule book's time since the PIN is over for a session at a seat."""
    awake_s = sitting.rulebook.seating.awake_s
    if awake_s is None or session.channel != "seat" or session.asleep:
        return False
    return at >= session.since + timedelta(seconds=awake_s)
