"""What the rules forbid about seats, presence and sleeping sessions. Same form as `voting.errors`."""

from typing import ClassVar

from voting.errors import RefusalKind
from voting.refusals import NOT_TAKEN


class SeatTaken(RefusalKind):
    """Where members sit as they like: one at a seat all the same."""

    vi = "Ghế {seat} đang có đại biểu khác đăng nhập. Mời ngồi ghế khác."
    en = "Another member is signed in at seat {seat}. Please take another one."
    unit = ("GHE DA CO NGUOI", "MOI NGOI GHE KHAC")


class CardElsewhere(RefusalKind):
    """One card can't lie in two slots: one of the two is a copy, or a reader tells what isn't so."""

    vi = "Thẻ này đang ở ghế {there}; không nhận cùng lúc ở ghế {here}. Mời gặp bàn thư ký."
    en = "This card is at seat {there}; it isn't taken at seat {here} at the same time. See the secretary."
    unit = ("THE DANG O GHE {there}", "MOI GAP BAN THU KY")


class CardsTooSoon(RefusalKind):
    vi = "Hai thẻ khác nhau ở ghế {seat} trong chưa đầy {seconds} giây; hãy rút thẻ, chờ rồi cắm lại."
    en = "Two different cards at seat {seat} within {seconds} seconds; take it out, wait, put it in again."
    unit = ("HAI THE QUA NHANH", "RUT RA, CHO, CAM LAI")


class CardsHeld(RefusalKind):
    """The same where the rule book holds the second card: it is asked for its PIN once the time is over."""

    vi = "Hai thẻ khác nhau ở ghế {seat} trong chưa đầy {seconds} giây; xin chờ."
    en = "Two different cards at seat {seat} within {seconds} seconds; please wait."
    unit = ("HAI THE QUA NHANH", "XIN CHO {seconds} GIAY")
    is_final = False


class NoPersonKey(RefusalKind):
    vi = "Quy tắc đòi giữ phím xác nhận có mặt khi bấm; thiết bị ở ghế {seat} không có phím này."
    en = "The rules ask for the person-present key with each press; the unit at seat {seat} has none."
    unit = ("GHE KHONG CO PHIM", "XAC NHAN CO MAT")


class SessionAsleep(RefusalKind):
    """Signed with a key that the PIN must wake first; why it sleeps stands in the words."""

    vi = "Phiên đăng nhập đang tạm nghỉ ({why}); nhập lại mã PIN của thẻ. Phiếu không được ghi nhận."
    en = "The session is asleep ({why_en}): the card's PIN wakes it. The ballot was not recorded."
    unit = ("PHIEN DANG TAM NGHI", "MOI NHAP LAI MA PIN")

    WHY: ClassVar[dict[str, tuple[str, str]]] = {
        "roll_called": ("điểm danh lại", "a new roll was called"),
        "marked_absent": ("đã ghi vắng mặt", "the member was marked absent"),
        "time_over": ("hết thời hạn của quy tắc", "the rule book's time is over"),
        "two_places": ("thẻ có ở hai nơi", "the card was seen at two places"),
    }

    def __init__(self, cause: str) -> None:
        why, why_en = self.WHY.get(cause, (cause, cause))
        super().__init__(why=why, why_en=why_en)


class MarkedAbsent(RefusalKind):
    vi = "Đại biểu đã được ghi vắng mặt; phiếu không được ghi nhận. Mời gặp bàn thư ký."
    en = "The member is marked absent; the ballot was not recorded. Please see the secretary."
    unit = (NOT_TAKEN, "DA GHI VANG MAT")


class MarkedAbsentHeld(RefusalKind):
    """Where the rule book holds such a press: sent again, it counts once the member is marked present."""

    vi = "Đại biểu đang được ghi vắng mặt; phiếu được giữ lại đến khi thư ký ghi có mặt."
    en = "The member is marked absent; the ballot waits until the secretary marks presence."
    unit = ("CHUA DUOC GHI NHAN", "DANG GHI VANG MAT")
    is_final = False


class SeatVotedAlready(RefusalKind):
    """Ten cards, one pusher: a seat speaks for one member in one vote."""

    vi = "Ghế {seat} đã biểu quyết cho đại biểu khác trong lần này; phiếu không được ghi nhận."
    en = "Seat {seat} has voted for another member in this vote; the ballot was not recorded."
    unit = (NOT_TAKEN, "GHE DA BIEU QUYET")


class RollDuringVote(RefusalKind):
    vi = "Đang biểu quyết ({vote}); chỉ điểm danh lại trước khi mở hoặc sau khi kết thúc."
    en = "Vote {vote} is under way; a new roll is called before it opens or after it has ended."


class NotYetAsleep(RefusalKind):
    """Asked by the hall's clock too early, or for a cause that this rule book doesn't know."""

    vi = "Phiên đăng nhập này chưa đến lúc tạm nghỉ."
    en = "This session is not to sleep now."


class IncidentUnknown(RefusalKind):
    vi = "Không có sự việc số {incident} trong phiên họp này."
    en = "There is no incident {incident} in this sitting."
