"""The PIN pad of a reader as PC/SC part 10 (version 2.02.09) describes it: bytes only, no device.

The host hands the reader a command with room for the PIN; the reader puts the digits in and sends it to the
card. No program on the host sees them.
"""

import struct

from firmware_bridge.cards.errors import CardMalformed

GET_FEATURES = 3400
"""Function number of CM_IOCTL_GET_FEATURE_REQUEST, from which a control code is made."""
VERIFY_PIN_DIRECT = 0x06
MODIFY_PIN_DIRECT = 0x07
SECONDS = 30
VIETNAMESE = 0x042A
"""Language for the reader's own display."""
_VERIFY_WITH_ROOM = bytes.fromhex("0020008008") + b"\xff" * 8
_RESET_RETRY = bytes.fromhex("002c008010")
_TYPED_TWICE = 0x01
"""The new PIN and once more; no old one."""
_FORMAT = 0x82
"""Positions count in bytes, the PIN begins at the first, left-justified, ASCII."""
_BLOCK_BYTES = 0x08
_SHORTEST, _LONGEST = 6, 8
_ENTER_ENDS = 0x02


def features(answer: bytes) -> dict[int, int]:
    """Feature → control code, from the reader's list of tag, length (4) and code. Raises CardMalformed."""
    if len(answer) % 6:
        raise CardMalformed("the reader's list of features is cut off")
    found = {}
    for tag, size, code in struct.iter_unpack(">BBI", answer):
        if size != 4:
            raise CardMalformed(f"the reader's feature {tag:02X} has no control code")
        found[tag] = code
    return found


def verify_structure(seconds: int = SECONDS, language: int = VIETNAMESE) -> bytes:
    """PIN_VERIFY_STRUCTURE (part 10, 2.5.2) for a PIV card's own PIN: little-endian on every host."""
    head = struct.pack(
        "<BBBBBHBBHB3sI",
        seconds,  # bTimeOut: until the first digit
        seconds,  # bTimeOut2: after the first
        _FORMAT,
        _BLOCK_BYTES,  # bmPINBlockString: no length inside the block
        0,  # bmPINLengthFormat
        _SHORTEST << 8 | _LONGEST,  # wPINMaxExtraDigit: least in the high byte
        _ENTER_ENDS,
        1,  # bNumberMessage: one prompt
        language,
        0,  # bMsgIndex
        bytes(3),  # bTeoPrologue: T=1 readers fill it themselves
        len(_VERIFY_WITH_ROOM),
    )
    return head + _VERIFY_WITH_ROOM


def modify_structure(puk: bytes, seconds: int = SECONDS, language: int = VIETNAMESE) -> bytes:
    """PIN_MODIFY_STRUCTURE (part 10, 2.5.3): RESET RETRY COUNTER with this PUK and room for a new PIN."""
    command = _RESET_RETRY + puk + b"\xff" * 8
    head = struct.pack(
        "<BBBBBBBHBBBHBBB3sI",
        seconds,  # bTimeOut
        seconds,  # bTimeOut2
        _FORMAT,
        _BLOCK_BYTES,
        0,  # bmPINLengthFormat
        0,  # bInsertionOffsetOld: no old PIN
        len(puk),  # bInsertionOffsetNew: behind the PUK
        _SHORTEST << 8 | _LONGEST,
        _TYPED_TWICE,  # bConfirmPIN
        _ENTER_ENDS,
        2,  # bNumberMessage: new PIN, and again
        language,
        1,  # bMsgIndex1: "new PIN"
        2,  # bMsgIndex2: "again"
        0,  # bMsgIndex3
        bytes(3),  # bTeoPrologue
        len(command),
    )
    return head + command
