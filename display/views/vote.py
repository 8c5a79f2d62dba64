"""The vote that the hall looks at, as each role may see it."""

from __future__ import annotations

from datetime import timedelta

from rpds import HashTrieMap, HashTrieSet

from display.feed import time_text
from display.moment import Moment
from display.rights import Role
from display.shapes import ChoiceShape, VoteShape
from display.views import suspects
from display.views.people import by_seat, seating_of, words
from display.views.result import may_see_result, result_shape
from display.views.unchanged import while_unchanged
from display.views.words import state
from voting.division import Division, Effective, Phase, deadline, remaining
from voting.ids import MemberId, SeatId

ABSENT, PRESENT, RECORDED, OFFLINE, SUSPECT = "-", "o", "*", "x", "?"


def vote_shape(role: Role, moment: Moment) -> VoteShape | None:
    """The last vote announced in the open sitting, None where there is none."""
    division = moment.meeting.current
    if division is None:
        return None
    result_shown = may_see_result(role, division)
    shown = _question(division, result_shown)
    shown["shown"] = moment.health.shown.get(division.id, 0)
    shown["recorded"] = division.recorded_members
    shown["present"] = moment.meeting.present if division.present is None else division.present
    if not division.kind.secret:
        shown["seats"] = seats(role, moment, division)
        _add_running(shown, division)
    _add_clock(shown, moment, division)
    if role == "officer":
        _add_suspects(shown, moment, division)
    result = result_shape(division, moment) if result_shown else None
    if result is not None:
        shown["result"] = result
    return shown


def _question(division: Division, result_shown: bool) -> VoteShape:
    kind, question = division.kind, division.question
    tied = result_shown and division.result is not None and division.result.outcome == "tied"
    shown: VoteShape = {
        "id": division.id,
        "phase": division.phase.value,
        "state": state(division, tied=tied),
        "heading": words(kind.heading),
        "kind": kind.id,
        "item": words(question.item),
        "title": words(question.title),
        "round": division.round,
        "secret": kind.secret,
        "choices": choices(division),
        "members": division.roll,
        "present": 0,
        "shown": 0,
        "recorded": 0,
    }
    if question.option is not None:
        shown["option"] = words(question.option)
    return shown


def choices(division: Division) -> list[ChoiceShape]:
    """In the rule book's order."""
    return [
        {"id": choice.id, "label": words(choice.label), "mark": choice.mark, "tone": choice.tone}
        for choice in division.kind.choices
    ]


def seats(role: Role, moment: Moment, division: Division) -> str:
    """One letter a seat of the plan: who is there and whose ballot is recorded, never which."""
    sitting = moment.meeting.sitting_of(division)
    sitters = by_seat(moment.seats, seating_of(moment.meeting, sitting))
    letters = _letters(sitters, division.ballots, moment.meeting.attendance.present)
    offline, suspect = frozenset(moment.health.seats_offline), _suspect(moment, division)
    if role != "officer" or not (offline or suspect):
        return letters
    return "".join(
        SUSPECT if seat.id in suspect else OFFLINE if seat.id in offline and letter != RECORDED else letter
        for seat, letter in zip(moment.seats, letters, strict=True)
    )


def _suspect(moment: Moment, division: Division) -> frozenset[SeatId]:
    found = (
        suspects.advice(division, moment.meeting.sitting_of(division)) if suspects.waits(division) else None
    )
    return frozenset(one.seat for one in found.suspects) if found is not None else frozenset()


def _add_suspects(shown: VoteShape, moment: Moment, division: Division) -> None:
    sitting = moment.meeting.sitting_of(division)
    found = suspects.advice(division, sitting) if suspects.waits(division) else None
    if found is not None:
        shown["suspects"] = suspects.suspect_shapes(found, sitting)
        shown["advice"] = suspects.said(found)


@while_unchanged
def _letters(
    sitters: tuple[MemberId | None, ...],
    ballots: HashTrieMap[MemberId, Effective],
    present: HashTrieSet[MemberId],
) -> str:
    """The same for every role, so it is drawn once a commit."""
    return "".join(
        ABSENT if one is None else RECORDED if one in ballots else PRESENT if one in present else ABSENT
        for one in sitters
    )


def _add_running(shown: VoteShape, division: Division) -> None:
    """Counts while the vote runs, only where the rule book shows them to everybody."""
    if not division.kind.running_counts or division.phase not in (Phase.OPEN, Phase.HELD, Phase.CLOSING):
        return
    counts = dict.fromkeys(division.kind.choice_ids, 0)
    for ballot in division.ballots.values():
        counts[ballot.choice] += 1
    shown["running"] = {str(choice): count for choice, count in counts.items()}


def _overrun(division: Division, moment: Moment) -> timedelta:
    countdown = division.countdown
    return countdown.passed(moment.at) - countdown.duration if countdown else timedelta(0)


def _add_clock(shown: VoteShape, moment: Moment, division: Division) -> None:
    ends = deadline(division, moment.at)
    left = remaining(division, moment.at)
    if ends is not None and left:
        shown["deadline"] = time_text(ends)
    elif ends is not None:
        # Time is up and the clock is about to close it: the end stands still rather than run ahead.
        shown["deadline"] = time_text(ends - _overrun(division, moment))
    elif left is not None and division.phase is Phase.HELD:
        shown["remaining_ms"] = int(left / timedelta(milliseconds=1))
