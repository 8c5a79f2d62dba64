"""Whose card is it, and could it be relied on at that moment (docs/specs/trust.md).

The path is `cryptography`'s (`audit.path`); whether something in it was revoked is ours (`audit.standing`),
because that library leaves it out. By what may be signed is the hall's choice (`audit.algorithms`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from audit import signing
from audit.algorithms import ANY, Algorithms
from audit.errors import BadKey, Untrusted
from audit.ocsp import OcspAnswer, Responder
from audit.path import MEMBERS, UNREADABLE, CertificatePolicy, path
from audit.revocation import RevocationList
from audit.signing import PublicKey
from audit.span import Span
from audit.standing import Standing
from audit.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a certificate names, and the key that speaks for that person."""

    member: str
    """The subject's serialNumber (OID 2.5.4.5)."""
    name: str
    public_key: PublicKey
    fingerprint: str
    """Lower-case hex SHA-256 of the certificate's DER."""
    algorithms: tuple[str, ...]
    """The `alg`s that this card may sign statements with, the preferred first."""

    def check_algorithm(self, alg: str) -> None:
        """Raises Untrusted("algorithm") for one that the hall doesn't allow this card."""
        if alg not in self.algorithms:
            raise Untrusted("algorithm", f"{alg:.20} isn't allowed, but {', '.join(self.algorithms)}")


class TrustStore:
    """Roots, what says that certificates were revoked, and the certificates between; all DER, lists and
    answers also as they were read before.

    `crl_published=False` says that these authorities publish no lists at all. It must be said: a hall that
    only left a list out would otherwise accept the cards that it names.
    """

    def __init__(
        self,
        roots: Iterable[bytes],
        crls: Iterable[bytes | RevocationList] = (),
        *,
        answers: Iterable[bytes | OcspAnswer] = (),
        intermediates: Iterable[bytes] = (),
        crl_published: bool = True,
        algorithms: Algorithms = ANY,
        waivers: Iterable[Waiver] = (),
    ) -> None:
        """Raises Untrusted("malformed") for what is no certificate, list or answer."""
        self._roots = [_certificate(der) for der in roots]
        self._intermediates = [_certificate(der) for der in intermediates]
        lists = [RevocationList(one) if isinstance(one, bytes) else one for one in crls]
        read = [OcspAnswer(one) if isinstance(one, bytes) else one for one in answers]
        self._standing = Standing(lists, read, waivers, algorithms)
        self._crl_published = crl_published
        self._algorithms = algorithms
        self._known: dict[tuple[str, CertificatePolicy], tuple[Span, Identity]] = {}
        """What was judged before, and how long it stands: each ballot asks of its card."""
        self._looked: tuple[datetime, bool] | None = None
        """Whether lists are current, and of which second that is: pages ask twenty times in it."""

    def judge(self, cert_der: bytes, at: datetime, policy: CertificatePolicy = MEMBERS) -> Identity:
        """Who this certificate names, if it could be relied on at that time (aware).

        Raises Untrusted with a code: malformed, not_yet_valid, expired, no_path, algorithm, revoked,
        unknown, crl_missing, subject or key.
        """
        at = at.replace(microsecond=0)  # certificates know whole seconds, the last one included
        asked = sha256(cert_der).hexdigest(), policy
        known = self._known.get(asked)
        if known is None or at not in known[0]:
            known = self._known[asked] = self._judge(cert_der, at, policy)
        return known[1]

    def _judge(self, der: bytes, at: datetime, policy: CertificatePolicy) -> tuple[Span, Identity]:
        certificate = _certificate(der)
        if certificate.serial_number < 1:  # RFC 5280, section 4.1.2.2; some old roots have 0
            raise Untrusted("malformed", "a serial number below one")
        if at < certificate.not_valid_before_utc:
            raise Untrusted("not_yet_valid", f"from {certificate.not_valid_before_utc}")
        if at > certificate.not_valid_after_utc:
            raise Untrusted("expired", f"at {certificate.not_valid_after_utc}")
        chain = path(certificate, self._roots, self._intermediates, at, policy)
        span = _validity(certificate)
        for subject, issuer in pairwise(chain):
            self._check_signature(subject, issuer)
            span = span.within(_validity(issuer))
            if self._crl_published:
                span = span.within(self._standing.check(subject, issuer, at))
        return span, self._identity(certificate, der)

    def _check_signature(self, subject: x509.Certificate, issuer: x509.Certificate) -> None:
        if objection := self._algorithms.objection(subject, issuer.public_key()):
            raise Untrusted("algorithm", f"{subject.subject.rfc4514_string()}: {objection}")

    def _identity(self, certificate: x509.Certificate, der: bytes) -> Identity:
        key = _public_key(certificate)
        algorithms = self._algorithms.of_card(key)
        if not algorithms:
            raise Untrusted("algorithm", "the hall allows nothing that this card could sign with")
        member = _only(certificate.subject, NameOID.SERIAL_NUMBER, "serialNumber")
        name = _only(certificate.subject, NameOID.COMMON_NAME, "common name")
        return Identity(member, name, key, sha256(der).hexdigest(), algorithms)

    def check_list(self, crl_der: bytes, at: datetime) -> None:
        """Whether a list may follow those held. Raises Untrusted with a code: malformed, crl_unsigned,
        crl_not_yet_valid, crl_expired or crl_older."""
        new, at = RevocationList(crl_der), at.replace(microsecond=0)
        known = [one for one in self._authorities() if one.subject.public_bytes() == new.issuer]
        reasons = [new.unfit(one, self._algorithms) for one in known]
        if all(reasons):
            raise Untrusted("crl_unsigned", "; ".join(filter(None, reasons)) or "by an unknown authority")
        if new.is_from_the_future(at):
            raise Untrusted("crl_not_yet_valid", "it is dated in the future")
        if not new.is_current(at):
            raise Untrusted("crl_expired", f"the next one was due {new.until}")
        if any(new.is_older_than(held) for one in known for held in self._standing.lists_of(one)):
            raise Untrusted("crl_older", "a later one was in force before")

    def check_answer(self, der: bytes, at: datetime) -> None:
        """Whether an OCSP answer is one of an authority here, and current. Raises Untrusted with a code:
        malformed, ocsp_unsigned, ocsp_not_yet_valid or ocsp_expired."""
        new, at = OcspAnswer(der), at.replace(microsecond=0)
        asked = [one for one in self._authorities() if new.concerns(one)]
        judged = [new.responder(one, self._algorithms) for one in asked]
        spans = [who.span for who in judged if isinstance(who, Responder)]
        if not spans:
            reasons = [why for why in judged if isinstance(why, str)]
            raise Untrusted("ocsp_unsigned", "; ".join(reasons) or "about an unknown authority's card")
        if all(at < span.since for span in spans):
            raise Untrusted("ocsp_not_yet_valid", "it is dated in the future")
        if not any(at in span for span in spans):
            raise Untrusted("ocsp_expired", f"the next one was due {max(span.until for span in spans)}")

    def lists_are_current(self, at: datetime) -> bool:
        """Of each authority that is relied on and of which a list or an answer is held; false where nothing
        is held of any."""
        at = at.replace(microsecond=0)
        if self._looked is None or self._looked[0] != at:
            known = [self._standing.is_current(one, at) for one in self._authorities()]
            held = [one for one in known if one is not None]
            self._looked = at, bool(held) and all(held)
        return self._looked[1]

    def _authorities(self) -> list[x509.Certificate]:
        return [*self._roots, *self._intermediates]


def anchors(ders: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Which of an operator's authorities are roots, and which lie between: those whose issuer is there too.

    The hall then asks for the lists that a verifier asks for who holds the root alone. Raises Untrusted.
    """
    read = [(der, _certificate(der)) for der in dict.fromkeys(ders)]
    names = {one.subject for _, one in read}
    between = [der for der, one in read if one.issuer != one.subject and one.issuer in names]
    return [der for der, _ in read if der not in between], between


def certificates(pem: str) -> list[bytes]:
    """The DER of each certificate in a PEM text. Raises Untrusted("malformed")."""
    try:
        return [found.public_bytes(Encoding.DER) for found in x509.load_pem_x509_certificates(pem.encode())]
    except UNREADABLE as error:
        raise Untrusted("malformed", f"no certificates in PEM: {error}") from None


def public_key_of(cert_der: bytes) -> PublicKey:
    """The certificate's key, whoever it belongs to. Raises Untrusted with code malformed or key."""
    return _public_key(_certificate(cert_der))


def _public_key(certificate: x509.Certificate) -> PublicKey:
    try:
        key = certificate.public_key()
        signing.check_key(key)  # type: ignore[arg-type]
    except (BadKey, *UNREADABLE) as error:
        raise Untrusted("key", str(error)) from None
    return key  # type: ignore[return-value]


def _only(subject: x509.Name, oid: x509.ObjectIdentifier, what: str) -> str:
    found: Sequence[x509.NameAttribute[str | bytes]] = subject.get_attributes_for_oid(oid)
    if len(found) != 1 or not isinstance(found[0].value, str) or not found[0].value.strip():
        raise Untrusted("subject", f"not one {what} in the subject")
    return found[0].value


def _certificate(der: bytes) -> x509.Certificate:
    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.extensions, certificate.subject
    except UNREADABLE as error:
        raise Untrusted("malformed", f"no certificate: {error}") from None
    return certificate


def _validity(certificate: x509.Certificate) -> Span:
    return Span(certificate.not_valid_before_utc, certificate.not_valid_after_utc)
