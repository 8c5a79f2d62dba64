"""What the table of impostures plays on: a hall of six seats, an honest majority, and one who isn't honest.

Each imposture is tried while a vote is open in which the others have voted already. It must come to
nothing: no ballot, an incident before the officer and in the log, and a log that verifies.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulators import scenario as scenarios
from simulators.crowd import Person
from tests.sittings.hall_under_test import HallUnderTest, hall_under_test, says, until
from tests.sittings.proof import proved

SMALL = scenarios.parse(
    (Path(__file__).parent / "scenario.toml")
    .read_text("utf-8")
    .replace("seats = 24", "seats = 6")
    .replace("members = 24", "members = 6")
)
AT_ANY_SEAT = 'place = "any"'


@dataclass(slots=True)
class Stage:
    """`victim` is somebody in whose name it is tried, `impostor` who tries; the honest ones have voted."""

    hall: HallUnderTest
    wanted: dict[str, str] = field(default_factory=dict)
    """Who voted what, of all that must count in the end."""

    @property
    def impostor(self) -> Person:
        return self.hall.people[0]

    @property
    def victim(self) -> Person:
        return self.hall.people[1]

    @property
    def honest(self) -> list[Person]:
        return self.hall.people[2:]

    async def begin(self, absent: Sequence[Person] = (), *, voting: bool = True) -> None:
        """The sitting, the vote, and the honest members' ballots."""
        await self.hall.convene(absent=absent)
        if voting:
            await self.open_vote(absent)

    async def open_vote(self, absent: Sequence[Person] = ()) -> None:
        here = [person for person in self.hall.people if person not in absent]
        await self.hall.open_vote(voters=here)
        await self.vote({person.member: "approve" for person in self.honest})

    async def vote(self, choices: dict[str, str]) -> None:
        await self.hall.vote(choices)
        self.wanted |= choices

    async def told(self, kind: str, place: str, member: str | None = None) -> dict[str, Any]:
        """The officer sees the incident, in plain words, and the log has it."""

        def shown(view: dict[str, Any]) -> list[dict[str, Any]]:
            return [
                one
                for one in view.get("incidents", [])
                if (one["kind"], one["place"], one.get("member")) == (kind, place, member)
            ]

        view = await self.hall.officer.until(lambda view: bool(shown(view)))
        (incident,) = shown(view)
        assert incident["text"]["vi"]
        assert incident["text"]["en"] != kind
        logged = [entry.d for entry in self.hall.seen().entries if entry.type == "IncidentNoted"]
        assert {"incident": incident["number"], "kind": kind} in logged
        return incident

    async def acknowledged(self) -> None:
        """By the officer, one by one; what was seen stays on record."""
        unseen = [one for one in self.hall.officer.view.get("incidents", []) if "seen_by" not in one]
        for one in unseen:
            await self.hall.officer.act("acknowledge", incident=one["number"])
        assert self.hall.seen().types().count("IncidentAcknowledged") == len(unseen)

    async def end(self) -> None:
        """Everything acknowledged; then the whole log is exported, verified and counted again."""
        await self.acknowledged()
        await proved(self.hall, self.wanted)


@asynccontextmanager
async def stage(folder: Path, *seating: str) -> AsyncIterator[Stage]:
    """`seating`: lines that the rule book's `[seating]` says otherwise than the shipped one."""

    def other(text: str) -> str:
        for line in seating:
            name = line.split(" = ")[0]
            start = text.index(f"\n{name} = ", text.index("[seating]")) + 1
            text = text[:start] + line + text[text.index("\n", start) :]
        return text

    async with hall_under_test(folder / "hall", scenario=SMALL, rules=other) as hall:
        yield Stage(hall)


def program_log(hall: HallUnderTest) -> str:
    return (hall.furnished.folder / "controller.log").read_text("utf-8")


async def put(card_of: Person, at: Person) -> None:
    """One's card in another's slot; whatever lay there is out."""
    at.seat.pull()
    at.seat.insert(card_of.card)


async def pin_of(person: Person, at: Person) -> None:
    """Types this person's PIN when the pad at that seat asks for one."""
    await at.seat.readers.pad_asks(at.seat.seat)
    assert at.seat.readers.type_pin(at.seat.seat, person.pin)


async def reads(person: Person, words: str) -> None:
    await until(lambda: words in says(person), what=f"for {words}, {says(person)}")
