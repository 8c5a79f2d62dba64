"""The meeting as a bridge must know it: ballot form, floor, state of the seats. Pure: meeting in, messages
out."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime

from display.ports import SHOW_CHOICE_MS
from firmware_bridge.messages import (
    Form,
    Jws,
    Phase,
    RecordedByPhone,
    Requesting,
    SeatFacts,
    SeatShows,
    SittingFacts,
    State,
)
from hall_controller import unit_text
from voting import ballot, division
from voting.chamber import Meeting, Sitting
from voting.division import Division
from voting.ids import BallotHash, MemberId, SeatId
from voting.seating import seats_of

_PHASES: Mapping[division.Phase, Phase] = {
    division.Phase.ANNOUNCED: "announced",
    division.Phase.OPEN: "open",
    division.Phase.HELD: "held",
    division.Phase.CLOSING: "closing",
    division.Phase.CLOSED: "closed",
    division.Phase.DECLARED: "closed",
    division.Phase.SUPERSEDED: "closed",
    division.Phase.CANCELLED: "cancelled",
}

Receipts = Callable[[BallotHash], Jws | None]


def form(meeting: Meeting, vote: Division, log: str, at: datetime) -> Form:
    """The form of a vote of the open sitting. A kind that isn't voted on at seats has no keys."""
    made = ballot.form(meeting, vote.id, log)
    left = division.remaining(vote, at) if vote.phase is division.Phase.OPEN else None
    by_key = vote.kind.choices if "seat" in vote.kind.ways else ()
    return Form(
        phase=_PHASES[vote.phase],
        vote=vote.id,
        form=made["form"] if vote.challenge is not None else None,
        keys={choice.key: choice.id for choice in by_key},
        labels={choice.key: unit_text.choice_name(choice) for choice in by_key},
        change=vote.kind.change == "last_before_close",
        text=unit_text.question(vote),
        remaining_ms=None if left is None else max(0, round(left.total_seconds() * 1000)),
        grace_ms=vote.kind.grace_s.get("seat", 0) * 1000,
        show_choice_ms=None if vote.kind.publish == "names" else SHOW_CHOICE_MS,
        signed_by=vote.kind.signed_by,
        person=meeting.sitting_of(vote).rulebook.seating.person_present,
    )


def seat_shows(meeting: Meeting, seat: SeatId, member: MemberId | None) -> SeatShows:
    """What the floor means at the member's seat."""
    speaker, request = meeting.floor.speaker, None
    if member is not None and speaker is not None and speaker.member == member:
        return SeatShows(seat, ("MOI DAI BIEU", "PHAT BIEU"), True, "none")
    if member is not None:
        request = meeting.floor.request_of(member)
    if request is None:
        return SeatShows(seat, None, False, "none")
    wanted: Requesting = request.kind
    said = ("DA DANG KY PHAT BIEU", "BAM LAI: TRANH LUAN")
    return SeatShows(seat, said if wanted == "speech" else ("DA DANG KY", "TRANH LUAN"), False, wanted)


def members_by_seat(meeting: Meeting) -> dict[SeatId, MemberId]:
    """Who is signed in at each seat, or whose it is while nobody is."""
    sitting = meeting.sitting
    sat_on = {} if sitting is None else seats_of(sitting, meeting.attendance)
    return {seat: member for member, seat in sat_on.items()}


def state(
    meeting: Meeting,
    seats: Collection[str],
    log: str,
    at: datetime,
    receipts: Receipts,
    all_n: int,
    desks: Collection[str] = (),
) -> State:
    """Everything that a bridge with these seats must know. `desks`: all that the hall has."""
    sitting, vote = meeting.sitting, meeting.current
    by_seat = members_by_seat(meeting)
    facts = {
        seat: _seat_facts(meeting, SeatId(seat), by_seat.get(SeatId(seat)), vote, receipts)
        for seat in seats
    }
    return State(
        sitting=None if sitting is None else _sitting_facts(sitting, log),
        ballot=None if vote is None else form(meeting, vote, log, at),
        seats=facts,
        all_n=all_n,
        desks=tuple(seat for seat in seats if seat in desks),
    )


def by_phone(meeting: Meeting, seats: Iterable[str], receipts: Receipts) -> Iterator[RecordedByPhone]:
    """Those of these seats whose member's ballot in force came from the phone."""
    by_seat, vote = members_by_seat(meeting), meeting.current
    for seat in seats if vote is not None else ():
        member = by_seat.get(SeatId(seat))
        effective = None if member is None or vote is None else vote.ballots.get(member)
        if effective is not None and effective.channel == "mobile":
            receipt = receipts(effective.ballot)
            if receipt is not None:
                yield RecordedByPhone(seat, receipt, effective.rev)


def _sitting_facts(sitting: Sitting, log: str) -> SittingFacts:
    title = unit_text.unaccented(sitting.title.get("vi", sitting.id))
    return SittingFacts(
        sitting.id, log, (title[: unit_text.WIDTH], title[unit_text.WIDTH :][: unit_text.WIDTH])
    )


def _seat_facts(
    meeting: Meeting, seat: SeatId, member: MemberId | None, vote: Division | None, receipts: Receipts
) -> SeatFacts:
    if member is None:
        return SeatFacts(None, None, None, seat_shows(meeting, seat, None))
    session = meeting.attendance.session_of(member, "seat")
    effective = vote.ballots.get(member) if vote is not None else None
    return SeatFacts(
        session=None if session is None else session.id,
        recorded=None if effective is None else receipts(effective.ballot),
        rev=None if effective is None else effective.rev,
        face=seat_shows(meeting, seat, member),
    )
