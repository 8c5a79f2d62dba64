"""Members as pages show them: name, delegation, seat."""

from display.shapes import QueuedShape, Words
from voting.chamber import Meeting, Sitting
from voting.commands import Text
from voting.ids import MemberId


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
