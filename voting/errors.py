"""What the rules forbid. A refused command changes nothing and says why, in the chamber's languages.

Each refusal is a statement (`VoteNotOpen`); its code is the name in snake case. `text` tells a person what
happened and what it means; `lines` is the same for a seat unit: two lines of 20 characters, unaccented.
"""

import re
from collections.abc import Mapping
from typing import ClassVar

LINE = 20
"""Characters of one line of a seat unit."""


class Refused(Exception):
    """The rules say no: the asker is told, nothing changed."""

    def __init__(
        self, code: str, text: Mapping[str, str], lines: tuple[str, str] = ("", ""), *, final: bool = True
    ) -> None:
        super().__init__(f"{code}: {text['en']}")
        self.code = code
        self.text = text
        self.lines = (lines[0][:LINE], lines[1][:LINE])
        self.final = final
        """False where sending the very same thing again, later, may yet be accepted."""


class RefusalKind(Refused):
    """A refusal with its own words. `facts` fill the places in them."""

    vi: ClassVar[str]
    en: ClassVar[str]
    unit: ClassVar[tuple[str, str]] = ("KHONG THUC HIEN DUOC", "")
    is_final: ClassVar[bool] = True

    def __init__(self, **facts: object) -> None:
        code = re.sub(r"(?<=.)(?=[A-Z])", "_", type(self).__name__).lower()
        text = {"vi": self.vi.format(**facts), "en": self.en.format(**facts)}
        lines = (self.unit[0].format(**facts), self.unit[1].format(**facts))
        super().__init__(code, text, lines, final=self.is_final)
        self.facts = facts


class ImpossibleEvent(Exception):
    """A log holds an event that can't follow what came before: no refusal, the log itself is wrong."""


class RuleBookFaulty(Refused):
    """A rule book that can't be used; `faults` are sentences, each naming its place in the file."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        said = "; ".join(faults)
        text = {"vi": f"Bộ quy tắc có lỗi: {said}", "en": f"The rule book has faults: {said}"}
        super().__init__("rule_book_faulty", text, ("KHONG THUC HIEN DUOC", "BO QUY TAC CO LOI"))
        self.faults = faults


class SittingNotOpen(RefusalKind):
    vi = "Chưa khai mạc phiên họp nào, nên không thực hiện được yêu cầu này."
    en = "No sitting is open, so this can't be done."
    unit = ("CHUA KHAI MAC", "")


class SittingAlreadyOpen(RefusalKind):
    vi = "Phiên họp {sitting} đang diễn ra; phải bế mạc trước khi khai mạc phiên khác."
    en = "Sitting {sitting} is open; it must be adjourned before another is opened."


class SittingAlreadyHeld(RefusalKind):
    vi = "Mã phiên họp {sitting} đã dùng trong nhật ký này; mỗi phiên cần một mã riêng."
    en = "A sitting with the id {sitting} is already in this log; each needs an id of its own."


class SittingUnfinished(RefusalKind):
    vi = "Lần biểu quyết {vote} chưa xong; phải kết thúc hoặc hủy trước khi bế mạc."
    en = "Vote {vote} is not finished; close and compute or cancel it before adjourning."


class RollFaulty(RefusalKind):
    vi = "Danh sách đại biểu chưa đúng: {fault}. Phiên họp chưa được khai mạc."
    en = "The roll is faulty: {fault}. The sitting was not opened."


class RuleBookNotInForce(RefusalKind):
    vi = "Bộ quy tắc {book} có hiệu lực từ {since}, sau ngày họp {on}."
    en = "Rule book {book} is in force from {since}, after the sitting's day {on}."


class NotAMember(RefusalKind):
    vi = "{member} không có trong danh sách đại biểu của phiên họp này."
    en = "{member} is not on the roll of this sitting."
    unit = ("KHONG CO TRONG", "DANH SACH DAI BIEU")


class WrongSeat(RefusalKind):
    """`here` and `own` are seat numbers, or – where the member has no seat."""

    vi = "Sai chỗ: đây là ghế {here}, ghế của đại biểu là {own}. Mời về đúng ghế."
    en = "Wrong seat: this is {here}, the member's seat is {own}. Please go to that seat."
    unit = ("SAI CHO: GHE SO {here}", "MOI VE GHE SO {own}")


class SessionExpired(RefusalKind):
    vi = "Phiên đăng nhập đã hết hạn; hãy đăng nhập lại bằng thẻ."
    en = "The session has expired; sign in again with the card."
    unit = ("HET HAN DANG NHAP", "MOI DUA LAI THE")


class SessionEnded(RefusalKind):
    vi = "Phiên đăng nhập này đã kết thúc và không mở lại được; hãy đăng nhập lại bằng thẻ."
    en = "This session has ended and can't be used again; sign in again with the card."
    unit = ("DA RUT THE", "MOI DUA LAI THE")


class NotSignedIn(RefusalKind):
    vi = "Chưa đăng nhập tại ghế hay điện thoại này; phiếu không được ghi nhận."
    en = "Nobody is signed in with this session; the ballot was not recorded."
    unit = ("CHUA DANG NHAP", "MOI DUA THE VAO")


class SessionMismatch(RefusalKind):
    vi = "Đại biểu, ghế và thiết bị trên phiếu không khớp với phiên đăng nhập; phiếu không được ghi nhận."
    en = "The ballot's member, seat and channel are not the session's; the ballot was not recorded."
    unit = ("KHONG DUOC GHI NHAN", "SAI PHIEN DANG NHAP")


class MemberNotPresent(RefusalKind):
    vi = "{member} hiện không có mặt."
    en = "{member} is not present."
    unit = ("CHUA GHI NHAN CO MAT", "")


class ReasonMissing(RefusalKind):
    vi = "Phải ghi lý do{and_who}."
    en = "A reason must be given{and_who_en}."


class NothingNew(RefusalKind):
    vi = "Không có gì thay đổi: điều này đã được ghi."
    en = "Nothing changes: this is already on record."


class NotARequest(RefusalKind):
    vi = "{member} không có trong danh sách đăng ký phát biểu."
    en = "{member} has not asked for the floor."
    unit = ("CHUA DANG KY", "PHAT BIEU")


class AlreadyRequested(RefusalKind):
    vi = "{member} đã đăng ký phát biểu."
    en = "{member} has already asked for the floor."
    unit = ("DA DANG KY PHAT BIEU", "")


class NothingToDebate(RefusalKind):
    vi = "Chưa có phát biểu nào để tranh luận; hãy đăng ký phát biểu."
    en = "Nobody has spoken yet, so there is nothing to debate; ask for a speech instead."
    unit = ("CHUA CO PHAT BIEU", "DE TRANH LUAN")


class NobodySpeaking(RefusalKind):
    vi = "Hiện không có ai phát biểu."
    en = "Nobody has the floor."


class TimeNotUp(RefusalKind):
    vi = "Chưa hết giờ."
    en = "The time is not up yet."
