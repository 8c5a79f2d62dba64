"""A throw-away certificate authority: members' cards come from here in the demo, training and tests.

Its keys live in memory and die with the process. Real halls hold their members' CA elsewhere.
"""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from simulators.card_keys import Credential, PrivateKey

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
CARD_YEARS = 5
ROOT_YEARS = 20
CRL_DAYS = 7
_YEAR = timedelta(days=365)
_BACKDATE = timedelta(days=1)
"""Certificates begin a day early: clocks of cards' readers and halls differ."""


class Authority:
    """Root and issuer in one. All times are arguments, aware and in UTC."""

    def __init__(self, at: datetime, name: str = "Đại biểu Quốc hội – CA dùng thử") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject(name)
        self._root = self._self_signed(at)
        self._revoked: dict[int, datetime] = {}
        self._lists = 0
        self.list_life = timedelta(days=CRL_DAYS)
        """How long a list is good: until the next one is due."""

    @property
    def root(self) -> bytes:
        """The root certificate (DER): what a hall puts on its trust list."""
        return self._root.public_bytes(serialization.Encoding.DER)

    @property
    def root_pem(self) -> str:
        """The root certificate for an anchor file."""
        return self._root.public_bytes(serialization.Encoding.PEM).decode()

    def issue(self, member: str, name: str, at: datetime, key: PrivateKey | None = None) -> Credential:
        """A PIV certificate: serialNumber is the member's id, CN the name as the chamber writes it."""
        key = key or p256()
        return Credential(key, self.certify(member, name, at, key.public_key()))

    def certify(self, member: str, name: str, at: datetime, key: PublicKey) -> bytes:
        """The same for a key whose private half stays where it is (DER)."""
        builder = self._builder(_subject(name, member), key, at, CARD_YEARS * _YEAR)
        usage = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SMARTCARD_LOGON]
        builder = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def revoke(self, certificate: bytes, at: datetime) -> None:
        """Takes effect with the next `crl`, as for every authority."""
        self._revoked[x509.load_der_x509_certificate(certificate).serial_number] = at

    def crl(self, at: datetime) -> bytes:
        """The list (DER) of everything revoked so far, good for `list_life`: a week."""
        self._lists += 1
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._name)
            .last_update(at)
            .next_update(at + self.list_life)
            .add_extension(x509.CRLNumber(self._lists), critical=False)
            .add_extension(self._authority_key(), critical=False)
        )
        for serial, since in self._revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _self_signed(self, at: datetime) -> x509.Certificate:
        return (
            self._builder(self._name, self._key.public_key(), at, ROOT_YEARS * _YEAR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def _builder(
        self, subject: x509.Name, key: PublicKey, at: datetime, life: timedelta
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(at - _BACKDATE)
            .not_valid_after(at + life)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(self._authority_key(), critical=False)
        )

    def _authority_key(self) -> x509.AuthorityKeyIdentifier:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def p384() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP384R1())


def rsa2048() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def _subject(name: str, member: str | None = None) -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Diên Hồng – hội trường mô phỏng"),
        x509.NameAttribute(NameOID.COMMON_NAME, name),
    ]
    if member is not None:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, member))
    return x509.Name(parts)


def _key_usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=key_cert_sign, crl_sign=crl_sign,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
