"""Ballots in, counts out."""

from collections.abc import Mapping

from voting.division import Division, Effective
from voting.ids import ChoiceId, MemberId
from voting.kinds import Kind
from voting.majority import Tally
from voting.members import Roll

INVALID = ChoiceId("invalid")
"""Among the figures of a hand count: papers that name no choice."""


def count(ballots: Mapping[MemberId, Effective], kind: Kind, roll: Roll) -> Tally:
    """One effective ballot a member, each with its member's weight; choices in the rule book's order."""
    counts = dict.fromkeys(kind.choice_ids, 0)
    for member, ballot in ballots.items():
        counts[ballot.choice] += roll.weight(member)
    return Tally(counts)


def from_hand(figures: Mapping[ChoiceId, int], kind: Kind) -> Tally:
    """The confirmed figures of two clerks."""
    return Tally({choice: figures[choice] for choice in kind.choice_ids}, figures.get(INVALID, 0))


def of(division: Division, roll: Roll) -> Tally:
    """The division's tally so far: the hand count where one is confirmed, else the ballots."""
    if division.hand_count is not None:
        return from_hand(division.hand_count, division.kind)
    return count(division.ballots, division.kind, roll)
