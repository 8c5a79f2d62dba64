"""OCSP answers that were fetched beforehand: who may give them, of when they are, and what they say."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from audit.algorithms import Algorithms
from audit.errors import Untrusted
from audit.ocsp import OcspAnswer
from audit.trust import TrustStore
from tests.audit.cards import DAY_ONE, Authority, Card
from tests.audit.responder import REVOKED, UNKNOWN, answer, delegate, impostor

AT = DAY_ONE + timedelta(days=100)
HOUR = timedelta(hours=1)
CA, OTHER = Authority(), Authority("Another CA")
CARD, NEIGHBOUR = CA.card("m001"), CA.card("m002")
BY = delegate(CA)
CHECKED = delegate(CA, exempt=False)
FALSE = impostor(CA)
RESPONSES = Path(cryptography_vectors.__file__).parent / "x509" / "ocsp"
UNKNOWN_EXTENSION = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00")


def code(*answers: bytes, at: datetime = AT, card: Card = CARD, **store: Any) -> str:
    held = TrustStore([CA.der], store.pop("crls", ()), answers=answers, **store)
    try:
        held.judge(card.der, at)
    except Untrusted as error:
        return error.code
    return "trusted"


@pytest.mark.parametrize(
    "one",
    [
        answer(CA, CARD),
        answer(CA, CARD, by_key=True),
        answer(CA, CARD, by=BY),
        answer(CA, CARD, by=BY, by_key=True),
        answer(CA, CARD, asked=hashes.SHA256()),
        answer(CA, CARD, digest=hashes.SHA384()),
        answer(CA, CARD, extra=[(x509.OCSPNonce(b"0123456789abcdef"), False)]),
    ],
)
def test_the_authoritys_own_answer_or_its_delegates_will_do(one: bytes) -> None:
    assert code(one) == "trusted"


NOT_FOR_OCSP = delegate(CA, purpose=ExtendedKeyUsageOID.CLIENT_AUTH)


@pytest.mark.parametrize(
    "one",
    [
        answer(CA, NEIGHBOUR),
        answer(OTHER, CARD),
        answer(CA, CARD, thief=FALSE),
        answer(CA, CARD, by=delegate(FALSE)),
        answer(CA, CARD, by=NOT_FOR_OCSP),
        answer(CA, CARD, by=delegate(OTHER)),
        answer(CA, CARD, by=BY, shown=False),
        answer(CA, CARD, by=CHECKED),
        answer(CA, CARD, until=None),
        answer(CA, CARD, extra=[(UNKNOWN_EXTENSION, True)]),
    ],
)
def test_anybody_elses_will_not(one: bytes) -> None:
    assert code(one) == "crl_missing"


def test_a_delegate_that_its_issuer_does_not_exempt_is_looked_up_in_the_issuers_list() -> None:
    one = answer(CA, CARD, by=CHECKED)
    # The list says nothing of the card's own status here: it is of the delegate's that one is asked.
    assert code(one, crls=[CA.revoke()]) == "trusted"
    said = answer(CA, CARD, REVOKED, by=CHECKED)
    assert code(said, crls=[CA.revoke()]) == "revoked"
    assert code(said, crls=[CA.revoke(CHECKED)]) == "trusted"  # whoever stole that key revokes nobody


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        (AT - timedelta(seconds=1), "crl_missing"),
        (AT, "trusted"),
        (AT + HOUR, "trusted"),
        (AT + HOUR + timedelta(seconds=1), "crl_missing"),
    ],
)
def test_an_answer_is_of_its_hours(at: datetime, wanted: str) -> None:
    assert code(answer(CA, CARD, begin=AT, until=AT + HOUR), at=at) == wanted


def test_a_delegates_answer_ends_with_its_certificate() -> None:
    short = CA.card(
        "", purpose=ExtendedKeyUsageOID.OCSP_SIGNING, end=AT, extra=[(x509.OCSPNoCheck(), False)]
    )
    assert code(answer(CA, CARD, by=short), at=AT) == "trusted"
    assert code(answer(CA, CARD, by=short), at=AT + timedelta(seconds=1)) == "crl_missing"


class TestWhatItSays:
    def test_revoked_from_that_day_on_also_by_an_answer_of_another_day(self) -> None:
        said = answer(CA, CARD, REVOKED, since=AT)
        assert code(said) == "revoked"
        assert code(said, at=AT - timedelta(seconds=1)) == "trusted"
        old = answer(CA, CARD, REVOKED, until=AT - HOUR)
        assert code(old, answer(CA, CARD, begin=AT)) == "revoked"
        assert code(old, crls=[CA.revoke()]) == "revoked"

    def test_unknown_is_refused_also_beside_a_good_list(self) -> None:
        """The authority's own word: it never issued such a card."""
        assert code(answer(CA, CARD, UNKNOWN)) == "unknown"
        assert code(answer(CA, CARD, UNKNOWN), crls=[CA.revoke()]) == "unknown"
        later = answer(CA, CARD, begin=AT - HOUR)
        assert code(answer(CA, CARD, UNKNOWN), later) == "trusted"

    def test_a_list_that_names_the_card_beats_a_good_answer(self) -> None:
        assert code(answer(CA, CARD), crls=[CA.revoke(CARD)]) == "revoked"
        assert code(answer(CA, CARD), crls=[CA.revoke()]) == "trusted"


def test_what_was_judged_once_is_not_kept_beyond_its_time() -> None:
    store = TrustStore([CA.der], answers=[answer(CA, CARD, begin=AT, until=AT + HOUR)])
    for at, wanted in ((AT, True), (AT + HOUR, True), (AT + 2 * HOUR, False), (AT, True)):
        try:
            store.judge(CARD.der, at)
        except Untrusted:
            assert not wanted
        else:
            assert wanted


def test_a_hall_that_allows_no_p256_takes_no_answer_signed_by_it() -> None:
    strict = Algorithms(authorities=frozenset({"P-384"}))
    assert code(answer(CA, CARD), algorithms=strict) == "algorithm"  # the card's own certificate already
    assert OcspAnswer(answer(CA, CARD)).responder(CA.certificate, strict) == (
        "signed by P-256, which the hall doesn't allow"
    )


def test_answers_by_rsa_keys() -> None:
    by = CA.card(
        "", key=rsa.generate_private_key(65537, 2048), purpose=ExtendedKeyUsageOID.OCSP_SIGNING,
        extra=[(x509.OCSPNoCheck(), False)],
    )  # fmt: skip
    assert code(answer(CA, CARD, by=by)) == "trusted"


class TestNewAnswer:
    @pytest.mark.parametrize(
        ("one", "wanted"),
        [
            (answer(CA, CARD), "taken"),
            (answer(CA, CARD, by=BY), "taken"),
            (answer(OTHER, CARD), "ocsp_unsigned"),
            (answer(CA, CARD, thief=FALSE), "ocsp_unsigned"),
            (answer(CA, CARD, begin=AT + HOUR), "ocsp_not_yet_valid"),
            (answer(CA, CARD, until=AT - HOUR), "ocsp_expired"),
            (b"no answer", "malformed"),
        ],
    )
    def test_what_may_be_taken(self, one: bytes, wanted: str) -> None:
        assert self.code(one) == wanted

    def code(self, one: bytes) -> str:
        try:
            TrustStore([CA.der]).check_answer(one, AT)
        except Untrusted as error:
            return error.code
        return "taken"


def test_a_refusal_of_the_responder_is_no_answer() -> None:
    busy = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    with pytest.raises(Untrusted, match="try_later"):
        OcspAnswer(busy.public_bytes(Encoding.DER))


@pytest.mark.parametrize("name", sorted(path.name for path in RESPONSES.glob("resp-*.der")))
def test_the_librarys_own_samples_are_read_or_refused_in_words(name: str) -> None:
    """Invalid versions, unknown algorithms, several certificates: nothing but Untrusted comes out."""
    with suppress(Untrusted):
        read = OcspAnswer((RESPONSES / name).read_bytes())
        assert isinstance(read.responder(CA.certificate, Algorithms()), str)  # about others' certificates


def test_a_flipped_bit_is_noticed() -> None:
    whole = answer(CA, CARD, by=BY)
    for place in range(0, 8 * len(whole), 173):
        der = bytearray(whole)
        der[place // 8] ^= 1 << place % 8
        try:
            said = code(bytes(der))
        except Untrusted as error:
            said = error.code
        # Where the answer's own bytes are whole, a bit in the certificates beside them may not matter.
        assert said in ("crl_missing", "malformed", "unknown", "trusted")
        if said == "trusted":
            assert place // 8 > len(answer(CA, CARD)) // 2
