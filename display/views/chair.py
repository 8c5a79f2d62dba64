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
    """The counts in the rule book's order, each with its share, then the verdict."""
    people, parts_vi, parts_en = words(book.member), [], []
    lines: list[tuple[int, Words, str]] = [
        (result.participated, {"vi": "tham gia biểu quyết", "en": "took part"}, "participated")
    ]
    lines += [
        (result.counts.get(choice.id, 0), words(choice.said), str(choice.id))
        for choice in division.kind.choices
    ]
    for count, said, name in lines:
        share = wording.percent_text(result.percentages[name]) if name in result.percentages else None
        parts_vi.append(f"{count} {people['vi']} {said['vi']}" + (f" ({share['vi']})" if share else ""))
        parts_en.append(f"{count} {people['en']} {said['en']}" + (f" ({share['en']})" if share else ""))
    verdict = words(wording.verdict(division.kind, result))
    return {
        "vi": "Kết quả: " + "; ".join(parts_vi) + f". {verdict['vi']}.",
        "en": "The result: " + "; ".join(parts_en) + f". {verdict['en']}.",
    }
