"""Sittings as data: who is on the roll, what is put to the vote, what was published of it.

A scenario is read from simulators/scenarios/*.toml. What a published vote leaves open (who was present,
the counts that weren't printed) is drawn from the seed by `draw`, and compared with nothing.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from random import Random
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

CHOICES = ("approve", "reject", "not_voting")
_PRINTED = frozenset({"source", "participated", "counts", "percent", "percent_base", "outcome"})
_EXACTLY = ConfigDict(extra="forbid")


class BadScenario(ValueError):
    """A text is no scenario. `faults` are full sentences, each naming its place in the text."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What the sources printed of one vote; a figure that is absent was not printed."""

    __pydantic_config__ = _EXACTLY
    id: str
    source: str
    participated: int | None = None
    counts: Mapping[str, int]
    percent: Mapping[str, str]
    percent_base: str = "total_members"
    outcome: str


@dataclass(frozen=True, slots=True)
class ScenarioVote:
    __pydantic_config__ = _EXACTLY
    id: str
    kind: str
    title: Mapping[str, str]
    option: Mapping[str, str] | None = None
    supersedes: str | None = None
    reason: str = ""
    ordered_by: str = ""
    published: Published | None = None


def _gathered(raw: Any) -> Any:
    """In the text what was published stands among the vote's own names, headed by its id."""
    if not isinstance(raw, Mapping) or "published" not in raw:
        return raw
    own = {name: value for name, value in raw.items() if name not in _PRINTED}
    printed = {name: raw[name] for name in _PRINTED & raw.keys()}
    return own | {"published": printed | {"id": raw["published"]}}


@dataclass(frozen=True, slots=True)
class ScenarioItem:
    __pydantic_config__ = _EXACTLY
    title: Mapping[str, str]
    votes: tuple[Annotated[ScenarioVote, BeforeValidator(_gathered)], ...]


@dataclass(frozen=True, slots=True)
class ScenarioSitting:
    __pydantic_config__ = _EXACTLY
    id: str
    on: date
    title: Mapping[str, str]
    members: int
    items: tuple[ScenarioItem, ...]
    visitor: bool = field(default=False, kw_only=True)

    @property
    def votes(self) -> tuple[ScenarioVote, ...]:
        return tuple(vote for item in self.items for vote in item.votes)


@dataclass(frozen=True, slots=True)
class Roll:
    """A number of members with the same first and last day."""

    __pydantic_config__ = _EXACTLY
    members: int
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    __pydantic_config__ = _EXACTLY
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


def parse(text: str) -> Scenario:
    """Reads a scenario's TOML. Raises BadScenario with every fault where it isn't one."""
    try:
        return TypeAdapter(Scenario).validate_python(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadScenario(f"is not TOML: {error}") from None
    except ValidationError as error:
        raise BadScenario(*_in_words(error)) from None


def _in_words(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        place = ".".join(str(part) for part in fault["loc"])
        place = place.replace(".published.id", ".published").replace(".published.", ".")
        yield f"{place}: {fault['msg']}"


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
