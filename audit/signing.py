"""Keys and raw signatures: who may sign with what, and how a key is named (RFC 7517 JWK, RFC 7638).

Signatures are JWS's (RFC 7518, section 3; RFC 8037): ECDSA as r‖s, never DER. Why `cryptography` and
not a JOSE library stands here: docs/decisions/0004-jws-verification.md.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from audit import base64url, canonical
from audit.errors import BadEvidence, BadKey, BadSignature

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | Ed25519PublicKey

RSA_MIN_BITS = 2048
RSA_MAX_BITS = 4096
"""A larger one is no card's, and verifying it would take a reader's time for nothing."""

_EC = {
    "ES256": ("secp256r1", 32, ec.ECDSA(hashes.SHA256())),
    "ES384": ("secp384r1", 48, ec.ECDSA(hashes.SHA384())),
}
_RSA = {
    # RFC 7518, section 3.5: the salt is as long as the hash, and nothing else verifies.
    "PS256": padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32),
    "RS256": padding.PKCS1v15(),
}
_SHA256 = hashes.SHA256()
_CURVES = {"P-256": (ec.SECP256R1(), 32), "P-384": (ec.SECP384R1(), 48)}
_CURVE_NAMES = {"secp256r1": "P-256", "secp384r1": "P-384"}
_ED25519_SIGNATURE_BYTES = 64


class Signer(Protocol):
    """Someone who signs bytes at once. A card answers later: it uses `statement.draft`."""

    @property
    def alg(self) -> str: ...
    @property
    def public_key(self) -> PublicKey: ...
    @property
    def kid(self) -> str:
        """The key's RFC 7638 thumbprint."""

    def sign(self, message: bytes) -> bytes: ...


class Ed25519Signer:
    """The hall's and the bridges' keys: deterministic, so the same receipt has the same bytes."""

    alg = "EdDSA"

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._signing = SigningKey(key.private_bytes_raw())
        self.public_key: PublicKey = key.public_key()
        self.kid = thumbprint(self.public_key)

    def sign(self, message: bytes) -> bytes:
        return self._signing.sign(message).signature


class EcSigner:
    """A session key (P-256, ES256), or a P-384 one (ES384)."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public_key: PublicKey = key.public_key()
        self.alg = {"secp256r1": "ES256", "secp384r1": "ES384"}.get(key.curve.name, "")
        if not self.alg:
            raise BadKey(f"no session key on the curve {key.curve.name}")
        self.kid = thumbprint(self.public_key)

    def sign(self, message: bytes) -> bytes:
        _, size, scheme = _EC[self.alg]
        return raw_ecdsa(self._key.sign(message, scheme), size)


def verify(key: PublicKey, alg: str, message: bytes, signature: bytes) -> None:
    """Raises BadKey if the key isn't one for `alg`, BadSignature if it didn't sign this."""
    check_key(key)
    try:
        if alg in _EC:
            _verify_ecdsa(key, alg, message, signature)
        elif alg in _RSA:
            _verify_rsa(key, alg, message, signature)
        elif alg == "EdDSA" and isinstance(key, Ed25519PublicKey):
            _verify_ed25519(key, message, signature)
        else:
            raise BadKey(f"not a key for {alg!r:.20}")
    except (InvalidSignature, BadSignatureError):
        raise BadSignature(f"this key's {alg} signature doesn't match") from None


def check_key(key: PublicKey) -> None:
    """Raises BadKey for a kind, curve or size that the house doesn't take."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.name not in _CURVE_NAMES:
            raise BadKey(f"the curve {key.curve.name} isn't taken")
    elif isinstance(key, rsa.RSAPublicKey):
        if not RSA_MIN_BITS <= key.key_size <= RSA_MAX_BITS:
            raise BadKey(f"an RSA key of {key.key_size} bits isn't taken")
    elif not isinstance(key, Ed25519PublicKey):
        raise BadKey(f"a {type(key).__name__} isn't taken")


def _verify_ecdsa(key: PublicKey, alg: str, message: bytes, signature: bytes) -> None:
    curve, size, scheme = _EC[alg]
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != curve:
        raise BadKey(f"not a key for {alg}")
    if len(signature) != 2 * size:
        raise BadSignature(f"{alg} signatures have {2 * size} bytes, not {len(signature)}")
    r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
    key.verify(encode_dss_signature(r, s), message, scheme)


def _verify_ed25519(key: Ed25519PublicKey, message: bytes, signature: bytes) -> None:
    """By libsodium: less than half of OpenSSL's time, and stricter (nothing of small order)."""
    if len(signature) != _ED25519_SIGNATURE_BYTES:
        raise BadSignature(f"EdDSA signatures have 64 bytes, not {len(signature)}")
    _verify_key(key.public_bytes_raw()).verify(message, signature)


@lru_cache(maxsize=1024)
def _verify_key(raw: bytes) -> VerifyKey:
    """Few keys sign a hall's whole traffic."""
    return VerifyKey(raw)


def _verify_rsa(key: PublicKey, alg: str, message: bytes, signature: bytes) -> None:
    if not isinstance(key, rsa.RSAPublicKey):
        raise BadKey(f"not a key for {alg}")
    if len(signature) != (key.key_size + 7) // 8:
        raise BadSignature(f"{len(signature)} bytes aren't a signature by {key.key_size} bits")
    key.verify(signature, message, _RSA[alg], _SHA256)


def raw_ecdsa(der: bytes, size: int) -> bytes:
    """r‖s of `size` bytes each from the DER that cards and libraries give. BadSignature if it isn't DER."""
    try:
        r, s = decode_dss_signature(der)
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    except (ValueError, OverflowError) as error:
        raise BadSignature(f"not an ECDSA signature in DER: {error}") from None


def algorithms(key: PublicKey) -> tuple[str, ...]:
    """Which `alg` a key may sign with, the preferred first; none for a key that isn't taken."""
    if isinstance(key, Ed25519PublicKey):
        return ("EdDSA",)
    if isinstance(key, rsa.RSAPublicKey):
        return ("PS256", "RS256") if RSA_MIN_BITS <= key.key_size <= RSA_MAX_BITS else ()
    return tuple(alg for alg, (curve, _, _) in _EC.items() if curve == key.curve.name)


def to_jwk(key: PublicKey) -> dict[str, str]:
    """The key's required members only (RFC 7638, section 3.2), so that its JCS bytes name it."""
    check_key(key)
    if isinstance(key, ec.EllipticCurvePublicKey):
        crv = _CURVE_NAMES[key.curve.name]
        size, point = _CURVES[crv][1], key.public_numbers()
        return {"crv": crv, "kty": "EC", "x": _unsigned(point.x, size), "y": _unsigned(point.y, size)}
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {"e": _unsigned(numbers.e), "kty": "RSA", "n": _unsigned(numbers.n)}
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": base64url.encode(raw)}


def from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """The key of a JWK that has its required members and no other. Raises BadKey."""
    if not isinstance(jwk, Mapping) or not all(isinstance(value, str) for value in jwk.values()):
        raise BadKey("a JWK's members are texts")
    try:
        key = _read_jwk(jwk)
    except (BadEvidence, ValueError, UnsupportedAlgorithm) as error:
        raise BadKey(f"not a public key: {error}") from None
    check_key(key)
    if to_jwk(key) != dict(jwk):
        raise BadKey("a public key, but not in its one way of writing")
    return key


def _read_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    names, kty = frozenset(jwk), jwk.get("kty")
    if kty == "EC" and names == {"kty", "crv", "x", "y"} and jwk["crv"] in _CURVES:
        x, y = (int.from_bytes(base64url.decode(jwk[name]), "big") for name in ("x", "y"))
        return ec.EllipticCurvePublicNumbers(x, y, _CURVES[jwk["crv"]][0]).public_key()
    if kty == "OKP" and names == {"kty", "crv", "x"} and jwk["crv"] == "Ed25519":
        return Ed25519PublicKey.from_public_bytes(base64url.decode(jwk["x"]))
    if kty == "RSA" and names == {"kty", "e", "n"}:
        e, n = (int.from_bytes(base64url.decode(jwk[name]), "big") for name in ("e", "n"))
        return rsa.RSAPublicNumbers(e, n).public_key()
    raise BadKey("neither an EC (P-256, P-384), an Ed25519 nor an RSA key with just its members")


def thumbprint(key: PublicKey | Mapping[str, Any]) -> str:
    """The key's name: base64url SHA-256 of its required JWK members in JCS. A mapping is read as a JWK."""
    jwk = to_jwk(from_jwk(key) if isinstance(key, Mapping) else key)
    return base64url.encode(sha256(canonical.encode(jwk)).digest())


def _unsigned(value: int, size: int = 0) -> str:
    return base64url.encode(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))
