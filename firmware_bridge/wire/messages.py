"""What bridge and console say to each other, each message with its bytes. See docs/specs/console-wire.md.

`pack` and `unpack` handle a payload (bare messages) or the body inside the seal (sealed ones); numbers
are big-endian. `unpack` raises Malformed and nothing else: what passes the CRC may be of other firmware.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Self

from firmware_bridge.ports import Lamp
from firmware_bridge.wire.lettering import SCREEN
from firmware_bridge.wire.session import NONCE_BYTES, TAG_BYTES

BROADCAST = 0xFF
LAST_ADDRESS = 64
"""Addresses are 1 to 64: what one segment of the bus can drive, and a roll call of at most 26 ms."""

TICK_S = 50e-6
"""Slot widths are counted in this unit."""

BOOT_BYTES = 4
LONGEST_SERIAL = 16
PERSON_KEY = 1
"""A capability: the unit has a person-present key (for both hands, or with a finger sensor)."""
MOST_PRESSES = 8
"""At most this many presses in one frame; more follow in the next."""

Key = Literal["1", "2", "3", "speak"]
KEYS: tuple[Key, ...] = ("1", "2", "3", "speak")


class Malformed(ValueError):
    """A payload that its message can't have."""


class Kind(IntEnum):
    """The frame's second byte. 0x10 set: the payload is sealed; 0x80 set: a console speaks."""

    ROLL_CALL = 0x01
    POLL = 0x02
    HELLO = 0x03
    LAMPS = 0x11
    TEXT = 0x12
    TAKEN = 0x13
    IDLE = 0x81
    STRANGER = 0x82
    HERE = 0x83
    NEWS = 0x91
    ACK = 0x92


SEALED = 0x10
FROM_CONSOLE = 0x80


@dataclass(frozen=True, slots=True)
class RollCall:
    """To all: who has news (or, in a muster, everybody) marks, in the slot `address - first`."""

    first: int
    slots: int
    width: int
    """Ticks a slot."""
    muster: bool = False

    @property
    def seconds(self) -> float:
        return self.slots * self.width * TICK_S

    def slot_start_s(self, address: int) -> float | None:
        """When this address may mark, from the end of the roll call's frame on; None: not called."""
        place = address - self.first
        return place * self.width * TICK_S if 0 <= place < self.slots else None

    def pack(self) -> bytes:
        return bytes((self.first, self.slots, self.width, self.muster))

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        if len(payload) != 4:
            raise Malformed("a roll call has four bytes")
        return cls(payload[0], payload[1], payload[2], bool(payload[3] & 1))


@dataclass(frozen=True, slots=True)
class Hello:
    """To one: prove who you are, in a slot drawn by lot, so that two of you are heard apart."""

    nonce: bytes
    slots: int
    width: int

    @property
    def seconds(self) -> float:
        return self.slots * self.width * TICK_S

    def pack(self) -> bytes:
        return self.nonce + bytes((self.slots, self.width))

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        if len(payload) != NONCE_BYTES + 2 or payload[NONCE_BYTES] == 0:
            raise Malformed("a hello has a nonce of eight bytes, slots and their width")
        return cls(payload[:NONCE_BYTES], payload[NONCE_BYTES], payload[NONCE_BYTES + 1])


@dataclass(frozen=True, slots=True)
class Here:
    """The answer to a hello. `boot` is drawn when power comes, `nonce` for each hello."""

    nonce: bytes
    boot: bytes
    taken: int
    """The newest press that this console has forgotten: numbers go on from here."""
    serial: str
    proof: bytes = bytes(TAG_BYTES)
    capabilities: int = 0
    """Bits below 128, PERSON_KEY among them; those that this bridge doesn't know are left alone."""

    @property
    def claim(self) -> bytes:
        """What the proof is made over, besides address and the bridge's nonce."""
        more = bytes((0x80 | self.capabilities,)) if self.capabilities else b""
        return self.nonce + self.boot + bytes((self.taken,)) + self.serial.encode("ascii") + more

    def pack(self) -> bytes:
        return self.claim + self.proof

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        fixed = NONCE_BYTES + BOOT_BYTES + 1
        serial, proof = payload[fixed:-TAG_BYTES], payload[-TAG_BYTES:]
        capabilities = serial[-1] & 0x7F if serial[-1:] >= b"\x80" else 0
        serial = serial[:-1] if serial[-1:] >= b"\x80" else serial
        if len(payload) < fixed + TAG_BYTES or not 1 <= len(serial) <= LONGEST_SERIAL:
            raise Malformed("a serial number has one to sixteen characters")
        if not all(0x20 < letter < 0x7F for letter in serial):
            raise Malformed("a serial number is plain ASCII")
        boot, taken = payload[NONCE_BYTES : fixed - 1], payload[fixed - 1]
        return cls(payload[:NONCE_BYTES], boot, taken, serial.decode("ascii"), proof, capabilities)


@dataclass(frozen=True, slots=True)
class Lamps:
    """Lamps, microphone and whether the voting keys are armed; decided knowing the presses up to `seen`."""

    taken: int
    seen: int
    lamps: tuple[Lamp, Lamp, Lamp, Lamp]
    """The three voting keys, then the request key."""
    microphone: bool
    armed: bool
    person: bool = False
    """A voting press is good only with the person-present key held from its beginning to its end."""

    def pack(self) -> bytes:
        lit = sum(lamp.value << 2 * place for place, lamp in enumerate(self.lamps))
        return bytes((self.taken, self.seen, lit, self.microphone | self.armed << 1 | self.person << 2))

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        if len(body) != 4:
            raise Malformed("lamps have four bytes")
        taken, seen, lit, flags = body
        try:
            one, two, three, request = (Lamp(lit >> 2 * place & 3) for place in range(4))
        except ValueError as error:
            raise Malformed("no lamp has a fourth state") from error
        return cls(
            taken, seen, (one, two, three, request), bool(flags & 1), bool(flags & 2), bool(flags & 4)
        )


@dataclass(frozen=True, slots=True)
class Text:
    """Characters for the display of forty, from `offset` on: what changed, not the whole."""

    taken: int
    offset: int
    letters: bytes

    def pack(self) -> bytes:
        return bytes((self.taken, self.offset)) + self.letters

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        if len(body) < 3 or body[1] + len(body) - 2 > SCREEN:
            raise Malformed("text runs over the display")
        if not all(0x20 <= letter < 0x7F for letter in body[2:]):
            raise Malformed("the display has plain letters only")
        return cls(body[0], body[1], body[2:])


@dataclass(frozen=True, slots=True)
class Taken:
    """The presses up to this number have reached the bridge: the console may forget them."""

    taken: int

    def pack(self) -> bytes:
        return bytes((self.taken,))

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        if len(body) != 1:
            raise Malformed("taken has one byte")
        return cls(body[0])


@dataclass(frozen=True, slots=True)
class Press:
    """One key, once. `number` counts presses since power came, modulo 256."""

    number: int
    key: Key
    armed: bool
    age_ms: int
    """How long ago, when the frame was made; 65535 and above are the same."""
    person: bool = False
    """The person-present key was held as long as this one was."""


@dataclass(frozen=True, slots=True)
class News:
    presses: tuple[Press, ...]

    def pack(self) -> bytes:
        return b"".join(
            _PRESS.pack(p.number, KEYS.index(p.key) | p.person << 6 | p.armed << 7, p.age_ms)
            for p in self.presses
        )

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        if not body or len(body) % _PRESS.size or len(body) > MOST_PRESSES * _PRESS.size:
            raise Malformed("news are one to eight presses of four bytes")
        return cls(tuple(_press(*fields) for fields in _PRESS.iter_unpack(body)))


_PRESS = struct.Struct(">BBH")


def _press(number: int, what: int, age_ms: int) -> Press:
    if what & 0x3F >= len(KEYS):
        raise Malformed("there are four keys")
    return Press(number, KEYS[what & 0x3F], bool(what & 0x80), age_ms, bool(what & 0x40))


@dataclass(frozen=True, slots=True)
class Ack:
    """This frame, named by its sequence number, was carried out. `more`: poll me, I have news."""

    more: bool = False

    def pack(self) -> bytes:
        return bytes((self.more,))

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        if len(body) != 1:
            raise Malformed("an acknowledgement has one byte")
        return cls(bool(body[0] & 1))


@dataclass(frozen=True, slots=True)
class Boot:
    """Answers a poll: nothing new (IDLE), or no session (STRANGER). `boot` tells two consoles apart."""

    boot: bytes

    def pack(self) -> bytes:
        return self.boot

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        if len(payload) != BOOT_BYTES:
            raise Malformed("a boot nonce has four bytes")
        return cls(payload)


def is_newer(number: int, than: int) -> bool:
    """Press numbers go round at 256; the newer one is less than half a round ahead."""
    return 0 < (number - than) & 0xFF < 0x80
