"""The seats to be looked at before a result is declared, in words; `voting.suspects` finds them."""

from display.shapes import SuspectShape, Words
from display.views.unchanged import while_unchanged
from voting import suspects
from voting.chamber import Sitting
from voting.division import Division, Phase
from voting.suspects import Advice

WHY: dict[suspects.Reason, Words] = {
    "not_recorded": {
        "vi": "đã bấm phím, không có phiếu nào được ghi nhận",
        "en": "pressed, nothing recorded",
    },
    "not_lit": {"vi": "đã ghi nhận, đèn tại ghế chưa sáng", "en": "recorded, the lamp never lit"},
    "offline": {"vi": "mất kết nối trong lúc biểu quyết", "en": "offline during the vote"},
    "not_shown": {"vi": "chưa hiện nội dung biểu quyết", "en": "the question was never shown"},
}
NONE: Words = {"vi": "Không có ghế nghi vấn.", "en": "No suspect seats."}


@while_unchanged
def advice(division: Division, sitting: Sitting) -> Advice | None:
    """Worked out once, not with every picture: it counts the vote again many times."""
    return suspects.advice(division, sitting)


def waits(division: Division) -> bool:
    """Only before the declaration is it of use: afterwards the log has it."""
    return division.phase is Phase.CLOSED and not division.kind.secret


def suspect_shapes(found: Advice, sitting: Sitting) -> list[SuspectShape]:
    return [
        {"seat": one.seat, "name": sitting.members[one.member].name, "why": WHY[one.reason]}
        for one in found.suspects
    ]


def said(found: Advice) -> Words:
    """One line: the margin, how many seats, and what that means."""
    number, margin = len(found.suspects), found.margin
    if not number:
        return NONE
    if margin is None:
        return {"vi": f"{number} ghế nghi vấn.", "en": f"Suspect seats: {number}."}
    vi, en = (
        f"Chênh lệch {margin} phiếu, {number} ghế nghi vấn",
        f"Margin: {margin}; suspect seats: {number}",
    )
    if found.revote:
        return {"vi": f"{vi}: nên biểu quyết lại.", "en": f"{en}. A re-vote is recommended."}
    return {"vi": f"{vi}: không làm thay đổi kết quả.", "en": f"{en}. They can't change the result."}
