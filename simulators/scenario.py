"""Sittings as data: who is on the roll, what is put to the vote, what was published of it.

A scenario is read from simulators/scenarios/*.toml. What a published vote leaves open (who was present,
the counts that weren't printed) is drawn from the seed by `draw`, and compared with nothing.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from random import Random
from typing import Any

CHOICES = ("approve", "reject", "not_voting")


@dataclass(frozen=True, slots=True)
class Published:
    """What the sources printed of one vote; a figure that is absent was not printed."""

    id: str
    source: str
    participated: int | None
    counts: Mapping[str, int]
    percent: Mapping[str, str]
    percent_base: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ScenarioVote:
    id: str
    kind: str
    title: Mapping[str, str]
    option: Mapping[str, str] | None
    supersedes: str | None
    reason: str
    ordered_by: str
    published: Published | None


@dataclass(frozen=True, slots=True)
class ScenarioItem:
    title: Mapping[str, str]
    votes: tuple[ScenarioVote, ...]


@dataclass(frozen=True, slots=True)
class ScenarioSitting:
    id: str
    on: date
    title: Mapping[str, str]
    members: int
    visitor: bool
    items: tuple[ScenarioItem, ...]

    @property
    def votes(self) -> tuple[ScenarioVote, ...]:
        return tuple(vote for item in self.items for vote in item.votes)


@dataclass(frozen=True, slots=True)
class Roll:
    """A number of members with the same first and last day."""

    members: int
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Scenario:
    id: str
    title: Mapping[str, str]
    seats: int
    rolls: tuple[Roll, ...]
    sittings: tuple[ScenarioSitting, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many of the members present press which key in one vote."""

    present: int
    counts: Mapping[str, int]

    @property
    def participated(self) -> int:
        return sum(self.counts.values())


def _published(raw: Mapping[str, Any]) -> Published | None:
    if "published" not in raw:
        return None
    return Published(
        id=raw["published"],
        source=raw["source"],
        participated=raw.get("participated"),
        counts=raw["counts"],
        percent=raw["percent"],
        percent_base=raw.get("percent_base", "total_members"),
        outcome=raw["outcome"],
    )


def _vote(raw: Mapping[str, Any]) -> ScenarioVote:
    return ScenarioVote(
        id=raw["id"],
        kind=raw["kind"],
        title=raw["title"],
        option=raw.get("option"),
        supersedes=raw.get("supersedes"),
        reason=raw.get("reason", ""),
        ordered_by=raw.get("ordered_by", ""),
        published=_published(raw),
    )


def _sitting(raw: Mapping[str, Any]) -> ScenarioSitting:
    items = tuple(ScenarioItem(i["title"], tuple(_vote(v) for v in i["votes"])) for i in raw["items"])
    return ScenarioSitting(
        raw["id"], raw["on"], raw["title"], raw["members"], raw.get("visitor", False), items
    )


def parse(text: str) -> Scenario:
    """Reads a scenario's TOML. Raises ValueError, KeyError or TOMLDecodeError where it isn't one."""
    raw = tomllib.loads(text)
    rolls = tuple(Roll(r["members"], r["since"], r.get("until")) for r in raw["rolls"])
    return Scenario(
        raw["id"], raw["title"], raw["seats"], rolls, tuple(_sitting(s) for s in raw["sittings"])
    )


def names() -> list[str]:
    """The scenarios that came with the installation."""
    folder = files("simulators") / "scenarios"
    return sorted(
        path.name.removesuffix(".toml") for path in folder.iterdir() if path.name.endswith(".toml")
    )


def load(name: str) -> Scenario:
    """One of `names()`. Raises FileNotFoundError for any other."""
    return parse((files("simulators") / "scenarios" / f"{name}.toml").read_text("utf-8"))


def draw(vote: ScenarioVote, present: int, random: Random) -> Drawn:
    """Completes a vote's published figures to one count for each choice, among `present` members."""
    published = vote.published
    counts = dict(published.counts) if published else {}
    participated = published.participated if published else None
    if participated is None:
        participated = random.randint(max(sum(counts.values()), present - 30), present)
    unpublished = [choice for choice in CHOICES if choice not in counts]
    left = participated - sum(counts.values())
    for choice in unpublished[:-1]:
        counts[choice] = random.randint(left // 2, left)
        left -= counts[choice]
    for choice in unpublished[-1:]:
        counts[choice] = left
    return Drawn(present, counts)
