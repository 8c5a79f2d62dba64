"""What looked like an imposture, and that an officer has seen it: numbered within the sitting.

The hall notes what it refused or held; the rules only see to it that one lasting fault doesn't fill the
log: the same at the same place in the same vote is noted once, until somebody has acknowledged it.
"""

# Annotations stay text: rpds' maps take type arguments only in their stubs.
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from voting import commands as c
from voting import events as e
from voting.chamber import Meeting
from voting.errors import ImpossibleEvent, NothingNew
from voting.ids import MemberId, VoteId
from voting.seat_refusals import IncidentUnknown


@dataclass(frozen=True, slots=True)
class Incident:
    number: int
    kind: str
    at: datetime
    place: str | None
    """A seat, a desk, a bridge or `mobile`; None for a reader from whom it is withheld."""
    member: MemberId | None
    """Whose name was used, where that is known."""
    vote: VoteId | None
    """The vote that was in play."""
    seen_by: str = ""
    """The officer who acknowledged it."""


def decide_note(meeting: Meeting, command: c.NoteIncident, at: datetime) -> tuple[e.Event, ...]:
    meeting.open_sitting()
    vote = meeting.in_play
    mark = (command.kind, command.place, command.member, None if vote is None else vote.id)
    for known in meeting.incidents.values():
        if not known.seen_by and (known.kind, known.place, known.member, known.vote) == mark:
            return ()
    number = len(meeting.incidents) + 1
    return (e.IncidentNoted(number, command.kind, command.place, command.member),)


def decide_acknowledge(
    meeting: Meeting, command: c.AcknowledgeIncident, at: datetime
) -> tuple[e.Event, ...]:
    meeting.open_sitting()
    known = meeting.incidents.get(command.incident)
    if known is None:
        raise IncidentUnknown(incident=command.incident)
    if known.seen_by:
        raise NothingNew()
    return (e.IncidentAcknowledged(command.incident, command.by),)


def noted(meeting: Meeting, event: e.IncidentNoted, at: datetime) -> Meeting:
    if event.incident != len(meeting.incidents) + 1:
        raise ImpossibleEvent(f"incident {event.incident} out of its turn")
    vote = meeting.in_play
    found = Incident(
        event.incident, event.kind, at, event.place, event.member, None if vote is None else vote.id
    )
    return replace(meeting, incidents=meeting.incidents.insert(found.number, found))


def acknowledged(meeting: Meeting, event: e.IncidentAcknowledged, at: datetime) -> Meeting:
    known = meeting.incidents.get(event.incident)
    if known is None or known.seen_by:
        raise ImpossibleEvent(f"incident {event.incident} is acknowledged, but it doesn't wait for that")
    seen = replace(known, seen_by=event.by)
    return replace(meeting, incidents=meeting.incidents.insert(event.incident, seen))
