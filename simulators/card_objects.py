"""What GET DATA gives: the objects of a simulated PIV card (NIST SP 800-73-4 part 1, 3 and appendix A)."""

import hashlib
from collections.abc import Mapping

from firmware_bridge.cards import tlv

PIV_AID = bytes.fromhex("a000000308000010000100")
DISCOVERY = bytes.fromhex("7e")
CHUID = bytes.fromhex("5fc102")
CAPABILITIES = bytes.fromhex("5fc107")
CERTIFICATE_TAGS: Mapping[int, bytes] = {
    0x9A: bytes.fromhex("5fc105"),
    0x9C: bytes.fromhex("5fc10a"),
    0x9D: bytes.fromhex("5fc10b"),
    0x9E: bytes.fromhex("5fc101"),
}
_NOBODY_FASC_N = bytes.fromhex("d4e739da739ced39ce739d836858210842108421c842104321")
"""The federal number of a card that no federal agency issued (SP 800-73-4 part 1, 3.1.2): all nines."""
_FAR_EXPIRY = b"20991231"


def application_template() -> bytes:
    """The answer to SELECT."""
    authority = tlv.encode(0x79, tlv.encode(0x4F, PIV_AID[:5]))
    return tlv.encode(
        0x61, tlv.encode(0x4F, PIV_AID[5:]), authority, tlv.encode(0x50, "Thẻ đại biểu".encode())
    )


def objects(certificates: Mapping[int, bytes]) -> dict[bytes, bytes]:
    """Tag → object, for a card with these certificates (DER) by key reference."""
    guid = hashlib.sha256(b"".join(certificates.values())).digest()[:16]
    made = {DISCOVERY: _discovery(), CHUID: _chuid(guid), CAPABILITIES: _capabilities(guid)}
    for reference, certificate in certificates.items():
        container = tlv.encode(0x70, certificate) + tlv.encode(0x71, b"\0") + tlv.encode(0xFE)
        made[CERTIFICATE_TAGS[reference]] = tlv.encode(0x53, container)
    return made


def _discovery() -> bytes:
    """This is PIV, and only the card's own PIN counts (usage policy 40 00)."""
    return tlv.encode(0x7E, tlv.encode(0x4F, PIV_AID), tlv.encode(0x5F2F, b"\x40\x00"))


def _chuid(guid: bytes) -> bytes:
    parts = (tlv.encode(0x30, _NOBODY_FASC_N), tlv.encode(0x34, guid), tlv.encode(0x35, _FAR_EXPIRY))
    return tlv.encode(0x53, *parts, tlv.encode(0x3E), tlv.encode(0xFE))


def _capabilities(guid: bytes) -> bytes:
    identity = tlv.encode(0xF0, bytes.fromhex("a000000116ff02") + guid[:14])
    versions = tlv.encode(0xF1, b"\x21") + tlv.encode(0xF2, b"\x21") + tlv.encode(0xF3)
    model = tlv.encode(0xF4, b"\0") + tlv.encode(0xF5, b"\x10")
    empty = b"".join(tlv.encode(tag) for tag in (0xF6, 0xF7, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE))
    return tlv.encode(0x53, identity, versions, model, empty)
