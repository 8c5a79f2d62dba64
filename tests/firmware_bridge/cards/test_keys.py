"""Blocks for the card, and answers that are true or not."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.cards.errors import CardMalformed, CardUntrue
from firmware_bridge.cards.keys import CardKey, holder_of, key_of, pkcs1_block, pss_block
from simulators.authority import Authority, p256, p384, rsa2048
from simulators.card_keys import chip_of

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "cards.json").read_text())
WYCHEPROOF = Path(__file__).parents[4] / "shared" / "data" / "vectors" / "wycheproof"
RSA_KEY = rsa2048()


@pytest.mark.parametrize("make", [p256, p384, lambda: RSA_KEY])
@pytest.mark.parametrize("scheme", ["PS256", "RS256"])
def test_what_the_chip_computes_on_our_block_is_a_true_signature(make: Any, scheme: Any) -> None:
    issued = Authority(AT).issue("m1", "Một Đại Biểu", AT, make())
    key = key_of(issued.certificate, scheme)
    answer = chip_of(issued.key).compute(key.block(b"statement"))
    assert answer is not None
    signature = key.signature(answer, b"statement")
    with pytest.raises(CardUntrue):
        key.signature(answer, b"another statement")
    with pytest.raises(CardUntrue):
        key.signature(answer[:-1] + bytes([answer[-1] ^ 1]), b"statement")
    assert len(signature) == {"ES256": 64, "ES384": 96, "PS256": 256, "RS256": 256}[key.alg]


def test_blocks_have_these_bytes() -> None:
    digest = hashlib.sha256(b"Di\xc3\xaan H\xe1\xbb\x93ng").digest()
    assert pkcs1_block(digest).hex() == VECTORS["pkcs1_block"]
    assert pss_block(digest, bytes(range(32))).hex() == VECTORS["pss_block"]


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_every_pss_block_verifies_under_a_library_that_is_not_ours(digest: bytes, salt: bytes) -> None:
    signature = chip_of(RSA_KEY).compute(pss_block(digest, salt))
    assert signature is not None
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    RSA_KEY.public_key().verify(signature, digest, scheme, utils.Prehashed(hashes.SHA256()))


def test_the_holder_is_the_serial_number_in_the_subject() -> None:
    authority = Authority(AT)
    assert (
        holder_of(authority.issue("vn.qh.15.123", "Nguyễn Thị Đại Biểu", AT).certificate) == "vn.qh.15.123"
    )
    with pytest.raises(CardMalformed, match="names no member"):
        holder_of(authority.root)


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP521R1()), ec.generate_private_key(ec.SECP256K1()),
        rsa.generate_private_key(65_537, 1024), rsa.generate_private_key(65_537, 3072),
        ed25519.Ed25519PrivateKey.generate(),
    ],
)  # fmt: skip
def test_other_kinds_of_key_are_refused(key: Any) -> None:
    authority = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, AT, AT)
    with pytest.raises(CardMalformed, match="none of"):
        key_of(builder.sign(authority, hashes.SHA256()).public_bytes(Encoding.DER))


@pytest.mark.parametrize("certificate", [b"", b"\x30\x03\x02\x01\x00", b"not a certificate"])
def test_a_certificate_that_can_not_be_read_is_malformed(certificate: bytes) -> None:
    with pytest.raises(CardMalformed):
        key_of(certificate)


@pytest.mark.parametrize(
    ("name", "alg"), [("ecdsa_secp256r1_sha256_test", "ES256"), ("ecdsa_secp384r1_sha384_test", "ES384")]
)
def test_project_wycheproofs_card_answers_are_judged_right(name: str, alg: str) -> None:
    """DER as a card would give it. What Wycheproof calls invalid must never come out as a signature."""
    path = WYCHEPROOF / f"{name}.json"
    if not path.exists():
        pytest.skip("../shared/data/vectors is not here")
    judged = 0
    for group in json.loads(path.read_text())["testGroups"]:
        numbers = bytes.fromhex(group["publicKey"]["uncompressed"])
        curve = ec.SECP256R1() if alg == "ES256" else ec.SECP384R1()
        key = CardKey(ec.EllipticCurvePublicKey.from_encoded_point(curve, numbers), alg, b"")
        for test in group["tests"]:
            assert _taken(key, test) == (test["result"] == "valid"), test
            judged += 1
    assert judged > 400


def _taken(key: CardKey, test: dict[str, str]) -> bool:
    try:
        key.signature(bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
    except CardUntrue:
        return False
    return True
