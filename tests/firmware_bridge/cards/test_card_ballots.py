"""A vote in which the card signs each ballot: what the member sees and does, what goes up. Virtual time."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_bridge import texts
from firmware_bridge.cards.sealed_pin import seal_pin
from firmware_bridge.messages import Card, Pin, PinAwaited, SealedPin, SignedOut
from firmware_bridge.ports import Lamp
from firmware_bridge.receipt import Receipt
from firmware_bridge.slot import CARD_FAILED
from simulators.card import SimulatedCard
from tests.firmware_bridge.cards.slips import FORM, KEYS, MEMBER, PIN, SEAT, SlipBench, checked_ballot
from tests.virtual_time import played

Scene = Callable[[SlipBench], Awaitable[None]]
DARK = (Lamp.OFF, Lamp.OFF, Lamp.OFF)


def play(scene: Scene, **options: object) -> None:
    async def whole() -> None:
        bench = SlipBench(**options)  # type: ignore[arg-type]
        with bench.running():
            await bench.signed_in()
            bench.hall(FORM)
            await scene(bench)

    played(whole())


def choices(bench: SlipBench) -> list[str]:
    return [checked_ballot(said).payload["choice"] for said in bench.ballots]


def test_the_choice_stands_on_the_console_while_the_pin_is_asked_for() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.types = False
        bench.press("1")
        await bench.until(bench.now + 1)
        assert bench.face.lines == ("KY: TAN THANH", "MOI NHAP MA PIN")
        assert bench.face.lamps == DARK, "a blinking unit would hide this text"
        assert not bench.ballots
        bench.readers.type_pin(SEAT, PIN)
        await bench.until(bench.now + 0.1)
        (signed,) = bench.ballots
        sealed = checked_ballot(signed)
        assert sealed.payload["member"] == MEMBER
        assert (sealed.payload["seat"], sealed.payload["rev"], sealed.payload["prev"]) == (SEAT, 1, None)
        assert "sk" not in sealed.header
        bench.row.receipt(Receipt("v1", sealed.payload_hash, 7), bench.now)
        await bench.until(bench.now + 0.1)
        assert bench.face.lamps[0] is Lamp.STEADY
        assert bench.face.lines[0].startswith(texts.RECORDED)

    play(scene)


def test_a_ballot_is_said_again_until_it_is_answered() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.press("1")
        await bench.until(bench.now + 5)
        assert len(bench.ballots) >= 3
        assert len({str(said.ballot) for said in bench.ballots}) == 1
        asked = len(bench.card.steps)
        bench.press("2")
        await bench.until(bench.now + 1)
        assert bench.shown[-1][1] in (texts.BALLOT_UNDER_WAY, texts.NOT_YET)
        assert len(bench.card.steps) == asked, "one ballot at a time"

    play(scene)


def test_another_key_before_the_pin_is_another_choice_and_a_change_names_the_first() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.types = False
        bench.press("1")
        await bench.until(bench.now + 1)
        bench.types = True
        bench.press("2")
        await bench.until(bench.now + 0.2)
        (first,) = bench.ballots
        bench.row.receipt(Receipt("v1", checked_ballot(first).payload_hash, 7), bench.now)
        bench.press("1")
        await bench.until(bench.now + 0.2)
        second = checked_ballot(bench.ballots[-1])
        assert choices(bench) == ["reject", "approve"]
        assert (second.payload["rev"], second.payload["prev"]) == (2, checked_ballot(first).payload_hash)

    play(scene)


def test_a_wrong_pin_costs_a_try_and_says_so_and_the_right_one_signs() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.types = False
        bench.press("1")
        await bench.until(bench.now + 1)
        bench.readers.type_pin(SEAT, "000000")
        await bench.until(bench.now + 0.1)
        assert bench.face.lines == texts.pin_wrong(2)
        assert Pin(SEAT, "wrong", 2) in bench.said
        bench.types = True
        await bench.until(bench.now + 3)
        assert choices(bench)[0] == "approve"
        assert bench.card.tries_left == 3

    play(scene)


@pytest.mark.parametrize(("act", "lines"), [("cancel", texts.PIN_CANCELLED), ("wait", texts.PIN_TIMEOUT)])
def test_without_a_pin_the_press_counts_for_nothing_and_the_member_may_press_again(
    act: str, lines: tuple[str, str]
) -> None:
    async def scene(bench: SlipBench) -> None:
        bench.types = False
        bench.press("1")
        await bench.until(bench.now + 1)
        if act == "cancel":
            bench.readers.press_cancel(SEAT)
        await bench.until(bench.now + (1 if act == "cancel" else 30))
        assert lines in [shown for _, shown in bench.shown]
        assert bench.face.lamps == DARK
        assert not bench.ballots
        bench.types = True
        bench.press("1")
        await bench.until(bench.now + 0.2)
        assert choices(bench) == ["approve"]

    play(scene)


def test_a_blocked_card_signs_nothing_and_its_puk_makes_it_sign_again() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.types = False
        bench.press("1")
        for _ in range(3):
            await bench.until(bench.now + 2)
            bench.readers.type_pin(SEAT, "000000")
        await bench.until(bench.now + 0.1)
        assert bench.face.lines == texts.PIN_BLOCKED
        assert Pin(SEAT, "blocked", 0) in bench.said
        assert not bench.ballots
        unblock = bytes.fromhex("002c008010") + b"12345678" + b"271828\xff\xff"
        bench.card.reset()
        bench.card.transmit(bytes.fromhex("00a4040005a000000308"))
        assert bench.card.transmit(unblock) == b"\x90\x00"
        bench.press("1")
        await bench.until(bench.now + 1)
        bench.readers.type_pin(SEAT, "271828")
        await bench.until(bench.now + 0.1)
        assert choices(bench) == ["approve"]

    play(scene)


def test_the_time_to_sign_ends_with_the_grace() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.types = False
        bench.press("1")
        await bench.until(bench.now + 1)
        bench.hall(replace(FORM, phase="closing", remaining_ms=None))
        await bench.until(bench.now + 2.9)
        assert bench.readers.asking(SEAT)
        await bench.until(bench.now + 0.3)
        assert bench.face.lines == texts.NOT_SIGNED_IN_TIME
        assert not bench.readers.asking(SEAT)
        assert not bench.ballots

    play(scene)


def test_the_hall_ends_the_session_and_the_card_is_not_asked_any_more() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.types = False
        bench.press("1")
        await bench.until(bench.now + 1)
        session = bench.row.seat(SEAT).slot.session.statement  # type: ignore[union-attr]
        bench.hall(SignedOut(SEAT, session, "card_revoked"))
        await bench.until(bench.now + 0.01)
        assert not bench.ballots
        assert bench.face.lamps[0] is not Lamp.BLINK

    play(scene)


def test_a_card_pulled_after_it_signed_leaves_a_whole_ballot() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.press("1")
        await bench.until(bench.now + 0.1)
        assert choices(bench) == ["approve"]
        bench.readers.pull(SEAT)
        await bench.until(bench.now + 0.3)
        assert not bench.row.seat(SEAT).slot.signed_in  # type: ignore[union-attr]

    play(scene)


@pytest.mark.parametrize("other", ["another member's", "another of the same member"])
def test_a_card_swapped_while_it_signs_signs_nothing(other: str) -> None:
    async def scene(bench: SlipBench) -> None:
        bench.types = False
        bench.press("1")
        await bench.until(bench.now + 1)
        bench.readers.pull(SEAT)
        bench.readers.insert(SEAT, SimulatedCard(dict(KEYS) if "same" in other else {}, pin=PIN))
        await bench.until(bench.now + 0.4)
        assert texts.PULLED_SIGNING_BALLOT in [lines for _, lines in bench.shown] or bench.shown
        bench.types = True
        await bench.until(bench.now + 3)
        assert not bench.ballots, "the press went with the card"

    play(scene)


def test_a_card_without_a_signature_key_is_told_apart() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.press("1")
        await bench.until(bench.now + 0.1)
        assert bench.face.lines == texts.CARD_WITHOUT_KEY
        assert Card(SEAT, True, None, None, CARD_FAILED) in bench.said, "the phone is told by the hall"
        assert not bench.ballots

    async def whole() -> None:
        bench = SlipBench()
        tag = bytes.fromhex("5fc10a")
        del bench.card._objects[tag]
        with bench.running():
            await bench.signed_in()
            bench.hall(FORM)
            await scene(bench)

    played(whole())


def test_without_contact_a_card_is_refused_in_plain_words() -> None:
    async def whole() -> None:
        bench = SlipBench()
        bench.card._contactless = True
        with bench.running():
            bench.insert()
            await bench.until(1)
            assert bench.face.lines == texts.CARD_CONTACT_ONLY
            assert not bench.statements
            bench.press("1")
            assert not bench.ballots

    played(whole())


def test_a_slow_card_signs_and_the_console_says_what_it_is_at() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.card._seconds[0x87] = 3.0
        bench.press("1")
        await bench.until(bench.now + 0.5)
        assert bench.face.lines == texts.SIGNING_BALLOT
        assert not bench.ballots
        await bench.until(bench.now + 3)
        assert choices(bench)[0] == "approve"

    play(scene)


def test_the_pin_comes_from_the_phone_sealed_for_this_one_ballot() -> None:
    async def whole() -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        bench = SlipBench(pads=False, pin_key=key)

        async def type_on_phone(pin: str) -> PinAwaited:
            await bench.until(bench.now + 0.1)
            asked = [said for said in bench.said if isinstance(said, PinAwaited)][-1]
            code = bench.face.lines[1].split("MA ")[1][:6]
            sealed = seal_pin(pin, key.public_key(), seat=SEAT, chal=asked.chal, code=code)
            bench.desk.pin_arrived(SealedPin(SEAT, asked.chal, sealed))
            await bench.until(bench.now + 0.2)
            return asked

        with bench.running():
            bench.insert()
            await bench.until(0.5)
            session = await type_on_phone(PIN)
            bench.hall(FORM)
            bench.press("1")
            await bench.until(bench.now + 0.1)
            assert bench.face.lines[0] == "KY: TAN THANH"
            assert bench.face.lines[1].startswith("PIN DT: MA ")
            asked = await type_on_phone(PIN)
            assert choices(bench) == ["approve"]
            assert asked.chal == checked_ballot(bench.ballots[0]).payload["nonce"] != session.chal

    played(whole())


def test_the_certificate_that_travels_is_the_one_that_the_ballot_names() -> None:
    async def scene(bench: SlipBench) -> None:
        bench.press("1")
        await bench.until(bench.now + 0.1)
        (said,) = bench.ballots
        named = base64.urlsafe_b64encode(sha256(base64.b64decode(said.cert)).digest()).decode().rstrip("=")
        assert checked_ballot(said).header["x5t#S256"] == named

    play(scene)
