"""Text for units whose letters are plain ASCII: Vietnamese without its marks, two lines of twenty."""

import unicodedata
from functools import lru_cache

WIDTH = 20
SCREEN = 2 * WIDTH

_NOT_DECOMPOSED = str.maketrans(
    {"đ": "d", "Đ": "D", "–": "-", "—": "-", "…": "...", "’": "'", "“": '"', "”": '"'}
)
"""Letters that Unicode doesn't decompose, and the punctuation that our texts use."""

UNKNOWN = "?"


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """`Đã ghi nhận` → `Da ghi nhan`, at most twenty characters. What has no plain form becomes `?`."""
    plain = unicodedata.normalize("NFD", text.translate(_NOT_DECOMPOSED))
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if " " <= letter <= "~" else UNKNOWN for letter in letters)[:WIDTH]


@lru_cache(maxsize=1024)
def screen(lines: tuple[str, str]) -> bytes:
    """Both lines as the forty characters of the unit's display, padded with blanks."""
    return "".join(fold(line).ljust(WIDTH) for line in lines).encode("ascii")


def lines(screen_bytes: bytes) -> tuple[str, str]:
    """The display's two lines, without the blanks at their ends."""
    text = screen_bytes.decode("ascii")
    return text[:WIDTH].rstrip(), text[WIDTH:].rstrip()
