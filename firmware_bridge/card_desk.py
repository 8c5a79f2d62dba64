"""The cards of a row: read when they come, asked for a signature when the hall has answered, forgotten when
pulled.

One task a card while it is being read or asked, none while it only sits there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress

import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_bridge.cards.errors import (
    CardError,
    CardGone,
    NoPinPad,
    PinBlocked,
    PinCodesSpent,
    PinMalformed,
    PinNotGiven,
    PinTimeout,
    PinWrong,
)
from firmware_bridge.cards.piv import PAD, Pad, PivCard
from firmware_bridge.cards.sign_in import bind_phone, sign_in
from firmware_bridge.messages import BindPhone, Challenge, PinOutcome, SealedPin
from firmware_bridge.outbox import CardAsk
from firmware_bridge.phone_pin import PhonePin
from firmware_bridge.ports import CardConnection, CardInserted, CardReaders
from firmware_bridge.row import Row
from firmware_bridge.seat import Seat
from firmware_bridge.session import SignedInSeat

log = structlog.get_logger(__name__)

WRONG_PIN_SHOWN_S = 1.5
"""How long "SAI MA PIN" stands before the PIN is asked for again."""


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
        self._pin_key = pin_key
        self._now = now
        self._token = token
        self._changed = changed
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._phone_pins: dict[str, PhonePin] = {}

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
            self._start(what.seat, self._sign(seat, what.words))

    def pin_arrived(self, what: SealedPin) -> None:
        """From a phone, by way of the hall: given to the card that waits for it, or declined."""
        seat, waits = self._row.seat(what.seat), self._phone_pins.get(what.seat)
        if seat is None:
            return
        declined = ("unreadable", None) if waits is None else waits.arrived(what)
        if declined is not None:
            log.warning("sealed_pin_declined", seat=seat.id, outcome=declined[0])
            seat.slot.pin_declined(*declined)
            self._changed(seat.id)

    def _start(self, slot: str, work: Coroutine[None, None, None]) -> None:
        self._at_work[slot] = asyncio.get_running_loop().create_task(work)

    def _stop(self, slot: str) -> None:
        task = self._at_work.pop(slot, None)
        if task is not None:
            task.cancel()

    async def _read(self, seat: Seat) -> None:
        try:
            async with self._connected(seat) as connection:
                certificate = await _certificate(connection)
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
            try:
                await self._by_pad(seat, words)
            except NoPinPad:
                await self._by_phone(seat, words)
        except CardGone:
            return
        except PinNotGiven as fault:
            seat.pin_failed(_word(fault), fault.tries_left, self._now())
        except CardError as fault:
            log.warning("card_unusable", seat=seat.id, fault=str(fault))
            seat.card_unusable(self._now())
        self._changed(seat.id)

    async def _by_pad(self, seat: Seat, words: Challenge | BindPhone) -> None:
        async with self._connected(seat) as connection:
            while True:
                seat.slot.pin_asked()
                self._changed(seat.id)
                with suppress(PinMalformed):
                    if await self._signed(seat, words, connection, PAD):
                        return
                await asyncio.sleep(WRONG_PIN_SHOWN_S)

    async def _by_phone(self, seat: Seat, words: Challenge | BindPhone) -> None:
        """The card is let go while nobody types. A code is good once; after a wrong PIN comes another."""
        waits = self._phone_pin(seat, words)
        while True:
            seat.slot.pin_awaited(words.chal, waits.ask())
            self._changed(seat.id)
            pin = await waits.pin()
            seat.slot.pin_came()
            self._changed(seat.id)
            async with self._connected(seat) as connection:
                if await self._signed(seat, words, connection, pin):
                    return
            del pin  # nothing holds the digits while the next are awaited
            await asyncio.sleep(WRONG_PIN_SHOWN_S)

    def _phone_pin(self, seat: Seat, words: Challenge | BindPhone) -> PhonePin:
        """Asked anew for the same challenge it remembers how many codes were wrong."""
        before = self._phone_pins.get(seat.id)
        if before is None or before.chal != words.chal:
            before = PhonePin(seat.id, words.chal, self._pin_key, self._token)
            self._phone_pins[seat.id] = before
        return before

    @asynccontextmanager
    async def _connected(self, seat: Seat) -> AsyncIterator[CardConnection]:
        connection = await self._readers.connect(seat.id)
        try:
            yield connection
        finally:
            await connection.close()

    async def _signed(
        self, seat: Seat, words: Challenge | BindPhone, connection: CardConnection, pin: bytes | Pad
    ) -> bool:
        """False after a wrong PIN: the seat and the hall are told how many tries are left."""
        try:
            await self._sign_once(seat, words, connection, pin)
        except PinWrong as wrong:
            seat.pin_failed("wrong", wrong.tries_left, self._now())
            self._changed(seat.id)
            return False
        return True

    async def _sign_once(
        self, seat: Seat, words: Challenge | BindPhone, connection: CardConnection, pin: bytes | Pad
    ) -> None:
        if isinstance(words, Challenge):
            session = await sign_in(connection, words, pin)
            seat.slot.session_made(SignedInSeat(session, self._token), self._now())
        else:
            phone = await bind_phone(connection, words, pin)
            seat.phone_signed(phone.statement_jws)


def _word(fault: PinNotGiven) -> PinOutcome:
    if isinstance(fault, PinBlocked):
        return "blocked"
    if isinstance(fault, PinCodesSpent):
        return "codes_spent"
    return "timeout" if isinstance(fault, PinTimeout) else "cancelled"


async def _certificate(connection: CardConnection) -> bytes:
    card = PivCard(connection)
    await card.select()
    return await card.certificate()
