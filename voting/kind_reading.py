"""Reads a rule book's kinds of question, and checks each against the rule that it names."""

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from voting.ids import KindId, RuleId
from voting.kinds import Change, Choice, Kind, Publish, SignedBy, Way
from voting.majority import Outcome, Rule
from voting.rule_reading import BASES, OUTCOMES
from voting.toml_fields import Fields

WAYS: tuple[Way, ...] = get_args(Way)


def kind(
    id: KindId,
    fields: Fields,
    rules: Mapping[RuleId, Rule],
    sets: Mapping[str, tuple[Choice, ...]],
    words: Mapping[str, Mapping[Outcome, Mapping[str, str]]],
) -> Kind:
    found = Kind(
        id=id,
        heading=fields.text("heading"),
        result_heading=fields.text("result_heading"),
        rule=_of_kind(fields, rules),
        choices=sets.get(fields.one_of("choices", tuple(sets) or ("",)), ()),
        verdicts=words.get(fields.one_of("verdicts", tuple(words) or ("",)), {}),
        ways=tuple(way for way in WAYS if way in fields.strings("ways")),
        secret=fields.flag("secret", False),
        duration_s=fields.whole("duration_s"),
        grace_s=_grace(fields.table("grace_s")) if fields.has("grace_s") else {},
        change=fields.one_of("change", get_args(Change)),
        running_counts=fields.flag("running_counts"),
        publish=fields.one_of("publish", get_args(Publish)),
        percent_base=fields.one_of("percent_base", BASES),
        signed_by=fields.one_of("signed_by", get_args(SignedBy), "session"),
    )
    _check_kind(found, fields)
    fields.end()
    return found


def _of_kind(fields: Fields, rules: Mapping[RuleId, Rule]) -> Rule:
    """The rule with the kind's own outcomes: the same majority adopts a law and elects a president."""
    rule = rules.get(RuleId(fields.one_of("rule", tuple(rules) or ("",))))
    if rule is None:
        return Rule(RuleId(""), {}, (), (), (), "unmet", None, "adopted", "rejected")
    met: Outcome = fields.one_of("met", OUTCOMES, rule.met)
    unmet: Outcome = fields.one_of("unmet", OUTCOMES, rule.unmet)
    return replace(rule, met=met, unmet=unmet)


def _grace(fields: Fields) -> dict[Way, int]:
    grace = {way: fields.whole(way) for way in WAYS if fields.has(way)}
    fields.end()
    return grace


def _check_kind(kind: Kind, fields: Fields) -> None:
    for unknown in set(fields.strings("ways")) - set(WAYS):
        fields.fault("ways", f"{unknown!r} is none of {', '.join(WAYS)}")
    needed: set[Outcome] = {kind.rule.met, kind.rule.unmet}
    needed |= {"tied"} if kind.rule.tie != "unmet" else set()
    needed |= {"void"} if kind.rule.floor else set()
    for outcome in sorted(needed - kind.verdicts.keys()):
        fields.fault("verdicts", f"has no words for {outcome}")
    named = {condition.counted for condition in kind.rule.conditions} | set(kind.rule.cast)
    for choice in sorted(named - set(kind.choice_ids)):
        fields.fault("choices", f"has no {choice}, which the rule counts")
    for way in sorted(set(kind.ways) - {"hand"} - kind.grace_s.keys()):
        fields.fault("grace_s", f"has no seconds for {way}")
    if kind.signed_by == "card" and "mobile" in kind.ways:
        fields.fault("signed_by", "is card, but a phone has no card to sign a ballot with")
    if kind.secret and set(kind.ways) - {"hand"}:
        fields.fault("ways", "a secret vote takes no ballot that is signed by its member")
    if kind.secret and kind.publish == "names":
        fields.fault("publish", "a secret vote has no names to publish")
