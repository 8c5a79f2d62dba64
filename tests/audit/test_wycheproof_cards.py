"""Wycheproof's keys on members' cards: its signatures as a ballot's, from the certificate to the verdict.

What a hall does with a ballot that a card signed: the card is judged, its key may sign so, the signature
holds.
"""

from functools import cache
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from audit import signing, statement
from audit.algorithms import ALL, ANY, Algorithms
from audit.errors import BadSignature, Untrusted
from audit.statement import Statement
from audit.trust import Identity, TrustStore
from tests.audit.cards import DAY_ONE, Authority
from tests.audit.test_wycheproof import DER, FILES, Spoken, cases

CA = Authority()
OF_CARDS = {name: alg for name, alg in FILES.items() if alg != "EdDSA"}
"""No card signs by Ed25519: those are the hall's and the bridges' keys."""
ALLOWED_AS = {"ES256": "P-256", "ES384": "P-384", "PS256": "RSA-PSS", "RS256": "RSA-PKCS1"}


@cache
def judged(spki: bytes, algorithms: Algorithms) -> Identity:
    """The card with this key, as the hall judges it."""
    key: Any = load_der_public_key(spki)
    store = TrustStore([CA.der], [CA.revoke()], algorithms=algorithms)
    return store.judge(CA.certify("m001", key), DAY_ONE)


def accepted(name: str, test: dict[str, Any], key: Any, algorithms: Algorithms = ANY) -> bool:
    signature, alg = bytes.fromhex(test["sig"]), OF_CARDS[name]
    try:
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        identity = judged(spki, algorithms)
        identity.check_algorithm(alg)
        if name in DER:
            signature = signing.raw_ecdsa(signature, DER[name])
        spoken = Spoken(alg, bytes.fromhex(test["msg"]), signature)
        statement.verify(cast(Statement, spoken), identity.public_key)
    except (BadSignature, Untrusted):
        return False
    return True


@pytest.mark.parametrize("name", OF_CARDS)
def test_every_signature_is_judged_as_published(name: str) -> None:
    found = [(test, accepted(name, test, key)) for test, key in cases(name)]
    wrong = [
        (test["tcId"], test["comment"])
        for test, good in found
        if test["result"] != "acceptable" and good != (test["result"] == "valid")
    ]
    assert len(found) > 100
    assert not wrong


@pytest.mark.parametrize("name", OF_CARDS)
def test_where_the_hall_does_not_allow_it_none_is_taken(name: str) -> None:
    others = Algorithms(cards=ALL - {ALLOWED_AS[OF_CARDS[name]]})
    alone = Algorithms(cards=frozenset({ALLOWED_AS[OF_CARDS[name]]}))
    valid = [(test, key) for test, key in cases(name) if test["result"] == "valid"]
    assert valid
    assert not any(accepted(name, test, key, others) for test, key in valid)
    assert all(accepted(name, test, key, alone) for test, key in valid)
