"""How the simulated card is administered, APDU by APDU: what NIST SP 800-73-4 part 2 makes it answer."""

import pytest

from firmware_bridge.cards import tlv
from firmware_bridge.cards.management_key import FACTORY_KEY, ManagementAlgorithm, ManagementKey
from simulators.card import SimulatedCard
from tests.simulators.test_card import SELECT, VERIFY, fresh, say, status

TRIPLE = ManagementKey(ManagementAlgorithm.TRIPLE_DES, FACTORY_KEY)
WITNESS, CHALLENGE = "0087039b047c02800000", "0087039b047c02810000"
GENERATE = "0047009a05ac0380011100"
PUT = "00db3fff095c035fc1025302aabb"


def blank() -> SimulatedCard:
    card = SimulatedCard.blank(management=TRIPLE)
    say(card, SELECT)
    return card


def ask(card: SimulatedCard, apdu: str) -> bytes:
    return bytes.fromhex(say(card, apdu)[0])


def proved() -> SimulatedCard:
    card = blank()
    witness = tlv.find(tlv.find(ask(card, WITNESS)[:-2], 0x7C), 0x80)
    proof = tlv.encode(0x7C, tlv.encode(0x80, TRIPLE.decipher(witness)), tlv.encode(0x81, bytes(8)))
    answer = ask(card, f"0087039b{len(proof):02x}{proof.hex()}00")
    assert answer[-2:] == b"\x90\x00"
    assert tlv.find(tlv.find(answer[:-2], 0x7C), 0x82) == TRIPLE.encipher(bytes(8))
    return card


@pytest.mark.parametrize("apdu", [GENERATE, PUT, "00ffffff1b039b18" + "22" * 24])
def test_nothing_is_written_without_the_key(apdu: str) -> None:
    assert status(blank(), apdu) == "6982"


@pytest.mark.parametrize(
    ("apdu", "expected"),
    [
        (GENERATE, "9000"),
        (PUT, "9000"),
        ("00470099" + "05ac03800111" + "00", "6a86"),
        ("0047019a" + "05ac03800111" + "00", "6a86"),
        ("0047009a" + "05ac03800199" + "00", "6a80"),
        ("0047009a" + "02ac00" + "00", "6a80"),
        ("00db3f00" + "095c035fc1025302aabb", "6a86"),
        ("00db3fff" + "055c035fc102", "6a80"),
        ("00ffffff" + "1b039b18" + "22" * 24, "9000"),
        ("00ffffff" + "1b039b10" + "22" * 24, "6a80"),
        ("00ffffff" + "1b039c18" + "22" * 24, "6a80"),
        ("00ffffff" + "13089b18" + "22" * 16, "6a80"),
        ("00ffffff" + "01ff", "6a80"),
    ],
)
def test_what_is_taken_after_the_proof(apdu: str, expected: str) -> None:
    assert status(proved(), apdu) == expected


def test_a_host_proves_itself_alone_too() -> None:
    card = blank()
    challenge = tlv.find(tlv.find(ask(card, CHALLENGE)[:-2], 0x7C), 0x81)
    proof = tlv.encode(0x7C, tlv.encode(0x82, TRIPLE.encipher(challenge)))
    assert status(card, f"0087039b{len(proof):02x}{proof.hex()}") == "9000"
    assert status(card, PUT) == "9000"


@pytest.mark.parametrize(
    "proof",
    [
        "7c14" + "8008" + "00" * 8 + "8108" + "00" * 8,
        "7c0a8208" + "00" * 8,
        "7c00",
        "7c028200",
    ],
)
@pytest.mark.parametrize("begun", [None, WITNESS, CHALLENGE])
def test_a_guess_opens_nothing(proof: str, begun: str | None) -> None:
    card = blank()
    if begun:
        say(card, begun)
    assert status(card, f"0087039b{len(proof) // 2:02x}{proof}00") in ("6982", "6a80")
    assert status(card, PUT) == "6982"


def test_a_witness_is_good_once() -> None:
    card = blank()
    witness = tlv.find(tlv.find(ask(card, WITNESS)[:-2], 0x7C), 0x80)
    say(card, "0087039b0e7c0c8008" + "00" * 8 + "8100")
    proof = tlv.encode(0x7C, tlv.encode(0x80, TRIPLE.decipher(witness)), tlv.encode(0x81, bytes(8)))
    assert status(card, f"0087039b{len(proof):02x}{proof.hex()}00") == "6982"


def test_a_proof_ends_with_power_and_with_a_new_one() -> None:
    card = proved()
    card.reset()
    assert status(card, SELECT, PUT) == "6982"
    card = proved()
    assert status(card, WITNESS, PUT) == "6982"


def test_another_algorithm_than_the_keys() -> None:
    assert status(blank(), WITNESS.replace("0087039b", "00870c9b")) == "6a86"


def test_an_object_too_large_and_one_that_goes() -> None:
    card = proved()
    value = bytes(4000)
    data = tlv.encode(0x5C, bytes.fromhex("5fc102")) + tlv.encode(0x53, value)
    assert status(card, f"00db3fff00{len(data):04x}{data.hex()}") == "6a84"
    assert status(card, PUT, "00cb3fff055c035fc10200") == "9000"
    assert status(card, "00db3fff075c035fc1025300", "00cb3fff055c035fc10200") == "6a82"


def test_a_new_key_takes_the_old_ones_place() -> None:
    card = proved()
    first, second = (ask(card, GENERATE)[:-2] for _ in range(2))
    assert first != second
    point = tlv.find(tlv.find(second, 0x7F49), 0x86)
    assert (len(point), point[0]) == (65, 4)
    assert status(card, VERIFY, "0087119a267c2482008120" + "11" * 32 + "00") == "9000"


def test_a_personalised_card_keeps_its_maker_out() -> None:
    assert status(fresh(), SELECT, WITNESS.replace("0087039b", "00870a9b")) == "9000"
    assert status(fresh(), SELECT, PUT) == "6982"
