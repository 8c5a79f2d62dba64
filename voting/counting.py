"""From the close to the declaration: hand count, result, casting vote, declaration.

Result, casting vote and declaration may come after the sitting was adjourned; hands are counted in it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from voting import commands as c
from voting import events as e
from voting import tally
from voting.chamber import Meeting
from voting.conduct import in_step
from voting.division import Division, stepped
from voting.ids import ChoiceId
from voting.majority import House, Result, compute
from voting.refusals import (
    BallotsAlreadyCast,
    CastingVoteNeeded,
    ChannelNotAllowed,
    ChoiceUnknown,
    HandCountConfirmed,
    HandCountImpossible,
    HandCountUnconfirmed,
    NoCastingVote,
    ResultAlreadyComputed,
    ResultNotComputed,
    VoteNotClosed,
    VoteNotOpen,
    VoteNotTied,
)


def decide_hand_count(meeting: Meeting, command: c.EnterHandCount, at: datetime) -> tuple[e.Event, ...]:
    """Entered by two clerks; until they agree each may enter again. Never mixed with electronic ballots.

    Where nobody could press, the result of no ballots at all stands at once: hands replace it.
    """
    division = in_step(meeting.vote(command.vote), e.HandCountEntered, VoteNotOpen)
    if "hand" not in division.kind.ways:
        raise ChannelNotAllowed(channel="hand")
    if division.casting_vote is not None:
        raise ResultAlreadyComputed()
    if division.ballots:
        raise BallotsAlreadyCast(ballots=len(division.ballots))
    if division.hand_count is not None:
        raise HandCountConfirmed()
    _check_figures(division, command.counts)
    confirmed = any(
        clerk != command.by and dict(figures) == dict(command.counts)
        for clerk, figures in division.hand_counts.items()
    )
    return (e.HandCountEntered(command.vote, dict(command.counts), command.by, confirmed),)


def _check_figures(division: Division, counts: Mapping[ChoiceId, int]) -> None:
    choices = set(division.kind.choice_ids)
    wrong = (counts.keys() - {tally.INVALID}) ^ choices
    if wrong:
        names = ", ".join(sorted(wrong))
        raise HandCountImpossible(
            fault=f"thiếu hoặc thừa {names}", fault_en=f"{names} missing or not a choice"
        )
    if any(n < 0 for n in counts.values()):
        raise HandCountImpossible(fault="có số âm", fault_en="a figure is negative")
    total = sum(counts.values())
    if total > division.roll:
        raise HandCountImpossible(
            fault=f"tổng {total} lớn hơn {division.roll} đại biểu",
            fault_en=f"{total} together, but there are {division.roll} members",
        )


def decide_casting_vote(meeting: Meeting, command: c.GiveCastingVote, at: datetime) -> tuple[e.Event, ...]:
    """An act of its own: the counts stay tied, the outcome is the chair's."""
    division = in_step(meeting.vote_of_any_sitting(command.vote), e.CastingVoteGiven, VoteNotClosed)
    rule = division.kind.rule
    if rule.tie != "casting_vote":
        raise NoCastingVote()
    if division.result is None:
        raise ResultNotComputed()
    if division.result.outcome != "tied" or division.casting_vote is not None:
        raise VoteNotTied()
    _check_counted(meeting, division)
    if command.choice not in rule.cast[:2]:
        raise ChoiceUnknown(choice=command.choice)
    return (e.CastingVoteGiven(command.vote, command.choice, command.by),)


def decide_result(meeting: Meeting, command: c.ComputeResult, at: datetime) -> tuple[e.Event, ...]:
    """Once after the close, and once more after a casting vote, or hands that were counted in its place."""
    division = in_step(meeting.vote_of_any_sitting(command.vote), e.ResultComputed, VoteNotClosed)
    if is_counted(meeting, division):
        raise ResultAlreadyComputed()
    if awaits_hands(division):
        raise HandCountUnconfirmed()
    return (e.ResultComputed(command.vote, result_of(meeting, division)),)


def is_counted(meeting: Meeting, division: Division) -> bool:
    """Whether its result holds all that was recorded: the ballots, or hands instead, and a casting vote."""
    result = division.result
    if result is None or result.casting_vote != division.casting_vote:
        return False
    if division.hand_count is None:
        return not division.hand_counts
    return result == result_of(meeting, division)


def awaits_hands(division: Division) -> bool:
    """Whether two clerks have yet to agree: one has entered figures, or there is no other way to vote."""
    return division.hand_count is None and (bool(division.hand_counts) or division.kind.ways == ("hand",))


def _check_counted(meeting: Meeting, division: Division) -> None:
    """Nothing rests on a result while hands that replace it are being counted."""
    if awaits_hands(division):
        raise HandCountUnconfirmed()
    if not is_counted(meeting, division):
        raise ResultNotComputed()


def result_of(meeting: Meeting, division: Division) -> Result:
    """The result that the rule book gives for what was recorded: for the hall and for every recount.

    Only for a reader who has the ballots; `division` must have been closed.
    """
    sitting = meeting.sitting_of(division)
    kind = division.kind
    house = House(division.roll, division.present or 0, sitting.rulebook.seats)
    counted = tally.of(division, sitting.roll)
    return compute(kind.rule, counted, house, kind.percent_base, division.casting_vote)


def decide_declare(meeting: Meeting, command: c.DeclareVote, at: datetime) -> tuple[e.Event, ...]:
    """Also in a later sitting: the book, the roll and the result are those of the vote's own."""
    division = in_step(meeting.vote_of_any_sitting(command.vote), e.VoteDeclared, VoteNotClosed)
    result = division.result
    if result is None:
        raise ResultNotComputed()
    _check_counted(meeting, division)
    if result.outcome == "tied" and division.kind.rule.tie == "casting_vote":
        raise CastingVoteNeeded()
    return (e.VoteDeclared(command.vote, result, command.by),)


def hand_counted(meeting: Meeting, event: e.HandCountEntered, at: datetime) -> Meeting:
    division = stepped(meeting.recorded_vote(event.vote), event)
    if event.counts is None:
        return meeting.with_vote(division)
    return meeting.with_vote(
        replace(
            division,
            hand_counts=division.hand_counts.insert(event.by, event.counts),
            hand_count=event.counts if event.confirmed else None,
        )
    )


def casting_vote_given(meeting: Meeting, event: e.CastingVoteGiven, at: datetime) -> Meeting:
    division = stepped(meeting.recorded_vote(event.vote), event)
    return meeting.with_vote(replace(division, casting_vote=event.choice))


def result_computed(meeting: Meeting, event: e.ResultComputed, at: datetime) -> Meeting:
    division = stepped(meeting.recorded_vote(event.vote), event)
    return meeting.with_vote(replace(division, result=event.result))


def declared(meeting: Meeting, event: e.VoteDeclared, at: datetime) -> Meeting:
    division = stepped(meeting.recorded_vote(event.vote), event)
    return meeting.with_vote(replace(division, result=event.result, declared_at=at))
