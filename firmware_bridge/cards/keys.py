"""A card's key as its certificate tells it: what block the card must sign, and whether the answer is true.

A PIV card computes on a block and knows no messages: hashing and padding are done here (NIST SP 800-73-4
part 2, 3.2.4; RFC 8017, 9.1 and 9.2). No signature leaves this module before it was checked against the
certificate. Left out: 1024-bit RSA and P-224, which no PIV card of today may use for signing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from audit import signing
from audit.errors import BadEvidence
from firmware_bridge.cards.errors import CardMalformed, CardUntrue

RsaScheme = Literal["PS256", "RS256"]
"""How an RSA card signs. RS256 is for older cards, which look into the block and know no PSS."""
RSA_BYTES = 256
_PIV_ALGORITHM = {"ES256": 0x11, "ES384": 0x14, "PS256": 0x07, "RS256": 0x07}
"""NIST SP 800-78-4, table 6-2."""
_RAW_BYTES = {"ES256": 32, "ES384": 48}
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384"}
_SALT_BYTES = 32
_SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""DER before a SHA-256 digest (RFC 8017, 9.2, note 1)."""


@dataclass(frozen=True, slots=True)
class CardKey:
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    alg: str
    """JWS name: ES256, ES384, PS256 or RS256."""
    thumbprint: bytes
    """SHA-256 of the certificate (DER): names the key in a statement (`x5t#S256`)."""

    @property
    def piv_algorithm(self) -> int:
        return _PIV_ALGORITHM[self.alg]

    def block(self, message: bytes) -> bytes:
        """What the card computes on. Random under PS256: one block for one signature."""
        if self.alg == "ES384":
            return hashlib.sha384(message).digest()
        digest = hashlib.sha256(message).digest()
        if self.alg == "PS256":
            return pss_block(digest, secrets.token_bytes(_SALT_BYTES))
        return pkcs1_block(digest) if self.alg == "RS256" else digest

    def signature(self, answer: bytes, message: bytes) -> bytes:
        """The card's answer as JWS has it: r and s side by side, or the RSA block. Raises CardUntrue."""
        try:
            size = _RAW_BYTES.get(self.alg)
            signature = signing.raw_ecdsa(answer, size) if size else answer
            signing.verify(self.public, self.alg, message, signature)
        except BadEvidence as fault:
            raise CardUntrue("the card's signature doesn't fit its certificate") from fault
        return signature


def key_of(certificate: bytes, rsa_scheme: RsaScheme = "PS256") -> CardKey:
    """The key that a card's certificate (DER) speaks for. Raises CardMalformed for other kinds of key."""
    try:
        public = x509.load_der_x509_certificate(certificate).public_key()
    except ValueError as fault:
        raise CardMalformed("the card's certificate can't be read") from fault
    thumbprint = hashlib.sha256(certificate).digest()
    if isinstance(public, ec.EllipticCurvePublicKey) and public.curve.name in _CURVES:
        return CardKey(public, _CURVES[public.curve.name], thumbprint)
    if isinstance(public, rsa.RSAPublicKey) and public.key_size == RSA_BYTES * 8:
        return CardKey(public, rsa_scheme, thumbprint)
    raise CardMalformed("the card's key is none of P-256, P-384 and RSA of 2048 bits")


def holder_of(certificate: bytes) -> str:
    """The member's id that the certificate names (serialNumber). Not yet judged: that is the hall's.

    Raises CardMalformed when it names none, or several.
    """
    try:
        subject = x509.load_der_x509_certificate(certificate).subject
        (named,) = subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    except ValueError as fault:
        raise CardMalformed("the card's certificate names no member") from fault
    return str(named.value)


def pkcs1_block(digest: bytes) -> bytes:
    """EMSA-PKCS1-v1_5 of a SHA-256 digest, for a modulus of 2048 bits."""
    info = _SHA256_DIGEST_INFO + digest
    return b"\0\1" + b"\xff" * (RSA_BYTES - 3 - len(info)) + b"\0" + info


def pss_block(digest: bytes, salt: bytes) -> bytes:
    """EMSA-PSS, SHA-256 and MGF1, for a modulus of 2048 bits; 2047 bits itself: the top bit is clear."""
    hashed = hashlib.sha256(bytes(8) + digest + salt).digest()
    body = bytes(RSA_BYTES - len(salt) - len(hashed) - 2) + b"\1" + salt
    masked = bytes(a ^ b for a, b in zip(body, _mgf1(hashed, len(body)), strict=True))
    return bytes([masked[0] & 0x7F]) + masked[1:] + hashed + b"\xbc"


def _mgf1(seed: bytes, size: int) -> bytes:
    rounds = -(-size // 32)
    return b"".join(hashlib.sha256(seed + n.to_bytes(4, "big")).digest() for n in range(rounds))[:size]
