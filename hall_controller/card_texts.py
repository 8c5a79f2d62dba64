"""Why a card isn't taken, for the two lines of a seat unit: what happened, and what to do."""

from firmware_bridge.messages import Lines

NO_SITTING: Lines = ("DA DOC THE", "CHO KHAI MAC")
NOT_NOW: Lines = ("CHUA DANG NHAP DUOC", "DANG THU LAI...")
UNREADABLE: Lines = ("KHONG DOC DUOC THE", "RUT THE, CAM LAI")
ASK_AGAIN: Lines = ("CHUA DANG NHAP DUOC", "RUT THE, CAM LAI")
_GO = "MOI GAP BAN THU KY"
_BY_CODE: dict[str, Lines] = {
    "revoked": ("THE DA BI THU HOI", _GO),
    "expired": ("THE HET HAN", _GO),
    "not_yet_valid": ("THE CHUA CO HIEU LUC", _GO),
    "crl_missing": ("CHUA KIEM TRA DUOC", _GO),
    "unknown": ("THE CHUA TUNG CAP", _GO),
    "algorithm": ("LOAI THE KHONG NHAN", _GO),
    "malformed": UNREADABLE,
}


def untrusted(code: str) -> Lines:
    """For the codes of `audit.trust`; all others mean a card that isn't this hall's."""
    return _BY_CODE.get(code, ("THE KHONG HOP LE", _GO))
