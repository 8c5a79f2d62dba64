"""Cards and their authorities at a moment: what is relied on, and the reason why something isn't."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from audit import trust
from audit.errors import Untrusted
from audit.path import MEMBERS, OFFICERS
from audit.trust import TrustStore
from tests.audit.cards import DAY_ONE, YEARS, Authority, Card, _usage, key_of, name_of

AT = DAY_ONE + timedelta(days=100)
CA = Authority()
CARD = CA.card("m001", "Trần Thị Bình")
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00")
PARTIAL = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
"""A list of cards alone, without the authorities."""


def code(card: Card | bytes, *, at: datetime = AT, ca: Authority = CA, **store: Any) -> str:
    held = TrustStore(store.pop("roots", [ca.der]), store.pop("crls", [ca.revoke()]), **store)
    try:
        held.judge(card if isinstance(card, bytes) else card.der, at)
    except Untrusted as error:
        return error.code
    return "trusted"


def test_the_subject_says_who_it_is() -> None:
    found = TrustStore([CA.der], [CA.revoke()]).judge(CARD.der, AT)
    assert (found.member, found.name, found.fingerprint) == ("m001", "Trần Thị Bình", CARD.fingerprint)
    assert found.public_key == CARD.key.public_key()
    assert trust.public_key_of(CARD.der) == CARD.key.public_key()


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        (DAY_ONE - timedelta(seconds=1), "not_yet_valid"),
        (DAY_ONE, "trusted"),
        (DAY_ONE + YEARS + timedelta(milliseconds=999), "trusted"),  # valid to the end of the last second
        (DAY_ONE + YEARS + timedelta(seconds=1), "expired"),
    ],
)
def test_a_card_is_good_from_its_first_to_its_last_second(at: datetime, wanted: str) -> None:
    assert code(CARD, at=at) == wanted


@pytest.mark.parametrize(
    ("card", "wanted"),
    [
        (Authority("Another CA").card("m001"), "no_path"),
        (CA.card("m1", purpose=None), "trusted"),
        (CA.card("m1", purpose=ExtendedKeyUsageOID.SMARTCARD_LOGON), "trusted"),
        (CA.card("m1", purpose=ExtendedKeyUsageOID.SERVER_AUTH), "no_path"),
        (CA.card("m1", usage=_usage(key_agreement=True)), "no_path"),
        (CA.card("m1", usage=_usage(digital_signature=True, key_cert_sign=True)), "no_path"),
        (CA.card("m1", key=ec.generate_private_key(ec.SECP384R1())), "trusted"),
        (CA.card("m1", key=rsa.generate_private_key(65537, 2048)), "trusted"),
        (CA.card("m1", key=rsa.generate_private_key(65537, 1024)), "key"),
        (CA.card("m1", key=ec.generate_private_key(ec.SECP256K1())), "key"),
        (CA.card("m1", subject=name_of("Without number")), "subject"),
        (CA.card("m1", subject=x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, "m1")])), "subject"),
        (CA.card("m1", subject=x509.Name([*name_of("A", "m1"), *name_of("A", "m2")])), "subject"),
        (CA.card("m1", extra=[(UNKNOWN, True)]), "no_path"),
        (CA.card("m1", extra=[(UNKNOWN, False)]), "trusted"),
    ],
)  # fmt: skip
def test_what_kind_of_card_is_taken(card: Card, wanted: str) -> None:
    assert code(card) == wanted


@pytest.mark.parametrize(
    ("card", "officer", "member"),
    [
        (CA.card("o1"), "trusted", "trusted"),
        (CA.card("o1", purpose=ExtendedKeyUsageOID.SMARTCARD_LOGON), "trusted", "trusted"),
        (CA.card("o1", purpose=ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE), "no_path", "trusted"),
        (CA.card("o1", purpose=None), "no_path", "trusted"),
        (CA.card("o1", purpose=ExtendedKeyUsageOID.SERVER_AUTH), "no_path", "no_path"),
        (CA.card("o1", usage=_usage(content_commitment=True)), "no_path", "trusted"),
    ],
)
def test_an_officers_card_spells_out_what_it_is_for(card: Card, officer: str, member: str) -> None:
    held = TrustStore([CA.der], [CA.revoke()])
    for policy, wanted in ((OFFICERS, officer), (MEMBERS, member)):
        try:
            held.judge(card.der, AT, policy)
        except Untrusted as error:
            assert error.code == wanted  # noqa: PT017
        else:
            assert wanted == "trusted"


def test_an_authoritys_own_certificate_is_nobodys_card() -> None:
    assert code(CA.der) == "no_path"


def test_nonsense_is_no_certificate() -> None:
    assert code(b"") == code(b"\x30\x00") == code(CARD.der[:-1]) == "malformed"
    for roots, crls in (([b"x"], []), ([CA.der], [b"x"])):
        with pytest.raises(Untrusted, match="malformed"):
            TrustStore(roots, crls)


def test_without_roots_nobody_is_trusted() -> None:
    assert code(CARD, roots=[]) == "no_path"


def test_a_flipped_bit_in_a_card_is_noticed() -> None:
    for place in range(8 * 40, 8 * len(CARD.der), 97):
        der = bytearray(CARD.der)
        der[place // 8] ^= 1 << place % 8
        assert code(bytes(der)) != "trusted", place


class TestRevocation:
    def test_a_list_that_names_the_card_from_that_day_on(self) -> None:
        crl = CA.revoke(CARD, since=AT)
        assert code(CARD, crls=[crl], at=AT) == "revoked"
        assert code(CARD, crls=[crl], at=AT - timedelta(seconds=1)) == "trusted"
        assert code(CA.card("m002"), crls=[crl]) == "trusted"

    def test_a_list_must_be_there_unless_the_reader_says_that_none_is_published(self) -> None:
        assert code(CARD, crls=[]) == "crl_missing"
        assert code(CARD, crls=[], crl_published=False) == "trusted"

    def test_a_list_of_another_day_doesnt_do(self) -> None:
        old = CA.revoke(until=AT - timedelta(days=1))
        new = CA.revoke(begin=AT + timedelta(days=1))
        assert code(CARD, crls=[old, new]) == "crl_missing"
        assert code(CARD, crls=[old, new], at=AT + timedelta(days=1)) == "trusted"

    def test_but_a_list_of_another_day_that_names_the_card_counts(self) -> None:
        later = CA.revoke(CARD, since=AT - timedelta(days=1), begin=AT + timedelta(days=1))
        assert code(CARD, crls=[CA.revoke(), later]) == "revoked"

    @pytest.mark.parametrize(
        "crl",
        [
            CA.revoke(key=key_of("thief")),
            Authority("Another CA").revoke(),
            CA.revoke(number=None),
            CA.revoke(extra=[(x509.DeltaCRLIndicator(1), True)]),
            CA.revoke(extra=[(PARTIAL, True)]),
        ],
    )  # fmt: skip
    def test_a_list_that_isnt_the_issuers_own_whole_one_doesnt_do(self, crl: bytes) -> None:
        assert code(CARD, crls=[crl]) == "crl_missing"
        assert code(CARD, crls=[crl, CA.revoke()]) == "trusted"

    def test_an_issuer_that_may_not_sign_lists(self) -> None:
        ca = Authority("No lists", crl_sign=False)
        assert code(ca.card("m001"), ca=ca) == "crl_missing"

    def test_a_thief_cant_unrevoke_a_card(self) -> None:
        good, thiefs = CA.revoke(CARD), CA.revoke(key=key_of("thief"), number=2)
        assert code(CARD, crls=[thiefs, good]) == "revoked"


class TestNewList:
    """What may follow the lists that are held: the list of a day later, and nothing else."""

    held = CA.revoke(number=5, begin=AT)
    later = AT + timedelta(days=1)

    def code(self, crl: bytes, *held: bytes) -> str:
        try:
            TrustStore([CA.der], held or [self.held]).check_list(crl, self.later)
        except Untrusted as error:
            return error.code
        return "taken"

    @pytest.mark.parametrize(
        ("crl", "wanted"),
        [
            (CA.revoke(number=6, begin=later), "taken"),
            (held, "taken"),
            (CA.revoke(number=4, begin=later), "crl_older"),
            (CA.revoke(number=6, begin=AT - timedelta(days=1)), "crl_older"),
            (CA.revoke(number=6, begin=later + timedelta(days=1)), "crl_not_yet_valid"),
            (CA.revoke(number=6, begin=AT, until=AT), "crl_expired"),
            (CA.revoke(number=6, begin=later, key=key_of("thief")), "crl_unsigned"),
            (CA.revoke(number=None, begin=later), "crl_unsigned"),
            (Authority("Another CA").revoke(number=6, begin=later), "crl_unsigned"),
            (b"no list", "malformed"),
        ],
    )
    def test_what_may_follow(self, crl: bytes, wanted: str) -> None:
        assert self.code(crl) == wanted

    def test_what_a_thief_put_there_counts_for_nothing(self) -> None:
        thiefs = CA.revoke(key=key_of("thief"), number=99, begin=self.later)
        assert self.code(CA.revoke(number=6, begin=self.later), thiefs, self.held) == "taken"

    def test_lists_are_over_when_the_next_one_is_due(self) -> None:
        store = TrustStore([CA.der], [CA.revoke(begin=DAY_ONE, until=AT)])
        assert store.lists_are_current(AT)
        assert not store.lists_are_current(self.later)

    def test_without_any_list_none_is_current(self) -> None:
        assert not TrustStore([CA.der]).lists_are_current(AT)

    def test_an_authority_that_is_relied_on_no_more_is_not_waited_for(self) -> None:
        former = Authority("Former CA").revoke(begin=DAY_ONE, until=AT)
        assert TrustStore([CA.der], [former, self.held]).lists_are_current(self.later)


class TestChain:
    root = Authority("Root")
    middle = Authority("Middle", parent=root)
    card = middle.card("m001")

    def test_each_issuers_list_is_asked_for(self) -> None:
        store = {"roots": [self.root.der], "intermediates": [self.middle.der]}
        both = [self.root.revoke(), self.middle.revoke()]
        assert code(self.card, crls=both, **store) == "trusted"
        for one in both:
            assert code(self.card, crls=[one], **store) == "crl_missing"

    def test_a_revoked_authority_takes_its_cards_with_it(self) -> None:
        named = Card("", self.middle.key, self.middle.certificate)
        lists = [self.root.revoke(named), self.middle.revoke()]
        assert (
            code(self.card, roots=[self.root.der], intermediates=[self.middle.der], crls=lists) == "revoked"
        )

    def test_an_operators_authorities_are_told_apart(self) -> None:
        """The hall asks for the lists that somebody asks for who holds the root alone."""
        assert trust.anchors([self.middle.der, self.root.der]) == ([self.root.der], [self.middle.der])
        assert trust.anchors([self.middle.der]) == ([self.middle.der], [])
        assert trust.anchors([self.root.der, CA.der, CA.der]) == ([self.root.der, CA.der], [])

    def test_no_more_authorities_lie_between_than_a_peoples_pki_has(self) -> None:
        chain = [self.root]
        for number in range(5):
            chain.append(Authority(f"Level {number}", parent=chain[-1]))
        lists = [one.revoke() for one in chain]
        between = [one.der for one in chain[1:]]
        for deep, wanted in ((4, "trusted"), (5, "no_path")):
            card = chain[deep].card("m001")
            store = {"roots": [self.root.der], "intermediates": between, "crls": lists}
            assert code(card, **store) == wanted

    def test_an_intermediate_isnt_a_root(self) -> None:
        lists = [self.root.revoke(), self.middle.revoke()]
        assert code(self.card, roots=[CA.der], intermediates=[self.middle.der], crls=lists) == "no_path"


def test_certificates_come_from_pem() -> None:
    root = Authority("Root")
    assert trust.certificates(CA.pem + root.pem) == [CA.der, root.der]
    with pytest.raises(Untrusted, match="malformed"):
        trust.certificates("-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n")
