"""BER-TLV: what is written is read back, and lengths that lie are caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.cards import tlv
from firmware_bridge.cards.errors import CardMalformed

TAGS = st.sampled_from([0x53, 0x70, 0x71, 0x7C, 0x7E, 0x81, 0x82, 0xFE, 0x5F2F, 0x7F49])


@given(st.lists(st.tuples(TAGS, st.binary(max_size=70_000 // 100))))
def test_objects_come_back_in_order(objects: list[tuple[int, bytes]]) -> None:
    data = b"".join(tlv.encode(tag, value) for tag, value in objects)
    assert list(tlv.items(data)) == objects


@pytest.mark.parametrize(
    ("size", "length"), [(0, "00"), (0x7F, "7f"), (0x80, "8180"), (0xFF, "81ff"), (0x100, "820100")]
)
def test_lengths_have_these_bytes(size: int, length: str) -> None:
    assert tlv.encode(0x53, bytes(size)).hex() == f"53{length}" + "00" * size


@pytest.mark.parametrize("data", ["53", "5305aa", "5380aa0000", "53850000000001", "5f", "1f818181", "5381"])
def test_what_can_not_be_is_malformed(data: str) -> None:
    with pytest.raises(CardMalformed):
        list(tlv.items(bytes.fromhex(data)))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = list(tlv.items(data))
    except CardMalformed:
        return
    assert all(len(value) <= len(data) for _, value in found)


def test_a_missing_object_is_named() -> None:
    with pytest.raises(CardMalformed, match="70"):
        tlv.find(tlv.encode(0x53, b"x"), 0x70)
