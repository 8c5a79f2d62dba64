"""Which outcomes a rule allows for figures that were only partly published.

Each figure is a range from what is known at least to what is possible at most; where everything needed was
published the ranges are points and one outcome is left.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hall_controller.published import Row
from voting.majority import Base, Condition, Rule, need

Range = tuple[int, int]
ENDLESS = 10**9
"""More than any chamber has: stands for a number of members that was not published."""

NOT_JUDGED = "result announced"
WORDS = {"adopted": "met", "elected": "met", "rejected": "unmet", "not elected": "unmet"}


@dataclass(frozen=True, slots=True)
class Ranges:
    counts: Mapping[str, Range]
    bases: Mapping[Base, Range]
    unpublished: Range
    """Of a choice that was not published."""

    def count(self, choice: str) -> Range:
        return self.counts.get(choice, self.unpublished)


def ranges(row: Row, rule: Rule, participated: int | None, *, complete: bool) -> Ranges:
    """`complete`: every part of participated was published, so a choice that is absent had nobody."""
    known = sum(row.counts.values()) + row.figures.get("invalid", 0)
    members = row.figures.get("members", ENDLESS)
    most = members if participated is None else participated
    took_part = (known if participated is None else participated, most)
    unpublished = (0, 0 if complete else max(0, most - known))
    counts = {choice: (n, n) for choice, n in row.counts.items()}
    spread = unpublished[1]
    cast = [counts.get(choice, unpublished) for choice in rule.cast]
    least_cast = sum(low for low, _ in cast)
    open_cast = spread if any(choice not in counts for choice in rule.cast) else 0
    of_members = (members, members) if members != ENDLESS else (took_part[0], ENDLESS)
    valid = (
        max(0, took_part[0] - row.figures.get("invalid", most)),
        took_part[1] - row.figures.get("invalid", 0),
    )
    bases: dict[Base, Range] = {
        "all_members": of_members,
        "all_seats": of_members,
        "participants": took_part,
        "ballots_collected": took_part,
        "valid_ballots": valid,
        "votes_cast": (least_cast, least_cast + open_cast),
    }
    return Ranges(counts, bases, unpublished)


def possible(rule: Rule, given: Ranges, casting_vote: str | None) -> tuple[str, ...]:
    """The outcomes that no published figure excludes, in the rule's words."""
    void = _void(rule, given)
    if void is True:
        return ("void",)
    found = set() if void is False else {"void"}
    tie = tied(rule, given)
    if tie is not False:
        found |= _of_tie(rule, casting_vote)
    if tie is not True:
        found |= _of_conditions(rule, given)
    return tuple(sorted(found))


def _of_tie(rule: Rule, casting_vote: str | None) -> set[str]:
    if rule.tie == "tied":
        return {"tied"}
    if casting_vote is None:  # it may have been given without being published
        return {"tied", rule.met, rule.unmet}
    return {rule.met if casting_vote == rule.cast[0] else rule.unmet}


def _of_conditions(rule: Rule, given: Ranges) -> set[str]:
    met = [_met(condition, given) for condition in rule.conditions]
    if all(one is True for one in met):
        return {rule.met}
    if any(one is False for one in met):
        return {rule.unmet}
    return {rule.met, rule.unmet}


def _met(condition: Condition, given: Ranges) -> bool | None:
    least, most = given.count(condition.counted)
    low, high = given.bases[condition.base]
    if least >= need(condition.share, condition.strict, high):
        return True
    return False if most < need(condition.share, condition.strict, low) else None


def _void(rule: Rule, given: Ranges) -> bool | None:
    if rule.floor is None:
        return False
    least, most = given.bases["participants"]
    low, high = given.bases[rule.floor.base]
    if most < need(rule.floor.share, False, low):
        return True
    return False if least >= need(rule.floor.share, False, high) else None


def tied(rule: Rule, given: Ranges) -> bool | None:
    """Whether for and against were equal; None where that is unknown. False for rules without ties."""
    if rule.tie == "unmet":
        return False
    (a_low, a_high), (b_low, b_high) = (given.count(choice) for choice in rule.cast[:2])
    if a_low == a_high == b_low == b_high:
        return True
    return False if a_low > b_high or b_low > a_high else None


def contradictions(
    row: Row, rule: Rule, given: Ranges, outcomes: tuple[str, ...], notes: list[str]
) -> Iterator[str]:
    """Where the row's outcome or its casting vote can't be. Adds to `notes` what is not judged."""
    yield from _casting_vote(row, rule, given)
    printed = " ".join(row.texts.get("outcome", "").lower().replace("_", " ").split())
    if printed in ("", NOT_JUDGED):
        notes.append("no outcome was published" if not printed else "result announced: not judged")
        return
    if not any(_same(rule, outcome, printed) for outcome in outcomes):
        yield f"outcome {printed}, but by the rule it is {' or '.join(outcomes)}"
    elif len(outcomes) > 1:
        notes.append("the outcome depends on figures that were not published")


def _same(rule: Rule, outcome: str, printed: str) -> bool:
    """One majority adopts texts and elects people: both words fit; an election's own rule only elects."""
    if outcome.replace("_", " ") == printed:
        return True
    sides: dict[str, str] = {rule.met: "met", rule.unmet: "unmet"}
    return rule.met == "adopted" and sides.get(outcome) == WORDS.get(printed, "")


def _casting_vote(row: Row, rule: Rule, given: Ranges) -> Iterator[str]:
    vote = row.texts.get("casting_vote")
    if vote is None:
        return
    if rule.tie != "casting_vote":
        yield f"a casting vote ({vote}), which the rule doesn't have"
    elif vote not in rule.cast[:2]:
        yield f"the casting vote is {vote!r}, which is neither for nor against"
    elif tied(rule, given) is False:
        yield f"a casting vote ({vote}), but the vote was not tied"
