"""PIV over a simulated card: each answer to a PIN, certificates packed and torn, keys of each kind."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from firmware_bridge.cards import tlv
from firmware_bridge.cards.apdu import Status
from firmware_bridge.cards.errors import (
    CardMalformed,
    CardRefused,
    CardUnreadable,
    NoPinPad,
    PinMalformed,
    PinNotGiven,
)
from firmware_bridge.cards.keys import key_of
from firmware_bridge.cards.piv import LONGEST_CERTIFICATE, PAD, PinOutcome, PivCard, Slot, pin_block
from simulators.authority import Authority, p256, p384, rsa2048
from simulators.card import SimulatedCard
from simulators.card_keys import PrivateKey

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
AUTHORITY = Authority(AT)


class Wire:
    """Carries APDUs to a card, or answers itself; the pad gives what it is told."""

    def __init__(self, answers: Callable[[bytes], bytes], pad: bytes | None = None) -> None:
        self._answers = answers
        self._pad = pad
        self.sent: list[bytes] = []

    async def transmit(self, apdu: bytes) -> bytes:
        self.sent.append(apdu)
        return self._answers(apdu)

    async def verify_pin_on_pad(self) -> bytes | None:
        return self._pad

    async def close(self) -> None: ...


def always(answer: str) -> Callable[[bytes], bytes]:
    return lambda _: bytes.fromhex(answer)


def issued_card(key: PrivateKey | None = None) -> SimulatedCard:
    return SimulatedCard({0x9A: AUTHORITY.issue("m1", "Trần Văn Đại Biểu", AT, key)})


@pytest.mark.parametrize("make", [p256, p384, rsa2048])
@pytest.mark.parametrize("extended", [False, True])
async def test_a_card_of_each_kind_signs(make: Callable[[], PrivateKey], extended: bool) -> None:
    piv = PivCard(Wire(issued_card(make()).transmit), extended=extended)
    await piv.select()
    key = key_of(await piv.certificate())
    assert (await piv.verify_pin(b"123456")).ok
    assert await piv.sign(Slot.AUTHENTICATION, b"statement", key)


async def test_without_the_pin_nothing_is_signed() -> None:
    piv = PivCard(Wire(issued_card().transmit))
    await piv.select()
    key = key_of(await piv.certificate())
    with pytest.raises(CardRefused, match="PIN must be given first"):
        await piv.sign(Slot.AUTHENTICATION, b"statement", key)
    await piv.verify_pin(b"123456")
    await piv.forget_pin()
    with pytest.raises(CardRefused, match="6982"):
        await piv.sign(Slot.AUTHENTICATION, b"statement", key)


async def test_the_signature_key_wants_its_pin_each_time() -> None:
    credential = AUTHORITY.issue("m1", "Trần Văn Đại Biểu", AT)
    piv = PivCard(Wire(SimulatedCard({0x9A: credential, 0x9C: credential}).transmit))
    await piv.select()
    key = key_of(await piv.certificate(Slot.SIGNATURE))
    await piv.verify_pin(b"123456")
    await piv.sign(Slot.SIGNATURE, b"one", key)
    with pytest.raises(CardRefused, match="6982"):
        await piv.sign(Slot.SIGNATURE, b"two", key)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("9000", PinOutcome("ok")),
        ("63c2", PinOutcome("wrong", 2)),
        ("63c0", PinOutcome("blocked", 0)),
        ("6983", PinOutcome("blocked", 0)),
        ("6401", PinOutcome("cancelled")),
        ("6400", PinOutcome("timeout")),
        ("6403", PinOutcome("wrong")),
    ],
)
async def test_every_answer_to_a_pin_is_a_value(status: str, outcome: PinOutcome) -> None:
    assert await PivCard(Wire(always(""), pad=bytes.fromhex(status))).verify_pin(PAD) == outcome
    assert await PivCard(Wire(always(status))).verify_pin(b"123456") == outcome
    if outcome.ok:
        outcome.require()
    else:
        with pytest.raises(PinNotGiven) as refused:
            outcome.require()
        assert (refused.value.outcome, refused.value.tries_left) == (outcome.verdict, outcome.tries_left)


async def test_an_answer_that_is_about_no_pin_is_refused() -> None:
    with pytest.raises(CardRefused, match="6A88"):
        await PivCard(Wire(always("6a88"))).verify_pin(b"123456")


async def test_no_pad_is_said_so() -> None:
    with pytest.raises(NoPinPad):
        await PivCard(Wire(always(""))).verify_pin(PAD)


@pytest.mark.parametrize(
    "pin", [b"", b"12345", b"123456789", b"12345a", "١٢٣٤٥٦".encode(), b"123456\xff\xff"]
)
async def test_what_is_no_pin_spends_no_try(pin: bytes) -> None:
    wire = Wire(always("9000"))
    with pytest.raises(PinMalformed) as refused:
        await PivCard(wire).verify_pin(pin)
    assert not wire.sent
    assert pin.decode(errors="replace") not in str(refused.value) or not pin


def test_a_pin_is_filled_to_eight_bytes() -> None:
    assert pin_block(b"1234567") == b"1234567\xff"


async def test_tries_are_counted_without_spending_one() -> None:
    card = issued_card()
    piv = PivCard(Wire(card.transmit))
    await piv.select()
    await piv.verify_pin(b"999999")
    assert await piv.tries_left() == 2 == card.tries_left
    for _ in range(2):
        await piv.verify_pin(b"999999")
    assert await piv.tries_left() == 0


@pytest.mark.parametrize("status", ["6a82", "6d00", "6e00"])
async def test_a_card_without_piv_is_another_card(status: str) -> None:
    with pytest.raises(CardUnreadable, match="not a PIV card"):
        await PivCard(Wire(always(status))).select()


def container(certificate: bytes, info: bytes) -> bytes:
    inside = tlv.encode(0x70, certificate), tlv.encode(0x71, info), tlv.encode(0xFE)
    return tlv.encode(0x53, *inside) + Status.OK.to_bytes(2, "big")


async def test_a_compressed_certificate_is_unpacked() -> None:
    wire = Wire(lambda _: container(gzip.compress(b"certificate"), b"\x01"))
    assert await PivCard(wire).certificate() == b"certificate"


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(bytes(LONGEST_CERTIFICATE + 1)),
        b"not gzip",
        gzip.compress(b"x" * 99)[:-9],
        b"\x1f\x8b\x08" + bytes(30),
    ],
)
async def test_a_bomb_or_a_torn_certificate_is_malformed(packed: bytes) -> None:
    with pytest.raises(CardMalformed):
        await PivCard(Wire(lambda _: container(packed, b"\x01"))).certificate()


@pytest.mark.parametrize("answer", ["9000", "53009000", "5305709000", "5302fe009000"])
async def test_a_card_without_a_certificate_in_its_answer_is_malformed(answer: str) -> None:
    with pytest.raises(CardMalformed):
        await PivCard(Wire(always(answer))).certificate()
    key = key_of(AUTHORITY.issue("m1", "x", AT).certificate)
    with pytest.raises(CardMalformed):
        await PivCard(Wire(always(answer))).sign(Slot.AUTHENTICATION, b"x", key)


async def test_an_empty_slot_is_refused_by_name() -> None:
    piv = PivCard(Wire(issued_card().transmit))
    await piv.select()
    with pytest.raises(CardRefused, match="no such object"):
        await piv.certificate(Slot.SIGNATURE)
