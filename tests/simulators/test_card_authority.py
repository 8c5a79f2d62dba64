"""The throw-away authority: certificates and lists, judged by a validator that is not ours."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from simulators.authority import Authority, p384, rsa2048

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


def chain_holds(authority: Authority, certificate: bytes, at: datetime) -> bool:
    store = Store([x509.load_der_x509_certificate(authority.root)])
    members = ExtensionPolicy.permit_all().require_present(
        x509.KeyUsage, Criticality.CRITICAL, lambda policy, found, usage: None
    )
    policies = PolicyBuilder().store(store).time(at).extension_policies(
        ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=members
    )  # fmt: skip
    try:
        policies.build_client_verifier().verify(x509.load_der_x509_certificate(certificate), [])
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize("key", [None, p384(), rsa2048()], ids=["P-256", "P-384", "RSA"])
def test_a_members_certificate_chains_to_the_root(key: object) -> None:
    authority = Authority(AT)
    issued = authority.issue("vn.qh.15.001", "Nguyễn Thị Đại Biểu", AT, key)  # type: ignore[arg-type]
    certificate = x509.load_der_x509_certificate(issued.certificate)
    (member,) = certificate.subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)
    (name,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert (member.value, name.value) == ("vn.qh.15.001", "Nguyễn Thị Đại Biểu")
    assert chain_holds(authority, issued.certificate, AT)
    assert not chain_holds(Authority(AT), issued.certificate, AT), "another authority of the same name"
    assert not chain_holds(authority, issued.certificate, AT + timedelta(days=6 * 365))


def test_what_is_revoked_stands_on_the_next_list() -> None:
    authority = Authority(AT)
    kept, lost = (authority.issue(member, "Đại Biểu", AT).certificate for member in ("m1", "m2"))
    before = x509.load_der_x509_crl(authority.crl(AT))
    authority.revoke(lost, AT + timedelta(hours=1))
    after = x509.load_der_x509_crl(authority.crl(AT + timedelta(hours=2)))
    root = x509.load_der_x509_certificate(authority.root)
    assert after.is_signature_valid(root.public_key())  # type: ignore[arg-type]
    assert after.issuer == root.subject
    serials = [x509.load_der_x509_certificate(one).serial_number for one in (kept, lost)]
    assert [before.get_revoked_certificate_by_serial_number(serial) for serial in serials] == [None, None]
    listed = after.get_revoked_certificate_by_serial_number(serials[1])
    assert after.get_revoked_certificate_by_serial_number(serials[0]) is None
    assert listed is not None
    assert listed.revocation_date_utc == AT + timedelta(hours=1)


def test_the_root_as_an_anchor_file_holds_it() -> None:
    authority = Authority(AT)
    root = x509.load_pem_x509_certificate(authority.root_pem.encode())
    assert root == x509.load_der_x509_certificate(authority.root)
    root.verify_directly_issued_by(root)
