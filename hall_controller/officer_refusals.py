"""Why an officer isn't signed in by card, in the chamber's languages."""

from voting.errors import RefusalKind


class OfficersCardMissing(RefusalKind):
    vi = "Chưa có thẻ ở bàn này. Hãy đưa thẻ vào đầu đọc rồi thử lại."
    en = "There is no card at this desk. Put it into the reader, then try again."


class OfficersCardNotTaken(RefusalKind):
    vi = "Thẻ ở bàn này không được nhận, hoặc không phải của người điều hành. Màn hình ở bàn nói lý do."
    en = "The card at this desk isn't accepted, or is no officer's. The unit at the desk says why."


class OfficersDeskBusy(RefusalKind):
    vi = "Bàn này đang chờ xác nhận một lần đăng nhập khác. Hãy trả lời tại bàn, hoặc rút thẻ ra."
    en = "This desk still asks about another sign-in. Answer it there, or take the card out."


class OfficersDeskAskedTooOften(RefusalKind):
    vi = "Bàn này vừa được hỏi quá nhiều lần; hãy chờ một phút."
    en = "This desk was asked too often just now; wait a minute."


class PageKeyUnusable(RefusalKind):
    vi = "Khóa của trang này không dùng được; hãy tải lại trang và thử lại."
    en = "The page's key can't be used; reload the page and try again."
