"""Frames on the wire: COBS between zero bytes, a header of three bytes, CRC-16. Sans-I/O; knows no message.

Three things can stand between two zero bytes: a frame, a mark (one byte: an address in its roll-call
slot), or garbage, which is counted and thrown away. A zero byte ends whatever was torn, so a line heals
at the next one.
"""

import binascii
from dataclasses import dataclass

from cobs import cobs

CRC_START = 0xFFFF
"""CRC-16/IBM-3740 (also called CCITT-FALSE): `binascii.crc_hqx` with this start value."""

HEADER_BYTES = 3
MARK_BYTES = 2
NEWS_BIT = 0x80
"""Set in a mark that means news. Addresses end at 64, so it is free."""
SHORTEST_FRAME_BYTES = HEADER_BYTES + 2
LONGEST_CHUNK_BYTES = 128
"""Longer than any frame of ours: what grows beyond it has lost its end; the next zero byte ends it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Header and payload. `kind` is one byte; its high bit says that a console speaks."""

    address: int
    kind: int
    seq: int
    payload: bytes = b""

    @property
    def header(self) -> bytes:
        return bytes((self.address, self.kind, self.seq))


@dataclass(frozen=True, slots=True)
class Mark:
    """A console's answer to a roll call, sent in its own slot: I am here, and perhaps: I have news."""

    address: int
    news: bool


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that are no frame: torn, flipped, or two consoles speaking at once."""

    chunk: bytes


Heard = Frame | Mark | Garbage


def encode(frame: Frame) -> bytes:
    """The frame as it goes on the line, with its closing zero byte."""
    body = frame.header + frame.payload
    checked = body + binascii.crc_hqx(body, CRC_START).to_bytes(2, "big")
    return bytes(cobs.encode(checked)) + b"\0"


def encode_mark(mark: Mark) -> bytes:
    return bytes((mark.address | (NEWS_BIT if mark.news else 0), 0))


def decode(chunk: bytes) -> Heard:
    """What stood between two zero bytes. Never raises: a line carries anything."""
    if len(chunk) == 1:
        return Mark(chunk[0] & ~NEWS_BIT, bool(chunk[0] & NEWS_BIT))
    try:
        checked: bytes = cobs.decode(chunk)
    except cobs.DecodeError:
        return Garbage(chunk)
    # A CRC run over a message and its own CRC gives zero
    if len(checked) < SHORTEST_FRAME_BYTES or binascii.crc_hqx(checked, CRC_START) != 0:
        return Garbage(chunk)
    return Frame(checked[0], checked[1], checked[2], checked[HEADER_BYTES:-2])


class Deframer:
    """Cuts a stream of bytes into what was heard, however the operating system slices it."""

    def __init__(self) -> None:
        self._open = b""

    def feed(self, data: bytes) -> list[Heard]:
        *closed, self._open = (self._open + data).split(b"\0")
        if len(self._open) > LONGEST_CHUNK_BYTES:
            self._open = self._open[
                :LONGEST_CHUNK_BYTES
            ]  # stays too long to be a frame until a zero byte ends it
        return [decode(chunk) for chunk in closed if chunk]

    @property
    def torn(self) -> bool:
        """Something has begun that hasn't ended."""
        return bool(self._open)

    def forget(self) -> None:
        """Drops what has begun: whoever was speaking has lost the line."""
        self._open = b""
