"""Members as pages show them: name, delegation, seat."""

from collections.abc import Mapping

from display.ports import Seat
from display.shapes import QueuedShape, Words
from display.views.unchanged import while_unchanged
from voting.chamber import Meeting, Sitting
from voting.commands import Text
from voting.ids import MemberId, SeatId
from voting.members import Member
from voting.seating import seats_of


def words(text: Text) -> Words:
    """Both languages; where the chamber gave one only, it stands for both."""
    some = next(iter(text.values()), "")
    return {"vi": text.get("vi", some), "en": text.get("en", some)}


def member_name(meeting: Meeting, member: MemberId) -> str:
    """The name on the open sitting's roll; else on the latest roll that has it; else the id."""
    sittings = ([meeting.sitting] if meeting.sitting else []) + list(reversed(meeting.past))
    for sitting in sittings:
        found = sitting.members.get(member)
        if found is not None:
            return found.name
    return member


Seating = Mapping[MemberId, SeatId]
"""As it is sat on: `voting.seating.seats_of`."""


@while_unchanged
def by_seat(seats: tuple[Seat, ...], seating: Seating) -> tuple[MemberId | None, ...]:
    """Who sits at each one of the plan."""
    sitters = {seat: member for member, seat in seating.items()}
    return tuple(sitters.get(seat.id) for seat in seats)


@while_unchanged
def roll(sitting: Sitting, seating: Seating) -> tuple[tuple[Member, SeatId | None], ...]:
    """The roll in order of seats, who has none last: the order in which an officer looks for somebody."""
    seated = [(member, seating.get(id)) for id, member in sitting.members.items()]
    return tuple(sorted(seated, key=lambda one: (one[1] is None, one[1] or "", one[0].id)))


def seating_of(meeting: Meeting, sitting: Sitting) -> Seating:
    """Of a sitting that is over: as it was assigned."""
    if meeting.sitting is None or meeting.sitting.id != sitting.id:
        return sitting.seating
    return seats_of(sitting, meeting.attendance)


def in_queue(sitting: Sitting, member: MemberId, kind: str, seating: Seating) -> QueuedShape:
    person = sitting.members[member]
    shown: QueuedShape = {
        "member": member,
        "name": person.name,
        "delegation": person.delegation,
        "kind": kind,
    }
    seat = seating.get(member)
    if seat is not None:
        shown["seat"] = seat
    return shown
