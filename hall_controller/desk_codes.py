"""The short code that a registrar's desk shows with its greeting: who asks there stands before the unit.

Anybody on the network may ask a desk about a phone. Without the code a stranger's page would get the card
that just came in, and its owner would wait. A code lives as long as the card lies there.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from voting.errors import RefusalKind

DIGITS, MORE_DIGITS = 6, 8
MOST_WRONG = 10
"""Wrong codes while one card lies there; then somebody guesses, and the unit shows a longer code, once.
Nobody is shut out for what others typed: who reads the unit reads the new one."""
_BYTES = 8


class DeskCodeNeeded(RefusalKind):
    vi = "Hãy nhập mã mà thiết bị ở bàn đăng ký đang hiện (sau chữ MA)."
    en = "Give the code that the unit at the registrar's desk shows (after MA)."


class DeskCodeWrong(RefusalKind):
    vi = "Mã không khớp. Hãy xem mã đang hiện trên thiết bị ở bàn đăng ký (sau chữ MA) và nhập lại."
    en = "That isn't the code. Look at the one that the desk's unit shows now (after MA), and try again."


@dataclass(slots=True)
class _Stay:
    card: str
    code: str
    wrong: int = 0

    @property
    def is_longer(self) -> bool:
        return len(self.code) == MORE_DIGITS


class DeskCodes:
    """`token(n)` gives n random bytes. In memory only: a hall that starts anew shows new codes."""

    def __init__(self, token: Callable[[int], bytes]) -> None:
        self._token = token
        self._stays: dict[str, _Stay] = {}

    def of(self, desk: str, card: str) -> str:
        """Of this card's stay (its fingerprint), the same as long as it lasts or somebody guesses."""
        stay = self._stays.get(desk)
        if stay is None or stay.card != card:
            stay = self._stays[desk] = _Stay(card, self._new(DIGITS))
        return stay.code

    def gone(self, desk: str) -> None:
        self._stays.pop(desk, None)

    def check(self, desk: str, code: str | None) -> None:
        """Raises DeskCodeNeeded, DeskCodeWrong. After the latter look whether `of` is another one now."""
        if code is None:
            raise DeskCodeNeeded()
        stay = self._stays.get(desk)
        if stay is None:
            raise DeskCodeWrong()
        if hmac.compare_digest(stay.code, code):
            return
        stay.wrong += 1
        if stay.wrong >= MOST_WRONG and not stay.is_longer:
            stay.code = self._new(MORE_DIGITS)
        raise DeskCodeWrong()

    def _new(self, digits: int) -> str:
        return str(int.from_bytes(self._token(_BYTES)) % 10**digits).zfill(digits)
