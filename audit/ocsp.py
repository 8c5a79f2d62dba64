"""An OCSP answer about one certificate (RFC 6960), fetched before the sitting and kept.

No nonce is asked for: it would prove that an answer was made for one request, and this one is read by
everybody who verifies the log. Its times are what is judged. One without `nextUpdate` is refused, since
nobody could say of it whether it was current at a vote; so is one about several certificates, whose
extensions the library doesn't show.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from audit.algorithms import Algorithms, signed_by
from audit.errors import Untrusted
from audit.path import UNREADABLE
from audit.span import ALWAYS, Span

_SECOND = timedelta(seconds=1)
_UNDERSTOOD = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.OCSPNoCheck)
"""What may be critical in a responder's certificate."""


@dataclass(frozen=True, slots=True)
class Responder:
    """Who signed: the issuer itself, or one to whom it delegated that."""

    delegate: x509.Certificate | None
    span: Span
    """When the answer is current, and its delegate's certificate valid."""
    exempt: bool = True
    """Whether nobody needs to ask if the delegate was revoked: the issuer's word (`ocsp-nocheck`)."""


class OcspAnswer:
    """One answer, DER. Raises Untrusted("malformed") for what is none, or none about a certificate."""

    def __init__(self, der: bytes) -> None:
        try:
            self._answer = ocsp.load_der_ocsp_response(der)
            self._single = _only(self._answer)
            self._extensions = [*self._answer.extensions, *self._answer.single_extensions]
            self._hash = self._single.hash_algorithm
            self._until = self._single.next_update_utc
        except UNREADABLE as error:
            raise Untrusted("malformed", f"no OCSP answer: {error}") from None
        self.serial = self._single.serial_number
        self.since = self._single.this_update_utc
        self._judged: dict[tuple[bytes, Algorithms], Responder | str] = {}

    @property
    def until(self) -> datetime | None:
        """When the next one is due; every answer that is fit says it."""
        return self._until

    def concerns(self, issuer: x509.Certificate) -> bool:
        """Whether it is about one of that issuer's certificates, by name and key."""
        try:
            own = ocsp.OCSPRequestBuilder().add_certificate(issuer, issuer, self._hash).build()
        except UNREADABLE:
            return False
        said = self._single.issuer_name_hash, self._single.issuer_key_hash
        return said == (own.issuer_name_hash, own.issuer_key_hash)

    def responder(self, issuer: x509.Certificate, algorithms: Algorithms) -> Responder | str:
        """Who signed it, or why it can't be used for that issuer's certificates. Judged once."""
        asked = issuer.fingerprint(hashes.SHA256()), algorithms
        if asked not in self._judged:
            self._judged[asked] = self._judge(issuer, algorithms)
        return self._judged[asked]

    def _judge(self, issuer: x509.Certificate, algorithms: Algorithms) -> Responder | str:
        for extension in self._extensions:
            if extension.critical:
                return f"critical extension {extension.oid.dotted_string}"
        if not self.concerns(issuer):
            return "about another authority's certificate"
        if self._until is None:
            return "no date of the next one"
        span = Span(self.since, self._until)
        if self._is_of(issuer):
            return self._unsigned(issuer, algorithms) or Responder(None, span)
        named = filter(self._is_of, self._answer.certificates)
        found = [self._delegated(one, issuer, algorithms, span) for one in named]
        good = (one for one in found if isinstance(one, Responder))
        return next(good, found[0] if found else "signed by nobody whose certificate is known")

    def _delegated(
        self, delegate: x509.Certificate, issuer: x509.Certificate, algorithms: Algorithms, span: Span
    ) -> Responder | str:
        try:
            reason = _may_answer(delegate, issuer) or algorithms.objection(delegate, issuer.public_key())
            exempt = _has(delegate, x509.OCSPNoCheck)
        except UNREADABLE as error:
            return f"the responder's certificate: {error}"
        valid = Span(delegate.not_valid_before_utc, delegate.not_valid_after_utc)
        known = Responder(delegate, span.within(valid), exempt)
        return reason or self._unsigned(delegate, algorithms) or known

    def _is_of(self, signer: x509.Certificate) -> bool:
        """Whether the answer names this certificate as its signer's, by name or by key."""
        if self._answer.responder_name is not None:
            return self._answer.responder_name == signer.subject
        try:
            own = x509.SubjectKeyIdentifier.from_public_key(signer.public_key()).digest
        except UNREADABLE:
            return False
        return self._answer.responder_key_hash == own

    def _unsigned(self, signer: x509.Certificate, algorithms: Algorithms) -> str | None:
        answer = self._answer
        try:
            key = signer.public_key()
            objection = algorithms.objection(answer, key)
        except UNREADABLE as error:
            return f"signed by a key that can't be read: {error}"
        if objection is not None:
            return objection
        digest = answer.signature_hash_algorithm
        assert digest is not None  # it was one of SHA-2
        good = signed_by(
            key, answer.signature_algorithm_oid, digest, answer.tbs_response_bytes, answer.signature
        )
        return None if good else "not signed by its responder"

    @property
    def is_unknown(self) -> bool:
        """The authority's own word that it knows of no such certificate."""
        return self._single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN

    def check(self, at: datetime) -> Span:
        """When, around `at`, it doesn't say revoked. Raises Untrusted("revoked"). The answer is fit."""
        if self._single.certificate_status is not ocsp.OCSPCertStatus.REVOKED:
            return ALWAYS
        since = self._single.revocation_time_utc
        assert since is not None  # RFC 6960, section 4.2.1: it is part of the answer
        if since <= at:
            raise Untrusted("revoked", f"since {since}")
        return Span(ALWAYS.since, since - _SECOND)


def _only(answer: ocsp.OCSPResponse) -> ocsp.OCSPSingleResponse:
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise ValueError(f"the responder says {answer.response_status.name.lower()}")
    found = list(answer.responses)
    if len(found) != 1:
        raise ValueError(f"about {len(found)} certificates, not one")
    return found[0]


def _may_answer(delegate: x509.Certificate, issuer: x509.Certificate) -> str | None:
    """RFC 6960, section 4.2.2.2: issued for this by the very authority that it answers for."""
    try:
        delegate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE):
        return "its responder's certificate isn't the authority's"
    for extension in delegate.extensions:
        if extension.critical and not isinstance(extension.value, _UNDERSTOOD):
            return f"its responder's certificate has a critical extension {extension.oid.dotted_string}"
        if isinstance(extension.value, x509.KeyUsage) and not extension.value.digital_signature:
            return "its responder's key may not sign"
    purposes = delegate.extensions
    if not _has(delegate, x509.ExtendedKeyUsage) or ExtendedKeyUsageOID.OCSP_SIGNING not in (
        purposes.get_extension_for_class(x509.ExtendedKeyUsage).value
    ):
        return "its responder's certificate isn't for OCSP"
    return None


def _has(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> bool:
    return any(isinstance(extension.value, kind) for extension in certificate.extensions)
