"""Members as pages show them: name, delegation, seat."""

from display.ports import Seat
from display.shapes import QueuedShape, Words
from display.views.unchanged import while_unchanged
from voting.chamber import Meeting, Sitting
from voting.commands import Text
from voting.ids import MemberId, SeatId
from voting.members import Member


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


@while_unchanged
def by_seat(seats: tuple[Seat, ...], sitting: Sitting) -> tuple[MemberId | None, ...]:
    """Whose seat each one of the plan is."""
    sitters = {seat: member for member, seat in sitting.seating.items()}
    return tuple(sitters.get(seat.id) for seat in seats)


@while_unchanged
def roll(sitting: Sitting) -> tuple[tuple[Member, SeatId | None], ...]:
    """The roll in order of seats, who has none last: the order in which an officer looks for somebody."""
    seated = [(member, sitting.seating.get(id)) for id, member in sitting.members.items()]
    return tuple(sorted(seated, key=lambda one: (one[1] is None, one[1] or "", one[0].id)))


def in_queue(sitting: Sitting, member: MemberId, kind: str) -> QueuedShape:
    person = sitting.members[member]
    shown: QueuedShape = {
        "member": member,
        "name": person.name,
        "delegation": person.delegation,
        "kind": kind,
    }
    seat = sitting.seating.get(member)
    if seat is not None:
        shown["seat"] = seat
    return shown
