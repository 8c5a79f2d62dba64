"""The keys inside a simulated card: a block in, the raw computation out, as a real card's chip does it."""

from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from firmware_bridge.cards import tlv

_HASHES: dict[int, hashes.HashAlgorithm] = {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Credential:
    """A private key with the certificate (DER) that an authority gave for it."""

    key: PrivateKey
    certificate: bytes


class KeyChip(Protocol):
    """`algorithm` is the PIV name of the key's kind: 07 RSA-2048, 11 P-256, 14 P-384."""

    algorithm: int

    def compute(self, block: bytes) -> bytes | None:
        """None: the block is not one that this key takes."""


class EcChip:
    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.algorithm = {256: 0x11, 384: 0x14}[key.key_size]

    def compute(self, block: bytes) -> bytes | None:
        """ECDSA over a digest that is no longer than the curve."""
        hashed = _HASHES.get(len(block))
        if hashed is None or len(block) * 8 > self._key.key_size:
            return None
        return self._key.sign(block, ec.ECDSA(utils.Prehashed(hashed)))


class RsaChip:
    """Bare RSA, as PIV asks: padding is the host's business."""

    algorithm = 0x07

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._n = key.private_numbers()

    def compute(self, block: bytes) -> bytes | None:
        if len(block) != 256:
            return None
        value, n = int.from_bytes(block, "big"), self._n
        # The Chinese remainder theorem, as chips do it too: four times as fast as one long power.
        at_p, at_q = pow(value, n.dmp1, n.p), pow(value, n.dmq1, n.q)
        return (at_q + (at_p - at_q) * n.iqmp % n.p * n.q).to_bytes(256, "big")


def chip_of(key: PrivateKey) -> KeyChip:
    return RsaChip(key) if isinstance(key, rsa.RSAPrivateKey) else EcChip(key)


def made(algorithm: int) -> PrivateKey | None:
    """A new key of the kind that PIV calls so; None: this card makes none of that kind."""
    if algorithm == RsaChip.algorithm:
        return rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    curves: dict[int, ec.EllipticCurve] = {0x11: ec.SECP256R1(), 0x14: ec.SECP384R1()}
    return ec.generate_private_key(curves[algorithm]) if algorithm in curves else None


def public_template(key: PrivateKey) -> bytes:
    """The public half as GENERATE tells it (NIST SP 800-73-4 part 2, 3.3.2)."""
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        modulus = tlv.encode(0x81, numbers.n.to_bytes(256, "big"))
        return modulus + tlv.encode(0x82, numbers.e.to_bytes(3, "big"))
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return tlv.encode(0x86, point)
