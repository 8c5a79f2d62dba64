"""A result as plain data and back: what the rules know of `parl-result+json` (docs/specs/statements.md).

Log origin, sitting, definition and head are added by whoever signs; they are ignored here on the way back.
"""

from collections.abc import Mapping
from typing import Any, get_args

from voting.ids import ChoiceId, RuleId
from voting.majority import Base, ConditionResult, Outcome, Percentage, Result


def to_plain(result: Result) -> dict[str, Any]:
    """JCS-able: whole numbers, strings, booleans, null. Book and hash are the signer's to add."""
    return {
        "roll": result.roll,
        "present": result.present,
        "participated": result.participated,
        "counts": {str(choice): n for choice, n in result.counts.items()},
        "invalid": result.invalid,
        "percent": {
            name: {"hundredths": p.hundredths, "of": p.of, "base": p.base}
            for name, p in result.percentages.items()
        },
        "conditions": [_condition_to_plain(condition) for condition in result.conditions],
        "casting_vote": result.casting_vote,
        "outcome": result.outcome,
    }


def _condition_to_plain(condition: ConditionResult) -> dict[str, Any]:
    return {
        "counted": condition.counted,
        "share": list(condition.share),
        "strict": condition.strict,
        "base": condition.base,
        "of": condition.of,
        "have": condition.have,
        "need": condition.need,
        "met": condition.met,
    }


def from_plain(plain: Mapping[str, Any], rule: RuleId) -> Result:
    """The result again. Raises ValueError where it isn't one."""
    try:
        return Result(
            rule=rule,
            roll=_whole(plain["roll"]),
            present=_whole(plain["present"]),
            participated=_whole(plain["participated"]),
            counts={ChoiceId(choice): _whole(n) for choice, n in plain["counts"].items()},
            invalid=_whole(plain["invalid"]),
            percentages={
                name: Percentage(_whole(p["hundredths"]), _whole(p["of"]), _base(p["base"]))
                for name, p in plain["percent"].items()
            },
            conditions=tuple(_condition(condition) for condition in plain["conditions"]),
            casting_vote=plain["casting_vote"],
            outcome=_outcome(plain["outcome"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a result: {error!r}") from error


def _condition(plain: Mapping[str, Any]) -> ConditionResult:
    n, d = plain["share"]
    return ConditionResult(
        counted=ChoiceId(plain["counted"]),
        share=(_whole(n), _whole(d)),
        strict=bool(plain["strict"]),
        base=_base(plain["base"]),
        of=_whole(plain["of"]),
        have=_whole(plain["have"]),
        need=_whole(plain["need"]),
        met=bool(plain["met"]),
    )


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"not a result: {value!r} is not a whole number")
    return value


def _base(value: str) -> Base:
    found: Base | None = next((base for base in get_args(Base) if base == value), None)
    if found is None:
        raise ValueError(f"not a result: no base {value!r}")
    return found


def _outcome(value: str) -> Outcome:
    found: Outcome | None = next((outcome for outcome in get_args(Outcome) if outcome == value), None)
    if found is None:
        raise ValueError(f"not a result: no outcome {value!r}")
    return found
