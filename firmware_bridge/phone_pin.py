"""Waiting for a PIN from the member's phone, at one seat, for one challenge: one at a time, not for ever.

Whoever sends one must have read the code on the seat's console: else anybody on the network could spend the
three tries of every card in the hall. A code is good for one PIN. Wrong ones cost the card nothing, and
only after many of them nothing more is listened to until the card is put in anew: else whoever sends three
stops a seat. How many one sender may try is the hall's to say, which sees where each comes from.
"""

import asyncio
from collections.abc import Callable
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec

from firmware_bridge.cards.errors import PinCodesSpent, PinMalformed, PinTimeout, SealBroken, WrongCode
from firmware_bridge.cards.piv import pin_block
from firmware_bridge.cards.sealed_pin import open_pin
from firmware_bridge.messages import PinOutcome, SealedPin

WAIT_S = 120.0
"""Time to take out a phone, open the page and type; four times what a pad gives."""
WRONG_CODES = 30
"""For one challenge: strangers who guess get through three times in a hundred thousand, to one PIN each."""
CODE_DIGITS = 6


class PhonePin:
    """`ask` gives a new code, `pin` waits for the digits that come with it, `arrived` is told what came.

    `token` gives so many random bytes. The digits stand nowhere here but in the future that `pin` awaits.
    """

    def __init__(
        self,
        seat: str,
        chal: str,
        key: ec.EllipticCurvePrivateKey,
        token: Callable[[int], bytes],
        wait_s: float = WAIT_S,
    ) -> None:
        self.seat = seat
        self.chal = chal
        self._key = key
        self._token = token
        self._code = ""
        self._wait_s = wait_s
        self._left = WRONG_CODES
        self._seen: set[bytes] = set()
        """Hashes of what was sealed for here: said again it is nobody's wrong code. Never many."""
        self._awaited: asyncio.Future[bytes] | None = None

    def ask(self) -> str:
        """The code to be shown at the seat from now on. Raises PinCodesSpent."""
        if not self._left:
            raise PinCodesSpent()
        number = int.from_bytes(self._token(8), "big") % 10**CODE_DIGITS
        self._code = f"{number:0{CODE_DIGITS}}"
        self._awaited = asyncio.get_running_loop().create_future()
        return self._code

    async def pin(self) -> bytes:
        """The digits that came with the code. Raises PinTimeout, PinCodesSpent."""
        assert self._awaited is not None
        try:
            async with asyncio.timeout(self._wait_s):
                return await self._awaited
        except TimeoutError:
            raise PinTimeout() from None
        finally:
            # Nobody listens from here on, and the digits are only where they are needed.
            self._awaited = None

    def arrived(self, what: SealedPin) -> tuple[PinOutcome, int | None] | None:
        """None: it is taken, or it was the last wrong code. Else why not, and how many codes are left."""
        awaited = self._awaited
        mark = sha256(what.sealed.encode()).digest()
        if awaited is None or awaited.done() or what.chal != self.chal or mark in self._seen:
            return "unreadable", None
        try:
            digits = open_pin(what.sealed, self._key, seat=self.seat, chal=self.chal, code=self._code)
            pin_block(digits)
        except WrongCode:
            self._seen.add(mark)
            return self._wrong_code(awaited)
        except (SealBroken, PinMalformed):
            return "unreadable", None
        self._seen.add(mark)
        awaited.set_result(digits)
        return None

    def _wrong_code(self, awaited: asyncio.Future[bytes]) -> tuple[PinOutcome, int | None] | None:
        self._left -= 1
        if self._left:
            return "wrong_code", self._left
        awaited.set_exception(PinCodesSpent())
        return None
