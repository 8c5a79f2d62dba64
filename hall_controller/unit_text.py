"""Words for a seat unit: two lines of twenty characters without Vietnamese letters. Pure.

A bill's name doesn't fit: the unit says which article, option and round, the wall says the rest.
"""

import re
import unicodedata
from collections.abc import Sequence

from firmware_bridge.messages import Lines
from voting.division import Division
from voting.kinds import Choice
from voting.members import Member

WIDTH = 20
CLOCK = 5
"""Characters that the bridge needs at the end of the first line for what is left of the time."""
_SHORTER = (
    (r"PHUONG AN (?=\d)", "PA"),
    (r"KHOAN (?=\d)", "K"),
    (r"DIEU (?=\d)", "D"),
    (r"CHUONG (?=[IVXL\d])", "CH"),
    (r"\bDU THAO\b", "DT"),
    (r"\bNGHI QUYET\b", "NQ"),
)
"""As secretaries abbreviate, in this order."""


def unaccented(text: str) -> str:
    """Capital letters without marks; đ becomes D, and what a unit can't show becomes a space."""
    bare = unicodedata.normalize("NFD", text.upper().replace("Đ", "D"))
    kept = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return re.sub(r"\s+", " ", re.sub(r"[^ -~]", " ", kept)).strip()


def question(division: Division) -> Lines:
    """`K8 D5 PA2 LAN 2` over the keys' names, in the order of the keys."""
    asked = division.question
    words = unaccented((asked.option or asked.title).get("vi", division.id))
    for long, short in _SHORTER:
        words = re.sub(long, short, words)
    again = f" LAN {division.round}" if division.round > 1 else ""
    room = WIDTH - CLOCK - len(again)
    return words[:room].rstrip() + again, key_names(division.kind.choices)


def key_names(choices: Sequence[Choice]) -> str:
    """The choices' short names spread over the line, each near its key."""
    names = [unaccented(choice.short["vi"]) for choice in sorted(choices, key=lambda one: one.key)]
    gap = max(1, (WIDTH - sum(map(len, names))) // max(1, len(names) - 1))
    return (" " * min(gap, 3)).join(names)[:WIDTH]


def choice_name(choice: Choice) -> str:
    """What the unit says for 3 s after the receipt: the choice in full, or its short name where it is too
    long."""
    full = unaccented(choice.label["vi"])
    return full if len(full) <= WIDTH else unaccented(choice.short["vi"])[:WIDTH]


def greeting(member: Member) -> Lines:
    return "KINH CHAO DAI BIEU", unaccented(member.name)[-WIDTH:].strip()


def phone_ended(member: Member) -> Lines:
    """At a registrar's desk, to a member who lost the phone."""
    return "DA KHOA DIEN THOAI", greeting(member)[1]


def at_desk(member: Member, code: str) -> Lines:
    """Whose card it is, with the code for the phone's page; one of eight digits took another's place."""
    name = greeting(member)[1]
    return (f"KINH CHAO  MA {code}" if len(code) <= 6 else f"MA MOI: {code[:4]} {code[4:]}"), name


def phone_bound(member: Member) -> Lines:
    """At a registrar's desk; the phone itself goes on to its own page."""
    return "DA GAN DIEN THOAI", greeting(member)[1]
