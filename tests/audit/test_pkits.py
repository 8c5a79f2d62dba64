"""NIST's PKITS (2011) through the judgement of cards: 223 paths of RSA-2048 with their revocation lists.

The whole collection is given at once, authorities and lists alike: our own search has to find the path.
Certificates there name no member; what is asked is everything before that last step.
"""

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509

from audit.algorithms import ANY, Algorithms
from audit.errors import Untrusted
from audit.trust import TrustStore
from tests.audit.exceptions import documented

FOLDER = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data"
AT = datetime(2020, 1, 1, tzinfo=UTC)

STRICTER = {
    "each key of an authority signs its own lists; none is taken from another key of that name": (
        "BasicSelfIssuedCRLSigningKeyTest6", "BasicSelfIssuedNewWithOldTest3",
        "BasicSelfIssuedNewWithOldTest4", "BasicSelfIssuedOldWithNewTest1",
        "SeparateCertificateandCRLKeysTest19",
    ),
    "constraints on directory names aren't understood, so they refuse": (
        "DNandRFC822nameConstraintsTest27", "DNnameConstraintsTest1", "DNnameConstraintsTest4",
        "DNnameConstraintsTest5", "DNnameConstraintsTest6", "DNnameConstraintsTest11",
        "DNnameConstraintsTest14", "DNnameConstraintsTest18", "DNnameConstraintsTest19",
    ),
    "constraints on addresses of the web aren't understood, so they refuse": (
        "URInameConstraintsTest34", "URInameConstraintsTest36",
    ),
    "DSA isn't taken": (
        "DSASignaturesTest4", "DSAParameterInheritanceTest5",
    ),
    "a day before 2050 is written as UTCTime (RFC 5280, section 4.1.2.5)": (
        "GeneralizedTimenotBeforeDateTest4",
    ),
    "names are compared byte by byte": (
        "NameChainingCapitalizationTest5", "NameChainingWhitespaceTest3",
        "NameChainingWhitespaceTest4", "RolloverfromPrintableStringtoUTF8StringTest10",
        "UTF8StringCaseInsensitiveMatchTest11",
    ),
    "self-issued certificates count for the depth of a path like any other": (
        "SelfIssuedpathLenConstraintTest15", "SelfIssuedpathLenConstraintTest17",
        "SelfIssuedinhibitAnyPolicyTest7", "SelfIssuedinhibitAnyPolicyTest9",
    ),
    "an authority's own certificate: no member's card": (
        "onlyContainsCACertsTest13", "pathLenConstraintTest8", "pathLenConstraintTest14",
    ),
    "an authority's basic constraints must be critical (RFC 5280, section 4.2.1.9)": (
        "basicConstraintsNotCriticalTest4",
    ),
    "rules about certificate policies that are critical aren't understood, so they refuse": (
        "PolicyMappingTest1", "PolicyMappingTest3", "PolicyMappingTest5", "PolicyMappingTest6",
        "PolicyMappingTest9", "PolicyMappingTest11", "PolicyMappingTest12", "PolicyMappingTest13",
        "PolicyMappingTest14", "SelfIssuedinhibitPolicyMappingTest7",
        "SelfIssuedrequireExplicitPolicyTest6", "inhibitAnyPolicyTest2",
        "inhibitPolicyMappingTest2", "inhibitPolicyMappingTest4", "requireExplicitPolicyTest1",
        "requireExplicitPolicyTest2", "requireExplicitPolicyTest4",
    ),
    "indirect and partitioned lists aren't taken": (
        "IDPwithindirectCRLTest22", "IDPwithindirectCRLTest24", "IDPwithindirectCRLTest25",
        "cRLIssuerTest28", "cRLIssuerTest29", "cRLIssuerTest30", "cRLIssuerTest33",
        "distributionPointTest1", "distributionPointTest4", "distributionPointTest5",
        "distributionPointTest7", "onlySomeReasonsTest18", "onlySomeReasonsTest19",
    ),
    "a card once revoked stays so: the delta list that takes it off isn't read": (
        "deltaCRLTest5",
    ),
}  # fmt: skip
"""Published as valid, refused here."""

LAXER = {
    "delta lists aren't read: the complete list is whole and current, and doesn't name it": (
        "deltaCRLTest4",
    ),
}  # fmt: skip
"""Published as invalid, good here."""

LEFT_OUT = {
    "asks for which certificate policies a path is good; nothing rests on those here": (
        "AllCertificatesNoPoliciesTest2", "AllCertificatesSamePoliciesTest10",
        "AllCertificatesSamePoliciesTest13", "AllCertificatesanyPolicyTest11", "AnyPolicyTest14",
        "CPSPointerQualifierTest20", "DifferentPoliciesTest3", "DifferentPoliciesTest4",
        "DifferentPoliciesTest5", "DifferentPoliciesTest7", "DifferentPoliciesTest8",
        "DifferentPoliciesTest9", "DifferentPoliciesTest12", "OverlappingPoliciesTest6",
        "UserNoticeQualifierTest15", "UserNoticeQualifierTest16", "UserNoticeQualifierTest17",
        "UserNoticeQualifierTest18", "UserNoticeQualifierTest19", "inhibitAnyPolicyTest3",
    ),
}  # fmt: skip
"""Its answer depends on what the asker wants of policies: neither valid nor invalid by name."""


def names(table: dict[str, tuple[str, ...]]) -> set[str]:
    return {name for listed in table.values() for name in listed}


def readable(folder: str) -> Iterator[bytes]:
    for path in sorted((FOLDER / folder).iterdir()):
        try:
            if folder == "certs":
                x509.load_der_x509_certificate(path.read_bytes()).extensions  # noqa: B018
            else:
                x509.load_der_x509_crl(path.read_bytes()).extensions  # noqa: B018
        except (ValueError, x509.UnsupportedGeneralNameType):
            continue  # such an authority or list would be refused when a hall reads it
        yield path.read_bytes()


@pytest.fixture(scope="module")
def store() -> Iterator[TrustStore]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # serial numbers below one, in the cases about them
        yield collection()


def collection(algorithms: Algorithms = ANY) -> TrustStore:
    root = (FOLDER / "certs" / "TrustAnchorRootCertificate.crt").read_bytes()
    return TrustStore([root], readable("crls"), intermediates=readable("certs"), algorithms=algorithms)


def judged(store: TrustStore) -> Iterator[tuple[str, bool]]:
    for path in sorted((FOLDER / "certs").glob("*EE.crt")):
        try:
            store.judge(path.read_bytes(), AT)
        except Untrusted as error:
            yield path.stem.removesuffix("EE"), error.code == "subject"  # no member's id in any of them
        else:
            yield path.stem.removesuffix("EE"), True


def test_every_path_is_judged_as_published_or_for_a_stated_reason(store: TrustStore) -> None:
    found = dict(judged(store))
    refused = {
        name.removeprefix("Valid") for name, good in found.items() if name.startswith("Valid") and not good
    }
    taken = {
        name.removeprefix("Invalid") for name, good in found.items() if name.startswith("Invalid") and good
    }
    others = {name for name in found if not name.startswith(("Valid", "Invalid"))}
    assert refused == names(STRICTER)
    assert taken == names(LAXER)
    assert others == names(LEFT_OUT)
    assert sum(name.startswith("Invalid") for name in found) > 100


def test_the_exceptions_stand_in_the_specification() -> None:
    said = {
        (", ".join(listed), reason)
        for table in (STRICTER, LAXER, LEFT_OUT)
        for reason, listed in table.items()
    }
    assert documented("PKITS") == said


def test_a_hall_that_wants_no_pkcs1_takes_none_of_them() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        strict = collection(Algorithms(authorities=frozenset({"P-256", "P-384", "RSA-PSS"})))
        assert not any(good for name, good in judged(strict) if name.startswith("Valid"))
