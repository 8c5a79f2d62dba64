"""What the rules forbid about phones in a sitting. Same form as `voting.errors`."""

from voting.errors import RefusalKind
from voting.refusals import NOT_TAKEN


class MobileNotOpened(RefusalKind):
    vi = (
        "Biểu quyết trên điện thoại chưa được Chủ tọa mở cho đại biểu; phiếu không được ghi nhận. "
        "Hãy biểu quyết tại ghế, hoặc liên hệ bàn thư ký."
    )
    en = (
        "The chair has not opened voting by phone for this member; the ballot was not recorded. "
        "Vote at the seat, or ask the secretary."
    )
    unit = (NOT_TAKEN, "CHI BIEU QUYET O GHE")


class MobileNotAllowed(RefusalKind):
    """The chamber has no remote voting at all: nobody can open what its rules don't know."""

    vi = "Bộ quy tắc {book} không cho biểu quyết từ xa trên điện thoại, nên không mở được."
    en = "Rule book {book} has no remote voting by phone, so it can't be opened."


class NobodyNamed(RefusalKind):
    vi = "Phải nêu tên ít nhất một đại biểu."
    en = "At least one member must be named."
