"""Card readers of a row inside this process: the `CardReaders` role, with slots that simulated people use.

Each reader has a PIN pad. As on a real one, its keys do nothing unless it asks for a PIN.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from firmware_bridge.cards.errors import CardGone
from firmware_bridge.ports import CardInserted, CardRemoved
from simulators.card import SimulatedCard

PAD_SECONDS = 30.0
"""How long a pad waits for the PIN, as pads in shops do."""
PAD_TIMEOUT = bytes.fromhex("6400")
PAD_CANCELLED = bytes.fromhex("6401")
PAD_LENGTH = bytes.fromhex("6403")
_VERIFY_PIN = bytes.fromhex("0020008008")
_RESET_RETRY = bytes.fromhex("002c008010")


class SimulatedReaders:
    """`slots` are seat ids.

    What people do: `insert`, `pull`, `type_pin`, `press_cancel`; what they see: `card_in`, `pad_asks`.
    """

    def __init__(
        self, slots: Iterable[str], *, pads: bool = True, pad_seconds: float = PAD_SECONDS
    ) -> None:
        self._watchers: list[Callable[[str], None]] = []
        self._slots = {slot: _Slot(self._pad(slot, pad_seconds) if pads else None) for slot in slots}
        self._events: asyncio.Queue[CardInserted | CardRemoved] = asyncio.Queue()

    # -- the CardReaders role ------------------------------------------------------------------------

    async def run(self) -> None:
        """Nothing to poll here: people's acts become events at once."""
        await asyncio.Event().wait()

    async def events(self) -> AsyncIterator[CardInserted | CardRemoved]:
        while True:
            yield await self._events.get()

    async def connect(self, slot: str) -> "SimulatedConnection":
        """Powers the card up, after the connection before this one is closed. Raises CardGone."""
        at = self._slots.get(slot)
        if at is None:
            raise CardGone(f"there is no reader at seat {slot}")
        await at.held.acquire()
        if at.card is None:
            at.held.release()
            raise CardGone("no card in the slot")
        at.connection = SimulatedConnection(at.card, at.pad, at.held.release)
        return at.connection

    # -- people --------------------------------------------------------------------------------------

    def watch(self, watcher: Callable[[str], None]) -> None:
        """`watcher(slot)` is called after a card came or went there, or the pad began or ceased to ask."""
        self._watchers.append(watcher)

    def card_in(self, slot: str) -> SimulatedCard | None:
        return self._slots[slot].card

    def insert(self, slot: str, card: SimulatedCard) -> None:
        """Raises ValueError when there is a card in the slot already."""
        if self._slots[slot].card is not None:
            raise ValueError(f"there is a card in slot {slot} already")
        self._slots[slot].card = card
        self._events.put_nowait(CardInserted(slot))
        self._tell(slot)

    def pull(self, slot: str, *, reader_lost: bool = False) -> SimulatedCard | None:
        """The card that was there, or None. Whatever it was doing comes to nothing.

        `reader_lost`: as a bridge sees it when the reader goes, and the card with it.
        """
        at = self._slots[slot]
        card, at.card = at.card, None
        if card is not None:
            if at.connection is not None:
                at.connection.break_off()
            self._events.put_nowait(CardRemoved(slot, reader_lost))
            self._tell(slot)
        return card

    async def pad_asks(self, slot: str) -> None:
        """Returns when the pad of this slot asks for a PIN; never where there is no pad."""
        await (self._slots[slot].pad or PinPad(0)).asking.wait()

    def asking(self, slot: str) -> bool:
        """Whether the pad of this slot asks for a PIN now."""
        pad = self._slots[slot].pad
        return pad is not None and pad.asking.is_set()

    def type_pin(self, slot: str, pin: str) -> bool:
        """Digits and the confirming key. False when no pad is asking: nothing happens."""
        pad = self._slots[slot].pad
        return pad is not None and pad.press(pin)

    def press_cancel(self, slot: str) -> bool:
        pad = self._slots[slot].pad
        return pad is not None and pad.press(None)

    def _pad(self, slot: str, seconds: float) -> "PinPad":
        return PinPad(seconds, lambda: self._tell(slot))

    def _tell(self, slot: str) -> None:
        for watcher in self._watchers:
            watcher(slot)


class SimulatedConnection:
    """One powering of one card. After a pull it stays dead, also when that card or another is put in."""

    def __init__(self, card: SimulatedCard, pad: "PinPad | None", let_go: Callable[[], None]) -> None:
        card.reset()
        self._card = card
        self._pad = pad
        self._over = asyncio.Event()
        self._closed = False
        self._let_go = let_go

    async def transmit(self, apdu: bytes) -> bytes:
        self._check()
        needed = self._card.seconds_needed(apdu)
        if needed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), needed)
            self._check()
        return self._card.transmit(apdu)

    async def verify_pin_on_pad(self) -> bytes | None:
        return await self._typed_into(_VERIFY_PIN)

    async def set_pin_on_pad(self, puk: bytes) -> bytes | None:
        return await self._typed_into(_RESET_RETRY + puk)

    async def _typed_into(self, command: bytes) -> bytes | None:
        """The card's answer to the command with what is typed, or the pad's own."""
        self._check()
        if self._pad is None:
            return None
        try:
            pin = await self._pad.ask()
        except TimeoutError:
            return PAD_TIMEOUT
        self._check()
        if pin is None:
            return PAD_CANCELLED
        if not 6 <= len(pin) <= 8:
            return PAD_LENGTH
        return await self.transmit(command + pin.encode().ljust(8, b"\xff"))

    async def close(self) -> None:
        """Resets the card, as the PC/SC reader does: no PIN stays verified."""
        self.break_off()
        if not self._closed:
            self._closed = True
            self._let_go()

    def break_off(self) -> None:
        """The card is out, or let go."""
        if not self._over.is_set():
            self._over.set()
            self._card.reset()
            if self._pad is not None:
                self._pad.press(None)

    def _check(self) -> None:
        if self._over.is_set():
            raise CardGone("the card is not in the reader any more")


class PinPad:
    """The keys of a reader. `changed` is called when it begins and when it ceases to ask."""

    def __init__(self, seconds: float, changed: Callable[[], None] = lambda: None) -> None:
        self.asking = asyncio.Event()
        self._seconds = seconds
        self._changed = changed
        self._answer: asyncio.Future[str | None] | None = None

    async def ask(self) -> str | None:
        """What was typed, or None for the cancel key. Raises TimeoutError."""
        self._answer = asyncio.get_running_loop().create_future()
        self.asking.set()
        self._changed()
        try:
            # Not wait_for: one who gives up asking must take the keys back in the same breath.
            async with asyncio.timeout(self._seconds):
                return await self._answer
        finally:
            self.asking.clear()
            self._answer = None
            self._changed()

    def press(self, typed: str | None) -> bool:
        if self._answer is None or self._answer.done():
            return False
        self._answer.set_result(typed)
        return True


@dataclass(slots=True)
class _Slot:
    pad: PinPad | None
    card: SimulatedCard | None = None
    connection: SimulatedConnection | None = None
    held: asyncio.Lock = field(default_factory=asyncio.Lock)
