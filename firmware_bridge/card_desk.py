"""The cards of a row: read when they come, asked for a signature when the hall has answered or a key was
pressed, forgotten when pulled.

One task a card while it is being read or asked, none while it only sits there.
"""

import asyncio
from collections.abc import Callable, Coroutine

import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_bridge.card_signing import CardSigning
from firmware_bridge.card_words import told
from firmware_bridge.cards.errors import CardError, CardGone
from firmware_bridge.cards.piv import PivCard
from firmware_bridge.messages import SealedPin
from firmware_bridge.outbox import CardAsk
from firmware_bridge.ports import CardConnection, CardInserted, CardReaders
from firmware_bridge.row import Row
from firmware_bridge.seat import Seat

log = structlog.get_logger(__name__)


class CardDesk:
    """`changed(seat)` is called after every step: the row has something new to show or to say.

    `pin_key` opens what phones seal, for readers without keys of their own.
    """

    def __init__(
        self,
        row: Row,
        readers: CardReaders,
        pin_key: ec.EllipticCurvePrivateKey,
        *,
        now: Callable[[], float],
        token: Callable[[int], bytes],
        changed: Callable[[str], None],
    ) -> None:
        self._row = row
        self._readers = readers
        self._now = now
        self._changed = changed
        self._signing = CardSigning(readers, pin_key, now=now, token=token, changed=changed)
        self._at_work: dict[str, asyncio.Task[object]] = {}

    async def run(self) -> None:
        try:
            # Cards that were in before this bridge started: a reader tells of changes only.
            for each in self._row.seats():
                self._start(each.id, self._look(each))
            async for event in self._readers.events():
                seat = self._row.seat(event.slot)
                if seat is None:
                    continue
                self._stop(event.slot)
                if isinstance(event, CardInserted):
                    seat.slot.inserted()
                    self._start(event.slot, self._read(seat))
                else:
                    seat.card_pulled(self._now(), event.reader_lost)
                self._changed(event.slot)
        finally:
            for slot in tuple(self._at_work):
                self._stop(slot)

    def ask(self, what: CardAsk) -> None:
        """Has the card in this slot sign; a signature still under way for an older challenge is given
        up."""
        seat = self._row.seat(what.seat)
        if seat is not None:
            self._stop(what.seat)
            self._start(what.seat, self._signing.sign(seat, what.words))

    def call_off(self, slot: str) -> None:
        """The card in this slot is not to sign any more what it was asked for."""
        seat = self._row.seat(slot)
        if seat is not None:
            self._stop(slot)
            seat.slot.done()
            self._changed(slot)

    def pin_arrived(self, what: SealedPin) -> None:
        """From a phone, by way of the hall: given to the card that waits for it, or declined."""
        seat = self._row.seat(what.seat)
        if seat is not None:
            self._signing.pin_arrived(seat, what)

    def _start(self, slot: str, work: Coroutine[None, None, object]) -> None:
        self._at_work[slot] = asyncio.get_running_loop().create_task(work)

    def _stop(self, slot: str) -> None:
        task = self._at_work.pop(slot, None)
        if task is not None:
            task.cancel()

    async def _look(self, seat: Seat) -> None:
        if not await self._read(seat):
            seat.slot.found_empty(self._now())
            self._changed(seat.id)

    async def _read(self, seat: Seat) -> bool:
        """False where no card is, or none any more."""
        try:
            async with self._signing.connected(seat) as connection:
                certificate = await _certificate(connection)
        except CardGone:
            return False  # CardRemoved follows, if it was there
        except CardError as fault:
            log.warning("card_unreadable", seat=seat.id, fault=str(fault))
            seat.slot.unreadable(type(fault).__name__, told(fault))
        else:
            seat.card_read(certificate, self._now())
        self._changed(seat.id)
        return True


async def _certificate(connection: CardConnection) -> bytes:
    card = PivCard(connection)
    await card.select()
    return await card.certificate()
