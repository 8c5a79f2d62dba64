"""The result as it is shown everywhere: the signed figures, in the chamber's words."""

import base64
import hashlib

from display.moment import Moment
from display.ports import JWS
from display.rights import Role
from display.shapes import ConditionShape, PercentShape, ResultShape, Words
from display.views.people import words
from voting import wording
from voting.division import Division
from voting.kinds import Kind
from voting.majority import Result
from voting.rulebook import RuleBook

RESULT_CODE = 8
"""Hex digits in two groups: to find a result by, over the telephone. A look-up code, never proof."""


def short_code(digest: str, digits: int) -> str:
    """The first hex digits of a hash, upper case, in groups of four: "7F3A C21E"."""
    head = digest[:digits].upper()
    return " ".join(head[n : n + 4] for n in range(0, len(head), 4))


def may_see_result(role: Role, division: Division) -> bool:
    """Officers and auditors from the computation on, everybody from the declaration on.

    Nobody but them where the rule book publishes nothing.
    """
    if division.result is None:
        return False
    if role in ("officer", "auditor"):
        return True
    return division.declared_at is not None and division.kind.publish != "nothing"


def _payload_hash(jws: JWS) -> str:
    payload = jws["payload"]
    return hashlib.sha256(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).hexdigest()


def result_shape(division: Division, moment: Moment) -> ResultShape | None:
    """None until the hall has signed it: nothing is shown as a result that isn't the signed one."""
    result, jws = division.result, moment.result_jws(division.id)
    if result is None or jws is None:
        return None
    kind, book = division.kind, moment.meeting.sitting_of(division).rulebook
    shown: ResultShape = {
        "heading": words(kind.result_heading),
        "roll": result.roll,
        "roll_label": _roll_label(book),
        "present": result.present,
        "participated": result.participated,
        "counts": {str(choice): count for choice, count in result.counts.items()},
        "invalid": result.invalid,
        "percent": _percent(book, result),
        "conditions": _conditions(book, kind, result),
        "outcome": result.outcome,
        "verdict": words(wording.verdict(kind, result)),
        "sentence": words(wording.sentence(book, kind, result)),
        "base_note": words(wording.base_note(book, kind.percent_base)),
        "code": short_code(_payload_hash(jws), RESULT_CODE),
        "checkpoint": moment.seal(division.id, division.phase, moment.head),
        "jws": dict(jws),
    }
    if result.conditions:
        first = result.conditions[0]
        shown["threshold"] = {"need": first.need, "of": first.of, "counted": first.counted}
    if result.casting_vote is not None:
        shown["casting_vote"] = result.casting_vote
    return shown


def _roll_label(book: RuleBook) -> Words:
    """What the first line of a result counts, in the chamber's words: "Tổng số đại biểu Quốc hội"."""
    name = words(wording.base_name(book, "all_members"))
    return {"vi": name["vi"][:1].upper() + name["vi"][1:], "en": name["en"][:1].upper() + name["en"][1:]}


def _percent(book: RuleBook, result: Result) -> dict[str, PercentShape]:
    return {
        name: {
            "text": words(wording.percent_text(share)),
            "of": share.of,
            "base": words(wording.base_name(book, share.base)),
        }
        for name, share in result.percentages.items()
    }


def _conditions(book: RuleBook, kind: Kind, result: Result) -> list[ConditionShape]:
    return [
        {
            "text": words(wording.condition_text(book, kind, one)),
            "need": one.need,
            "have": one.have,
            "of": one.of,
            "met": one.met,
        }
        for one in result.conditions
    ]
