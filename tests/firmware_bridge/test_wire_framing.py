"""Frames survive any slicing of the stream, and nothing on a line makes the deframer raise."""

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire.framing import (
    LONGEST_CHUNK_BYTES,
    Deframer,
    Frame,
    Garbage,
    Mark,
    encode,
    encode_mark,
)

frames = st.builds(
    Frame,
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=60),
)
marks = st.builds(Mark, st.integers(1, 64), st.booleans())


def wire_of(heard: Frame | Mark) -> bytes:
    return encode(heard) if isinstance(heard, Frame) else encode_mark(heard)


@given(st.lists(frames | marks, max_size=6), st.integers(1, 20))
def test_what_is_sent_is_heard_however_the_stream_is_sliced(sent: list[Frame | Mark], size: int) -> None:
    stream = b"".join(wire_of(one) for one in sent)
    deframer = Deframer()
    heard = [one for at in range(0, len(stream), size) for one in deframer.feed(stream[at : at + size])]
    assert heard == sent


@given(frames)
def test_a_frame_holds_one_zero_byte_its_end(frame: Frame) -> None:
    assert encode(frame).index(0) == len(encode(frame)) - 1


@given(st.binary(max_size=400))
def test_noise_is_never_an_error(noise: bytes) -> None:
    Deframer().feed(noise)


@given(frames, st.data())
def test_a_flipped_bit_is_never_taken_for_the_frame(frame: Frame, data: st.DataObject) -> None:
    wire = bytearray(encode(frame))
    bit = data.draw(st.integers(0, 8 * len(wire) - 1))
    wire[bit // 8] ^= 1 << bit % 8
    assert frame not in Deframer().feed(bytes(wire))


@given(frames, frames, st.integers(0, 8))
def test_after_a_torn_frame_the_line_heals_at_the_next_zero(torn: Frame, whole: Frame, kept: int) -> None:
    deframer = Deframer()
    deframer.feed(encode(torn)[:-1][:kept])
    deframer.feed(b"\0")
    assert deframer.feed(encode(whole)) == [whole]


def test_a_stream_without_end_takes_no_memory() -> None:
    deframer = Deframer()
    for _ in range(1000):
        deframer.feed(b"\x55" * 100)
    assert [
        len(one.chunk) <= 2 * LONGEST_CHUNK_BYTES
        for one in deframer.feed(b"\0")
        if isinstance(one, Garbage)
    ]


@pytest.mark.parametrize("chunk", [b"\x02\x07", b"\x01\x01\x01\x01\x01", b"\xff"])
def test_short_pieces_are_no_frames(chunk: bytes) -> None:
    assert not any(isinstance(one, Frame) for one in Deframer().feed(chunk + b"\0"))


def test_the_crc_is_crc_16_ibm_3740() -> None:
    """Its published check value, so that other firmware can find the same one."""
    assert binascii.crc_hqx(b"123456789", 0xFFFF) == 0x29B1
