"""What the chair says next, in one piece to be read out. The figures are the signed result's."""

from display.moment import Moment
from display.shapes import Words
from display.views.people import words
from display.views.programme import not_yet_put
from display.views.words import question_name
from voting import wording
from voting.division import Division, Phase
from voting.majority import Result
from voting.rulebook import RuleBook


def say(moment: Moment) -> Words | None:
    """None where there is nothing to say: no sitting, or nothing left to put to the vote."""
    division = moment.meeting.current
    if moment.meeting.sitting is None:
        return None
    if division is None or division.phase in (Phase.CANCELLED, Phase.SUPERSEDED):
        return _prepare(moment)
    if division.result is not None:
        return _result(division, division.result, moment.meeting.sitting.rulebook)
    return _of_phase(division)


def _prepare(moment: Moment) -> Words | None:
    planned = next(iter(not_yet_put(moment)), None)
    if planned is None:
        return None
    name = question_name(planned.title, planned.option)
    return {
        "vi": f"Đề nghị chuẩn bị biểu quyết: {name['vi']}.",
        "en": f"Please prepare the vote: {name['en']}.",
    }


def _of_phase(division: Division) -> Words | None:
    name = question_name(division.question.title, division.question.option)
    match division.phase:
        case Phase.ANNOUNCED:
            return {
                "vi": f"Xin mời các đại biểu chuẩn bị biểu quyết: {name['vi']}.",
                "en": f"Members, please prepare to vote: {name['en']}.",
            }
        case Phase.OPEN:
            return {
                "vi": f"Xin mời các đại biểu biểu quyết: {name['vi']}.",
                "en": f"Members, please vote: {name['en']}.",
            }
        case Phase.HELD:
            return {
                "vi": f"Việc biểu quyết tạm dừng: {division.hold_reason}.",
                "en": f"The vote is held: {division.hold_reason}.",
            }
    return {
        "vi": "Việc biểu quyết đã kết thúc. Xin chờ kết quả.",
        "en": "The vote is closed. Please wait for the result.",
    }


def _result(division: Division, result: Result, book: RuleBook) -> Words:
    """The counts in the rule book's order, each with its share, then the verdict.

    A line of nobody is not read out (it stays on the wall and in the record).
    """
    took_part: Words = {"vi": "tham gia biểu quyết", "en": "took part"}
    lines = [_line(book, result, "participated", result.participated, took_part)]
    for choice in division.kind.choices:
        count = result.counts.get(choice.id, 0)
        if count:
            lines.append(_line(book, result, choice.id, count, words(choice.said)))
    verdict = words(wording.verdict(division.kind, result))
    return {
        "vi": "Kết quả: " + "; ".join(line["vi"] for line in lines) + f". {verdict['vi']}.",
        "en": "The result: " + "; ".join(line["en"] for line in lines) + f". {verdict['en']}.",
    }


def _line(book: RuleBook, result: Result, name: str, count: int, said: Words) -> Words:
    """ "240 đại biểu tán thành (49,59%)", "in favour: 240 (49.59%)"."""
    vi, en = f"{count} {book.member['vi']} {said['vi']}", f"{said['en']}: {count}"
    if name in result.percentages:
        share = wording.percent_text(result.percentages[name])
        vi, en = f"{vi} ({share['vi']})", f"{en} ({share['en']})"
    return {"vi": vi, "en": en}
