"""Where certificates say that one learns of revocation: lists (CDP) and OCSP responders (AIA)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from audit.path import UNREADABLE


@dataclass(frozen=True, slots=True)
class Question:
    """One certificate's status, to ask of a responder."""

    subject: x509.Certificate
    issuer: x509.Certificate
    address: str

    @property
    def request(self) -> bytes:
        """DER. With SHA-1, which only finds the issuer here: it is what every responder understands."""
        builder = ocsp.OCSPRequestBuilder().add_certificate(self.subject, self.issuer, hashes.SHA1())  # noqa: S303
        return builder.build().public_bytes(Encoding.DER)

    @property
    def fingerprint(self) -> str:
        return self.subject.fingerprint(hashes.SHA256()).hex()


def lists_of(certificates: Iterable[x509.Certificate]) -> list[str]:
    """The addresses of whole lists by the certificates' own issuers, each once."""
    return list(dict.fromkeys(address for one in certificates for address in _points(one)))


def _points(certificate: x509.Certificate) -> Iterator[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return
    for point in found:
        if point.reasons is None and point.crl_issuer is None:
            names = point.full_name or ()
            yield from (name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))


def questions(
    certificates: Iterable[x509.Certificate], authorities: list[x509.Certificate]
) -> Iterator[Question]:
    """For each certificate that names a responder and whose issuer is known."""
    for one in certificates:
        address, issuer = _responder(one), _issuer(one, authorities)
        if address is not None and issuer is not None:
            yield Question(one, issuer, address)


def _responder(certificate: x509.Certificate) -> str | None:
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return None
    for access in found:
        name = access.access_location
        if access.access_method == AuthorityInformationAccessOID.OCSP and isinstance(
            name, x509.UniformResourceIdentifier
        ):
            return name.value
    return None


def _issuer(certificate: x509.Certificate, authorities: list[x509.Certificate]) -> x509.Certificate | None:
    for authority in authorities:
        try:
            certificate.verify_directly_issued_by(authority)
        except (InvalidSignature, *UNREADABLE):
            continue
        return authority
    return None
