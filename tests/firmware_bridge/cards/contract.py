"""What every `CardReaders` does for a bridge, whatever is behind it: the demo's readers or PC/SC."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from audit import base64url, statement
from firmware_bridge.cards.errors import CardGone, PinBlocked, PinWrong
from firmware_bridge.cards.piv import PivCard
from firmware_bridge.cards.sealed_pin import open_pin, seal_pin
from firmware_bridge.cards.sign_in import sign_in
from firmware_bridge.messages import Challenge
from firmware_bridge.ports import CardInserted, CardReaders, CardRemoved
from simulators.authority import Authority
from simulators.card import SimulatedCard
from simulators.card_keys import PrivateKey

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SIGN = 0x87


class Slots(Protocol):
    """The hands of the people at the row."""

    async def insert(self, seat: str, put_in: SimulatedCard) -> None: ...
    async def pull(self, seat: str) -> None: ...


@dataclass
class Row:
    readers: CardReaders
    slots: Slots
    seats: list[str]
    told: Any = field(init=False)

    def __post_init__(self) -> None:
        self.told = self.readers.events()

    async def next(self) -> CardInserted | CardRemoved:
        async with asyncio.timeout(5):
            return await anext(self.told)


def challenge(seat: str, member: str) -> Challenge:
    chal = base64url.encode(bytes(range(16)))
    log, exp = "dienhong.example/hall/2026", "2026-11-21T20:00:00.000Z"
    return Challenge(seat, chal, "2026-11-21-am", log, member, exp, ("Kính chào", "đại biểu"))


def card(member: str = "m1", key: PrivateKey | None = None, **options: Any) -> SimulatedCard:
    issued = Authority(AT).issue(member, "Nguyễn Thị Đại Biểu", AT, key)
    return SimulatedCard({0x9A: issued}, **options)


async def a_member_signs_in_with_a_sealed_pin(row: Row) -> Any:
    """The phone's way: the PIN comes sealed to the bridge, the card signs, the statement is true."""
    bridge, asked, put_in = ec.generate_private_key(ec.SECP256R1()), challenge("001", "m1"), card()
    await row.slots.insert("001", put_in)
    assert await row.next() == CardInserted("001")
    connection = await row.readers.connect("001")
    sealed = seal_pin("123456", bridge.public_key(), seat="001", chal=asked.chal, code="0417")
    began = time.perf_counter()
    digits = open_pin(sealed, bridge, seat="001", chal=asked.chal, code="0417")
    session = await sign_in(connection, asked, digits)
    took = time.perf_counter() - began
    assert not put_in.verified
    certificate = await PivCard(connection).certificate()
    await connection.close()
    await row.slots.pull("001")
    assert await row.next() == CardRemoved("001")
    signed = statement.parse(dict(session.statement_jws), statement.SESSION_KEY)
    public = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    statement.verify(signed, public)
    assert (signed.payload["member"], signed.payload["seat"]) == ("m1", "001")
    return {"ms": round(took * 1000, 1)}


async def a_card_pulled_while_it_signs_is_gone(row: Row) -> Any:
    """The loop goes on while the card takes its time; then the card is out before it is done."""
    await row.slots.insert("001", card(seconds={SIGN: 30.0}))
    assert await row.next() == CardInserted("001")
    connection = await row.readers.connect("001")
    signing = asyncio.create_task(sign_in(connection, challenge("001", "m1"), b"123456"))
    for _ in range(10):
        await asyncio.sleep(0.01)
    assert not signing.done()
    await row.slots.pull("001")
    with pytest.raises(CardGone):
        await signing
    assert await row.next() == CardRemoved("001")
    await connection.close()


async def a_connection_never_speaks_to_the_next_card(row: Row) -> Any:
    await row.slots.insert("001", card("m1"))
    assert await row.next() == CardInserted("001")
    old = await row.readers.connect("001")
    await row.slots.pull("001")
    assert await row.next() == CardRemoved("001")
    await row.slots.insert("001", card("m2"))
    assert await row.next() == CardInserted("001")
    with pytest.raises(CardGone):
        await sign_in(old, challenge("001", "m2"), b"123456")
    await old.close()
    fresh = await row.readers.connect("001")
    assert (await sign_in(fresh, challenge("001", "m2"), b"123456")).member == "m2"
    await fresh.close()


async def wrong_pins_are_counted_down_to_a_blocked_card(row: Row) -> Any:
    await row.slots.insert("001", card())
    assert await row.next() == CardInserted("001")
    connection = await row.readers.connect("001")
    told = []
    for _ in range(4):
        with pytest.raises((PinWrong, PinBlocked)) as refused:
            await sign_in(connection, challenge("001", "m1"), b"000000")
        told.append((refused.value.outcome, refused.value.tries_left))
    assert told == [("wrong", 2), ("wrong", 1), ("blocked", 0), ("blocked", 0)]
    with pytest.raises(PinBlocked):
        await sign_in(connection, challenge("001", "m1"), b"123456")
    await connection.close()


async def a_card_serves_one_connection_after_another(row: Row) -> Any:
    await row.slots.insert("001", card())
    assert await row.next() == CardInserted("001")
    connection = await row.readers.connect("001")
    waiting = asyncio.create_task(row.readers.connect("001"))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    await connection.close()
    await connection.close()
    with pytest.raises(CardGone):
        await connection.transmit(b"\0\xa4\4\0")
    await (await waiting).close()
    await (await row.readers.connect("001")).close()
    for no_card in ("002", "no such seat"):
        with pytest.raises(CardGone):
            await row.readers.connect(no_card)


async def closing_forgets_the_pin(row: Row) -> Any:
    put_in = card()
    await row.slots.insert("001", put_in)
    assert await row.next() == CardInserted("001")
    connection = await row.readers.connect("001")
    piv = PivCard(connection)
    await piv.select()
    assert (await piv.verify_pin(b"123456")).ok
    assert put_in.verified
    await connection.close()
    assert not put_in.verified


async def a_full_row_signs_in_at_once(row: Row) -> Any:
    """As many readers as one pcscd can serve us."""
    cards = {seat: card(f"m{seat}") for seat in row.seats}
    await asyncio.gather(*(row.slots.insert(seat, one) for seat, one in cards.items()))
    assert {await row.next() for _ in row.seats} == {CardInserted(seat) for seat in row.seats}

    async def one(seat: str) -> str:
        connection = await row.readers.connect(seat)
        session = await sign_in(connection, challenge(seat, f"m{seat}"), b"123456")
        await connection.close()
        return session.seat

    began = time.perf_counter()
    assert await asyncio.gather(*map(one, row.seats)) == row.seats
    return {"ms_each": round((time.perf_counter() - began) * 1000 / len(row.seats), 1)}


Promise = Callable[[Row], Coroutine[Any, Any, Any]]
TWO_SEATS_ARE_ENOUGH: tuple[Promise, ...] = (
    a_member_signs_in_with_a_sealed_pin,
    a_card_pulled_while_it_signs_is_gone,
    a_connection_never_speaks_to_the_next_card,
    wrong_pins_are_counted_down_to_a_blocked_card,
    a_card_serves_one_connection_after_another,
    closing_forgets_the_pin,
)
FULL_ROW = 15
