"""What the officer may do now: the one next step, and what else. The rules judge; this only offers.

Keys are function keys, and what can't be undone is confirmed with another key than the one that asked.
"""

from display.moment import Moment
from display.ports import PlannedVote
from display.shapes import ActShape
from display.views import words
from display.views.programme import not_yet_put
from voting.division import Division, Phase

NEXT, CONFIRM, AGAIN, MORE, SPEAKER, MICROPHONE, HOLD = "F9", "F2", "F3", "F4", "F6", "F7", "F8"
"""F5 reloads a browser's page and F11, F12 are its own, so they are left alone."""
_REPEATABLE = frozenset({Phase.CLOSED, Phase.DECLARED, Phase.CANCELLED})


def next_step(moment: Moment) -> ActShape | None:
    """The biggest button: what the sitting would do next if nothing special happens."""
    meeting = moment.meeting
    if meeting.sitting is None:
        return words.labelled("open_sitting", key=NEXT) if moment.upcoming else None
    division = meeting.current
    if division is None or division.phase in (Phase.DECLARED, Phase.CANCELLED, Phase.SUPERSEDED):
        planned = next(iter(not_yet_put(moment)), None)
        return _announce(moment, planned, NEXT) if planned else None
    return _step_of(moment, division)


def _step_of(moment: Moment, division: Division) -> ActShape | None:
    match division.phase:
        case Phase.ANNOUNCED:
            return words.labelled("open", vote=division.id, key=NEXT)
        case Phase.OPEN:
            confirm = words.confirm_close(moment, division)
            return words.labelled("close", vote=division.id, key=NEXT, confirm=confirm, confirm_key=CONFIRM)
        case Phase.HELD:
            return words.labelled("resume", vote=division.id, key=NEXT)
        case Phase.CLOSED:
            return _after_the_count(moment, division)
    return None


def _after_the_count(moment: Moment, division: Division) -> ActShape | None:
    """Nothing while the hall computes; a tie that the chair may decide comes before the declaration."""
    if division.result is None:
        return None
    if division.result.outcome == "tied" and division.kind.rule.tie == "casting_vote":
        return _casting_vote(division)
    confirm = words.confirm_declare(moment, division)
    return words.labelled("declare", vote=division.id, key=NEXT, confirm=confirm, confirm_key=CONFIRM)


def _casting_vote(division: Division) -> ActShape:
    return words.labelled(
        "casting_vote",
        vote=division.id,
        key=NEXT,
        needs=["choice"],
        confirm=words.CONFIRM_CASTING,
        confirm_key=CONFIRM,
    )


def _announce(moment: Moment, planned: PlannedVote, key: str | None = None) -> ActShape:
    """A planned repetition is announced as what it is: with its reason and who ordered it."""
    name = words.question_name(planned.title, planned.option)
    label = words.LABELS["announce"] if planned.supersedes is None else words.ANNOUNCE_AGAIN
    shown = words.labelled("announce", vote=planned.vote, key=key)
    shown["label"] = {"vi": f"{label['vi']}: {name['vi']}", "en": f"{label['en']}: {name['en']}"}
    repeated = moment.meeting.votes.get(planned.supersedes) if planned.supersedes else None
    if planned.supersedes is not None:
        shown["needs"] = ["reason", "ordered_by"]
    if repeated is not None:
        shown["confirm"], shown["confirm_key"] = words.CONFIRM_REVOTE, CONFIRM
    return shown


def others(moment: Moment) -> list[ActShape]:
    """Everything else that may be done now, in the order in which it is shown."""
    if moment.meeting.sitting is None:
        return [act for division in _undeclared(moment) for act in _to_its_end(moment, division)]
    shown = _of_the_vote(moment, moment.meeting.current)
    shown += _of_the_programme(moment)
    shown += _of_the_floor(moment)
    shown.append(words.labelled("mark_presence", needs=["member", "present", "reason"]))
    shown += _of_phones(moment)
    vote = moment.meeting.in_play
    if vote is None or vote.phase is Phase.ANNOUNCED:
        roll = words.CONFIRM_ROLL
        shown.append(words.labelled("call_roll", confirm=roll, confirm_key=CONFIRM))
    if any(not one.seen_by for one in moment.meeting.incidents.values()):
        shown.append(words.labelled("acknowledge", needs=["incident"]))
    if moment.meeting.in_play is None:
        undeclared = [words.question_name(d.question.title, d.question.option) for d in _undeclared(moment)]
        confirm = words.confirm_adjourn(len(not_yet_put(moment)), undeclared)
        shown.append(words.labelled("adjourn", confirm=confirm, confirm_key=CONFIRM))
    return shown


def _of_phones(moment: Moment) -> list[ActShape]:
    """Who may vote by phone in this sitting, where the chamber knows that; and a phone that was lost."""
    meeting, shown = moment.meeting, []
    if meeting.sitting is not None and meeting.sitting.rulebook.channels.remote:
        shown.append(words.labelled("open_mobile", needs=["members", "reason"]))
    if meeting.attendance.mobile:
        close = words.CONFIRM_CLOSE_MOBILE
        needs = ["members", "reason"]
        shown.append(words.labelled("close_mobile", needs=needs, confirm=close, confirm_key=CONFIRM))
    if any(session.channel == "mobile" for session in meeting.attendance.sessions.values()):
        end = words.CONFIRM_END_PHONE
        shown.append(words.labelled("end_phone", needs=["member"], confirm=end, confirm_key=CONFIRM))
    return shown


def _of_the_vote(moment: Moment, division: Division | None) -> list[ActShape]:
    if division is None:
        return []
    vote, phase = division.id, division.phase
    shown: list[ActShape] = []
    if phase is Phase.ANNOUNCED:
        # Beside the one step that opens at once for the rule book's time: nobody in a hurry is asked.
        shown.append({**words.labelled("open", vote=vote, needs=["duration_s"]), "label": words.OPEN_FOR})
    if phase is Phase.OPEN and division.by_hand:
        shown.append({**words.labelled("resume", vote=vote), "label": words.RESUME_COUNTDOWN})
    if phase is Phase.OPEN:
        shown.append(words.labelled("hold", vote=vote, key=HOLD, needs=["reason"]))
    if phase in (Phase.OPEN, Phase.HELD):
        shown.append(words.labelled("extend", vote=vote, key=MORE, needs=["extra_s"]))
    if phase is Phase.HELD:
        confirm = words.confirm_close(moment, division)
        shown.append(words.labelled("close", vote=vote, confirm=confirm, confirm_key=CONFIRM))
    if _may_count_hands(division):
        shown.append(words.labelled("hand_count", vote=vote, needs=["counts"]))
    if phase in _REPEATABLE:
        shown.append(_revote(division, AGAIN))
    if division.in_play or phase is Phase.CLOSED:
        cancel = words.CONFIRM_CANCEL
        shown.append(
            words.labelled("cancel", vote=vote, needs=["reason"], confirm=cancel, confirm_key=CONFIRM)
        )
    return shown


def _revote(division: Division, key: str | None) -> ActShape:
    return words.labelled(
        "revote",
        vote=division.id,
        key=key,
        needs=["reason", "ordered_by"],
        confirm=words.CONFIRM_REVOTE,
        confirm_key=CONFIRM,
    )


def _may_count_hands(division: Division) -> bool:
    begun = division.phase in (Phase.OPEN, Phase.HELD, Phase.CLOSING, Phase.CLOSED)
    free = not division.ballots and division.hand_count is None and division.casting_vote is None
    return begun and free and "hand" in division.kind.ways


def _of_the_programme(moment: Moment) -> list[ActShape]:
    """Any other question, planned or put before: the chair may change the order, or come back to one."""
    if moment.meeting.in_play is not None:
        return []
    current = moment.meeting.current
    first = 1 if current is None or current.phase is not Phase.CLOSED else 0
    shown = [_announce(moment, planned) for planned in not_yet_put(moment)[first:]]
    for division in moment.meeting.divisions:
        if current is not None and division.id == current.id:
            continue
        shown += _to_its_end(moment, division)
        same = current is not None and division.sitting == current.sitting
        if same and division.phase in _REPEATABLE:
            shown.append(_revote(division, key=None))
    return shown


def _undeclared(moment: Moment) -> list[Division]:
    """Votes, also of earlier sittings, whose result still waits for the declaration."""
    return [d for d in moment.meeting.divisions if d.phase is Phase.CLOSED and d.result is not None]


def _to_its_end(moment: Moment, division: Division) -> list[ActShape]:
    """What an earlier vote, of any sitting, still waits for. Without keys: they are the middle vote's."""
    act = _after_the_count(moment, division) if division.phase is Phase.CLOSED else None
    if act is None:
        return []
    act.pop("key", None)
    return [act]


def _of_the_floor(moment: Moment) -> list[ActShape]:
    sitting, floor = moment.meeting.sitting, moment.meeting.floor
    shown: list[ActShape] = []
    waiting = [one for one in floor.queue if one.member in moment.meeting.attendance.present]
    if waiting and sitting is not None:
        first = waiting[0].member
        call = words.labelled("give_floor", member=first, key=SPEAKER)
        shown.append({**call, "label": words.next_speaker(sitting.members[first].name)})
    if floor.speaker is not None:
        shown.append(words.labelled("end_speech", key=MICROPHONE))
    if floor.queue:
        shown.append(words.labelled("give_floor", needs=["member"]))
        shown.append(words.labelled("withdraw_request", needs=["member"]))
    return shown
