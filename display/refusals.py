"""What is answered when something can't be done: a code for the page, a sentence for the person.

The rules' own refusals bring their words with them (`voting.errors`); these are the ones of the door.
"""

from starlette.responses import JSONResponse

from voting.commands import Text

_TEXTS: dict[str, Text] = {
    "foreign_origin": {
        "vi": "Yêu cầu không đến từ trang của hội trường nên không được thực hiện. "
        "Hãy mở lại trang từ địa chỉ của hội trường.",
        "en": "The request did not come from the hall's own page, so nothing was done. "
        "Open the page from the hall's address.",
    },
    "body_too_large": {
        "vi": "Nội dung gửi lên quá lớn (tối đa 64 kB) nên không được xử lý.",
        "en": "What was sent is too large (at most 64 kB), so it was not taken.",
    },
    "not_json": {
        "vi": "Nội dung gửi lên không phải là JSON hợp lệ nên không được xử lý.",
        "en": "What was sent is not valid JSON, so it was not taken.",
    },
    "wrong_shape": {
        "vi": "Nội dung gửi lên thiếu hoặc sai mục, nên không được xử lý.",
        "en": "What was sent lacks something or holds something wrong, so it was not taken.",
    },
    "unknown_act": {
        "vi": "Không có thao tác này. Không có gì thay đổi.",
        "en": "There is no such act. Nothing has changed.",
    },
    "code_not_valid": {
        "vi": "Mã đăng nhập không đúng, đã dùng hoặc đã hết hạn. Hãy xin mã mới.",
        "en": "The sign-in code is wrong, was used, or has expired. Ask for a new one.",
    },
    "too_many_attempts": {
        "vi": "Đã thử quá nhiều mã. Hãy đợi một phút rồi thử lại.",
        "en": "Too many codes were tried. Wait a minute, then try again.",
    },
    "not_signed_in": {
        "vi": "Chưa đăng nhập hoặc phiên đăng nhập đã hết. Hãy đăng nhập lại.",
        "en": "Not signed in, or the session is over. Sign in again.",
    },
    "codes_not_taken": {
        "vi": "Hội trường này không dùng mã một lần. Hãy đăng nhập bằng thẻ hoặc tài khoản dùng chung.",
        "en": "This hall takes no one-time codes. Sign in by card or by the shared sign-in.",
    },
    "sign_in_again": {
        "vi": "Việc này cần đăng nhập lại: lần đăng nhập trước đã quá lâu. Chưa có gì thay đổi.",
        "en": "This needs a fresh sign-in: the last one is too long ago. Nothing has changed.",
    },
    "already_asked": {
        "vi": "Việc này đang chờ người thứ hai xác nhận. Hãy trả lời yêu cầu đang hiện trên màn hình.",
        "en": "This already waits for a second person. Answer the request that stands on the screen.",
    },
    "too_many_waiting": {
        "vi": "Quá nhiều yêu cầu đang chờ xác nhận. Hãy trả lời hoặc rút bớt trước.",
        "en": "Too many requests wait to be confirmed. Answer or withdraw some first.",
    },
    "request_gone": {
        "vi": "Yêu cầu này đã được trả lời, đã rút hoặc đã hết hạn. Không có gì thay đổi thêm.",
        "en": "This request was answered, withdrawn, or has expired. Nothing more has changed.",
    },
    "same_person": {
        "vi": "Người yêu cầu không thể tự xác nhận; cần một người thứ hai có quyền.",
        "en": "Who asked can't confirm it: a second person with the right is needed.",
    },
    "not_the_asker": {
        "vi": "Chỉ người đã yêu cầu mới rút được. Bạn có thể từ chối.",
        "en": "Only who asked can withdraw it. You may decline it.",
    },
    "openid_unreachable": {
        "vi": "Không kết nối được với hệ thống đăng nhập dùng chung. Hãy thử lại, hoặc đăng nhập bằng thẻ.",
        "en": "The shared sign-in can't be reached. Try again, or sign in by card.",
    },
    "card_not_an_officers": {
        "vi": "Thẻ này không thuộc người điều hành nào của hội trường.",
        "en": "This card belongs to no officer of this hall.",
    },
    "not_allowed": {
        "vi": "Vai trò này không được làm việc đó.",
        "en": "This role may not do that.",
    },
    "not_found": {"vi": "Không tìm thấy.", "en": "Not found."},
    "not_recorded": {
        "vi": "Chưa được ghi nhận: hệ thống chưa ghi được vào nhật ký. Không có gì thay đổi; hãy thử lại.",
        "en": "Not recorded: the hall could not write to the log. Nothing has changed; try again.",
    },
    "no_such_vote": {
        "vi": "Không có lần biểu quyết này trong phiên họp.",
        "en": "There is no such vote in this sitting.",
    },
    "no_such_ballot": {
        "vi": "Trong nhật ký không có phiếu này của bạn.",
        "en": "The log has no such ballot of yours.",
    },
    "no_such_delegation": {
        "vi": "Không có đại biểu nào của đoàn này trong phiên họp. Không có gì thay đổi.",
        "en": "No member of this sitting belongs to that delegation. Nothing has changed.",
    },
    "no_sitting_planned": {
        "vi": "Không có phiên họp nào để khai mạc lúc này.",
        "en": "There is no sitting to be opened now.",
    },
    "proof_not_valid": {
        "vi": "Điện thoại chưa chứng minh được khóa đã đăng ký. Hãy đăng ký lại tại ghế.",
        "en": "The phone did not prove the key that was bound. Bind it again at a seat.",
    },
    "no_phone_bound": {
        "vi": "Đại biểu này không có điện thoại nào đang gắn. Không có gì thay đổi.",
        "en": "This member has no phone bound just now. Nothing has changed.",
    },
    "export_failed": {
        "vi": "Chưa xuất được hồ sơ. Hãy thử lại.",
        "en": "The export could not be made. Try again.",
    },
    "id_used": {
        "vi": "Mã thao tác này đã dùng cho một thao tác khác. Không có gì thay đổi.",
        "en": "This act's id was used for another act. Nothing has changed.",
    },
    "failed": {
        "vi": "Hệ thống gặp lỗi khi trả lời. Hãy xem lại trạng thái trên màn hình trước khi thử lại.",
        "en": "The hall failed to answer. Look at the state on the screen before trying again.",
    },
}


class Declined(Exception):
    """A request that the door turns away, with its HTTP status."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail


def refusal(status: int, code: str, detail: str = "", text: Text | None = None) -> JSONResponse:
    """{"code", "text": {"vi","en"}, "detail"?}; `detail` names the place in the request, for its writer."""
    body: dict[str, object] = {"code": code, "text": dict(text or _TEXTS[code])}
    if detail:
        body["detail"] = detail
    return JSONResponse(body, status)
