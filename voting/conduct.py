"""Conducting a vote: announce, open, hold, resume, extend, close, cancel; and time that the hall lost."""

from dataclasses import replace
from datetime import datetime, timedelta

from voting import commands as c
from voting import events as e
from voting.ballot import definition, definition_hash
from voting.chamber import Meeting, Sitting
from voting.countdown import Countdown
from voting.division import (
    Division,
    Phase,
    VoteEvent,
    due,
    grace_over,
    stepped,
)
from voting.errors import ImpossibleEvent, ReasonMissing, RefusalKind, TimeNotUp
from voting.ids import VoteId
from voting.refusals import (
    AnotherVoteInPlay,
    ChallengeMissing,
    DurationNotPositive,
    KindUnknown,
    QuestionUnclear,
    VoteEnded,
    VoteIdTaken,
    VoteNotAnnounced,
    VoteNotClosing,
    VoteNotHeld,
    VoteNotOpen,
    VoteNotRepeatable,
    VoteUnknown,
)
from voting.toml_fields import LANGUAGES
from voting.wording import PHASES

NO_REASON = {"and_who": "", "and_who_en": ""}


def in_step(division: Division, event: type[VoteEvent], otherwise: type[RefusalKind]) -> Division:
    """The division, where the table permits the event; otherwise the refusal, naming the phase it is in."""
    if not division.permits(event):
        words = PHASES[division.phase.value]
        raise otherwise(vote=division.id, phase=words["en"], phase_vi=words["vi"])
    return division


def decide_announce(meeting: Meeting, command: c.AnnounceVote, at: datetime) -> tuple[e.Event, ...]:
    sitting = meeting.open_sitting()
    if command.vote in meeting.votes:
        raise VoteIdTaken(vote=command.vote)
    if meeting.in_play is not None:
        raise AnotherVoteInPlay(vote=meeting.in_play.id)
    _check_question(sitting, command.question)
    repeated = _repeated(meeting, command)
    round = repeated.round + 1 if repeated else 1
    defined = definition(meeting, command.vote, command.question, round, command.supersedes)
    superseded = _superseded(command, command.supersedes)
    announced = e.VoteAnnounced(
        vote=command.vote,
        question=command.question,
        definition=definition_hash(defined),
        round=round,
        by=command.by,
        supersedes=command.supersedes,
    )
    return (*superseded, announced)


def _check_question(sitting: Sitting, question: c.Question) -> None:
    if question.kind not in sitting.rulebook.kinds:
        raise KindUnknown(book=sitting.rulebook.id, kind=question.kind)
    texts = {"item": question.item, "title": question.title, "option": question.option}
    missing = [
        f"{name}.{language}"
        for name, text in texts.items()
        for language in LANGUAGES
        if text is not None and not text.get(language, "").strip()
    ]
    if missing:
        raise QuestionUnclear(missing=", ".join(missing))


def _repeated(meeting: Meeting, command: c.AnnounceVote) -> Division | None:
    if command.supersedes is None:
        return None
    if command.supersedes not in meeting.votes:
        raise VoteUnknown(vote=command.supersedes)
    if not command.reason.strip() or not command.ordered_by.strip():
        raise ReasonMissing(
            and_who=" và người yêu cầu biểu quyết lại", and_who_en=", and who ordered the re-vote"
        )
    return in_step(meeting.votes[command.supersedes], e.VoteSuperseded, VoteNotRepeatable)


def _superseded(command: c.AnnounceVote, old: VoteId | None) -> tuple[e.Event, ...]:
    if old is None:
        return ()
    return (e.VoteSuperseded(old, command.vote, command.reason, command.ordered_by),)


def decide_open(meeting: Meeting, command: c.OpenVote, at: datetime) -> tuple[e.Event, ...]:
    """A duration of 0 (from the rule book only) closes by hand."""
    division = in_step(meeting.vote(command.vote), e.VoteOpened, VoteNotAnnounced)
    if not command.challenge:
        raise ChallengeMissing()
    if command.duration_s is not None and command.duration_s <= 0:
        raise DurationNotPositive(seconds=command.duration_s)
    duration = division.kind.duration_s if command.duration_s is None else command.duration_s
    return (e.VoteOpened(command.vote, command.challenge, duration, command.by),)


def decide_hold(meeting: Meeting, command: c.HoldVote, at: datetime) -> tuple[e.Event, ...]:
    in_step(meeting.vote(command.vote), e.VoteHeld, VoteNotOpen)
    _need_reason(command.reason)
    return (e.VoteHeld(command.vote, command.reason, command.by),)


def decide_resume(meeting: Meeting, command: c.ResumeVote, at: datetime) -> tuple[e.Event, ...]:
    division = in_step(meeting.vote(command.vote), e.VoteResumed, VoteNotHeld)
    if division.phase is Phase.OPEN and not division.by_hand:
        words = PHASES[division.phase.value]
        raise VoteNotHeld(vote=division.id, phase=words["en"], phase_vi=words["vi"])
    return (e.VoteResumed(command.vote, command.by),)


def decide_extend(meeting: Meeting, command: c.ExtendVote, at: datetime) -> tuple[e.Event, ...]:
    in_step(meeting.vote(command.vote), e.VoteExtended, VoteNotOpen)
    if command.extra_s <= 0:
        raise DurationNotPositive(seconds=command.extra_s)
    return (e.VoteExtended(command.vote, command.extra_s, command.by),)


def decide_close(meeting: Meeting, command: c.CloseVote, at: datetime) -> tuple[e.Event, ...]:
    """By an officer at any time while open or held; by the clock only when it is due."""
    division = in_step(meeting.vote(command.vote), e.VoteClosing, VoteNotOpen)
    if command.by == "clock" and not due(division, at):
        raise TimeNotUp()
    return (e.VoteClosing(command.vote, division.kind.longest_grace_s, command.by),)


def decide_end_closing(meeting: Meeting, command: c.EndClosing, at: datetime) -> tuple[e.Event, ...]:
    """Present is who is here now, and who voted and left: nobody takes part without being there."""
    division = in_step(meeting.vote(command.vote), e.VoteClosed, VoteNotClosing)
    if not grace_over(division, at):
        raise TimeNotUp()
    left = sum(1 for member in division.ballots if member not in meeting.attendance.present)
    ballots = len(division.ballots)
    return (e.VoteClosed(command.vote, division.roll, meeting.present + left, ballots),)


def decide_cancel(meeting: Meeting, command: c.CancelVote, at: datetime) -> tuple[e.Event, ...]:
    in_step(meeting.vote(command.vote), e.VoteCancelled, VoteEnded)
    _need_reason(command.reason)
    return (e.VoteCancelled(command.vote, command.reason, command.by),)


def decide_interruption(meeting: Meeting, command: c.NoteInterruption, at: datetime) -> tuple[e.Event, ...]:
    """Always taken, in every state: it is a fact about the hall. A clock set back makes it an empty one."""
    until = at if command.until is None else min(command.until, at)
    return (e.RecordingInterrupted(min(command.since, until), until, command.cause),)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(**NO_REASON)


def superseded(meeting: Meeting, event: e.VoteSuperseded, at: datetime) -> Meeting:
    division = replace(
        stepped(meeting.recorded_vote(event.vote), event),
        superseded_by=event.by_vote,
        supersede_reason=event.reason,
        ordered_by=event.ordered_by,
    )
    return meeting.with_vote(division)


def announced(meeting: Meeting, event: e.VoteAnnounced, at: datetime) -> Meeting:
    """Raises ImpossibleEvent where the definition's hash isn't what the rule book and the question give."""
    if meeting.sitting is None or event.vote in meeting.votes:
        raise ImpossibleEvent(f"vote {event.vote} is announced twice, or while no sitting is open")
    kind = meeting.sitting.rulebook.kinds.get(event.question.kind)
    if kind is None:
        raise ImpossibleEvent(f"vote {event.vote} is of the unknown kind {event.question.kind}")
    defined = definition(meeting, event.vote, event.question, event.round, event.supersedes)
    if definition_hash(defined) != event.definition:
        raise ImpossibleEvent(f"vote {event.vote} doesn't match the hash of its definition")
    return meeting.with_vote(
        Division(
            id=event.vote,
            sitting=meeting.sitting.id,
            question=event.question,
            kind=kind,
            round=event.round,
            roll=meeting.sitting.roll.number,
            definition=defined,
            definition_hash=event.definition,
            supersedes=defined["supersedes"],
        )
    )


def opened(meeting: Meeting, event: e.VoteOpened, at: datetime) -> Meeting:
    countdown = Countdown(timedelta(seconds=event.duration_s), since=at) if event.duration_s else None
    division = replace(
        stepped(meeting.recorded_vote(event.vote), event),
        challenge=event.challenge,
        opened_at=at,
        countdown=countdown,
    )
    return meeting.with_vote(division)


def held(meeting: Meeting, event: e.VoteHeld, at: datetime) -> Meeting:
    division = stepped(meeting.recorded_vote(event.vote), event)
    stopped = division.countdown.stopped(at) if division.countdown else None
    return meeting.with_vote(replace(division, countdown=stopped, held_since=at, hold_reason=event.reason))


def resumed(meeting: Meeting, event: e.VoteResumed, at: datetime) -> Meeting:
    division = stepped(meeting.recorded_vote(event.vote), event)
    held_now = max(timedelta(0), at - division.held_since) if division.held_since else timedelta(0)
    started = division.countdown.started(at) if division.countdown else None
    return meeting.with_vote(
        replace(
            division,
            countdown=started,
            held_since=None,
            held_for=division.held_for + held_now,
            by_hand=False,
        )
    )


def extended(meeting: Meeting, event: e.VoteExtended, at: datetime) -> Meeting:
    """A vote without a countdown gets one from now on; a held one goes on standing still."""
    division = stepped(meeting.recorded_vote(event.vote), event)
    extra = timedelta(seconds=event.extra_s)
    longer = division.countdown.extended(extra) if division.countdown else Countdown(extra)
    running = longer.started(at) if division.phase is Phase.OPEN else longer
    return meeting.with_vote(replace(division, countdown=running, by_hand=False))


def closing(meeting: Meeting, event: e.VoteClosing, at: datetime) -> Meeting:
    division = stepped(meeting.recorded_vote(event.vote), event)
    held_now = max(timedelta(0), at - division.held_since) if division.held_since else timedelta(0)
    return meeting.with_vote(
        replace(
            division,
            countdown=division.countdown.stopped(at) if division.countdown else None,
            held_since=None,
            held_for=division.held_for + held_now,
            grace=Countdown(timedelta(seconds=event.grace_s), since=at),
            closed_by=event.by,
        )
    )


def closed(meeting: Meeting, event: e.VoteClosed, at: datetime) -> Meeting:
    division = stepped(meeting.recorded_vote(event.vote), event)
    if event.roll != division.roll:
        raise ImpossibleEvent(f"vote {event.vote} closes on a roll of {event.roll}, not {division.roll}")
    return meeting.with_vote(replace(division, present=event.present, took_part=event.ballots))


def cancelled(meeting: Meeting, event: e.VoteCancelled, at: datetime) -> Meeting:
    division = stepped(meeting.recorded_vote(event.vote), event)
    return meeting.with_vote(replace(division, cancel_reason=event.reason))


def interrupted(meeting: Meeting, event: e.RecordingInterrupted, at: datetime) -> Meeting:
    """Gives the lost time back. After a restart the countdown stands still until an officer takes it up;
    the closing's grace runs on, because it was an officer or the clock who had begun to close."""
    division = meeting.in_play
    if division is None:
        return meeting
    countdown, grace = division.countdown, division.grace
    if countdown is not None:
        countdown = countdown.interrupted(event.since, event.until)
    if grace is not None:
        grace = grace.interrupted(event.since, event.until)
    by_hand = division.by_hand or (event.cause == "restart" and division.phase in (Phase.OPEN, Phase.HELD))
    if by_hand and countdown is not None:
        countdown = countdown.stopped(event.until)
    return meeting.with_vote(replace(division, countdown=countdown, grace=grace, by_hand=by_hand))
