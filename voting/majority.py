"""Counts, roll and rule in; votes required and outcome out; percentages.

Whole numbers only. A condition is share × base × strictness: more than n/d of a base, or at least n/d.
A rule is met when all its conditions are; too few taking part make a vote void before anything is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from voting.ids import ChoiceId, RuleId

Base = Literal[
    "all_members", "all_seats", "participants", "ballots_collected", "valid_ballots", "votes_cast"
]
Outcome = Literal["adopted", "rejected", "elected", "not_elected", "void", "tied", "announced"]
Tie = Literal["unmet", "tied", "casting_vote"]
"""What equal numbers mean: the condition isn't met; an outcome of its own; the chair decides."""


@dataclass(frozen=True, slots=True)
class Percentage:
    hundredths: int
    """Hundredths of a per cent, half up: 9239 is 92.39 %."""
    of: int
    base: Base


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition of the rule with its arithmetic: `have` of the base's `of`, `need` at least."""

    counted: ChoiceId
    share: tuple[int, int]
    strict: bool
    base: Base
    of: int
    have: int
    need: int
    met: bool


@dataclass(frozen=True, slots=True)
class Result:
    """The official result of one vote; its JCS form is what the hall signs."""

    rule: RuleId
    roll: int
    present: int
    participated: int
    counts: Mapping[ChoiceId, int]
    invalid: int
    percentages: Mapping[str, Percentage]
    """By choice id, and "participated"."""
    conditions: tuple[ConditionResult, ...]
    casting_vote: ChoiceId | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Condition:
    counted: ChoiceId
    share: tuple[int, int]
    strict: bool
    """True: more than the share; False: at least the share."""
    base: Base
    text: Mapping[str, str]
    """The condition in words: {"vi": "quá nửa tổng số đại biểu Quốc hội", …}."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Fewer than this share of the base taking part: the vote is void."""

    share: tuple[int, int]
    base: Base
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    id: RuleId
    name: Mapping[str, str]
    cites: tuple[str, ...]
    """Ids of the rule book's articles."""
    conditions: tuple[Condition, ...]
    cast: tuple[ChoiceId, ...]
    """Which choices are votes cast; a tie is between the first two of them."""
    tie: Tie
    floor: Floor | None
    met: Outcome
    unmet: Outcome


@dataclass(frozen=True, slots=True)
class Tally:
    """Ballots counted: each choice, and papers that name none."""

    counts: Mapping[ChoiceId, int]
    invalid: int = 0

    @property
    def participated(self) -> int:
        return sum(self.counts.values()) + self.invalid


@dataclass(frozen=True, slots=True)
class House:
    """The numbers that a vote is measured against."""

    roll: int
    """All members in office that day."""
    present: int
    seats: int | None = None
    """All seats, vacant ones too; only for chambers that measure by it."""


def need(share: tuple[int, int], strict: bool, of: int) -> int:
    """The smallest whole number that is more than (or, not strict, at least) the share of `of`.

    Never less than 1: where nobody cast a vote, nobody's share of nothing adopts anything.
    """
    n, d = share
    return n * of // d + 1 if strict else max(1, -(-n * of // d))


def percentage(part: int, of: int, base: Base) -> Percentage:
    """Half up to hundredths of a per cent. A share of nothing is given as 0."""
    return Percentage((20000 * part + of) // (2 * of) if of else 0, of, base)


def bases(rule: Rule, tally: Tally, house: House) -> Mapping[Base, int]:
    """What each base comes to in this vote."""
    return {
        "all_members": house.roll,
        "all_seats": house.roll if house.seats is None else house.seats,
        "participants": tally.participated,
        "ballots_collected": tally.participated,
        "valid_ballots": tally.participated - tally.invalid,
        "votes_cast": sum(tally.counts.get(choice, 0) for choice in rule.cast),
    }


def measure(condition: Condition, have: int, of: int) -> ConditionResult:
    needed = need(condition.share, condition.strict, of)
    return ConditionResult(
        condition.counted,
        condition.share,
        condition.strict,
        condition.base,
        of,
        have,
        needed,
        have >= needed,
    )


def too_few(rule: Rule, participated: int, of: Mapping[Base, int]) -> bool:
    """Whether the rule's floor of participation is missed."""
    if rule.floor is None:
        return False
    return participated < need(rule.floor.share, False, of[rule.floor.base])


def is_tie(rule: Rule, counts: Mapping[ChoiceId, int]) -> bool:
    """Equal numbers for and against, where the rule knows ties at all."""
    if rule.tie == "unmet":
        return False
    one, other = rule.cast[:2]
    return counts.get(one, 0) == counts.get(other, 0)


def outcome(
    rule: Rule,
    conditions: tuple[ConditionResult, ...],
    *,
    void: bool,
    tied: bool,
    casting_vote: ChoiceId | None,
) -> Outcome:
    """The rule's answer. A casting vote decides a tie and nothing else."""
    if void:
        return "void"
    if tied and casting_vote is None:
        return "tied"
    if tied:
        return rule.met if casting_vote == rule.cast[0] else rule.unmet
    return rule.met if all(condition.met for condition in conditions) else rule.unmet


def compute(
    rule: Rule,
    tally: Tally,
    house: House,
    percent_base: Base,
    casting_vote: ChoiceId | None = None,
) -> Result:
    """The result of one vote. `rule` is the kind's: its `met` and `unmet` are the kind's outcomes."""
    of = bases(rule, tally, house)
    conditions = tuple(measure(c, tally.counts.get(c.counted, 0), of[c.base]) for c in rule.conditions)
    parts = {str(choice): n for choice, n in tally.counts.items()} | {"participated": tally.participated}
    return Result(
        rule=rule.id,
        roll=house.roll,
        present=house.present,
        participated=tally.participated,
        counts=dict(tally.counts),
        invalid=tally.invalid,
        percentages={k: percentage(n, of[percent_base], percent_base) for k, n in parts.items()},
        conditions=conditions,
        casting_vote=casting_vote,
        outcome=outcome(
            rule,
            conditions,
            void=too_few(rule, tally.participated, of),
            tied=is_tie(rule, tally.counts),
            casting_vote=casting_vote,
        ),
    )
