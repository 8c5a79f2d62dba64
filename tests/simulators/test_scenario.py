"""The scenario's figures are the published ones, and what is drawn completes them."""

import json
from datetime import date
from pathlib import Path
from random import Random

import pytest

from simulators.scenario import CHOICES, BadScenario, Scenario, draw, load, names, parse

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


WHOLE = (Path(__file__).parents[2] / "simulators/scenarios/three-sittings.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("of", "instead", "place"),
    [
        ("seats = 500", "", "seats: Field required"),
        ("seats = 500", 'seats = "many"', "seats: Input should be a valid integer"),
        ('kind = "poll"', "", "sittings.0.items.0.votes.0.kind: Field required"),
        ("counts = { approve = 236 }", "", "sittings.0.items.0.votes.0.counts: Field required"),
        ("counts = { approve = 236 }", "count = {}", "sittings.0.items.0.votes.0.count: Unexpected"),
        ('published = "VN19"', "published = 19", "sittings.0.items.0.votes.0.published: Input should be"),
        ("on = 2019-06-03", 'on = "today"', "sittings.0.on: Input should be a valid date"),
        ("seats = 500", "seats =", "is not TOML"),
    ],
)
def test_a_broken_scenario_is_told_by_its_place(of: str, instead: str, place: str) -> None:
    with pytest.raises(BadScenario) as refused:
        parse(WHOLE.replace(of, instead, 1))
    assert place in str(refused.value)


def test_every_fault_of_a_scenario_is_named_at_once() -> None:
    with pytest.raises(BadScenario) as refused:
        parse('id = 7\nrolls = "all"\nsittings = [{}]\n')
    places = {fault.partition(":")[0] for fault in refused.value.faults}
    assert {"id", "title", "seats", "rolls", "sittings.0.items"} <= places
