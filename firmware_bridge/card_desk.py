"""The cards of a row: read when they come, asked for a signature when the hall has answered, forgotten when
pulled.

One task a card while it is being read or asked, none while it only sits there.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress

import structlog

from firmware_bridge import texts
from firmware_bridge.cards.errors import (
    CardError,
    CardGone,
    PinBlocked,
    PinMalformed,
    PinNotGiven,
    PinTimeout,
    PinWrong,
)
from firmware_bridge.cards.piv import PAD, PivCard
from firmware_bridge.cards.sign_in import bind_phone, sign_in
from firmware_bridge.messages import BindPhone, Challenge
from firmware_bridge.outbox import CardAsk
from firmware_bridge.ports import CardConnection, CardInserted, CardReaders
from firmware_bridge.row import Row
from firmware_bridge.seat import Seat
from firmware_bridge.session import SignedInSeat
from firmware_bridge.slot import PinOutcome

log = structlog.get_logger(__name__)

WRONG_PIN_SHOWN_S = 1.5
"""How long "SAI MA PIN" stands before the pad asks again."""


class CardDesk:
    """`changed(seat)` is called after every step: the row has something new to show or to say."""

    def __init__(
        self,
        row: Row,
        readers: CardReaders,
        *,
        now: Callable[[], float],
        token: Callable[[int], bytes],
        changed: Callable[[str], None],
    ) -> None:
        self._row = row
        self._readers = readers
        self._now = now
        self._token = token
        self._changed = changed
        self._at_work: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        try:
            # Cards that were in before this bridge started: a reader tells of changes only.
            for each in self._row.seats():
                self._start(each.id, self._read(each))
            async for event in self._readers.events():
                seat = self._row.seat(event.slot)
                if seat is None:
                    continue
                self._stop(event.slot)
                if isinstance(event, CardInserted):
                    seat.slot.inserted()
                    self._start(event.slot, self._read(seat))
                else:
                    seat.card_pulled(self._now())
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
            self._start(what.seat, self._sign(seat, what.words))

    def _start(self, slot: str, work: Coroutine[None, None, None]) -> None:
        self._at_work[slot] = asyncio.get_running_loop().create_task(work)

    def _stop(self, slot: str) -> None:
        task = self._at_work.pop(slot, None)
        if task is not None:
            task.cancel()

    async def _read(self, seat: Seat) -> None:
        try:
            connection = await self._readers.connect(seat.id)
            try:
                certificate = await _certificate(connection)
            finally:
                await connection.close()
        except CardGone:
            return  # CardRemoved follows
        except CardError as fault:
            log.warning("card_unreadable", seat=seat.id, fault=str(fault))
            seat.slot.unreadable(type(fault).__name__)
        else:
            seat.slot.read(certificate, self._now())
        self._changed(seat.id)

    async def _sign(self, seat: Seat, words: Challenge | BindPhone) -> None:
        try:
            connection = await self._readers.connect(seat.id)
            try:
                await self._until_signed(seat, words, connection)
            finally:
                await connection.close()
        except CardGone:
            return
        except PinNotGiven as fault:
            seat.slot.pin_failed(_word(fault), fault.tries_left)
        except CardError as fault:
            log.warning("card_unusable", seat=seat.id, fault=str(fault))
            seat.slot.unusable(texts.CARD_UNUSABLE)
        self._changed(seat.id)

    async def _until_signed(
        self, seat: Seat, words: Challenge | BindPhone, connection: CardConnection
    ) -> None:
        while True:
            seat.slot.pin_asked()
            self._changed(seat.id)
            with suppress(PinMalformed):
                try:
                    await self._sign_once(seat, words, connection)
                    return
                except PinWrong as wrong:
                    seat.slot.pin_failed("wrong", wrong.tries_left)
                    self._changed(seat.id)
            await asyncio.sleep(WRONG_PIN_SHOWN_S)

    async def _sign_once(
        self, seat: Seat, words: Challenge | BindPhone, connection: CardConnection
    ) -> None:
        if isinstance(words, Challenge):
            session = await sign_in(connection, words, PAD)
            seat.slot.session_made(SignedInSeat(session, self._token), self._now())
        else:
            phone = await bind_phone(connection, words, PAD)
            seat.phone_signed(phone.statement_jws)


def _word(fault: PinNotGiven) -> PinOutcome:
    if isinstance(fault, PinBlocked):
        return "blocked"
    return "timeout" if isinstance(fault, PinTimeout) else "cancelled"


async def _certificate(connection: CardConnection) -> bytes:
    card = PivCard(connection)
    await card.select()
    return await card.certificate()
