"""What is voted on, the form that a signer fills in, and when a ballot counts.

A ballot names a choice by id, the definition that it answers, and the opening that it was made for.
Signatures were checked before a `CastBallot` was made; here only the rules are asked.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import rfc8785

from voting import events as e
from voting.attendance import Session
from voting.chamber import Meeting, Sitting
from voting.commands import CastBallot, Question
from voting.division import Division, Effective, Phase, stepped
from voting.errors import (
    ImpossibleEvent,
    NotAMember,
    NotSignedIn,
    SessionEnded,
    SessionExpired,
    SessionMismatch,
)
from voting.ids import VoteId
from voting.mobile import check_phone
from voting.refusals import (
    AlreadyRecorded,
    BallotFinal,
    CardSignatureNeeded,
    CardSignatureNotAsked,
    ChannelNotAllowed,
    ChoiceUnknown,
    CountedByHand,
    RevisionStale,
    VoteNotOpen,
    VoteOnHold,
    VoteTimeUp,
    VoteUnknown,
    WrongChallenge,
    WrongQuestion,
)
from voting.seating import check_alone, check_presence
from voting.wording import PHASES


def definition(
    meeting: Meeting, vote_id: VoteId, question: Question, round: int, supersedes: VoteId | None = None
) -> dict[str, Any]:
    """What is voted on, as JCS-able data without the log: members as in docs/specs/vote-life.md.

    `supersedes` may be left out once the superseding is on record. Raises SittingNotOpen, and KeyError for
    a kind that the rule book doesn't have.
    """
    sitting = meeting.open_sitting()
    if supersedes is None:
        supersedes = next((old.id for old in meeting.divisions if old.superseded_by == vote_id), None)
    kind = sitting.rulebook.kinds[question.kind]
    return {
        "v": 1,
        "sit": sitting.id,
        "vote": vote_id,
        "round": round,
        "supersedes": supersedes,
        "kind": question.kind,
        "item": dict(question.item),
        "item_id": question.item_id,
        "title": dict(question.title),
        "option": dict(question.option) if question.option is not None else None,
        "rule": {"book": sitting.rulebook.id, "sha256": sitting.rulebook.sha256, "id": kind.rule.id},
        "choices": list(kind.choice_ids),
        "roll": sitting.roll.number,
    }


def definition_hash(defined: dict[str, Any]) -> str:
    """SHA-256 hex of the definition's canonical bytes (RFC 8785)."""
    return sha256(rfc8785.dumps(defined)).hexdigest()


def form(meeting: Meeting, vote_id: VoteId, log: str) -> dict[str, Any]:
    """The ballot form of docs/specs/statements.md. `chal` is null until the vote is opened.

    Raises VoteUnknown, for votes of earlier sittings too: nobody votes on them any more.
    """
    division = meeting.vote(vote_id)
    return {
        "form": {
            "log": log,
            "sit": division.sitting,
            "vote": division.id,
            "def": division.definition_hash,
            "chal": division.challenge,
        },
        "keys": {choice.key: choice.id for choice in division.kind.choices},
    }


def check(meeting: Meeting, command: CastBallot, at: datetime) -> None:
    """Returns where the ballot counts; otherwise raises the refusal.

    AlreadyRecorded comes first: the asker has a right to its receipt, also after the close.
    """
    known = meeting.votes.get(command.vote)
    if known is not None and command.ballot in known.recorded:
        raise AlreadyRecorded(command.ballot)
    sitting = meeting.open_sitting()
    if known is None or known.sitting != sitting.id:
        raise VoteUnknown(vote=command.vote)
    _check_time(known, command, at)
    _check_question(known, command)
    _check_person(meeting, sitting, command, at)
    check_alone(sitting, known, command)
    _check_revision(known, command)


def _check_time(division: Division, command: CastBallot, at: datetime) -> None:
    if division.phase is Phase.ANNOUNCED:
        words = PHASES[division.phase.value]
        raise VoteNotOpen(vote=division.id, phase=words["en"], phase_vi=words["vi"])
    if division.phase is Phase.HELD:
        raise VoteOnHold()
    if not division.permits(e.BallotRecorded):
        raise VoteTimeUp()
    if division.grace is not None:
        allowed = timedelta(seconds=division.kind.grace_s.get(command.channel, 0))
        if division.grace.passed(at) > allowed:
            raise VoteTimeUp()
    if division.hand_counts:
        raise CountedByHand()


def _check_question(division: Division, command: CastBallot) -> None:
    if command.definition != division.definition_hash:
        raise WrongQuestion()
    if command.challenge != division.challenge:
        raise WrongChallenge()
    if command.channel not in division.kind.ways:
        raise ChannelNotAllowed(channel=command.channel)
    if command.choice not in division.kind.choice_ids:
        raise ChoiceUnknown(choice=command.choice)
    if division.kind.signed_by == "card" and command.session is not None:
        raise CardSignatureNeeded()
    if division.kind.signed_by != "card" and command.session is None:
        raise CardSignatureNotAsked()


def _check_person(meeting: Meeting, sitting: Sitting, command: CastBallot, at: datetime) -> None:
    if command.member not in sitting.roll:
        raise NotAMember(member=command.member)
    session = _session(meeting, command)
    signed_in = (session.member, session.seat, session.channel)
    if signed_in != (command.member, command.seat, command.channel):
        raise SessionMismatch()
    if session.expires <= at:
        raise SessionExpired()
    check_presence(meeting, sitting, session)
    if command.channel == "mobile":
        check_phone(sitting, meeting.attendance, command.member)


def _session(meeting: Meeting, command: CastBallot) -> Session:
    """Also who signs by the card itself has signed in before, and is at that seat now."""
    attendance = meeting.attendance
    if command.session is None:
        session = attendance.held_by(command.member, command.channel)
    else:
        session = attendance.sessions.get(command.session)
    if session is None:
        raise SessionEnded() if command.session in attendance.ended else NotSignedIn()
    return session


def _check_revision(division: Division, command: CastBallot) -> None:
    current = division.ballots.get(command.member)
    if current is not None and division.kind.change == "first_only":
        raise BallotFinal()
    expected = current.rev + 1 if current else 1
    follows = current.ballot if current else None
    if command.rev != expected or command.prev != follows:
        raise RevisionStale(expected=expected)


def decide_cast(meeting: Meeting, command: CastBallot, at: datetime) -> tuple[e.Event, ...]:
    check(meeting, command, at)
    return (
        e.BallotRecorded(
            vote=command.vote,
            ballot=command.ballot,
            member=command.member,
            seat=command.seat,
            channel=command.channel,
            session=command.session,
            choice=command.choice,
            rev=command.rev,
            prev=command.prev,
        ),
    )


def recorded(meeting: Meeting, event: e.BallotRecorded, at: datetime) -> Meeting:
    """The later ballot of a member takes the place of the earlier; both stay recorded."""
    division = stepped(meeting.recorded_vote(event.vote), event)
    if event.ballot in division.recorded:
        raise ImpossibleEvent(f"ballot {event.ballot} is recorded twice")
    ballots = division.ballots
    if event.member is not None:
        ballots = ballots.insert(event.member, _effective(division, event, at))
    kept = division.recorded.insert(event.ballot, event.member)
    return meeting.with_vote(replace(division, ballots=ballots, recorded=kept))


def _effective(division: Division, event: e.BallotRecorded, at: datetime) -> Effective:
    if event.channel is None or event.choice is None or event.rev is None:
        raise ImpossibleEvent(f"ballot {event.ballot} names a member, but not its choice")
    current = division.ballots.get(event.member) if event.member is not None else None
    if (event.rev, event.prev) != ((current.rev + 1, current.ballot) if current else (1, None)):
        raise ImpossibleEvent(f"ballot {event.ballot} doesn't follow the member's ballot in force")
    return Effective(event.ballot, event.choice, event.rev, event.seat, event.channel, event.session, at)
