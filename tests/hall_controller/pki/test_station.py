"""Cards given out at the station: what a hall then thinks of them, and every way in which it goes wrong."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from audit import statement
from audit.errors import Untrusted
from audit.trust import TrustStore
from firmware_bridge.cards.errors import CardGone, CardUnreadable
from firmware_bridge.cards.keys import holder_of, key_of
from firmware_bridge.cards.management_key import FACTORY_KEY, ManagementAlgorithm, ManagementKey
from firmware_bridge.cards.personalise import CardAdministration, KeyKind
from firmware_bridge.cards.piv import PAD, PivCard, Slot
from firmware_bridge.cards.sign_in import sign_in
from hall_controller.pki import founding
from hall_controller.pki.authority import Authority
from hall_controller.pki.errors import Declined
from hall_controller.pki.profiles import Kind
from hall_controller.pki.station import Order, Station
from simulators.card import SimulatedCard
from simulators.readers import SimulatedReaders
from tests.firmware_bridge.cards.contract import challenge
from tests.hall_controller.pki.office import (
    AT,
    ORDER,
    PIN,
    Clerk,
    Clock,
    ShortLived,
    personalise,
    powered,
)

TRIPLE = ManagementAlgorithm.TRIPLE_DES


def judged(authority: Authority, der: bytes, at: object = None) -> str:
    """The member whom a hall that relies on this authority's card issuer sees in the certificate."""
    issuer = founding.issuer(authority.folder, authority.vault, "cards")
    lists = authority.publish(Clock(AT + timedelta(hours=2))())
    crl = next(path for path in lists if path.name == "cards.crl").read_bytes()
    return TrustStore([issuer.der], [crl]).judge(der, at or AT + timedelta(hours=3)).member  # type: ignore[arg-type]


async def certificate(card: SimulatedCard, slot: Slot = Slot.AUTHENTICATION) -> bytes:
    piv = PivCard(await powered(card))
    await piv.select()
    return await piv.certificate(slot)


async def signs(card: SimulatedCard, pin: bytes = PIN) -> None:
    piv = PivCard(await powered(card))
    await piv.select()
    for slot in Slot:
        der = await piv.certificate(slot)
        (await piv.verify_pin(pin)).require()
        await piv.sign(slot, b"a ballot", key_of(der))


@pytest.mark.parametrize("key", KeyKind, ids=lambda kind: kind.value[0])
async def test_a_blank_card_becomes_a_members(authority: Authority, key: KeyKind) -> None:
    card, clerk = SimulatedCard.blank(), Clerk()
    done = await personalise(authority, card, replace(ORDER, key=key), clerk)
    assert done.finished
    await signs(card)
    for slot in Slot:
        der = await certificate(card, slot)
        assert holder_of(der) == "m1"
        assert judged(authority, der) == "m1"
    assert clerk.told[-1] == "done"
    assert "only_3des" not in clerk.told
    assert not card.administered_by(ManagementKey(ManagementAlgorithm.AES_192, FACTORY_KEY))
    issued = authority.register.of("m1")
    assert {(one.slot, one.by, one.kind) for one in issued} == {
        ("9A", "reg-1", "member"), ("9C", "reg-1", "member"),
    }  # fmt: skip


async def test_the_new_card_signs_in_at_a_seat(authority: Authority) -> None:
    """What a bridge does with it, and what `hall verify` later makes of the session statement."""
    card = SimulatedCard.blank()
    await personalise(authority, card)
    session = await sign_in(await powered(card), challenge("001", "m1"), PIN)
    der = await certificate(card)
    assert session.member == judged(authority, der) == "m1"
    statement.verify(statement.parse(session.statement_jws, statement.SESSION_KEY), key_of(der).public)


async def test_the_holder_types_the_pin_on_the_reader(authority: Authority) -> None:
    """Twice for the new one, then once for each test: nothing of it passes the station."""
    readers, card = SimulatedReaders(["desk"]), SimulatedCard.blank()
    readers.insert("desk", card)
    connection = await readers.connect("desk")
    clerk = Clerk(pin=PAD)
    giving = asyncio.create_task(Station(authority, connection, clerk, Clock()).personalise(ORDER))
    for _ in range(3):
        await readers.pad_asks("desk")
        assert readers.type_pin("desk", PIN.decode())
        await asyncio.sleep(0)
    await giving
    assert [step for step in clerk.told if step.endswith("_on_pad")] == [
        "pin_on_pad", "test_on_pad", "test_on_pad",
    ]  # fmt: skip
    await connection.close()
    await signs(card)


async def test_a_card_pulled_at_any_command_can_be_begun_anew(authority: Authority) -> None:
    """Before the n-th command or after it: the second run always ends well, with one valid pair of keys."""
    clock, runs = Clock(), 0
    for done in (False, True):
        commands = 0
        while True:
            card, order = SimulatedCard.blank(), Order(f"m-{done}-{commands}", "Đại biểu")
            short = ShortLived(await powered(card), commands, done)
            try:
                await Station(authority, short, Clerk(), clock).personalise(order)
            except CardGone:
                runs += 1
            else:
                break
            # A new card's number is written late; what was begun before it stays listed, unfinished.
            await personalise(authority, card, replace(order, replaces="superseded"), clock=clock)
            await signs(card)
            live = [one for one in authority.register.of(order.holder) if one.live(clock.at)]
            assert sorted(one.slot or "" for one in live) == ["9A", "9C"], (done, commands)
            assert {one.der for one in live} == {await certificate(card, slot) for slot in Slot}
            commands += 1
    assert runs > 40


async def test_a_card_in_force_is_not_overwritten_by_accident(authority: Authority) -> None:
    card, clock = SimulatedCard.blank(), Clock()
    await personalise(authority, card, clock=clock)
    before = await certificate(card)
    with pytest.raises(Declined, match="in force for m1"):
        await personalise(authority, card, Order("m2", "Trần B"), clock=clock)
    refusing = Clerk(sure=False)
    with pytest.raises(Declined, match="Not confirmed"):
        await personalise(authority, card, Order("m2", "Trần B", again=True), refusing, clock)
    assert refusing.asked == ["again"]
    assert await certificate(card) == before
    await personalise(authority, card, Order("m2", "Trần B", again=True), clock=clock)
    assert all(one.reason == "superseded" for one in authority.register.of("m1"))
    assert holder_of(await certificate(card)) == "m2"
    with pytest.raises(Untrusted, match="revoked"):
        judged(authority, before)


async def test_a_card_that_only_bears_anothers_number(authority: Authority) -> None:
    clock = Clock()
    done = await personalise(authority, SimulatedCard.blank(), clock=clock)
    fake = SimulatedCard.blank()
    administration = CardAdministration(await powered(fake))
    await administration.select()
    await administration.prove(ManagementKey(ManagementAlgorithm.AES_192, FACTORY_KEY))
    await administration.name(bytes.fromhex(done.guid), "20310101")
    with pytest.raises(Declined, match="takes no management key"):
        await personalise(authority, fake, replace(ORDER, again=True), clock=clock)
    assert all(one.revoked is None for one in authority.register.of("m1"))


async def test_a_card_made_anew_and_pulled_never_leaves_the_old_certificates_in_force(
    authority: Authority,
) -> None:
    for commands in range(0, 40, 4):
        card, clock, clerk = SimulatedCard.blank(), Clock(AT + timedelta(hours=commands)), Clerk()
        order = Order(f"m-{commands}", "Đại biểu")
        await personalise(authority, card, order, clerk, clock)
        old = authority.register.of(order.holder)
        short = ShortLived(await powered(card), commands, done=True)
        with suppress(CardGone):
            await Station(authority, short, clerk, clock).personalise(replace(order, again=True))
        keys = {one.der for one in old if authority.register.issued[one.serial].revoked is None}
        # Either nothing has begun, or none of the old ones is in force.
        assert keys in (set(), {one.der for one in old})
        if keys:
            await signs(card)


async def test_a_members_id_makes_no_officers_card(authority: Authority) -> None:
    clock, blank = Clock(), SimulatedCard.blank()
    await personalise(authority, SimulatedCard.blank(), clock=clock)
    with pytest.raises(Declined, match="a member's already"):
        await personalise(authority, blank, replace(ORDER, kind=Kind.OFFICER), clock=clock)
    assert blank.administered_by(ManagementKey(ManagementAlgorithm.AES_192, FACTORY_KEY)), (
        "it wasn't touched"
    )


async def test_one_holder_one_card(authority: Authority) -> None:
    clock = Clock()
    await personalise(authority, SimulatedCard.blank(), clock=clock)
    with pytest.raises(Declined, match="has a card in force"):
        await personalise(authority, SimulatedCard.blank(), clock=clock)
    await personalise(authority, SimulatedCard.blank(), replace(ORDER, replaces="lost"), clock=clock)
    assert sorted(one.reason or "" for one in authority.register.of("m1")) == ["", "", "lost", "lost"]


async def test_a_provisional_card_is_good_for_its_day_and_says_what_it_is(authority: Authority) -> None:
    clock = Clock()
    await personalise(authority, SimulatedCard.blank(), clock=clock)
    card = SimulatedCard.blank()
    await personalise(authority, card, replace(ORDER, kind=Kind.PROVISIONAL, day="2026-11-21"), clock=clock)
    der = await certificate(card)
    assert judged(authority, der) == "m1"
    with pytest.raises(Untrusted, match="expired"):
        judged(authority, der, AT + timedelta(hours=9, seconds=1))
    assert "THẺ TẠM – PROVISIONAL CARD 2026-11-21".encode() in der
    clock.at = AT + timedelta(days=1)
    again = replace(ORDER, holder="m7", kind=Kind.PROVISIONAL, day="2026-11-22")
    await personalise(authority, card, again, clock=clock)
    assert holder_of(await certificate(card)) == "m7", "the next day the same card serves somebody else"


@pytest.mark.parametrize("day", ["2026-11-20", "21/11/2026", None])
async def test_a_day_that_is_over_or_none(authority: Authority, day: str | None) -> None:
    order = replace(ORDER, kind=Kind.PROVISIONAL, day=day)
    with pytest.raises(Declined):
        await personalise(authority, SimulatedCard.blank(), order)


async def test_a_card_of_3des_only_is_taken_and_said(authority: Authority) -> None:
    old = SimulatedCard.blank(management=ManagementKey(TRIPLE, FACTORY_KEY), takes=[TRIPLE])
    clerk = Clerk()
    await personalise(authority, old, clerk=clerk)
    assert "only_3des" in clerk.told


async def test_a_card_under_somebody_elses_key(authority: Authority) -> None:
    key = ManagementKey.random(ManagementAlgorithm.AES_256)
    card = SimulatedCard.blank(management=key)
    for clerk in (Clerk(), Clerk(key=b"short"), Clerk(key=bytes(32))):
        with pytest.raises(Declined, match="takes no management key"):
            await personalise(authority, card, clerk=clerk)
    await personalise(authority, card, clerk=Clerk(key=key.value))
    assert not card.administered_by(key)


async def test_a_card_with_another_transport_puk(authority: Authority) -> None:
    card = SimulatedCard.blank(puk="87654321")
    with pytest.raises(Declined, match="neither the factory's"):
        await personalise(authority, card)
    await personalise(authority, card, clerk=Clerk(puk=b"87654321"))
    await signs(card)


async def test_something_else_in_the_reader(authority: Authority) -> None:
    class BankCard(SimulatedCard):
        def transmit(self, apdu: bytes) -> bytes:
            return b"\x6a\x82"

    with pytest.raises(CardUnreadable):
        await personalise(authority, BankCard({}))
    assert not authority.register.cards


async def test_a_bad_pin_is_asked_again_in_another_run(authority: Authority) -> None:
    card, clock = SimulatedCard.blank(), Clock()
    for pin in (b"12ab", b"12345", b"123456", b"87654321", b"0000000", b"890123"):
        with pytest.raises(Declined, match="six to eight digits"):
            await personalise(authority, card, clerk=Clerk(pin=pin), clock=clock)
    assert [one.finished for one in authority.register.cards.values()] == [False]
    clerk = Clerk()
    await personalise(authority, card, clerk=clerk, clock=clock)
    assert "goes_on" in clerk.told


async def test_a_blocked_card_gets_a_new_pin(authority: Authority) -> None:
    card, clock = SimulatedCard.blank(), Clock()
    await personalise(authority, card, clock=clock)
    piv = PivCard(await powered(card))
    await piv.select()
    for _ in range(3):
        await piv.verify_pin(b"000000")
    assert card.tries_left == 0
    await Station(authority, await powered(card), Clerk(pin=b"161803"), clock).unblock()
    await signs(card, b"161803")
    assert authority.ledger.entries[-1].type == "CardUnblocked"


async def test_a_card_that_is_not_in_the_register_is_not_unblocked(authority: Authority) -> None:
    with pytest.raises(Declined, match="no PUK"):
        await Station(authority, await powered(SimulatedCard.blank()), Clerk(), Clock()).unblock()


async def test_no_secret_is_told(authority: Authority) -> None:
    clerk = Clerk()
    said: list[str] = []
    clerk.tell = lambda step, **facts: said.extend([step, *facts.values()])  # type: ignore[method-assign]
    card = await personalise(authority, SimulatedCard.blank(), clerk=clerk)
    puk = authority.vault.get(f"card/{card.guid}/puk").decode()
    key = authority.vault.get(f"card/{card.guid}/management").hex()
    everything = " ".join(said) + (authority.folder / "register.jsonl").read_text("utf-8")
    assert puk not in everything
    assert PIN.decode() not in everything
    assert key[2:] not in everything
