"""Why no phone is bound, as the page on the phone says it."""

from voting.errors import RefusalKind


class PhoneKeyUnusable(RefusalKind):
    vi = "Khóa của điện thoại không dùng được; hãy tải lại trang và thử lại."
    en = "The phone's key can't be used; reload the page and try again."


class SeatBusyVoting(RefusalKind):
    """The seat's keys confirm a binding, and during a vote they vote."""

    vi = "Đang biểu quyết; hãy gắn điện thoại sau khi biểu quyết kết thúc."
    en = "A vote is open; bind the phone after it has ended."


class SeatBusy(RefusalKind):
    """One phone at a time: the digits that a member compares don't change under his eyes."""

    vi = "Thiết bị ở đó đang hỏi về một điện thoại khác. Nếu không phải của bạn, bấm ✕ tại đó rồi thử lại."
    en = "The unit there is asking about another phone. If it isn't yours, press ✕ there and try again."


class SeatAskedTooOften(RefusalKind):
    vi = "Thiết bị ở đó vừa được hỏi quá nhiều lần; hãy chờ một phút."
    en = "The unit there was asked too often just now; wait a minute."


class PlaceUnknown(RefusalKind):
    vi = "Không có ghế hay bàn đăng ký {place}."
    en = "There is no seat or registrar's desk {place}."


class NoCardAtDesk(RefusalKind):
    vi = "Chưa có thẻ ở bàn đăng ký. Hãy đưa thẻ vào đầu đọc tại bàn rồi thử lại."
    en = "There is no card at the registrar's desk. Put it into the reader there, then try again."


class NoPhoneBound(RefusalKind):
    vi = "Đại biểu này không có điện thoại nào đang gắn; không có gì để khóa."
    en = "This member has no phone bound just now; there is nothing to end."


class CardNotTakenAtDesk(RefusalKind):
    vi = "Thẻ ở bàn đăng ký không được chấp nhận; hãy hỏi cán bộ ở bàn."
    en = "The card at the registrar's desk isn't accepted; ask the registrar."
