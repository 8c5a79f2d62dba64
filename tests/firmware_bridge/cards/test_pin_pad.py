"""PC/SC part 10: the bytes that a PIN pad is given, and what readers say that they can do."""

import json
from pathlib import Path

import pytest

from firmware_bridge.cards.errors import CardMalformed
from firmware_bridge.cards.pin_pad import (
    MODIFY_PIN_DIRECT,
    VERIFY_PIN_DIRECT,
    features,
    modify_structure,
    verify_structure,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "cards.json").read_text())


def test_the_verify_structure_has_these_bytes() -> None:
    assert verify_structure().hex() == VECTORS["pin_verify_structure"]


def test_each_field_stands_where_part_10_puts_it() -> None:
    block = verify_structure(seconds=15, language=0x0409)
    assert (block[0], block[1]) == (15, 15)
    assert block[5:7] == bytes([8, 6]), "wPINMaxExtraDigit: 6 to 8, little-endian"
    assert block[9:11] == bytes([0x09, 0x04])
    assert int.from_bytes(block[15:19], "little") == len(block) - 19 == 13
    assert block[19:24].hex() == "0020008008"
    assert block[24:] == b"\xff" * 8, "no digit of ours"


def test_the_modify_structure_has_these_bytes() -> None:
    assert modify_structure(b"31415926").hex() == VECTORS["pin_modify_structure"]


def test_a_new_pin_goes_behind_the_puk() -> None:
    block = modify_structure(b"31415926", seconds=15, language=0x0409)
    assert (block[0], block[1]) == (15, 15)
    assert (block[5], block[6]) == (0, 8), "bInsertionOffsetOld, bInsertionOffsetNew"
    assert block[7:9] == bytes([8, 6]), "wPINMaxExtraDigit"
    assert block[9] == 1, "bConfirmPIN: the new one twice, no old one"
    assert block[11] == 2, "bNumberMessage"
    assert block[12:14] == bytes([0x09, 0x04])
    assert int.from_bytes(block[20:24], "little") == len(block) - 24 == 21
    assert block[24:] == bytes.fromhex("002c008010") + b"31415926" + b"\xff" * 8, "no digit of the PIN"


def test_a_readers_features_are_found() -> None:
    listed = bytes.fromhex("0604 42330006 0704 42330007 1204 42330012")
    assert features(listed)[VERIFY_PIN_DIRECT] == 0x42330006
    assert features(listed)[MODIFY_PIN_DIRECT] == 0x42330007
    assert features(b"") == {}


@pytest.mark.parametrize("listed", ["0604", "060442330006ff", "060242330006"])
def test_a_list_that_can_not_be_is_malformed(listed: str) -> None:
    with pytest.raises(CardMalformed):
        features(bytes.fromhex(listed))
