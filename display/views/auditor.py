"""What an auditor sees besides: the head of the log, and each vote's arithmetic."""

from display.moment import Moment
from display.shapes import AuditedVote, LogShape
from display.views.people import words
from display.views.programme import programme
from display.views.result import result_shape
from display.views.vote import choices
from voting.division import Division


def shown(moment: Moment) -> dict[str, object]:
    head = moment.head
    log: LogShape = {
        "size": head.size,
        "root": head.root,
        "checkpoint": head.checkpoint,
        "vkey": head.vkey,
    }
    return {"log": log, "programme": programme(moment), "votes": votes(moment)}


def votes(moment: Moment) -> list[AuditedVote]:
    """Of every sitting in this log, in order; a result as soon as it is computed."""
    return [_vote(division, moment) for division in moment.meeting.divisions]


def _vote(division: Division, moment: Moment) -> AuditedVote:
    shown: AuditedVote = {
        "id": division.id,
        "heading": words(division.kind.heading),
        "item": words(division.question.item),
        "title": words(division.question.title),
        "choices": choices(division),
        "round": division.round,
        "phase": division.phase.value,
    }
    if division.question.option is not None:
        shown["option"] = words(division.question.option)
    result = result_shape(division, moment)
    if result is not None:
        shown["result"] = result
    return shown
