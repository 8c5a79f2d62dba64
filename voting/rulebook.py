"""A chamber's dated rules, read from TOML, never from code. `parse` is pure; reading files is the hall's.

docs/specs/rule-book.md describes the file. Every fault is named at once (`RuleBookFaulty`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from voting.acts import ACTS
from voting.channels import Channels
from voting.errors import RuleBookFaulty
from voting.ids import KindId, RuleId
from voting.kind_reading import kind
from voting.kinds import Kind
from voting.majority import Base, Rule
from voting.rule_reading import BASES, channels, choices, rule, seating, verdicts
from voting.seating_rules import SeatingRules
from voting.toml_fields import Fields


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that the presidium looks at: how many of all members must be there."""

    label: Mapping[str, str]
    share: tuple[int, int]
    strict: bool


@dataclass(frozen=True, slots=True)
class FloorLimits:
    first_s: int
    second_s: int
    debate_s: int
    debate_needs_speech: bool
    """A debate answers an earlier speaker: before anybody spoke there is none."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    id: str
    chamber: str
    since: date
    """The first day on which it is in force."""
    name: Mapping[str, str]
    member: Mapping[str, str]
    """The word for members in a sentence after a number: "đại biểu", "members"."""
    seats: int | None
    bases: Mapping[Base, Mapping[str, str]]
    """Each base in words: "tổng số đại biểu Quốc hội"."""
    articles: Mapping[str, Mapping[str, str]]
    thresholds: tuple[Threshold, ...]
    floor: FloorLimits
    seating: SeatingRules
    rules: Mapping[RuleId, Rule]
    kinds: Mapping[KindId, Kind]
    sha256: str
    """Of the file's UTF-8 bytes: what a result cites."""
    two_people: frozenset[str] = frozenset()
    """Officers' acts that take a second officer's word by this book, besides those that always do."""
    channels: Channels = field(default_factory=Channels)


def parse(text: str) -> RuleBook:
    """Reads a rule book. Raises RuleBookFaulty with every fault."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleBookFaulty((f"the file is not TOML: {error}",)) from error
    faults: list[str] = []
    book = _book(Fields(raw, "", faults), sha256(text.encode()).hexdigest())
    if faults:
        raise RuleBookFaulty(tuple(faults))
    return book


def _book(top: Fields, digest: str) -> RuleBook:
    bases = _bases(top.table("bases"))
    articles = top.texts("articles")
    rules = {RuleId(id): rule(RuleId(id), f, set(articles), set(bases)) for id, f in top.tables("rules")}
    sets = {name: choices(fields) for name, fields in top.tables("choices")}
    words = {name: verdicts(fields) for name, fields in top.tables("verdicts")}
    kinds = {KindId(id): kind(KindId(id), f, rules, sets, words) for id, f in top.tables("kinds")}
    for one in kinds.values():
        if one.percent_base not in bases:
            top.fault(f"bases.{one.percent_base}", f"is missing, kind {one.id} names it")
    seats = top.whole("seats", least=1) if top.has("seats") else None
    book = RuleBook(
        id=top.string("id"),
        chamber=top.string("chamber"),
        since=top.day("from"),
        name=top.text("name"),
        member=top.text("member"),
        seats=seats,
        bases=bases,
        articles=articles,
        thresholds=tuple(_threshold(fields) for fields in top.items("thresholds")),
        floor=_floor_limits(top.table("floor")),
        seating=seating(top.table("seating"), set(articles)) if top.has("seating") else SeatingRules(),
        rules=rules,
        kinds=kinds,
        sha256=digest,
        two_people=_two_people(top.table("officers")) if top.has("officers") else frozenset(),
        channels=channels(top.table("channels"), set(articles)) if top.has("channels") else Channels(),
    )
    if seats is None and "all_seats" in bases:
        top.fault("seats", "is missing, a base is all seats")
    top.end()
    return book


def _two_people(fields: Fields) -> frozenset[str]:
    named = fields.strings("two_people", ())
    for act in sorted(set(named) - ACTS):
        fields.fault("two_people", f"there is no act {act}")
    fields.end()
    return frozenset(named)


def _bases(fields: Fields) -> dict[Base, Mapping[str, str]]:
    named = {base: fields.text(base) for base in BASES if fields.has(base)}
    fields.end()
    return dict(named)


def _threshold(fields: Fields) -> Threshold:
    threshold = Threshold(fields.text("label"), fields.share("share"), fields.flag("strict"))
    fields.end()
    return threshold


def _floor_limits(fields: Fields) -> FloorLimits:
    limits = FloorLimits(
        first_s=fields.whole("first_s", least=1),
        second_s=fields.whole("second_s", least=1),
        debate_s=fields.whole("debate_s", least=1),
        debate_needs_speech=fields.flag("debate_needs_speech", True),
    )
    fields.end()
    return limits
