"""What the demo proves at its end: what was published must stand in the log, and just as published."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hall_controller.cli.demo.account import Account, account
from hall_controller.cli.demo.play import Played
from hall_controller.export.writing import export
from hall_controller.store import open_reader, open_store
from simulators.scenario import Published, Roll, Scenario, ScenarioItem, ScenarioSitting, ScenarioVote
from tests.hall_controller.chamber import Chamber, adjourned, declared, opened, seated, started

TITLE = {"vi": "Biểu quyết", "en": "Vote"}
THREE = Published(
    id="P1",
    source="a gazette",
    counts={"approve": 2},
    percent={"approve": "66.67"},
    outcome="adopted",
)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One vote, v1, of three members: two approve."""
    folder: Path = tmp_path_factory.mktemp("account")
    asyncio.run(_exported(folder))
    return folder / "out"


async def _exported(folder: Path) -> None:
    chamber, url = Chamber(size=3), f"sqlite:///{folder}/hall.db"
    hall = await started(chamber, open_store(url))
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    for person, choice in zip(chamber.people, ("approve", "approve", "reject"), strict=True):
        await hall.submit(person.ballot(form, choice))
    await declared(chamber, hall)
    await adjourned(hall)
    await hall.close()
    log = open_reader(url)
    export(log, chamber.known, "s1", folder / "out", "auditor")
    log.close()


def accounted(exported: Path, *votes: ScenarioVote, visitor: bool = False) -> Account:
    items = (ScenarioItem(TITLE, votes),)
    day = date(2026, 11, 21)
    sitting = ScenarioSitting("s1", day, TITLE, 3, items, visitor=visitor)
    scenario = Scenario("test", TITLE, 3, (Roll(3, day),), (sitting,))
    played = Played(3, [0.01, 0.02, 0.03])
    return account(scenario, played, 1.0, True, exported, exported / "anchor.toml")


def planned(vote: str, published: Published | None) -> ScenarioVote:
    return ScenarioVote(vote, "procedure", TITLE, published=published)


def test_a_vote_as_published_is_sound(exported: Path) -> None:
    found = accounted(exported, planned("v1", THREE), planned("v9", None))
    (row,) = [vote.row() for vote in found.votes]
    assert (row["members"], row["participated"], row["percent"]["approve"]) == (3, 3, "66.67")
    assert row["matches_published"] is True
    assert found.sound


@pytest.mark.parametrize(
    "other",
    [
        {"counts": {"approve": 3}},
        {"participated": 2},
        {"percent": {"approve": "66.7", "reject": "33.4"}},
        {"outcome": "rejected"},
    ],
)
def test_a_vote_that_was_published_otherwise_is_not(exported: Path, other: dict[str, object]) -> None:
    found = accounted(exported, planned("v1", replace(THREE, **other)))  # type: ignore[arg-type]
    assert not found.votes[0].matches
    assert not found.sound


def test_a_published_vote_that_the_log_lacks_is_told_and_not_sound(exported: Path) -> None:
    found = accounted(exported, planned("v1", THREE), planned("v2", replace(THREE, id="P2")))
    assert [vote.matches for vote in found.votes] == [True, False]
    assert found.votes[1].row() == {
        "id": "P2",
        "members": None,
        "participated": None,
        "counts": None,
        "percent": {},
        "outcome": None,
        "matches_published": False,
    }
    assert not found.sound
    assert '"matches_published": false' in found.json()


def test_what_was_left_to_a_visitor_is_not_waited_for(exported: Path) -> None:
    assert accounted(exported, planned("v2", THREE), visitor=True).votes == ()
