"""A throw-away authority and its members' cards, for tests. Keys come from names: runs are alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from audit import base64url
from audit.signing import EcSigner

DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=3650)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def key_of(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(sha256(name.encode()).digest()[:31], "big"), ec.SECP256R1())


def name_of(common: str, serial: str | None = None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if serial is not None:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial))
    return x509.Name(parts)


@dataclass(frozen=True)
class Card:
    member: str
    key: PrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def fingerprint(self) -> str:
        return sha256(self.der).hexdigest()

    @property
    def naming(self) -> dict[str, str]:
        return {"x5t#S256": base64url.encode(sha256(self.der).digest())}

    @property
    def signer(self) -> EcSigner:
        assert isinstance(self.key, ec.EllipticCurvePrivateKey)
        return EcSigner(self.key)


@dataclass
class Authority:
    name: str = "Văn phòng Quốc hội CA"
    parent: "Authority | None" = None
    crl_sign: bool = True
    key: ec.EllipticCurvePrivateKey = field(init=False)
    certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        self.key = key_of(self.name)
        usage = _usage(key_cert_sign=True, crl_sign=self.crl_sign)
        self.certificate = self._issue(
            name_of(self.name), self.key.public_key(),
            [(x509.BasicConstraints(ca=True, path_length=None), True), (usage, True)],
            by=self.parent or self,
        )  # fmt: skip

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def card(
        self,
        member: str,
        name: str = "Nguyễn Văn A",
        *,
        subject: x509.Name | None = None,
        key: PrivateKey | None = None,
        purpose: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.CLIENT_AUTH,
        begin: datetime = DAY_ONE,
        end: datetime = DAY_ONE + YEARS,
        extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
        usage: x509.KeyUsage | None = None,
    ) -> Card:
        key = key or key_of(f"{self.name}/{member}")
        extensions = [(x509.BasicConstraints(ca=False, path_length=None), True)]
        extensions += [(usage or _usage(digital_signature=True), True), *extra]
        if purpose is not None:
            extensions.append((x509.ExtendedKeyUsage([purpose]), False))
        made = self._issue(
            subject or name_of(name, member), key.public_key(), extensions, by=self, begin=begin, end=end
        )
        return Card(member, key, made)

    def certify(self, member: str, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> bytes:
        """A card's certificate (DER) for a key of which only the public half is here."""
        return self._issue(
            name_of("Nguyễn Văn A", member), key, [(_usage(digital_signature=True), True)], by=self
        ).public_bytes(Encoding.DER)

    def revoke(
        self,
        *cards: Card,
        since: datetime = DAY_ONE,
        begin: datetime = DAY_ONE,
        until: datetime | None = DAY_ONE + YEARS,
        key: ec.EllipticCurvePrivateKey | None = None,
        number: int | None = 1,
        extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
    ) -> bytes:
        """A list of revoked certificates, DER; with no cards the empty one."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(begin).next_update(until or begin)
        for card in cards:
            entry = x509.RevokedCertificateBuilder().serial_number(card.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(since).build())
        if number is not None:
            builder = builder.add_extension(x509.CRLNumber(number), critical=False)
        for value, critical in extra:
            builder = builder.add_extension(value, critical=critical)
        return builder.sign(key or self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _issue(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        extensions: Sequence[tuple[x509.ExtensionType, bool]],
        *,
        by: "Authority",
        begin: datetime = DAY_ONE,
        end: datetime = DAY_ONE + YEARS,
    ) -> x509.Certificate:
        serial = (
            int.from_bytes(sha256(subject.public_bytes() + self.name.encode()).digest()[:15], "big") + 1
        )
        builder = x509.CertificateBuilder(
            subject_name=subject, issuer_name=name_of(by.name), public_key=key, serial_number=serial,
            not_valid_before=begin, not_valid_after=end,
        )  # fmt: skip
        ski = x509.SubjectKeyIdentifier.from_public_key(key)
        aki = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
        for value, critical in [*extensions, (ski, False), (aki, False)]:
            builder = builder.add_extension(value, critical=critical)
        return builder.sign(by.key, hashes.SHA256())


def _usage(**on: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: on.get(name, False) for name in names})
