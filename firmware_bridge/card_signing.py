"""A card that is asked to sign: its PIN by the reader's pad or from the member's phone, until it is right.

The seat is told at each step what the card is at, so that a slow one is never a silent console; and
whatever goes wrong, it is told at once what happened and what to do.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_bridge.ballots import ToSign
from firmware_bridge.card_words import told
from firmware_bridge.cards.errors import (
    CardError,
    CardGone,
    CardSilent,
    NoPinPad,
    PinBlocked,
    PinCodesSpent,
    PinMalformed,
    PinNotGiven,
    PinTimeout,
    PinWrong,
)
from firmware_bridge.cards.patience import PatientConnection
from firmware_bridge.cards.piv import PAD, Pad
from firmware_bridge.cards.sign_ballot import sign_ballot
from firmware_bridge.cards.sign_in import Step, bind_phone, sign_in
from firmware_bridge.messages import BindPhone, CardSigned, Challenge, PinOutcome, SealedPin
from firmware_bridge.phone_pin import PhonePin
from firmware_bridge.ports import CardConnection, CardReaders
from firmware_bridge.seat import Seat
from firmware_bridge.session import SignedInSeat

log = structlog.get_logger(__name__)

WRONG_PIN_SHOWN_S = 1.5
"""How long "SAI MA PIN" stands before the PIN is asked for again."""
Words = Challenge | BindPhone | ToSign


class CardSigning:
    """`changed(seat)` is called after every step. One `sign` a seat at a time; cancelling it lets go."""

    def __init__(
        self,
        readers: CardReaders,
        pin_key: ec.EllipticCurvePrivateKey,
        *,
        now: Callable[[], float],
        token: Callable[[int], bytes],
        changed: Callable[[str], None],
    ) -> None:
        self._readers, self._pin_key = readers, pin_key
        self._now, self._token, self._changed = now, token, changed
        self._phone_pins: dict[str, PhonePin] = {}
        self._letting_go: set[asyncio.Task[None]] = set()

    async def sign(self, seat: Seat, words: Words) -> None:
        try:
            try:
                await self._by_pad(seat, words)
            except NoPinPad:
                await self._by_phone(seat, words)
        except CardGone:
            return  # CardRemoved follows, and tells
        except PinNotGiven as fault:
            seat.pin_failed(_word(fault), fault.tries_left, self._now())
        except CardError as fault:
            log.warning("card_unusable", seat=seat.id, fault=str(fault))
            seat.card_unusable(self._now(), told(fault))
        self._changed(seat.id)

    def pin_arrived(self, seat: Seat, what: SealedPin) -> None:
        """From a phone, by way of the hall: given to the card that waits for it, or declined."""
        waits = self._phone_pins.get(seat.id)
        declined = ("unreadable", None) if waits is None else waits.arrived(what)
        if declined is not None:
            log.warning("sealed_pin_declined", seat=seat.id, outcome=declined[0])
            seat.slot.pin_declined(*declined)
            self._changed(seat.id)

    @asynccontextmanager
    async def connected(self, seat: Seat) -> AsyncIterator[CardConnection]:
        """The card at this seat, for us alone. A silent one is let go without waiting for it."""
        connection = await self._readers.connect(seat.id)
        silent = False
        try:
            yield PatientConnection(connection)
        except CardSilent:
            silent = True
            raise
        finally:
            letting_go = asyncio.get_running_loop().create_task(connection.close())
            self._letting_go.add(letting_go)
            letting_go.add_done_callback(self._letting_go.discard)
            if not silent:
                await asyncio.shield(letting_go)

    async def _by_pad(self, seat: Seat, words: Words) -> None:
        async with self.connected(seat) as connection:
            while True:
                with suppress(PinMalformed):
                    if await self._signed(seat, words, connection, PAD):
                        return
                await asyncio.sleep(WRONG_PIN_SHOWN_S)

    async def _by_phone(self, seat: Seat, words: Words) -> None:
        """The card is let go while nobody types. A code is good once; after a wrong PIN comes another."""
        waits = self._phone_pin(seat, words)
        while True:
            seat.slot.pin_awaited(words.chal, waits.ask())
            self._changed(seat.id)
            pin = await waits.pin()
            seat.slot.pin_came()
            self._changed(seat.id)
            async with self.connected(seat) as connection:
                if await self._signed(seat, words, connection, pin):
                    return
            del pin  # nothing holds the digits while the next are awaited
            await asyncio.sleep(WRONG_PIN_SHOWN_S)

    def _phone_pin(self, seat: Seat, words: Words) -> PhonePin:
        """Asked anew for the same challenge it remembers how many codes were wrong."""
        before = self._phone_pins.get(seat.id)
        if before is None or before.chal != words.chal:
            before = PhonePin(seat.id, words.chal, self._pin_key, self._token)
            self._phone_pins[seat.id] = before
        return before

    async def _signed(self, seat: Seat, words: Words, connection: CardConnection, pin: bytes | Pad) -> bool:
        """False after a wrong PIN: the seat and the hall are told how many tries are left."""
        try:
            await self._sign_once(seat, words, connection, pin)
        except PinWrong as wrong:
            seat.pin_failed("wrong", wrong.tries_left, self._now())
            self._changed(seat.id)
            return False
        return True

    async def _sign_once(
        self, seat: Seat, words: Words, connection: CardConnection, pin: bytes | Pad
    ) -> None:
        def step(at: Step) -> None:
            if at is Step.SIGNING:
                seat.slot.pin_came()
            elif isinstance(pin, Pad):
                seat.slot.pin_asked()
            self._changed(seat.id)

        match words:
            case Challenge():
                session = await sign_in(connection, words, pin, told=step)
                seat.slot.session_made(SignedInSeat(session, self._token), self._now())
            case BindPhone():
                seat.phone_signed((await bind_phone(connection, words, pin, told=step)).statement_jws)
            case ToSign():
                signed = await sign_ballot(connection, words.payload, words.card, pin, told=step)
                encoded = base64.b64encode(signed.certificate).decode()
                said = CardSigned(seat.id, dict(signed.jws), encoded)
                seat.ballot_signed(words.chal, signed.ballot, said, self._now())


def _word(fault: PinNotGiven) -> PinOutcome:
    if isinstance(fault, PinBlocked):
        return "blocked"
    if isinstance(fault, PinCodesSpent):
        return "codes_spent"
    return "timeout" if isinstance(fault, PinTimeout) else "cancelled"
