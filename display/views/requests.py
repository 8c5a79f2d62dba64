"""What waits for a second person, as every officer's console shows it; and what became of it."""

from collections.abc import Mapping

from display.feed import time_text
from display.moment import Moment
from display.second_person import Request
from display.shapes import RequestShape, Words
from display.views.people import member_name, words
from display.views.words import LABELS, question_name
from voting.ids import MemberId, VoteId

NAMES: Mapping[str, Words] = {
    "cancel": {"vi": "Hủy lần biểu quyết", "en": "Cancel the vote"},
}
"""Where the button's word is too short to stand alone."""
PRESENT: Words = {"vi": "có mặt", "en": "present"}
ABSENT: Words = {"vi": "vắng mặt", "en": "absent"}


def requests(moment: Moment) -> list[RequestShape]:
    """The oldest first."""
    return [_shape(moment, one) for one in moment.requests]


def _shape(moment: Moment, one: Request) -> RequestShape:
    label = NAMES.get(one.act.act, LABELS[one.act.act])
    shown: RequestShape = {
        "id": one.id,
        "act": one.act.act,
        "label": {"vi": label["vi"].removesuffix("…"), "en": label["en"].removesuffix("…")},
        "what": _what(moment, one),
        "by": one.by,
        "name": one.name,
        "until": time_text(one.until),
        "state": one.state,
    }
    reason = getattr(one.act, "reason", None)
    if reason:
        shown["reason"] = reason
    if one.answered_name is not None:
        shown["answered"] = one.answered_name
    if one.why is not None:
        shown["why"] = words(one.why)
    return shown


def _what(moment: Moment, one: Request) -> Words:
    """The question, or the member and what is to stand of them: read before it is confirmed."""
    member, vote = getattr(one.act, "member", None), getattr(one.act, "vote", None)
    if member is not None:
        name = member_name(moment.meeting, MemberId(member))
        present = getattr(one.act, "present", None)
        if present is None:
            return {"vi": name, "en": name}
        state = PRESENT if present else ABSENT
        return {"vi": f"{name}: {state['vi']}", "en": f"{name}: {state['en']}"}
    return _question(moment, VoteId(vote)) if vote is not None else {"vi": "", "en": ""}


def _question(moment: Moment, vote: VoteId) -> Words:
    put = moment.meeting.votes.get(vote)
    if put is not None:
        return question_name(put.question.title, put.question.option)
    planned = next((one for one in moment.programme if one.vote == vote), None)
    return question_name(planned.title, planned.option) if planned else {"vi": vote, "en": vote}
