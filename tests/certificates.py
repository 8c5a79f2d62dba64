"""A throw-away authority for brokers' certificates, made for one test: true ones, and wrong in one way."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Issuer:
    name: str = "Hall's own authority"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False
    )

    def write_root(self, path: Path) -> Path:
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        root = (
            _builder(self.name, self.name, self.key, datetime.now(UTC) + 30 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(identifier, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        path.write_bytes(root.public_bytes(Encoding.PEM))
        return path

    def write(self, cert: Path, key: Path, name: str = "127.0.0.1", expired: bool = False) -> None:
        """A certificate for `name`, an address or a host's, and its key."""
        own = ec.generate_private_key(ec.SECP256R1())
        until = datetime.now(UTC) + (-DAY if expired else 30 * DAY)
        issued = (
            _builder(self.name, name, own, until)
            .add_extension(x509.SubjectAlternativeName(_names(name)), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        cert.write_bytes(issued.public_bytes(Encoding.PEM))
        key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _names(name: str) -> Sequence[x509.GeneralName]:
    try:
        return [x509.IPAddress(ipaddress.ip_address(name))]
    except ValueError:
        return [x509.DNSName(name)]


def _builder(
    issuer: str, subject: str, key: ec.EllipticCurvePrivateKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - 60 * DAY)
        .not_valid_after(until)
    )
