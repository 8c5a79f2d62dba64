"""By what authorities and cards may sign: each of the four, on certificates and lists, allowed and not."""

from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from audit.algorithms import ALL, ANY, P256, P384, PKCS1, PSS, Algorithms
from audit.errors import BadKey, Untrusted
from audit.trust import TrustStore
from tests.audit.cards import DAY_ONE, YEARS, _usage, key_of, name_of

AT = DAY_ONE + timedelta(days=1)
RSA = rsa.generate_private_key(65537, 2048)
KEYS: dict[str, Any] = {
    P256: key_of("p256"), P384: ec.generate_private_key(ec.SECP384R1()), PSS: RSA, PKCS1: RSA,
    "P-521": ec.generate_private_key(ec.SECP521R1()),
}  # fmt: skip


def signed(builder: Any, kind: str, digest: hashes.HashAlgorithm | None = None) -> Any:
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH) if kind == PSS else None
    return builder.sign(KEYS[kind], digest or hashes.SHA256(), rsa_padding=pss)


@cache
def made(kind: str, lists: str) -> tuple[bytes, bytes, bytes]:
    """An authority whose certificates are signed by `kind` and its lists by `lists`: root, card, list."""
    own = KEYS[kind].public_key()

    def certificate(subject: x509.Name, key: Any, *extensions: x509.ExtensionType) -> bytes:
        builder = x509.CertificateBuilder(
            name_of("CA"), subject, key, x509.random_serial_number(), DAY_ONE, DAY_ONE + YEARS
        )
        for one in (*extensions, x509.SubjectKeyIdentifier.from_public_key(key)):
            builder = builder.add_extension(one, critical=isinstance(one, x509.BasicConstraints))
        der: bytes = signed(builder, kind).public_bytes(Encoding.DER)
        return der

    root = certificate(
        name_of("CA"), own, x509.BasicConstraints(True, None), _usage(key_cert_sign=True, crl_sign=True)
    )
    card = certificate(name_of("A", "m001"), key_of("card").public_key(), _usage(digital_signature=True))
    crl = x509.CertificateRevocationListBuilder(name_of("CA"), DAY_ONE, DAY_ONE + YEARS)
    crl = crl.add_extension(x509.CRLNumber(1), critical=False)
    return root, card, signed(crl, lists).public_bytes(Encoding.DER)


def code(kind: str, algorithms: Algorithms, lists: str | None = None) -> str:
    root, card, crl = made(kind, lists or kind)
    try:
        TrustStore([root], [crl], algorithms=algorithms).judge(card, AT)
    except Untrusted as error:
        return error.code
    return "trusted"


@pytest.mark.parametrize("kind", sorted(ALL))
def test_each_of_the_four_is_taken_where_it_is_allowed(kind: str) -> None:
    assert code(kind, ANY) == "trusted"
    assert code(kind, Algorithms(authorities=frozenset({kind}))) == "trusted"
    assert code(kind, Algorithms(authorities=ALL - {kind})) == "algorithm"


@pytest.mark.parametrize(("kind", "lists"), [(PSS, PKCS1), (PKCS1, PSS)])
def test_a_list_is_asked_for_itself(kind: str, lists: str) -> None:
    """One key, two ways of signing with it."""
    assert code(kind, ANY, lists) == "trusted"
    assert code(kind, Algorithms(authorities=frozenset({kind})), lists) == "crl_missing"


def test_what_no_list_can_allow() -> None:
    assert code("P-521", ANY) == "algorithm"
    for said in ({}, {"cards": ["P-256"]}, {"cards": [], "authorities": ["P-256"]}):
        with pytest.raises(BadKey):
            Algorithms.of(said)
    with pytest.raises(BadKey, match="Ed25519"):
        Algorithms.of({"cards": ["Ed25519"], "authorities": ["P-256"]})


def test_what_a_log_says_is_what_was_meant() -> None:
    some = Algorithms(frozenset({P384}), frozenset({PSS, P256}))
    assert some.said() == {"cards": ["P-384"], "authorities": ["P-256", "RSA-PSS"]}
    assert Algorithms.of(some.said()) == some
    assert Algorithms.of(ANY.said()) == ANY
