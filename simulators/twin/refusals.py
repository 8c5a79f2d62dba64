"""What a hand can't do at a seat, and why, in the chamber's languages."""

from collections.abc import Mapping

Text = Mapping[str, str]

_TEXTS: dict[str, Text] = {
    "played": {
        "vi": "Hội trường đang diễn lại phiên họp thật nên ghế chưa dùng được. "
        "Phiên của khách bắt đầu ngay sau đó.",
        "en": "The hall is re-enacting a real sitting, so no seat may be touched. "
        "The visitor's own sitting follows.",
    },
    "no_such_seat": {"vi": "Hội trường không có ghế này.", "en": "There is no such seat in this hall."},
    "no_such_member": {"vi": "Không có thẻ của đại biểu này.", "en": "There is no card of such a member."},
    "no_own_card": {
        "vi": "Ghế này không có đại biểu. Hãy chọn thẻ của một đại biểu khác.",
        "en": "No member has this seat. Choose another member's card.",
    },
    "slot_is_full": {
        "vi": "Trong khe đã có thẻ. Hãy rút thẻ đó ra trước.",
        "en": "There is a card in the slot. Pull it first.",
    },
    "slot_is_empty": {"vi": "Trong khe không có thẻ.", "en": "There is no card in the slot."},
    "pad_is_silent": {
        "vi": "Bàn phím PIN chỉ nhận khi đang hỏi mã. Rút thẻ rồi cắm lại để được hỏi.",
        "en": "The PIN pad takes keys only while it asks. Pull the card and put it in again to be asked.",
    },
    "no_line": {
        "vi": "Ghế này có hộp mạng riêng, không nối vào đường dây của hàng ghế.",
        "en": "This seat is a network console of its own: it hangs on no row's line.",
    },
    "no_clone": {
        "vi": "Không có thiết bị thứ hai nào trên địa chỉ này.",
        "en": "There is no second unit at this address.",
    },
    "foreign_host": {
        "vi": "Trang này chỉ mở được trên chính máy đang chạy hội trường mô phỏng.",
        "en": "This page opens only on the machine that runs the simulated hall.",
    },
    "foreign_origin": {
        "vi": "Yêu cầu không đến từ trang của hội trường mô phỏng nên không được thực hiện.",
        "en": "The request did not come from the simulated hall's own page, so nothing was done.",
    },
    "body_too_large": {
        "vi": "Nội dung gửi lên quá lớn nên không được xử lý.",
        "en": "What was sent is too large, so it was not taken.",
    },
    "length_missing": {
        "vi": "Nội dung gửi lên không nói độ dài nên không được xử lý.",
        "en": "What was sent doesn't say how long it is, so it was not taken.",
    },
    "wrong_shape": {
        "vi": "Nội dung gửi lên thiếu hoặc sai mục, nên không được xử lý.",
        "en": "What was sent lacks something or holds something wrong, so it was not taken.",
    },
    "not_found": {"vi": "Không tìm thấy.", "en": "Not found."},
    "failed": {
        "vi": "Hội trường mô phỏng gặp lỗi; không rõ thao tác đã xong hay chưa.",
        "en": "The simulated hall failed; it is not known whether this was done.",
    },
}


class CannotBeDone(Exception):
    """A hand can't do this here and now; nothing changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def told(code: str) -> dict[str, object]:
    """The body of a refusal, in the shape that the hall's pages know."""
    return {"code": code, "text": _TEXTS[code]}
