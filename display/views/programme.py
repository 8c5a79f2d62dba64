"""The sitting's programme: what is planned, and what has become of it."""

from display.moment import Moment
from display.ports import PlannedVote
from display.shapes import ProgrammeItem, ProgrammeVote
from display.views.people import words
from voting import wording
from voting.commands import Text
from voting.division import Division


def programme(moment: Moment) -> list[ProgrammeItem]:
    """Items in the programme's order; what nobody planned stands after what was planned for its item."""
    items: dict[tuple[tuple[str, str], ...], ProgrammeItem] = {}
    for planned in moment.programme:
        put = moment.meeting.votes.get(planned.vote)
        _item(items, planned.item)["votes"].append(_planned(planned) if put is None else _put(put))
    known = {planned.vote for planned in moment.programme}
    sitting = moment.meeting.sitting
    for division in moment.meeting.divisions:
        if sitting is not None and division.sitting == sitting.id and division.id not in known:
            _item(items, division.question.item)["votes"].append(_put(division))
    return list(items.values())


def not_yet_put(moment: Moment) -> tuple[PlannedVote, ...]:
    """What is planned and was not announced, in the programme's order."""
    votes = moment.meeting.votes
    return tuple(planned for planned in moment.programme if planned.vote not in votes)


def _item(items: dict[tuple[tuple[str, str], ...], ProgrammeItem], title: Text) -> ProgrammeItem:
    return items.setdefault(tuple(sorted(title.items())), {"item": words(title), "votes": []})


def _planned(planned: PlannedVote) -> ProgrammeVote:
    shown: ProgrammeVote = {
        "id": planned.vote,
        "title": words(planned.title),
        "kind": planned.kind,
        "phase": "planned",
    }
    if planned.option is not None:
        shown["option"] = words(planned.option)
    if planned.supersedes is not None:
        shown["supersedes"] = planned.supersedes
    return shown


def _put(division: Division) -> ProgrammeVote:
    shown: ProgrammeVote = {
        "id": division.id,
        "title": words(division.question.title),
        "kind": division.kind.id,
        "phase": division.phase.value,
    }
    if division.question.option is not None:
        shown["option"] = words(division.question.option)
    if division.supersedes is not None:
        shown["supersedes"] = division.supersedes
    if division.result is not None:
        shown["outcome"] = words(wording.verdict(division.kind, division.result))
    return shown
