"""The simulated card, APDU by APDU: what NIST SP 800-73-4 makes it answer."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.cards import tlv
from simulators.authority import Authority, rsa2048
from simulators.card import SimulatedCard

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
AUTHORITY = Authority(AT)
ISSUED = AUTHORITY.issue("m1", "Lê Thị Đại Biểu", AT)
SELECT = "00a404000ba000000308000010000100"
VERIFY = "0020008008313233343536ffff"
WRONG = "0020008008393939393939ffff"
DIGEST = "11" * 32
SIGN = "0087119a26" + "7c2482008120" + DIGEST + "00"


def fresh(**options: int) -> SimulatedCard:
    return SimulatedCard({0x9A: ISSUED}, **options)


def say(card: SimulatedCard, *apdus: str) -> list[str]:
    return [card.transmit(bytes.fromhex(apdu)).hex() for apdu in apdus]


def status(card: SimulatedCard, *apdus: str) -> str:
    return say(card, *apdus)[-1][-4:]


def test_select_gives_the_application_template() -> None:
    (answer,) = say(fresh(), SELECT + "00")
    template = tlv.find(bytes.fromhex(answer[:-4]), 0x61)
    assert tlv.find(template, 0x4F).hex() == "000010000100"
    assert answer.endswith("9000")


@pytest.mark.parametrize("name", ["a000000308", "a00000030800001000", "a000000308000010000100"])
def test_a_shortened_name_selects(name: str) -> None:
    assert status(fresh(), f"00a40400{len(name) // 2:02x}{name}00") == "9000"


@pytest.mark.parametrize("name", ["a000000309", "a0", "a00000030800001000010000", "d276000124"])
def test_other_applications_are_not_here(name: str) -> None:
    assert status(fresh(), f"00a40400{len(name) // 2:02x}{name}00") == "6a82"


@pytest.mark.parametrize(
    ("apdus", "expected"),
    [
        ([VERIFY], "6985"),
        ([SELECT, SIGN], "6982"),
        ([SELECT, VERIFY, SIGN.replace("008711", "008714")], "6a86"),
        ([SELECT, VERIFY, SIGN.replace("119a", "119e")], "6a86"),
        ([SELECT, VERIFY, "0087119a057c0382008100"], "6a80"),
        ([SELECT, VERIFY, "0087119a02ffff00"], "6a80"),
        ([SELECT, "00cb3fff055c035fc10a00"], "6a82"),
        ([SELECT, "00cb0000055c035fc10500"], "6a86"),
        ([SELECT, "00c0000000"], "6985"),
        ([SELECT, "00ff000000"], "6d00"),
        (["80a4040000"], "6e00"),
        ([SELECT, "0020000008313233343536ffff"], "6a88"),
        ([SELECT, "002000800431323334"], "6a80"),
        ([SELECT, "0020008008313233"], "6700"),
        (["00a4"], "6700"),
        ([SELECT, "002000FF"], "6a88"),
        ([SELECT, "002c008104aabbccdd"], "6a88"),
        ([SELECT, "002400820431323334"], "6a88"),
    ],
)
def test_what_is_refused_and_with_which_word(apdus: list[str], expected: str) -> None:
    assert status(fresh(), *apdus) == expected


def test_a_long_object_comes_in_parts_and_whole_over_an_extended_apdu() -> None:
    card = fresh()
    first, *_ = say(card, SELECT, "00cb3fff055c035fc10500")[1:]
    assert first[-4:-2] == "61"
    data = bytes.fromhex(first[:-4])
    while first[-4:-2] == "61":
        (first,) = say(card, f"00c00000{first[-2:]}")
        data += bytes.fromhex(first[:-4])
    assert tlv.find(tlv.find(data, 0x53), 0x70) == ISSUED.certificate
    (whole,) = say(card, "00cb3fff0000055c035fc1050000")
    assert bytes.fromhex(whole) == data + b"\x90\x00"


@pytest.mark.parametrize("tag", ["7e", "5fc102", "5fc107", "5fc105"])
def test_the_objects_of_a_piv_card_are_there(tag: str) -> None:
    wanted = f"5c{len(tag) // 2:02x}{tag}"
    answer = say(fresh(), SELECT, f"00cb3fff0000{len(wanted) // 2:02x}{wanted}0000")[-1]
    assert answer.endswith("9000")
    assert list(tlv.items(bytes.fromhex(answer[:-4])))


def test_the_pin_blocks_and_the_puk_unblocks_it() -> None:
    card = fresh()
    assert [said[-4:] for said in say(card, SELECT, WRONG, WRONG, WRONG, WRONG, VERIFY)][1:] == [
        "63c2", "63c1", "63c0", "6983", "6983",
    ]  # fmt: skip
    assert status(card, "00200080") == "6983"
    assert status(card, "002c0080103131313131313131363534333231ffff") == "63c2", "wrong PUK"
    assert status(card, "002c0080103132333435363738363534333231ffff") == "9000"
    assert status(card, "0020008008363534333231ffff") == "9000"


def test_the_puk_blocks_too() -> None:
    card = fresh()
    wrong = "002c0080103131313131313131363534333231ffff"
    assert [said[-4:] for said in say(card, SELECT, wrong, wrong, wrong, wrong)][1:] == [
        "63c2", "63c1", "63c0", "6983",
    ]  # fmt: skip


def test_a_changed_pin_is_the_pin() -> None:
    card = fresh()
    changed = "0024008010313233343536ffff363534333231ffff"
    assert [said[-4:] for said in say(card, SELECT, changed, VERIFY)] == ["9000", "9000", "63c2"]
    assert status(card, "0024008010363534333231ffff3132333435ffffff") == "6a80", "five digits are no PIN"


def test_a_right_pin_gives_the_tries_back() -> None:
    card = fresh()
    say(card, SELECT, WRONG, WRONG, VERIFY)
    assert card.tries_left == 3


@pytest.mark.parametrize("forget", ["00200080", "0020ff80", "reset", WRONG])
def test_how_long_a_pin_counts(forget: str) -> None:
    card = fresh()
    say(card, SELECT, VERIFY)
    if forget == "reset":
        card.reset()
    else:
        say(card, forget)
    assert card.verified == (forget == "00200080"), "asking for the state is the only one that keeps it"


def test_tries_stay_spent_over_a_reset() -> None:
    card = fresh()
    say(card, SELECT, WRONG)
    card.reset()
    assert status(card, SELECT, "00200080") == "63c2"


def test_a_blocked_card_can_be_made() -> None:
    assert status(fresh(tries_left=0), SELECT, VERIFY) == "6983"


def test_a_chain_is_put_together_and_a_broken_one_forgotten() -> None:
    card = SimulatedCard({0x9A: AUTHORITY.issue("m1", "x", AT, rsa2048())})
    block = "7c820106820081820100" + "00" + "5a" * 255
    data = bytes.fromhex(block)
    links = [f"1087079a{255:02x}{data[:255].hex()}", f"0087079a{len(data) - 255:02x}{data[255:].hex()}00"]
    answers = say(card, SELECT, VERIFY, *links)
    assert answers[2] == "9000"
    assert answers[3][-4:-2] == "61"
    assert status(card, VERIFY, links[0], "20a4040000", links[1]) == "6a80"


def test_an_endless_chain_ends() -> None:
    card = fresh()
    say(card, SELECT)
    assert "6700" in {status(card, "1087079aff" + "00" * 255) for _ in range(20)}


def test_signing_takes_its_time_but_a_link_of_a_chain_does_not() -> None:
    card = SimulatedCard({0x9A: ISSUED}, seconds={0x87: 0.3})
    assert card.seconds_needed(bytes.fromhex(SIGN)) == 0.3
    assert card.seconds_needed(bytes.fromhex("1087079a01aa")) == 0
    assert card.seconds_needed(bytes.fromhex(VERIFY)) == 0
    assert card.seconds_needed(b"") == 0


@pytest.fixture(scope="module")
def worn() -> SimulatedCard:
    return fresh()


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(worn: SimulatedCard, apdu: bytes) -> None:
    assert len(worn.transmit(apdu)) >= 2
