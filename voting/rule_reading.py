"""Reads a rule book's rules, choices, verdict words and seating out of its tables."""

from collections.abc import Mapping
from typing import get_args

from voting.channels import Channels
from voting.ids import ChoiceId, RuleId
from voting.kinds import Choice, Mark, Tone
from voting.majority import Base, Condition, Floor, Outcome, Rule, Tie
from voting.seating_rules import Place, SeatingRules, Suspicion
from voting.toml_fields import Fields

BASES: tuple[Base, ...] = get_args(Base)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def _condition(fields: Fields, bases: set[Base]) -> Condition:
    condition = Condition(
        counted=ChoiceId(fields.string("counted")),
        share=fields.share("share"),
        strict=fields.flag("strict"),
        base=fields.one_of("base", BASES),
        text=fields.text("text"),
    )
    _known_base(fields, condition.base, bases)
    fields.end()
    return condition


def _known_base(fields: Fields, base: Base, bases: set[Base]) -> None:
    if base not in bases:
        fields.fault("base", f"{base} has no words under bases")


def _participation(fields: Fields, bases: set[Base]) -> Floor:
    floor = Floor(fields.share("share"), fields.one_of("base", BASES), fields.text("text"))
    _known_base(fields, floor.base, bases)
    fields.end()
    return floor


def rule(id: RuleId, fields: Fields, articles: set[str], bases: set[Base]) -> Rule:
    found = Rule(
        id=id,
        name=fields.text("name"),
        cites=fields.strings("cites"),
        conditions=tuple(_condition(condition, bases) for condition in fields.items("conditions")),
        cast=tuple(ChoiceId(choice) for choice in fields.strings("cast", ())),
        tie=fields.one_of("tie", get_args(Tie), "unmet"),
        floor=_participation(fields.table("floor"), bases) if fields.has("floor") else None,
        met=fields.one_of("met", OUTCOMES, "adopted"),
        unmet=fields.one_of("unmet", OUTCOMES, "rejected"),
    )
    for cite in found.cites:
        if cite not in articles:
            fields.fault("cites", f"there is no article {cite}")
    if found.tie != "unmet" and len(found.cast) < 2:
        fields.fault("cast", "must name for and against, because the rule knows ties")
    if not found.cast and any(condition.base == "votes_cast" for condition in found.conditions):
        fields.fault("cast", "must name the votes cast, because a condition counts them")
    fields.end()
    return found


def choices(fields: Fields) -> tuple[Choice, ...]:
    found = tuple(_choice(ChoiceId(id), choice) for id, choice in fields.tables("in_order"))
    keys = [choice.key for choice in found]
    if len(set(keys)) != len(keys):
        fields.fault("in_order", "two choices have the same key")
    fields.end()
    return found


def _choice(id: ChoiceId, fields: Fields) -> Choice:
    choice = Choice(
        id=id,
        label=fields.text("label"),
        short=fields.text("short"),
        said=fields.text("said"),
        mark=fields.one_of("mark", get_args(Mark)),
        tone=fields.one_of("tone", get_args(Tone)),
        key=fields.one_of("key", ("1", "2", "3")),
    )
    fields.end()
    return choice


def verdicts(fields: Fields) -> dict[Outcome, Mapping[str, str]]:
    named: dict[Outcome, Mapping[str, str]] = {o: fields.text(o) for o in OUTCOMES if fields.has(o)}
    fields.end()
    return named


def seating(fields: Fields, articles: set[str]) -> SeatingRules:
    found = SeatingRules(
        place=fields.one_of("place", get_args(Place), "assigned"),
        suspicion=fields.one_of("suspicion", get_args(Suspicion), "refuse"),
        cards_apart_s=fields.whole("cards_apart_s", least=1) if fields.has("cards_apart_s") else None,
        awake_s=fields.whole("awake_s", least=1) if fields.has("awake_s") else None,
        person_present=fields.flag("person_present", False),
        cites=fields.strings("cites"),
    )
    for cite in found.cites:
        if cite not in articles:
            fields.fault("cites", f"there is no article {cite}")
    fields.end()
    return found


def channels(fields: Fields, articles: set[str]) -> Channels:
    found = Channels(
        remote=fields.flag("remote", False),
        phone_at_seat=fields.flag("phone_at_seat", False),
        cites=fields.strings("cites", ()),
    )
    for cite in found.cites:
        if cite not in articles:
            fields.fault("cites", f"there is no article {cite}")
    fields.end()
    return found
