"""What a bridge says at a seat of its own accord: two lines of at most 20 characters, without Vietnamese
letters.

Everything that follows from the rules (the question, a refusal, the floor) comes from the hall, in its
words.
"""

from firmware_bridge.messages import Lines, PinOutcome

WIDTH = 20

IDLE: Lines = ("MOI DUA THE VAO", "")
READING: Lines = ("DANG DOC THE...", "")
CARD_READ: Lines = ("DA DOC THE", "CHO PHIEN HOP")
PIN_WANTED: Lines = ("MOI NHAP MA PIN", "TREN BAN PHIM THE")
PIN_ON_PHONE = "NHAP PIN: DIEN THOAI"
SIGNING: Lines = ("DANG XAC NHAN...", "KHONG RUT THE")
SIGNING_BALLOT: Lines = ("DANG KY PHIEU...", "KHONG RUT THE")
PULLED_SIGNING_IN: Lines = ("THE DA RUT RA", "CHUA DANG NHAP")
PULLED_SIGNING_BALLOT: Lines = ("THE DA RUT RA", "PHIEU CHUA DUOC KY")
NOT_SIGNED_IN_TIME: Lines = ("HET GIO BIEU QUYET", "PHIEU CHUA DUOC KY")
BALLOT_UNDER_WAY: Lines = ("DANG GUI PHIEU...", "MOI CHO")
PIN_BLOCKED: Lines = ("THE BI KHOA MA PIN", "MOI GAP BAN THU KY")
PIN_CODES_SPENT: Lines = ("SAI MA XAC NHAN", "RUT THE, CAM LAI")
PIN_CANCELLED: Lines = ("CHUA NHAP MA PIN", "RUT THE, CAM LAI")
PIN_TIMEOUT: Lines = ("HET GIO NHAP MA PIN", "RUT THE, CAM LAI")
CARD_UNREADABLE: Lines = ("KHONG DOC DUOC THE", "RUT THE, CAM LAI")
READER_LOST: Lines = ("DAU DOC THE LOI", "RUT THE, CAM LAI")
CARD_CONTACT_ONLY: Lines = ("MOI CAM THE VAO KHE", "KHONG CHAM THE")
CARD_SILENT: Lines = ("THE KHONG TRA LOI", "RUT THE, CAM LAI")
CARD_OTHER: Lines = ("THE KHAC VOI LUC DAU", "RUT THE, CAM LAI")
CARD_UNTRUE: Lines = ("CHU KY THE SAI", "MOI GAP BAN THU KY")
CARD_WITHOUT_KEY: Lines = ("THE CHUA CO KHOA KY", "MOI GAP BAN THU KY")
READER_BUSY: Lines = ("DAU DOC THE DANG BAN", "RUT THE, CAM LAI")
CARD_UNUSABLE: Lines = ("THE KHONG DUNG DUOC", "MOI GAP BAN THU KY")
NO_CARD: Lines = ("CHUA CO THE", "MOI DUA THE VAO")
NO_SESSION: Lines = ("CHUA DANG NHAP", "RUT THE, CAM LAI")
NOT_OPEN: Lines = ("CHUA BIEU QUYET", "")
HELD: Lines = ("TAM DUNG BIEU QUYET", "")
LOCKED: Lines = ("HET GIO BIEU QUYET", "")
NOT_YET: Lines = ("CHUA DUOC GHI NHAN", "DANG GUI LAI...")
PRESS_AGAIN: Lines = ("CHUA DUOC GHI NHAN", "MOI BAM LAI")
NOT_KNOWN: Lines = ("CHUA DUOC GHI NHAN", "DANG HOI LAI...")
RECORDED = "DA GHI NHAN"
NOT_RECORDED = "KHONG DUOC GHI NHAN"
BY_PHONE: Lines = (RECORDED, "BANG DIEN THOAI")
NO_CHANGE: Lines = (RECORDED, "KHONG DUOC DOI")
CLONE: Lines = ("KIEM TRA THIET BI", "MOI BAO BAN THU KY")
SIGNED_IN: Lines = ("DA DANG NHAP", "")
BINDING = "GAN DIEN THOAI"
BOUND: Lines = ("DANG GAN DIEN THOAI", "")
NOT_BOUND: Lines = ("DA TU CHOI", "DIEN THOAI")
DESK: Lines = ("BAN DANG KY", "MOI DUA THE VAO")
ASLEEP: Lines = ("PHIEN DANG TAM NGHI", "MOI NHAP LAI MA PIN")
NO_PERSON_KEY: Lines = ("GHE KHONG CO PHIM", "XAC NHAN CO MAT")
HOLD_PERSON_KEY: Lines = ("GIU PHIM CO MAT", "TRONG KHI BAM PHIEU")
NO_VOTES_HERE: Lines = ("BAN DANG KY", "KHONG BIEU QUYET")


def pin_failed(outcome: PinOutcome, tries_left: int | None) -> Lines:
    return {
        "blocked": PIN_BLOCKED,
        "cancelled": PIN_CANCELLED,
        "timeout": PIN_TIMEOUT,
        "codes_spent": PIN_CODES_SPENT,
    }.get(outcome) or pin_wrong(tries_left)


def ballot_to_sign(choice: str) -> Lines:
    return f"KY: {choice}", READING[0]


def pin_for_ballot(choice: str) -> Lines:
    """The choice first: nobody types a PIN for what isn't read."""
    return f"KY: {choice}", PIN_WANTED[0]


def pin_on_phone_for_ballot(code: str, choice: str) -> Lines:
    return f"KY: {choice}", f"PIN DT: MA {code}"


def pin_wrong(tries_left: int | None) -> Lines:
    return "SAI MA PIN", "" if tries_left is None else f"CON {tries_left} LAN"


def pin_on_phone(code: str, seat: str, *, at_desk: bool = False) -> Lines:
    """The code first: a long seat name is cut, the code never."""
    return PIN_ON_PHONE, f"MA {code} BAN {seat.upper()}" if at_desk else f"MA {code}  GHE {seat}"


def binding(digits: str, of: str = BINDING) -> Lines:
    """`of`: at a desk, where any member may stand, whose card the phone is to be bound to."""
    return of, f"{digits}  DUNG: TT"


def pin_for_phone(prompt: Lines, digits: str) -> Lines:
    """While the card is asked for a phone's sake the phone's digits stand where the PIN is asked for."""
    return (f"PIN CHO DT {digits}", prompt[1]) if prompt[0] in (PIN_WANTED[0], PIN_ON_PHONE) else prompt


def recorded(code: str, choice: str) -> Lines:
    """`DA GHI NHAN     7F3A` over the choice's name, which may be empty."""
    return f"{RECORDED}{code:>{WIDTH - len(RECORDED)}}", choice


def with_clock(line: str, remaining_s: float) -> str:
    """The question's line with the time left at its end: cut to the safe side, to what a seat is told in
    time.

    Above ten seconds it moves every five: a row's line has better things to carry during a vote.
    """
    left = int(remaining_s)
    left -= left % 5 if left >= 10 else 0
    clock = f"{left // 60}:{left % 60:02d}"
    return f"{line[: WIDTH - len(clock) - 1]:<{WIDTH - len(clock) - 1}} {clock}"
