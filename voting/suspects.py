"""Seats to be looked at before a result is declared, and whether they could change it. Pure.

A seat is suspect where its member's wish may not be what the log holds, whoever's fault that would be.
One that was out of reach for a while, but whose ballot is recorded and whose lamp is lit, is not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from voting import tally
from voting.chamber import Sitting
from voting.division import Division
from voting.ids import ChoiceId, MemberId, SeatId
from voting.majority import House, Result, Tally, compute
from voting.seat_units import SeatAccount

Reason = Literal["not_recorded", "not_lit", "offline", "not_shown"]
_EACH = 10
"""Up to so many doubtful votes each number of them is tried: only a tie needs one number exactly."""


@dataclass(frozen=True, slots=True)
class Suspect:
    seat: SeatId
    member: MemberId
    reason: Reason


@dataclass(frozen=True, slots=True)
class Advice:
    suspects: tuple[Suspect, ...]
    margin: int | None
    """Votes that would have to be other for another result; None where no number of them would do."""
    revote: bool
    """The suspect seats could have made the result another one."""


def suspects(account: Sequence[SeatAccount]) -> tuple[Suspect, ...]:
    found = ((one, _reason(one)) for one in account)
    return tuple(Suspect(one.seat, one.member, why) for one, why in found if why is not None)


def _reason(one: SeatAccount) -> Reason | None:
    """The gravest: what was pressed and isn't there, then what the member wasn't told."""
    if one.by_phone or not one.present:
        # A ballot by phone stands, whatever the seat did; an empty seat's unit has no wish to lose.
        return None
    if one.recorded is not None:
        return "not_lit" if one.seen.lit is None else None
    if one.seen.pressed is not None:
        return "not_recorded"
    if one.seen.offline is not None:
        return "offline"
    return "not_shown" if one.seen.shown is None else None


def advice(division: Division, sitting: Sitting) -> Advice | None:
    """None before the account and the result are there, and of a vote without such an account."""
    if division.account is None or division.result is None:
        return None
    found = suspects(division.account)
    count = _Count(division, sitting)
    lost = sum(sitting.roll.weight(one.member) for one in found if one.reason != "not_lit")
    doubtful = sum(sitting.roll.weight(one.member) for one in found if one.reason == "not_lit")
    return Advice(found, count.margin(), count.could_change(lost, doubtful))


class _Count:
    """The vote counted otherwise: by the same rule, on the same roll."""

    def __init__(self, division: Division, sitting: Sitting) -> None:
        assert division.result is not None
        self._kind, self._roll = division.kind, division.roll
        self._cast = division.casting_vote
        self._tally = tally.of(division, sitting.roll)
        self._house = House(division.roll, division.present or 0, sitting.rulebook.seats)
        self._stands = _verdict(division.result)

    def margin(self) -> int | None:
        """The smallest number of votes, added or given otherwise, with which the result is another."""
        low, high = 1, self._roll
        if not self._differs_by(high):
            return None
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._differs_by(middle) else (middle + 1, high)
        return low

    def could_change(self, lost: int, doubtful: int) -> bool:
        """`lost`: votes that may have been meant and aren't there; `doubtful`: there, perhaps otherwise."""
        return any(
            self._differs(added, moved)
            for added in _numbers(lost)
            for moved in _numbers(doubtful)
            if added or moved
        )

    def _differs_by(self, votes: int) -> bool:
        return self._differs(votes, 0) or self._differs(0, votes)

    def _differs(self, added: int, moved: int) -> bool:
        return any(self._verdict(counts) != self._stands for counts in self._others(added, moved))

    def _others(self, added: int, moved: int) -> Iterator[dict[ChoiceId, int]]:
        """All that was added at one choice, all that was moved from one to another: the extremes."""
        counts, choices = dict(self._tally.counts), self._kind.choice_ids
        for to in choices:
            more = counts | {to: counts.get(to, 0) + added}
            yield more
            for one, other in permutations(choices, 2):
                some = min(moved, counts.get(one, 0))
                yield more | {one: more.get(one, 0) - some, other: more.get(other, 0) + some}

    def _verdict(self, counts: dict[ChoiceId, int]) -> object:
        kind, other = self._kind, Tally(counts, self._tally.invalid)
        return _verdict(compute(kind.rule, other, self._house, kind.percent_base, self._cast))


def _verdict(result: Result) -> object:
    """What a result decides: the outcome, and of a rule that only announces, which shares are reached."""
    return result.outcome, tuple(one.met for one in result.conditions)


def _numbers(most: int) -> Sequence[int]:
    return range(most + 1) if most <= _EACH else (*range(_EACH + 1), most)
