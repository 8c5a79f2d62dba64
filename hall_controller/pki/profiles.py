"""What the authority's certificates say, kind by kind (RFC 5280; docs/specs/authority.md). Pure.

Keys, serial numbers and times are arguments. What a holder may be called comes from the officer, never from
a request: of a CSR only the key is taken.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from cryptography.x509.oid import NameOID

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
SIGNS = ("digital_signature",)
SIGNS_BALLOTS = ("digital_signature", "content_commitment")
_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


class Kind(StrEnum):
    MEMBER = "member"
    PROVISIONAL = "provisional"
    """For a member whose card was forgotten: one sitting day."""
    OFFICER = "officer"
    SERVER = "server"
    """The hall's pages and the broker: TLS."""
    DEVICE = "device"
    """The hall and its bridges towards the broker: TLS."""


_ARC = "2.25.337033550457861103652912421851037224915"
"""A UUID's own arc (X.667): fd8e4cfb-43bf-4f06-918c-3c91e670cfd3. Nobody has to register it."""
MARKS = {
    Kind.MEMBER: x509.ObjectIdentifier(f"{_ARC}.1"),
    Kind.PROVISIONAL: x509.ObjectIdentifier(f"{_ARC}.2"),
    Kind.OFFICER: x509.ObjectIdentifier(f"{_ARC}.3"),
}
"""Certificate policies: programs tell by them what kind of card they see."""
UNITS = {Kind.PROVISIONAL: "THẺ TẠM – PROVISIONAL CARD", Kind.OFFICER: "CÁN BỘ – OFFICER"}
"""People tell by these, in any viewer of certificates."""
_PURPOSES = {
    Kind.MEMBER: (Purpose.CLIENT_AUTH, Purpose.SMARTCARD_LOGON),
    Kind.PROVISIONAL: (Purpose.CLIENT_AUTH, Purpose.SMARTCARD_LOGON),
    Kind.OFFICER: (Purpose.CLIENT_AUTH, Purpose.SMARTCARD_LOGON),
    Kind.SERVER: (Purpose.SERVER_AUTH,),
    Kind.DEVICE: (Purpose.CLIENT_AUTH,),
}
ON_CARDS = frozenset(MARKS)


@dataclass(frozen=True, slots=True)
class House:
    """Whose authority it is: in every subject."""

    name: str
    organisation: str
    country: str
    crl_url: str | None = None

    def subject(
        self, common: str, *, unit: str | None = None, number: str | None = None, day: str | None = None
    ) -> x509.Name:
        parts = [(NameOID.COUNTRY_NAME, self.country), (NameOID.ORGANIZATION_NAME, self.organisation)]
        if unit:
            parts.append((NameOID.ORGANIZATIONAL_UNIT_NAME, f"{unit} {day}" if day else unit))
        parts.append((NameOID.COMMON_NAME, common))
        if number:
            parts.append((NameOID.SERIAL_NUMBER, number))
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


@dataclass(frozen=True, slots=True)
class Wanted:
    """A certificate to make."""

    kind: Kind
    holder: str
    name: str
    not_before: datetime
    not_after: datetime
    ballots: bool = False
    """For the key that signs ballots on the card (PIV 9C)."""
    names: tuple[str, ...] = ()
    """Of a server: host names and addresses."""
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Issuer:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def authority(
    house: House, common: str, key: ec.EllipticCurvePrivateKey, begin: datetime, end: datetime,
    serial: int, by: Issuer | None = None, *, path_length: int = 0,
) -> x509.Certificate:  # fmt: skip
    """Self-signed, or by the one above. `path_length`: how many authorities may stand below it."""
    subject = house.subject(common)
    issuer = by.certificate.subject if by else subject
    builder = _builder(subject, issuer, key.public_key(), begin, end, serial)
    signing = by.key if by else key
    constraints = x509.BasicConstraints(ca=True, path_length=path_length)
    return (
        builder.add_extension(constraints, critical=True)
        .add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
        .sign(signing, hashes.SHA384())
    )


def certificate(house: House, wanted: Wanted, key: PublicKey, serial: int, by: Issuer) -> x509.Certificate:
    """Signed by one of the authorities below the root."""
    kind = wanted.kind
    number = wanted.holder if kind in ON_CARDS else None
    subject = house.subject(wanted.name, unit=UNITS.get(kind), number=number, day=wanted.day)
    end = min(wanted.not_after, by.certificate.not_valid_after_utc)
    builder = _builder(subject, by.certificate.subject, key, wanted.not_before, end, serial)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(*(SIGNS_BALLOTS if wanted.ballots else SIGNS)), critical=True)
        .add_extension(x509.ExtendedKeyUsage(_PURPOSES[kind]), critical=False)
        .add_extension(identifier, critical=False)
    )
    return _marked(builder, house, wanted).sign(by.key, hashes.SHA256())


def _marked(builder: x509.CertificateBuilder, house: House, wanted: Wanted) -> x509.CertificateBuilder:
    if wanted.kind in MARKS:
        policy = x509.PolicyInformation(MARKS[wanted.kind], None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
        if house.crl_url:
            point = x509.DistributionPoint(
                [x509.UniformResourceIdentifier(house.crl_url)], None, None, None
            )
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    if wanted.names:
        builder = builder.add_extension(x509.SubjectAlternativeName(_named(wanted.names)), critical=False)
    return builder


def kind_of(certificate: x509.Certificate) -> Kind | None:
    """By its mark; None where it has none of ours."""
    try:
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return None
    marks = {oid: kind for kind, oid in MARKS.items()}
    found = [marks[one.policy_identifier] for one in policies if one.policy_identifier in marks]
    return found[0] if len(found) == 1 else None


def usage(*on: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in on for name in _USAGES})


def _named(names: Sequence[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, begin: datetime, end: datetime, serial: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
