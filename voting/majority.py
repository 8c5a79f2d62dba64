"""Counts, roll and rule in; votes required and outcome out; percentages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from voting.ids import ChoiceId, RuleId

Base = Literal["all_members", "all_seats", "participants", "ballots_collected", "valid_ballots", "votes_cast"]
Outcome = Literal["adopted", "rejected", "elected", "not_elected", "void", "tied", "announced"]


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
