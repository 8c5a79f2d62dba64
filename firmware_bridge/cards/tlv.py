"""BER-TLV as PIV uses it: tags of one to three bytes, definite lengths (ISO 7816-4, 5.2.2)."""

from collections.abc import Iterator

from firmware_bridge.cards.errors import CardMalformed


def encode(tag: int, *values: bytes) -> bytes:
    """One object: tag, length, the values one after another."""
    value = b"".join(values)
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + length(len(value)) + value


def length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects in `data`, in order. Raises CardMalformed where a length points past the end."""
    at = 0
    while at < len(data):
        tag, at = _tag(data, at)
        size, at = _length(data, at)
        if at + size > len(data):
            raise CardMalformed(f"object {tag:X} claims {size} bytes and has {len(data) - at}")
        yield tag, data[at : at + size]
        at += size


def find(data: bytes, tag: int) -> bytes:
    """The first object with this tag. Raises CardMalformed when there is none."""
    for found, value in items(data):
        if found == tag:
            return value
    raise CardMalformed(f"object {tag:X} is missing")


def _tag(data: bytes, at: int) -> tuple[int, int]:
    start = at
    at += 1
    if data[start] & 0x1F == 0x1F:
        while at < len(data) and data[at] & 0x80:
            at += 1
        at += 1
    if at > len(data) or at - start > 3:
        raise CardMalformed("a tag is cut off or longer than three bytes")
    return int.from_bytes(data[start:at], "big"), at


def _length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise CardMalformed("a length is missing")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    octets = first & 0x7F
    # 0x80 would be an indefinite length, which cards never use; more than three octets is over 16 MB.
    if not 1 <= octets <= 3 or at + 1 + octets > len(data):
        raise CardMalformed("a length can't be read")
    return int.from_bytes(data[at + 1 : at + 1 + octets], "big"), at + 1 + octets
