"""Card readers on this machine's pcscd: the only module that needs pyscard (the extra `cards`).

A PC/SC call blocks for as long as a card or a person takes, so none runs in the event loop: one thread
watches the readers, and each open connection has its own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from firmware_bridge.cards.errors import CardError, CardGone
from firmware_bridge.cards.pcsc_calls import PcscCard, PresenceWatch, Reader
from firmware_bridge.ports import CardInserted, CardRemoved

try:
    from smartcard import scard
except ModuleNotFoundError as missing:
    raise CardError("PC/SC readers need the extra `cards`: pip install 'dien-hong[cards]'") from missing

T = TypeVar("T")
MOST_READERS = 15
"""pcscd serves 16 and no more; clients that also watch for new readers count that watch as one of them."""


def reader_names(api: Any = scard) -> list[str]:
    """The readers that this machine has now. Raises CardGone where no PC/SC service answers."""
    return PcscCard(api).readers()


class PcscReaders:
    """`slots`: reader → seat. All stand at one pcscd, at most 15; a larger row has another bridge."""

    def __init__(self, slots: Mapping[Reader, str], api: Any = scard) -> None:
        if len(slots) > MOST_READERS:
            raise ValueError(f"one pcscd serves at most {MOST_READERS} readers, not {len(slots)}")
        if len(set(slots.values())) != len(slots):
            raise ValueError("two readers are given to one seat")
        self._slots = dict(slots)
        self._held = {seat: asyncio.Lock() for seat in slots.values()}
        self._api = api
        self._events: asyncio.Queue[CardInserted | CardRemoved] = asyncio.Queue()

    async def run(self) -> None:
        """Watches until cancelled. A stopped pcscd is waited for; its readers are lost meanwhile."""
        loop = asyncio.get_running_loop()
        watch = PresenceWatch(
            self._api, self._slots, lambda told: loop.call_soon_threadsafe(self._events.put_nowait, told)
        )
        with ThreadPoolExecutor(1, "card-presence") as thread:
            watching = loop.run_in_executor(thread, watch.run)
            try:
                await asyncio.shield(watching)
            finally:
                watch.stop()
                await watching

    async def events(self) -> AsyncIterator[CardInserted | CardRemoved]:
        while True:
            yield await self._events.get()

    async def connect(self, slot: str) -> "PcscConnection":
        """Powers the card, for us alone; waits for the slot's connection before this one to be closed.

        Raises CardGone, CardBusy (another program has the card), CardUnreadable.
        """
        held = self._held.get(slot)
        if held is None:
            raise CardGone(f"there is no reader at seat {slot}")
        await held.acquire()
        connection = PcscConnection(PcscCard(self._api), held.release)
        try:
            await connection.open(next(reader for reader, seat in self._slots.items() if seat == slot))
        except BaseException:
            await connection.close()
            raise
        return connection


class PcscConnection:
    """One powered card. Its calls queue in one thread, so closing waits for what was begun."""

    def __init__(self, card: PcscCard, let_go: Callable[[], None]) -> None:
        self._card = card
        self._let_go = let_go
        self._thread = ThreadPoolExecutor(1, "card")
        self._closed = False

    async def open(self, reader: Reader) -> None:
        await self._call(lambda: self._card.connect(reader))

    async def transmit(self, apdu: bytes) -> bytes:
        return await self._call(lambda: self._card.transmit(apdu))

    async def verify_pin_on_pad(self) -> bytes | None:
        return await self._call(self._card.verify_pin_on_pad)

    async def set_pin_on_pad(self, puk: bytes) -> bytes | None:
        return await self._call(lambda: self._card.set_pin_on_pad(puk))

    async def close(self) -> None:
        """Resets the card: no PIN stays verified. Closing twice is closing once."""
        if self._closed:
            return
        self._closed = True
        letting_go = asyncio.get_running_loop().run_in_executor(self._thread, self._card.disconnect)
        letting_go.add_done_callback(lambda _: self._let_go())
        self._thread.shutdown(wait=False)
        # Shielded: the thread lets the card go even if nobody waits for it any more.
        await asyncio.shield(letting_go)

    async def _call(self, blocking: Callable[[], T]) -> T:
        if self._closed:
            raise CardGone("the connection was closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, blocking)
