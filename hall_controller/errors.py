"""What can go wrong with recording and be tried again. After `audit.errors.LogBroken` nothing is taken."""

from voting.errors import RefusalKind


class StoreFailed(Exception):
    """The store could not do it, or nobody knows whether it did: read the log again before going on."""


class NotRecorded(Exception):
    """What the asker gets when the store failed: nothing was acknowledged, send it again."""


class Unrecordable(RefusalKind):
    """What the log's format does not hold: too long, or not of the form of its kind."""

    vi = "Nội dung này không ghi vào nhật ký được ({fault}); không có gì thay đổi."
    en = "This can't be recorded ({fault}); nothing was changed."
    unit = ("KHONG DUOC GHI NHAN", "PHIEU SAI KHUON DANG")
