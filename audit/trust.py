"""Whose card is it, and could it be relied on at that moment: chains and revocation lists at a time.

Path validation is `cryptography`'s (RFC 5280) with a policy for members' cards in place of web servers':
no DNS names, but a member's id. Revocation is checked here, because that library leaves it out: complete
lists signed by the certificate's own issuer; delta, indirect and partitioned lists carry critical
extensions and are refused. Left out: OCSP, which can't be asked later, and certificate policies.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from audit import signing
from audit.errors import BadKey, Untrusted
from audit.revocation import UNREADABLE, RevocationList
from audit.signing import PublicKey

CARD_PURPOSES = frozenset(
    {
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.SMARTCARD_LOGON,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }
)
"""What a card that signs in may be for; a web server's certificate signs nobody in."""
_MAX_DEPTH = 4
"""Certificates between root and card: no members' PKI is deeper."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a certificate names, and the key that speaks for that person."""

    member: str
    """The subject's serialNumber (OID 2.5.4.5)."""
    name: str
    public_key: PublicKey
    fingerprint: str
    """Lower-case hex SHA-256 of the certificate's DER."""


class TrustStore:
    """Roots, lists of revoked certificates, and the certificates between; all DER.

    `crl_published=False` says that these authorities publish no lists at all. It must be said: a hall that
    only left a list out would otherwise accept the cards that it names.
    """

    def __init__(
        self,
        roots: Iterable[bytes],
        crls: Iterable[bytes] = (),
        *,
        intermediates: Iterable[bytes] = (),
        crl_published: bool = True,
        purposes: frozenset[x509.ObjectIdentifier] = CARD_PURPOSES,
    ) -> None:
        """Raises Untrusted("malformed") for what is no certificate or list."""
        self._roots = [_certificate(der) for der in roots]
        self._intermediates = [_certificate(der) for der in intermediates]
        self._crls: dict[bytes, list[RevocationList]] = {}
        for der in crls:
            crl = RevocationList(der)
            self._crls.setdefault(crl.issuer, []).append(crl)
        self._crl_published = crl_published
        self._policy = _card_policy(purposes)

    def judge(self, cert_der: bytes, at: datetime) -> Identity:
        """Who this certificate names, if it could be relied on at that time (aware).

        Raises Untrusted with a code: malformed, not_yet_valid, expired, no_path, crl_missing, revoked,
        subject or key.
        """
        certificate = _certificate(cert_der)
        if certificate.serial_number < 1:  # RFC 5280, section 4.1.2.2; some old roots have 0
            raise Untrusted("malformed", "a serial number below one")
        at = at.replace(microsecond=0)  # certificates know whole seconds, the last one included
        if at < certificate.not_valid_before_utc:
            raise Untrusted("not_yet_valid", f"from {certificate.not_valid_before_utc}")
        if at > certificate.not_valid_after_utc:
            raise Untrusted("expired", f"at {certificate.not_valid_after_utc}")
        chain = self._path(certificate, at)
        for subject, issuer in pairwise(chain):
            self._check_revocation(subject, issuer, at)
        return _identity(certificate, cert_der)

    def check_list(self, crl_der: bytes, at: datetime) -> None:
        """Whether a list may follow those held. Raises Untrusted with a code: malformed, crl_unsigned,
        crl_not_yet_valid, crl_expired or crl_older."""
        new, at = RevocationList(crl_der), at.replace(microsecond=0)
        known = [one for one in self._authorities() if one.subject.public_bytes() == new.issuer]
        reasons = [new.unfit(one) for one in known]
        if all(reasons):
            raise Untrusted("crl_unsigned", "; ".join(filter(None, reasons)) or "by an unknown authority")
        if new.is_from_the_future(at):
            raise Untrusted("crl_not_yet_valid", "it is dated in the future")
        if not new.is_current(at):
            raise Untrusted("crl_expired", f"the next one was due {new.until}")
        for held in self._crls.get(new.issuer, ()):
            if any(held.unfit(one) is None for one in known) and new.is_older_than(held):
                raise Untrusted("crl_older", "a later one was in force before")

    def lists_are_current(self, at: datetime) -> bool:
        """Of each authority that is relied on and of which a list is held."""
        at = at.replace(microsecond=0)
        known = {one.subject.public_bytes() for one in self._authorities()}
        held = [lists for issuer, lists in self._crls.items() if issuer in known]
        return all(any(crl.is_current(at) for crl in lists) for lists in held)

    def _authorities(self) -> list[x509.Certificate]:
        return [*self._roots, *self._intermediates]

    def _path(self, certificate: x509.Certificate, at: datetime) -> list[x509.Certificate]:
        if not self._roots:
            raise Untrusted("no_path", "no root is trusted")
        verifier = (
            PolicyBuilder()
            .store(Store(self._roots))
            .time(at)
            .max_chain_depth(_MAX_DEPTH)
            .extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=self._policy)
            .build_client_verifier()
        )
        try:
            return verifier.verify(certificate, self._intermediates).chain
        except (VerificationError, *UNREADABLE) as error:
            raise Untrusted("no_path", str(error)) from None

    def _check_revocation(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> None:
        if not self._crl_published:
            return
        lists = self._crls.get(certificate.issuer.public_bytes(), [])
        reasons = [crl.unfit(issuer) for crl in lists]
        fit = [crl for crl, reason in zip(lists, reasons, strict=True) if reason is None]
        # A list of another day counts too where it says that the card was revoked by then.
        for crl in fit:
            crl.check(certificate, at)
        if not any(crl.is_current(at) for crl in fit):
            known = "; ".join(reason for reason in reasons if reason) or f"{len(fit)} of other days"
            name = certificate.issuer.rfc4514_string()
            raise Untrusted("crl_missing", f"no list of {name} for {at:%Y-%m-%d %H:%M} ({known})")


def certificates(pem: str) -> list[bytes]:
    """The DER of each certificate in a PEM text. Raises Untrusted("malformed")."""
    try:
        return [found.public_bytes(Encoding.DER) for found in x509.load_pem_x509_certificates(pem.encode())]
    except UNREADABLE as error:
        raise Untrusted("malformed", f"no certificates in PEM: {error}") from None


def public_key_of(cert_der: bytes) -> PublicKey:
    """The certificate's key, whoever it belongs to. Raises Untrusted with code malformed or key."""
    return _public_key(_certificate(cert_der))


def _identity(certificate: x509.Certificate, der: bytes) -> Identity:
    key = _public_key(certificate)
    member = _only(certificate.subject, NameOID.SERIAL_NUMBER, "serialNumber")
    name = _only(certificate.subject, NameOID.COMMON_NAME, "common name")
    return Identity(member, name, key, sha256(der).hexdigest())


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


def _card_policy(purposes: frozenset[x509.ObjectIdentifier]) -> ExtensionPolicy:
    def may_sign_in(_: Policy, __: x509.Certificate, found: x509.ExtendedKeyUsage | None) -> None:
        if found is not None and purposes.isdisjoint(found):
            raise ValueError("the certificate isn't for signing in")

    return (
        ExtensionPolicy.permit_all()
        .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, _no_authority)
        .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_sign)
        .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, may_sign_in)
        .may_be_present(x509.AuthorityKeyIdentifier, Criticality.NON_CRITICAL, None)
        .may_be_present(x509.AuthorityInformationAccess, Criticality.NON_CRITICAL, None)
        .require_not_present(x509.NameConstraints)
    )


def _no_authority(_: Policy, __: x509.Certificate, found: x509.BasicConstraints | None) -> None:
    if found is not None and found.ca:
        raise ValueError("an authority's certificate is nobody's card")


def _may_sign(_: Policy, __: x509.Certificate, found: x509.KeyUsage | None) -> None:
    if found is not None and (not found.digital_signature or found.key_cert_sign):
        raise ValueError("the key may not sign statements")
