"""APDUs: golden bytes, chains both ways, and answers that can't be believed."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.cards.apdu import LONGEST_ANSWER, Command, Response, Status, exchange
from firmware_bridge.cards.errors import CardMalformed, CardRefused

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "cards.json").read_text())


class Scripted:
    """A card that answers from a list and keeps what it was sent."""

    def __init__(self, *answers: str) -> None:
        self._answers = [bytes.fromhex(answer) for answer in answers]
        self.sent: list[str] = []

    async def transmit(self, apdu: bytes) -> bytes:
        self.sent.append(apdu.hex())
        return self._answers.pop(0)

    async def verify_pin_on_pad(self) -> bytes | None:
        return None

    async def close(self) -> None: ...


@pytest.mark.parametrize("case", VECTORS["apdus"], ids=lambda case: case["name"])
def test_a_command_has_these_bytes(case: dict[str, object]) -> None:
    asked = case["command"]
    assert isinstance(asked, dict)
    command = Command(
        asked["ins"], asked["p1"], asked["p2"], bytes.fromhex(asked["data"]), answers=asked["answers"]
    )
    assert [apdu.hex() for apdu in command.apdus(asked["extended"])] == case["apdus"]


@given(st.binary(max_size=2000), st.booleans())
def test_a_chain_carries_all_the_data_in_order(data: bytes, answers: bool) -> None:
    links = list(Command(0x87, 0x07, 0x9A, data, answers=answers).apdus())
    body = b"".join(link[5 : 5 + link[4]] for link in links if len(link) > 5)
    assert body == data
    assert [link[0] for link in links] == [0x10] * (len(links) - 1) + [0x00]


async def test_an_answer_in_three_parts_is_fetched_whole() -> None:
    card = Scripted("aabb6102", "ccdd6101", "ee9000")
    response = await exchange(card, Command(0xCB, 0x3F, 0xFF, b"\x5c\x01\x7e", answers=True))
    assert response == Response(bytes.fromhex("aabbccddee"), Status.OK)
    assert card.sent == ["00cb3fff035c017e00", "00c0000002", "00c0000001"]


async def test_a_card_that_wants_another_length_is_asked_again() -> None:
    card = Scripted("6c08", "00112233445566779000")
    assert (await exchange(card, Command(0xCB, 0x3F, 0xFF, b"\x5c\x01\x7e", answers=True))).ok
    assert card.sent[1] == "00cb3fff035c017e08"


async def test_a_chain_stops_where_the_card_refuses_a_link() -> None:
    card = Scripted("6884")
    response = await exchange(card, Command(0x87, 0x07, 0x9A, bytes(300)))
    assert response.status == Status.CHAINING_UNSUPPORTED
    assert len(card.sent) == 1


async def test_an_answer_without_end_is_not_collected() -> None:
    endless = Scripted(*["00" * 256 + "6100"] * (LONGEST_ANSWER // 256 + 2))
    with pytest.raises(CardMalformed, match="no end"):
        await exchange(endless, Command(0xCB, 0x3F, 0xFF, answers=True))
    with pytest.raises(CardMalformed, match="no end"):
        await exchange(Scripted("6100", "6100"), Command(0xCB, 0x3F, 0xFF, answers=True))


@pytest.mark.parametrize("answer", ["", "90"])
def test_an_answer_without_status_word_is_malformed(answer: str) -> None:
    with pytest.raises(CardMalformed):
        Response.parse(bytes.fromhex(answer))


@pytest.mark.parametrize("status", list(Status))
def test_every_status_word_says_what_it_means(status: Status) -> None:
    assert "shouldn't" not in Response(b"", status).meaning
    if status != Status.OK:
        with pytest.raises(CardRefused, match=f"{status:04X}"):
            Response(b"", status).expect("a step")


def test_a_pin_shows_in_no_repr() -> None:
    assert "313233" not in repr(Command(0x20, 0, 0x80, b"123456\xff\xff"))
    assert "123456" not in repr(Command(0x20, 0, 0x80, b"123456\xff\xff"))
