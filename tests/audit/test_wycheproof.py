"""Project Wycheproof's signatures through the code that verifies ballots, session keys and receipts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from audit import signing, statement
from audit.errors import BadSignature
from audit.statement import Statement
from tests.audit.shared import loaded

FILES = {
    "ecdsa_secp256r1_sha256_p1363_test": "ES256",
    "ecdsa_secp256r1_sha256_test": "ES256",
    "ecdsa_secp384r1_sha384_test": "ES384",
    "ed25519_test": "EdDSA",
    "rsa_pss_2048_sha256_mgf1_32_test": "PS256",
    "rsa_signature_2048_sha256_test": "RS256",
}
DER = {"ecdsa_secp256r1_sha256_test": 32, "ecdsa_secp384r1_sha384_test": 48}
"""These give signatures in DER, as cards do: they come in through `signing.raw_ecdsa`."""


@dataclass(frozen=True)
class Spoken:
    """Stands for a statement whose bytes are the vector's: verification asks it for nothing else."""

    alg: str
    signing_input: bytes
    signature: bytes


def cases(name: str) -> Iterator[tuple[dict[str, Any], Any]]:
    for group in loaded(f"wycheproof/{name}.json")["testGroups"]:
        key = load_der_public_key(bytes.fromhex(group["publicKeyDer"]))
        for test in group["tests"]:
            yield test, key


def accepted(name: str, test: dict[str, Any], key: Any) -> bool:
    signature = bytes.fromhex(test["sig"])
    try:
        if name in DER:
            signature = signing.raw_ecdsa(signature, DER[name])
        spoken = Spoken(FILES[name], bytes.fromhex(test["msg"]), signature)
        statement.verify(cast(Statement, spoken), key)
    except BadSignature:
        return False
    return True


@pytest.mark.parametrize("name", FILES)
def test_every_vector_is_judged_as_published(name: str) -> None:
    judged = [(test, accepted(name, test, key)) for test, key in cases(name)]
    wrong = [
        (test["tcId"], test["comment"])
        for test, good in judged
        # "acceptable" are left to the reader (a PKCS#1 v1.5 form without the NULL): either is right.
        if test["result"] != "acceptable" and good != (test["result"] == "valid")
    ]
    assert len(judged) > 100
    assert not wrong


def test_keys_as_jwk_are_the_keys_as_der() -> None:
    for name in FILES:
        for group in loaded(f"wycheproof/{name}.json")["testGroups"]:
            jwk = group.get("publicKeyJwk") or group.get("keyJwk")
            if jwk is None:
                continue
            needed = {n: jwk[n] for n in ("kty", "crv", "x", "y", "e", "n") if n in jwk}
            key = cast(signing.PublicKey, load_der_public_key(bytes.fromhex(group["publicKeyDer"])))
            assert signing.to_jwk(signing.from_jwk(needed)) == needed == signing.to_jwk(key)
