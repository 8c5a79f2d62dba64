"""The account of the seats after a vote: what each unit showed and did, beside what is recorded.

Given once, by the hall, between the close and the result. Never of a secret vote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from voting import commands as c
from voting import events as e
from voting.chamber import Meeting
from voting.conduct import in_step
from voting.division import Division, stepped
from voting.ids import MemberId, SeatId
from voting.refusals import NoSeatsToAccountFor, SeatsAlreadyAccounted, VoteNotClosed
from voting.seat_units import SeatAccount, SeatSeen
from voting.seating import seats_of


def is_awaited(division: Division) -> bool:
    """Whether the hall is still to give it."""
    return division.permits(e.SeatsAccounted) and division.accounted_at is None and _has_seats(division)


def _has_seats(division: Division) -> bool:
    return not division.kind.secret and "seat" in division.kind.ways


def decide_account(meeting: Meeting, command: c.AccountForSeats, at: datetime) -> tuple[e.Event, ...]:
    """`member`, `present` and what is recorded are the meeting's to say; the rest is the hall's."""
    division = in_step(meeting.vote(command.vote), e.SeatsAccounted, VoteNotClosed)
    if not _has_seats(division):
        raise NoSeatsToAccountFor()
    if division.accounted_at is not None:
        raise SeatsAlreadyAccounted()
    found = sorted(_accounts(meeting, division, command.seats), key=lambda one: (one.seat, one.member))
    return (e.SeatsAccounted(command.vote, tuple(found)),)


def _accounts(
    meeting: Meeting, division: Division, seen: Mapping[SeatId, SeatSeen]
) -> Iterator[SeatAccount]:
    for member, seat in _sat(meeting, division).items():
        ballot = division.ballots.get(member)
        at_seat = ballot is not None and ballot.channel == "seat"
        recorded = _since_opening(division, ballot.at) if ballot is not None and at_seat else None
        yield SeatAccount(
            seat=seat,
            member=member,
            present=ballot is not None or member in meeting.attendance.present,
            seen=seen.get(seat, SeatSeen()),
            recorded=recorded,
            by_phone=ballot is not None and not at_seat,
        )


def _sat(meeting: Meeting, division: Division) -> dict[MemberId, SeatId]:
    """Who sits where; a ballot says where its member sat when it was cast."""
    sat = dict(seats_of(meeting.open_sitting(), meeting.attendance))
    for member, ballot in division.ballots.items():
        if ballot.seat is not None:
            sat[member] = ballot.seat
    return sat


def _since_opening(division: Division, at: datetime | None) -> int | None:
    if at is None or division.opened_at is None:
        return None
    return max(0, (at - division.opened_at) // timedelta(milliseconds=1))


def accounted(meeting: Meeting, event: e.SeatsAccounted, at: datetime) -> Meeting:
    division = stepped(meeting.recorded_vote(event.vote), event)
    return meeting.with_vote(replace(division, accounted_at=at, account=event.seats))
