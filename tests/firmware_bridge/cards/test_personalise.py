"""A blank card made a member's, command by command, against the simulated card."""

import asyncio

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from firmware_bridge.cards.errors import (
    CardError,
    CardRefused,
    KeyUnknown,
    ManagementKeyFixed,
    NoPinPad,
    PinBlocked,
    PinMalformed,
    PinWrong,
)
from firmware_bridge.cards.keys import key_of
from firmware_bridge.cards.management_key import FACTORY_KEY, ManagementAlgorithm, ManagementKey
from firmware_bridge.cards.personalise import CardAdministration, KeyKind
from firmware_bridge.cards.piv import PAD, PivCard, Slot
from simulators.authority import Authority
from simulators.card import SimulatedCard
from simulators.readers import SimulatedReaders
from tests.firmware_bridge.cards.contract import AT

KINDS = pytest.mark.parametrize("kind", ManagementAlgorithm, ids=lambda kind: kind.name)
GUID = bytes(range(16))


async def station(
    card: SimulatedCard, *, pads: bool = False
) -> tuple[CardAdministration, SimulatedReaders]:
    readers = SimulatedReaders(["desk"], pads=pads)
    readers.insert("desk", card)
    administration = CardAdministration(await readers.connect("desk"))
    await administration.select()
    return administration, readers


def factory(kind: ManagementAlgorithm) -> ManagementKey:
    return ManagementKey(kind, (FACTORY_KEY * 2)[: kind.key_bytes])


@KINDS
async def test_card_and_station_prove_the_key_to_each_other(kind: ManagementAlgorithm) -> None:
    card = SimulatedCard.blank(management=factory(kind))
    administration, _ = await station(card)
    assert await administration.management_algorithm() is kind
    with pytest.raises(CardRefused, match="6982"):
        await administration.name(GUID, "20310101")
    await administration.prove(factory(kind))
    assert await administration.guid() is None
    await administration.name(GUID, "20310101")
    assert await administration.guid() == GUID


@KINDS
async def test_another_key_is_found_out_and_opens_nothing(kind: ManagementAlgorithm) -> None:
    administration, _ = await station(SimulatedCard.blank(management=factory(kind)))
    with pytest.raises(KeyUnknown):
        await administration.prove(ManagementKey.random(kind))
    with pytest.raises(CardRefused, match="6982"):
        await administration.generate(Slot.AUTHENTICATION, KeyKind.P256)


async def test_the_proof_ends_with_the_cards_power() -> None:
    card = SimulatedCard.blank()
    administration, _ = await station(card)
    await administration.prove(factory(ManagementAlgorithm.AES_192))
    card.reset()
    await administration.select()
    with pytest.raises(CardRefused, match="6982"):
        await administration.name(GUID, "20310101")


@pytest.mark.parametrize("kind", KeyKind, ids=lambda kind: kind.value[0])
@pytest.mark.parametrize("slot", Slot)
async def test_a_key_made_on_the_card_signs_for_its_certificate(kind: KeyKind, slot: Slot) -> None:
    administration, _ = await station(SimulatedCard.blank())
    await administration.prove(factory(ManagementAlgorithm.AES_192))
    public = await administration.generate(slot, kind)
    assert isinstance(public, rsa.RSAPublicKey if kind is KeyKind.RSA2048 else ec.EllipticCurvePublicKey)
    certificate = Authority(AT).certify("m1", "Nguyễn Thị Đại Biểu", AT, public)
    await administration.put_certificate(slot, certificate)
    assert await administration.card.certificate(slot) == certificate, "longer than a short command"
    (await administration.card.verify_pin(b"123456")).require()
    await administration.card.sign(slot, b"a message", key_of(certificate))


@KINDS
async def test_the_management_key_is_changed(kind: ManagementAlgorithm) -> None:
    card = SimulatedCard.blank()
    administration, _ = await station(card)
    new = ManagementKey.random(kind)
    with pytest.raises(ManagementKeyFixed, match="6982"):
        await administration.change_management_key(new)
    await administration.prove(factory(ManagementAlgorithm.AES_192))
    await administration.change_management_key(new)
    assert card.administered_by(new)
    with pytest.raises(CardError):
        await administration.prove(factory(ManagementAlgorithm.AES_192))
    await administration.prove(new)


async def test_a_card_that_knows_3des_only_says_so() -> None:
    triple = ManagementAlgorithm.TRIPLE_DES
    administration, _ = await station(SimulatedCard.blank(management=factory(triple), takes=[triple]))
    await administration.prove(factory(triple))
    with pytest.raises(ManagementKeyFixed, match="AES_256: 6A80"):
        await administration.change_management_key(ManagementKey.random(ManagementAlgorithm.AES_256))
    await administration.change_management_key(ManagementKey.random(triple))


async def test_puk_then_pin_whatever_the_pin_was() -> None:
    administration, _ = await station(SimulatedCard.blank(tries_left=0))
    assert (await administration.change_puk(b"00000000", b"31415926")).tries_left == 2
    assert (await administration.change_puk(b"12345678", b"31415926")).ok
    with pytest.raises(PinWrong):
        await administration.set_pin(b"12345678", b"654321")
    assert (await administration.set_pin(b"31415926", b"654321")).ok
    assert (await administration.card.verify_pin(b"654321")).ok


async def test_a_spent_puk_sets_nothing() -> None:
    administration, _ = await station(SimulatedCard.blank())
    for _ in range(2):
        with pytest.raises(PinWrong):
            await administration.set_pin(b"00000000", b"654321")
    with pytest.raises(PinBlocked):
        await administration.set_pin(b"00000000", b"654321")
    with pytest.raises(PinBlocked):
        await administration.set_pin(b"12345678", b"654321")


async def test_a_bad_pin_costs_no_try_of_the_puk() -> None:
    administration, _ = await station(SimulatedCard.blank())
    with pytest.raises(PinMalformed):
        await administration.set_pin(b"12345678", b"12345")
    assert (await administration.set_pin(b"12345678", b"654321")).ok


async def test_the_pin_is_set_on_the_readers_keys() -> None:
    administration, readers = await station(SimulatedCard.blank(), pads=True)
    setting = asyncio.create_task(administration.set_pin(b"12345678", PAD))
    await readers.pad_asks("desk")
    readers.type_pin("desk", "271828")
    assert (await setting).ok
    assert (await administration.card.verify_pin(b"271828")).ok


async def test_no_keys_on_the_reader() -> None:
    administration, _ = await station(SimulatedCard.blank())
    with pytest.raises(NoPinPad):
        await administration.set_pin(b"12345678", PAD)


def test_keys_stay_out_of_sight() -> None:
    key = ManagementKey.random(ManagementAlgorithm.AES_256)
    assert key.value.hex() not in repr(key).lower()
    with pytest.raises(ValueError, match="32 bytes"):
        ManagementKey(ManagementAlgorithm.AES_256, b"short")


async def test_a_number_of_another_form_is_none() -> None:
    """A card that somebody named without a GUID can still be personalised."""
    administration, _ = await station(SimulatedCard({0x9A: Authority(AT).issue("m1", "x", AT)}))
    assert isinstance(administration.card, PivCard)
    assert len(await administration.guid() or b"") == 16
