"""Asks the rules again what the hall asked them: from an event, the command that must have led to it.

An auditor who sees everything of a sitting can so check every decision, times included: `decide` on the
state before must give the very events that stand in the log. Imports voting and audit only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from audit import statement
from voting import commands as c
from voting import events as ev
from voting.errors import Refused
from voting.ids import OfficerId
from voting.meeting import Meeting, decide

LEADING = (ev.RuleBookAdopted, ev.RollEstablished, ev.VoteSuperseded)
"""Events that come first of several that one command makes."""


def objection(before: Meeting, events: Sequence[ev.Event], body: Any, at: datetime) -> str | None:
    """What the rules say against these events of one command; None if they give the same.

    `before`: the meeting before the first; `body`: the last one's payload; `at`: their entries' time.
    """
    command = _asked(events, body)
    if command is None:
        return None
    try:
        decided = decide(before, command, at)
    except Refused as refusal:
        return f"{type(events[-1]).__name__}, though the rules refuse it: {refusal}"
    if tuple(decided) != tuple(events):
        return f"{type(events[-1]).__name__} is not what the rules make of it"
    return None


def _asked(events: Sequence[ev.Event], body: Any) -> c.Command | None:
    """The command; None for results, which are counted again instead."""
    match events[-1]:
        case ev.SittingOpened() as opened:
            return _open_sitting(events, opened)
        case ev.VoteAnnounced() as announced:
            return _announce(events, announced)
        case ev.SignedIn() as signed:
            return _sign_in(signed)
        case ev.BallotRecorded() as ballot:
            return _cast(ballot, statement.parse(body, statement.BALLOT).payload)
        case ev.ResultComputed() | ev.VoteDeclared():
            return None
        case event:
            return _of_a_vote(event) or _of_the_hall(event)


def _open_sitting(events: Sequence[ev.Event], opened: ev.SittingOpened) -> c.Command | None:
    texts = [event.text for event in events if isinstance(event, ev.RuleBookAdopted)]
    rolls = [event for event in events if isinstance(event, ev.RollEstablished)]
    if not texts or not rolls:
        return None  # the fold itself can't take this: it was found there
    by, roll = OfficerId(opened.by), rolls[-1]
    return c.OpenSitting(opened.sitting, opened.on, opened.title, texts[-1], roll.members, roll.seating, by)


def _announce(events: Sequence[ev.Event], announced: ev.VoteAnnounced) -> c.Command:
    said = next((event for event in events if isinstance(event, ev.VoteSuperseded)), None)
    return c.AnnounceVote(
        announced.vote, announced.question, OfficerId(announced.by), announced.supersedes,
        said.reason if said else "", said.ordered_by if said else "",
    )  # fmt: skip


def _sign_in(signed: ev.SignedIn) -> c.Command | None:
    if signed.session is None or signed.member is None or signed.channel is None:
        return None
    if signed.key is None or signed.expires is None:
        return None
    return c.SignIn(signed.member, signed.seat, signed.channel, signed.session, signed.key, signed.expires)


def _cast(ballot: ev.BallotRecorded, said: Mapping[str, Any]) -> c.Command | None:
    if ballot.member is None or ballot.channel is None or ballot.choice is None or ballot.rev is None:
        return None
    return c.CastBallot(
        vote=ballot.vote, definition=said["def"], challenge=said["chal"], member=ballot.member,
        seat=ballot.seat, channel=ballot.channel, session=ballot.session, choice=ballot.choice,
        rev=ballot.rev, prev=ballot.prev, ballot=ballot.ballot,
    )  # fmt: skip


def _of_a_vote(event: ev.Event) -> c.Command | None:
    match event:
        case ev.VoteOpened(vote, challenge, duration_s, by):
            return c.OpenVote(vote, challenge, OfficerId(by), duration_s or None)
        case ev.VoteHeld(vote, reason, by):
            return c.HoldVote(vote, reason, OfficerId(by))
        case ev.VoteResumed(vote, by):
            return c.ResumeVote(vote, OfficerId(by))
        case ev.VoteExtended(vote, extra_s, by):
            return c.ExtendVote(vote, extra_s, OfficerId(by))
        case ev.VoteClosing(vote, _, by):
            return c.CloseVote(vote, "clock" if by == "clock" else OfficerId(by))
        case ev.VoteClosed(vote):
            return c.EndClosing(vote)
        case ev.SeatsAccounted(vote, tuple() as seats):
            return c.AccountForSeats(vote, {one.seat: one.seen for one in seats})
        case ev.HandCountEntered(vote, Mapping() as counts, by):
            return c.EnterHandCount(vote, counts, OfficerId(by))
        case ev.CastingVoteGiven(vote, str(choice), by):
            return c.GiveCastingVote(vote, choice, OfficerId(by))
        case ev.VoteCancelled(vote, reason, by):
            return c.CancelVote(vote, reason, OfficerId(by))
    return None


def _of_the_hall(event: ev.Event) -> c.Command | None:
    # A cause or kind that is none goes through as it is: the rules or the fold answer for it.
    match event:
        case ev.SittingAdjourned(_, by):
            return c.AdjournSitting(OfficerId(by))
        case ev.SignedOut(str(session), cause):
            return c.SignOut(session, cast(Any, cause))
        case ev.SessionSlept(str(session), cause):
            return c.PutToSleep(session, cast(Any, cause))
        case ev.MobileOpened(named, reason, by):
            return c.OpenMobile(named, reason, OfficerId(by))
        case ev.MobileClosed(named, reason, by):
            return c.CloseMobile(named, reason, OfficerId(by))
        case ev.RollCalled(by):
            return c.CallRoll(OfficerId(by))
        case ev.IncidentNoted(_, kind, str(place), whose):
            return c.NoteIncident(kind, place, whose)
        case ev.IncidentAcknowledged(incident, by):
            return c.AcknowledgeIncident(incident, OfficerId(by))
        case ev.PresenceMarked(member, present, reason, by):
            return c.MarkPresence(member, present, reason, OfficerId(by))
        case ev.RecordingInterrupted(since, until, cause):
            return c.NoteInterruption(since, cast(Any, cause), until)
        case ev.FloorRequested(member, kind):
            return c.RequestFloor(member, cast(Any, kind))
        case ev.RequestWithdrawn(member):
            return c.WithdrawRequest(member)
        case ev.FloorGiven(member, _, _, by):
            return c.GiveFloor(member, OfficerId(by))
        case ev.SpeechEnded(_, by):
            return c.EndSpeech(OfficerId(by))
    return None
