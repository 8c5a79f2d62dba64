"""By what a card may sign, and by what its authorities may: two allow-lists, the hall's choice.

They stand in the log (`TrustListed`), so that whoever verifies it judges by the same. Nothing beyond these
four names can be allowed: an RSA key below 2048 bits or a hash below SHA-256 is refused under any list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import SignatureAlgorithmOID as Oid

from audit import signing
from audit.errors import BadKey
from audit.signing import RSA_MIN_BITS, PublicKey

P256, P384, PSS, PKCS1 = "P-256", "P-384", "RSA-PSS", "RSA-PKCS1"
ALL = frozenset({P256, P384, PSS, PKCS1})

_OF_STATEMENT = {"ES256": P256, "ES384": P384, "PS256": PSS, "RS256": PKCS1}
_CURVES = {"secp256r1": P256, "secp384r1": P384}
_SHA2 = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_RSA_PKCS1 = frozenset({Oid.RSA_WITH_SHA256, Oid.RSA_WITH_SHA384, Oid.RSA_WITH_SHA512})
_ECDSA = frozenset({Oid.ECDSA_WITH_SHA256, Oid.ECDSA_WITH_SHA384, Oid.ECDSA_WITH_SHA512})


@dataclass(frozen=True, slots=True)
class Algorithms:
    """Names out of `ALL`. The default is all of them: each is safe by itself."""

    cards: frozenset[str] = ALL
    """For what a card signs: session statements and ballots."""
    authorities: frozenset[str] = ALL
    """For certificates in a path, revocation lists and OCSP answers."""

    @classmethod
    def of(cls, said: Mapping[str, Sequence[str]]) -> "Algorithms":
        """As `said` wrote it. Raises BadKey for a list that is empty or names what isn't known."""
        lists = {name: frozenset(said.get(name, ())) for name in ("cards", "authorities")}
        for name, listed in lists.items():
            if not listed or not listed <= ALL:
                unknown = ", ".join(sorted(listed - ALL)) or "nothing"
                raise BadKey(f"{name} may use {unknown}: known are {', '.join(sorted(ALL))}")
        return cls(**lists)

    def said(self) -> dict[str, list[str]]:
        """As an entry of the log holds it."""
        return {"authorities": sorted(self.authorities), "cards": sorted(self.cards)}

    def of_card(self, key: PublicKey) -> tuple[str, ...]:
        """The `alg`s that a card with this key may sign with; none where the hall allows none."""
        return tuple(alg for alg in signing.algorithms(key) if _OF_STATEMENT.get(alg) in self.cards)

    def objection(self, signed: Any, key: Any) -> str | None:
        """Why a certificate, list or answer that was signed with `key` isn't taken; None if it is."""
        if not isinstance(signed.signature_hash_algorithm, _SHA2):
            return "signed with a hash that isn't taken"
        name = _name(signed.signature_algorithm_oid, key)
        if name is None:
            return f"signed by {signed.signature_algorithm_oid.dotted_string}, which isn't taken"
        return None if name in self.authorities else f"signed by {name}, which the hall doesn't allow"


ANY = Algorithms()


def _name(oid: Any, key: Any) -> str | None:
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.name) if oid in _ECDSA else None
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_MIN_BITS:
        return PSS if oid == Oid.RSASSA_PSS else PKCS1 if oid in _RSA_PKCS1 else None
    return None


def signed_by(key: Any, oid: Any, digest: hashes.HashAlgorithm, data: bytes, signature: bytes) -> bool:
    """Whether `key` signed these bytes: for what the library parses, but doesn't verify."""
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, _padding(oid, digest), digest)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _padding(oid: Any, digest: hashes.HashAlgorithm) -> padding.PSS | padding.PKCS1v15:
    if oid != Oid.RSASSA_PSS:
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
