"""Members, as far as a hall meets them: they put in a card, type a PIN, see the question and press a key.

A person sees what is on the unit in front of them and touches its keys, its card slot and its PIN pad:
nothing else. Who presses what, and after how long, is planned beforehand from a seed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

FASTEST_S = 0.4
"""Nobody presses sooner after the keys light up."""
MIND_CHANGED_S = (0.7, 1.6)
"""Between a first press and the second thought."""


@dataclass(frozen=True, slots=True)
class Press:
    """`choice` at `after_s` seconds from the opening; the last press of a person is the one meant."""

    member: str
    choice: str
    after_s: float


def _moment(random: Random, spread_s: float) -> float:
    """Most press soon, a few late: a right-skewed delay within the spread."""
    return FASTEST_S + spread_s * random.betavariate(1.6, 3.5)


def plan(
    counts: Mapping[str, int],
    present: Sequence[str],
    random: Random,
    *,
    spread_s: float,
    second_thoughts: float = 0.0,
) -> list[Press]:
    """Presses, in order of time, after which each choice has exactly its count among distinct members.

    `second_thoughts` is the share of voters who first press another key. Raises ValueError when fewer are
    present than are to vote.
    """
    meant = [choice for choice, count in counts.items() for _ in range(count)]
    if len(meant) > len(present):
        raise ValueError(f"{len(meant)} are to vote but only {len(present)} are present")
    presses = []
    for member, choice in zip(random.sample(list(present), len(meant)), meant, strict=True):
        at = _moment(random, spread_s)
        others = [other for other in counts if other != choice]
        if others and random.random() < second_thoughts:
            presses.append(Press(member, random.choice(others), at))
            at += random.uniform(*MIND_CHANGED_S)
        presses.append(Press(member, choice, at))
    return sorted(presses, key=lambda press: press.after_s)


def effective(presses: Iterable[Press]) -> dict[str, str]:
    """What each person finally meant."""
    return {press.member: press.choice for press in sorted(presses, key=lambda press: press.after_s)}
