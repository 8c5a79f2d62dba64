"""Keys: which are taken, how they are named, and that no signature passes under the wrong one."""

from typing import Any

import joserfc.jwk
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import signing
from audit.errors import BadKey, BadSignature
from tests.audit.builder import hall_signer
from tests.audit.cards import key_of

EC_JWK = signing.to_jwk(key_of("a").public_key())
RSA_2048 = rsa.generate_private_key(65537, 2048)


def test_the_thumbprint_of_the_rfc() -> None:
    """RFC 7638, section 3.1."""
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5"
        "hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    assert (
        signing.thumbprint({"kty": "RSA", "n": n, "e": "AQAB"})
        == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    )


@pytest.mark.parametrize(
    "key",
    [
        key_of("a").public_key(),
        ec.generate_private_key(ec.SECP384R1()).public_key(),
        RSA_2048.public_key(),
        hall_signer().public_key,
    ],
)
def test_keys_are_written_and_named_as_a_jose_library_does(key: Any) -> None:
    jwk = signing.to_jwk(key)
    other = joserfc.jwk.import_key(jwk)
    assert signing.thumbprint(key) == signing.thumbprint(jwk) == other.thumbprint()
    assert {**other.as_dict(private=False)}.items() >= jwk.items()
    assert signing.to_jwk(signing.from_jwk(jwk)) == jwk


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {**EC_JWK, "use": "sig"},
        {**EC_JWK, "d": EC_JWK["x"]},
        {**EC_JWK, "crv": "P-521"},
        {**EC_JWK, "crv": "P-384"},
        {**EC_JWK, "kty": "OKP"},
        {**EC_JWK, "x": EC_JWK["y"]},
        {**EC_JWK, "x": EC_JWK["x"] + "="},
        {**EC_JWK, "x": "AA" + EC_JWK["x"]},
        {**EC_JWK, "x": 1},
        {"kty": "oct", "k": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "OKP", "crv": "Ed448", "x": "AA"},
        {"kty": "RSA", "e": "AQAB", "n": "AQAB"},
        {"kty": "RSA", "e": "AQ", "n": signing.to_jwk(RSA_2048.public_key())["n"]},
        [],
        None,
    ],
)
def test_what_is_no_key_here_is_refused(jwk: Any) -> None:
    with pytest.raises(BadKey):
        signing.from_jwk(jwk)


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 1024).public_key(),
        ec.generate_private_key(ec.SECP521R1()).public_key(),
        ec.generate_private_key(ec.SECP256K1()).public_key(),
        ed448.Ed448PrivateKey.generate().public_key(),
    ],
)
def test_weak_and_foreign_keys_are_refused_before_their_signature_is_looked_at(key: Any) -> None:
    with pytest.raises(BadKey):
        signing.verify(key, "ES256", b"", b"")


def test_a_key_is_for_its_own_algorithm_only() -> None:
    keys = [key_of("a").public_key(), RSA_2048.public_key(), hall_signer().public_key]
    keys.append(ec.generate_private_key(ec.SECP384R1()).public_key())
    for key in keys:
        for alg in {"ES256", "ES384", "PS256", "RS256", "EdDSA", "none", "HS256"} - {
            *signing.algorithms(key)
        }:
            with pytest.raises(BadKey):
                signing.verify(key, alg, b"message", bytes(64))


@pytest.mark.parametrize(
    "signer",
    [
        signing.EcSigner(key_of("a")),
        signing.EcSigner(ec.generate_private_key(ec.SECP384R1())),
        signing.Ed25519Signer(Ed25519PrivateKey.generate()),
    ],
)
def test_what_is_signed_is_verified_and_nothing_else(signer: signing.Signer) -> None:
    signature = signer.sign(b"message")
    signing.verify(signer.public_key, signer.alg, b"message", signature)
    for message, other in [
        (b"another", signature),
        (b"message", signature[:-1]),
        (b"message", signature + b"\0"),
        (b"message", b""),
        (b"message", bytes(len(signature))),
        (b"message", bytes([signature[0] ^ 1]) + signature[1:]),
    ]:
        with pytest.raises(BadSignature):
            signing.verify(signer.public_key, signer.alg, message, other)


def test_the_halls_signatures_are_the_same_each_time() -> None:
    assert hall_signer().sign(b"receipt") == hall_signer().sign(b"receipt")


def test_no_signer_on_another_curve() -> None:
    with pytest.raises(BadKey):
        signing.EcSigner(ec.generate_private_key(ec.SECP521R1()))
