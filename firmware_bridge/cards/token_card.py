"""A PKCS#11 token in the place of a PIV card: the same APDUs, so it can be asked all that a card can be.

Officers and the counting committee have such tokens. The token holds one key with its certificate, which
stands for PIV's 9A; it has no 9C, so it signs no ballot. Its PIN is six to eight digits, as a card's.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from firmware_bridge.cards import tlv
from firmware_bridge.cards.errors import CardError, CardGone, CardMalformed, PinBlocked, PinWrong
from firmware_bridge.cards.pkcs11_uri import TokenUri
from firmware_bridge.cards.status import Status
from firmware_bridge.cards.token import TokenKey, certificate_of, is_there
from firmware_bridge.ports import CardInserted, CardRemoved

T = TypeVar("T")
LOOK_EVERY_S = 1.0
"""PKCS#11 tells nobody that a token was put in: it has to be looked for."""
_CERTIFICATE_9A = bytes.fromhex("5fc105")
_KEY_9A, _CHAINED = 0x9A, 0x10


class TokenReaders:
    """The `CardReaders` role: `tokens` are named by the places where they are put in."""

    def __init__(self, tokens: Mapping[str, TokenUri], look_every_s: float = LOOK_EVERY_S) -> None:
        self._tokens = dict(tokens)
        self._look_every_s = look_every_s
        self._here: set[str] = set()
        self._held = {place: asyncio.Lock() for place in tokens}
        self._events: asyncio.Queue[CardInserted | CardRemoved] = asyncio.Queue()

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            for place, uri in self._tokens.items():
                # One in use tells by itself that it is gone; looking would only be in its way.
                if not self._held[place].locked():
                    self._saw(place, await asyncio.to_thread(is_there, uri))
            await asyncio.sleep(self._look_every_s)

    def _saw(self, place: str, there: bool) -> None:
        if there and place not in self._here:
            self._here.add(place)
            self._events.put_nowait(CardInserted(place))
        elif not there and place in self._here:
            self._here.remove(place)
            self._events.put_nowait(CardRemoved(place))

    async def events(self) -> AsyncIterator[CardInserted | CardRemoved]:
        while True:
            yield await self._events.get()

    async def connect(self, slot: str) -> "TokenConnection":
        """Raises CardGone."""
        uri = self._tokens.get(slot)
        if uri is None:
            raise CardGone(f"there is no token for {slot}")
        await self._held[slot].acquire()
        try:
            if not await asyncio.to_thread(is_there, uri):
                raise CardGone("the token isn't there")
        except BaseException:
            self._held[slot].release()  # also where whoever asked has given up meanwhile
            raise
        return TokenConnection(uri, self._held[slot].release)


class TokenConnection:
    """One use of one token: its holder is proved from the right PIN until `forget` or `close`."""

    def __init__(self, uri: TokenUri, let_go: Callable[[], None]) -> None:
        self._uri, self._let_go = uri, let_go
        self._key: TokenKey | None = None
        self._chain = b""
        self._closed = False

    async def transmit(self, apdu: bytes) -> bytes:
        """Raises CardGone once it is closed, or the token is out."""
        if self._closed:
            raise CardGone("the connection was closed")
        return await asyncio.to_thread(self._answer, apdu)

    async def verify_pin_on_pad(self) -> bytes | None:
        return None

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            try:
                await asyncio.to_thread(self._forget)
            finally:
                self._let_go()

    def _answer(self, apdu: bytes) -> bytes:
        try:
            return self._done(apdu)
        except (PinWrong, PinBlocked) as refused:
            return _status(Status.PIN_BLOCKED if isinstance(refused, PinBlocked) else Status.NOT_VERIFIED)
        except CardMalformed:
            return _status(Status.WRONG_DATA)
        except CardError as fault:
            raise CardGone(str(fault)) from fault

    def _done(self, apdu: bytes) -> bytes:
        head, data = apdu[:4], apdu[5 : 5 + apdu[4]] if len(apdu) > 5 else b""
        data = self._chain + data
        self._chain = data if head[0] & _CHAINED else b""
        if head[0] & _CHAINED:
            return _status(Status.OK)
        match head[1]:
            case 0xA4:
                return _status(Status.OK)
            case 0xCB:
                return self._certificate(data)
            case 0x20:
                return self._verify(head[2], data)
            case 0x87:
                return self._sign(head[3], data)
        return _status(Status.UNKNOWN_INSTRUCTION)

    def _certificate(self, data: bytes) -> bytes:
        found = certificate_of(self._uri) if tlv.find(data, 0x5C) == _CERTIFICATE_9A else None
        if found is None:
            return _status(Status.NOT_FOUND)
        container = tlv.encode(0x70, found) + tlv.encode(0x71, b"\0") + tlv.encode(0xFE)
        return tlv.encode(0x53, container) + _status(Status.OK)

    def _verify(self, p1: int, data: bytes) -> bytes:
        self._forget()
        if p1 == 0xFF:
            return _status(Status.OK)
        if not data:
            return _status(Status.NOT_ALLOWED_YET)
        self._key = TokenKey(self._uri, data.rstrip(b"\xff").decode("ascii", "replace"))
        return _status(Status.OK)

    def _sign(self, reference: int, data: bytes) -> bytes:
        if reference != _KEY_9A:
            return _status(Status.NO_SUCH_KEY)
        if self._key is None:
            return _status(Status.NOT_ALLOWED_YET)
        block = tlv.find(tlv.find(data, 0x7C), 0x81)
        made = self._key.compute(block)
        if self._key.alg.startswith("ES"):
            half = len(made) // 2
            r, s = int.from_bytes(made[:half], "big"), int.from_bytes(made[half:], "big")
            made = encode_dss_signature(r, s)
        return tlv.encode(0x7C, tlv.encode(0x82, made)) + _status(Status.OK)

    def _forget(self) -> None:
        key, self._key = self._key, None
        if key is not None:
            key.close()


def _status(word: int) -> bytes:
    return word.to_bytes(2, "big")
