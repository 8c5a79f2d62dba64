"""What a sitting deals with: its items, each with the votes that were taken on it."""

from dataclasses import dataclass

from voting.chamber import Meeting
from voting.commands import Text
from voting.division import Division
from voting.ids import SittingId


@dataclass(frozen=True, slots=True)
class Item:
    title: Text
    votes: tuple[Division, ...]
    """In the order in which they were announced; superseded ones stay in their place."""


def items(meeting: Meeting, sitting: SittingId) -> tuple[Item, ...]:
    """The items of a sitting, open or past, in the order of their first vote."""
    grouped: dict[tuple[tuple[str, str], ...], list[Division]] = {}
    for division in meeting.divisions:
        if division.sitting == sitting:
            grouped.setdefault(tuple(sorted(division.question.item.items())), []).append(division)
    return tuple(Item(votes[0].question.item, tuple(votes)) for votes in grouped.values())
