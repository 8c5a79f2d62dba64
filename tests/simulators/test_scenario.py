"""The scenario's figures are the published ones, and what is drawn completes them."""

import json
from datetime import date
from pathlib import Path
from random import Random

import pytest

from simulators.scenario import CHOICES, Scenario, draw, load, names

PUBLISHED = Path(__file__).parents[3] / "shared/data/published-votes.json"
NAMES = {"abstain": "not_voting"}


@pytest.fixture
def scenario() -> Scenario:
    return load("three-sittings")


def test_every_scenario_can_be_read() -> None:
    assert [load(name).id for name in names()] == names()


def test_each_sitting_has_the_roll_of_its_day(scenario: Scenario) -> None:
    def on(day: date) -> int:
        return sum(
            r.members for r in scenario.rolls if r.since <= day and (r.until is None or day < r.until)
        )

    assert [(s.members, on(s.on)) for s in scenario.sittings] == [
        (484, 484),
        (486, 486),
        (478, 478),
        (478, 478),
    ]


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published votes are not beside this checkout")
def test_figures_and_sources_are_copied_right(scenario: Scenario) -> None:
    rows = {row["id"]: row for row in json.loads(PUBLISHED.read_text("utf-8"))}
    votes = [(s, v) for s in scenario.sittings for v in s.votes if v.published]
    assert [v.published.id for _, v in votes if v.published] == [
        "VN19",
        "VN20",
        "VN21",
        "VN11",
        "VN12",
        "VN33",
    ]
    for sitting, vote in votes:
        assert vote.published is not None
        row = rows[vote.published.id]
        assert (sitting.on.isoformat(), sitting.members) == (row["date"], row["members"])
        assert vote.published.participated == row.get("participated")
        assert dict(vote.published.counts) == {NAMES.get(k, k): n for k, n in row["counts"].items()}
        assert dict(vote.published.percent) == {
            NAMES.get(k, k): p for k, p in row["printed_percent"].items()
        }
        assert (vote.published.outcome, vote.published.source) == (row["outcome"], row["source"])


@pytest.mark.parametrize("seed", range(20))
def test_what_is_drawn_completes_what_was_published(scenario: Scenario, seed: int) -> None:
    for sitting in scenario.sittings:
        for vote in sitting.votes:
            drawn = draw(vote, 474, Random(seed))
            assert set(drawn.counts) == set(CHOICES)
            assert min(drawn.counts.values()) >= 0
            assert drawn.participated <= 474
            if vote.published:
                assert drawn.counts.items() >= vote.published.counts.items()
                assert vote.published.participated in (None, drawn.participated)
