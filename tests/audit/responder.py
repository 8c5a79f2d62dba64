"""A throw-away OCSP responder: the authority's own answers, or a delegate's."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.audit.cards import DAY_ONE, YEARS, Authority, Card, name_of

GOOD, REVOKED, UNKNOWN = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN
NO_CHECK = (x509.OCSPNoCheck(), False)


def delegate(ca: Authority, *, purpose: x509.ObjectIdentifier | None = None, exempt: bool = True) -> Card:
    """A certificate by which the authority lets another key answer."""
    extra = [NO_CHECK] if exempt else []
    purpose = purpose or ExtendedKeyUsageOID.OCSP_SIGNING
    return ca.card("", subject=name_of("Responder"), purpose=purpose, extra=extra)


def impostor(ca: Authority) -> Authority:
    """One of the same name, with another key."""
    false = Authority("Impostor")
    false.name, false.certificate = (
        ca.name,
        false._issue(
            name_of(ca.name), false.key.public_key(), [(x509.BasicConstraints(True, None), True)], by=false
        ),
    )
    return false


def answer(
    ca: Authority,
    card: Card,
    status: ocsp.OCSPCertStatus = GOOD,
    *,
    begin: datetime = DAY_ONE,
    until: datetime | None = DAY_ONE + YEARS,
    since: datetime = DAY_ONE,
    by: Card | None = None,
    thief: Authority | None = None,
    shown: bool = True,
    by_key: bool = False,
    asked: hashes.HashAlgorithm | None = None,
    digest: hashes.HashAlgorithm | None = None,
    extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> bytes:
    """DER. `by`: a delegate; `shown`: whether its certificate comes with the answer; `thief`: who
    signs in the authority's name."""
    signer = by.certificate if by else (thief or ca).certificate
    encoding = ocsp.OCSPResponderEncoding.HASH if by_key else ocsp.OCSPResponderEncoding.NAME
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=card.certificate, issuer=ca.certificate, algorithm=asked or hashes.SHA1(), cert_status=status,
        this_update=begin, next_update=until, revocation_reason=None,
        revocation_time=since if status is REVOKED else None,
    ).responder_id(encoding, signer)  # fmt: skip
    if by and shown:
        builder = builder.certificates([by.certificate])
    for value, critical in extra:
        builder = builder.add_extension(value, critical)
    own = by.key if by else (thief or ca).key
    return builder.sign(own, digest or hashes.SHA256()).public_bytes(Encoding.DER)
