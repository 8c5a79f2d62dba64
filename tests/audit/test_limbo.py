"""C2SP's x509-limbo through the judgement of cards.

Its cases are mostly web servers', whose rules don't bind a members' PKI: each case that is judged otherwise
stands below with its reason, and everything else must be judged as published.
"""

import warnings
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from audit.errors import Untrusted
from audit.path import MEMBERS
from audit.trust import TrustStore
from tests.audit.exceptions import documented
from tests.audit.shared import loaded

STRICTER = {
    "pathlen::validation-ignores-pathlen-in-leaf": "an authority's own certificate: no member's card",
    "rfc5280::ca-as-leaf": "an authority's own certificate: no member's card",
    "pathlen::self-issued-certs-pathlen": "self-issued intermediates: no members' PKI has them",
    "crl::issuer-no-keyusage-extension": "an authority must say that it may sign certificates",
    "rfc5280::nc::permitted-dn-match": "constraints on directory names aren't understood, so they refuse",
    "online::microsoft.com": "its authorities are for servers, not for signing in",
    "online::bing.com": "its authorities are for servers, not for signing in",
}
"""Published as good, refused here."""

LAXER = {
    "pathlen::max-chain-depth-0-exhausted": "asks for a lower depth than that of a members' PKI",
    "pathlen::max-chain-depth-1-exhausted": "asks for a lower depth than that of a members' PKI",
    "pathological::nc-dos-3": "much work for a server's names in the subject; nothing else is wrong",
    "rfc5280::aki::leaf-missing-aki": "a hint for finding the path: the signature is what is checked",
    "rfc5280::aki::intermediate-missing-aki": "a hint for finding the path",
    "rfc5280::aki::cross-signed-root-missing-aki": "a hint for finding the path",
    "rfc5280::ski::root-missing-ski": "a hint for finding the path",
    "rfc5280::ski::intermediate-missing-ski": "a hint for finding the path",
    "rfc5280::nc::permitted-dns-match-noncritical": "the constraint is kept all the same",
    "rfc5280::pc::ica-noncritical-pc": "certificate policies aren't used",
    "rfc5280::san::noncritical-with-empty-subject": "nobody is in an empty subject",
    "rfc5280::san::underscore-dns": "alternative names aren't read",
    "rfc5280::san::ip-in-dns": "alternative names aren't read",
    "rfc5280::eku::ee-wrong-eku": "for clients, not for servers: right for a card",
    "webpki::eku::ee-anyeku": "any purpose includes signing in; web servers may not say so",
    "webpki::eku::ee-critical-eku": "RFC 5280 allows it; web servers may not",
    "webpki::eku::ee-without-eku": "no purpose given is every purpose (RFC 5280, section 4.2.1.12)",
    "webpki::aki::root-with-aki-all-fields": "a rule of the CA/Browser Forum",
    "webpki::aki::root-with-aki-ski-mismatch": "a rule of the CA/Browser Forum",
    "webpki::forbidden-rsa-not-divisible-by-8-in-root": "a rule of the CA/Browser Forum",
    "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf": "a rule of the CA/Browser Forum",
}
"""Published as bad, good here."""

ABOUT_SERVER_NAMES = ("webpki::san::", "webpki::cn::")
SERVER_NAMES_WHY = "a server's DNS name must be the one asked for; a card has a member's id instead"

POLICY = replace(MEMBERS, purposes=MEMBERS.purposes | {ExtendedKeyUsageOID.SERVER_AUTH})
"""Most cases are servers'; with this the rest of the path is judged and not the purpose alone."""

Case = dict[str, Any]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    found: list[Case] = loaded("x509-limbo.json")["testcases"]
    return found


def ders(pems: list[str]) -> list[bytes]:
    return [x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER) for pem in pems]


def differs(case: Case) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # serial numbers below one, in the cases about them
        return trusted(case) != (case["expected_result"] == "SUCCESS")


def trusted(case: Case) -> bool:
    at = datetime.fromisoformat(case["validation_time"]) if case["validation_time"] else datetime.now(UTC)
    try:
        lists = [x509.load_pem_x509_crl(pem.encode()).public_bytes(Encoding.DER) for pem in case["crls"]]
        store = TrustStore(
            ders(case["trusted_certs"]),
            lists,
            intermediates=ders(case["untrusted_intermediates"]),
            crl_published="has-crl" in case["features"],
        )
        store.judge(ders([case["peer_certificate"]])[0], at, POLICY)
    except Untrusted as error:
        return error.code == "subject"  # the last step: no web server has a member's id
    except ValueError:
        return False  # not even a certificate for the library that this test reads it with
    return True


def test_every_case_is_judged_as_published_or_for_a_stated_reason(cases: list[Case]) -> None:
    found = {case["id"]: case["expected_result"] for case in cases if differs(case)}
    assert {name for name, wanted in found.items() if wanted == "SUCCESS"} == set(STRICTER)
    laxer = {name for name, wanted in found.items() if wanted == "FAILURE"}
    assert {name for name in laxer if not name.startswith(ABOUT_SERVER_NAMES)} == set(LAXER)
    assert len(cases) == 208
    assert sum("has-crl" in case["features"] for case in cases) == 8


def test_the_exceptions_stand_in_the_specification() -> None:
    prefixes = ", ".join(f"{one}*" for one in ABOUT_SERVER_NAMES)
    assert documented("x509-limbo") == {*STRICTER.items(), *LAXER.items(), (prefixes, SERVER_NAMES_WHY)}
