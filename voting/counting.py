"""From the close to the declaration: hand count, result, casting vote, declaration."""

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
    """Entered by two clerks; until they agree each may enter again. Never mixed with electronic ballots."""
    division = in_step(meeting.vote(command.vote), e.HandCountEntered, VoteNotOpen)
    if "hand" not in division.kind.ways:
        raise ChannelNotAllowed(channel="hand")
    if division.result is not None:
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
    division = in_step(meeting.vote(command.vote), e.CastingVoteGiven, VoteNotClosed)
    rule = division.kind.rule
    if rule.tie != "casting_vote":
        raise NoCastingVote()
    if division.result is None:
        raise ResultNotComputed()
    if division.result.outcome != "tied" or division.casting_vote is not None:
        raise VoteNotTied()
    if command.choice not in rule.cast[:2]:
        raise ChoiceUnknown(choice=command.choice)
    return (e.CastingVoteGiven(command.vote, command.choice, command.by),)


def decide_result(meeting: Meeting, command: c.ComputeResult, at: datetime) -> tuple[e.Event, ...]:
    """Once after the close, and once more after a casting vote."""
    division = in_step(meeting.vote(command.vote), e.ResultComputed, VoteNotClosed)
    if division.result is not None and division.result.casting_vote == division.casting_vote:
        raise ResultAlreadyComputed()
    only_by_hand = division.kind.ways == ("hand",)
    if division.hand_count is None and (division.hand_counts or only_by_hand):
        raise HandCountUnconfirmed()
    return (e.ResultComputed(command.vote, result_of(meeting, division)),)


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
    division = in_step(meeting.vote(command.vote), e.VoteDeclared, VoteNotClosed)
    result = division.result
    if result is None or result.casting_vote != division.casting_vote:
        raise ResultNotComputed()
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
