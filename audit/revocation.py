"""A list of revoked certificates (RFC 5280, section 5), as its issuer signed it.

Complete lists only: delta, indirect and partitioned ones say so in a critical extension, and one that
isn't understood makes a list unusable.
"""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from audit.algorithms import Algorithms
from audit.errors import Untrusted
from audit.path import UNREADABLE
from audit.span import ALWAYS, Span

_SECOND = timedelta(seconds=1)


class RevocationList:
    """One list, DER. Raises Untrusted("malformed") for what is none."""

    def __init__(self, der: bytes) -> None:
        try:
            self._crl = x509.load_der_x509_crl(der)
            self._extensions = list(self._crl.extensions)
        except UNREADABLE as error:
            raise Untrusted("malformed", f"no revocation list: {error}") from None
        self.issuer = self._crl.issuer.public_bytes()
        self._judged: dict[tuple[bytes, Algorithms], str | None] = {}

    @property
    def until(self) -> datetime | None:
        """When the next one is due; every list that is fit says it."""
        return self._crl.next_update_utc

    @property
    def span(self) -> Span:
        """The days that it is of; only of a list that is fit."""
        assert self.until is not None
        return Span(self._crl.last_update_utc, self.until)

    def is_from_the_future(self, at: datetime) -> bool:
        return self._crl.last_update_utc > at

    def is_older_than(self, other: "RevocationList") -> bool:
        """By the issuer's own count (RFC 5280, section 5.2.3) or date. Both lists are fit."""
        return self._number < other._number or self._crl.last_update_utc < other._crl.last_update_utc

    @property
    def _number(self) -> int:
        return self._crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number

    def unfit(self, issuer: x509.Certificate, algorithms: Algorithms) -> str | None:
        """Why this list can't be used for that issuer's certificates; None if it can. Judged once."""
        asked = issuer.fingerprint(hashes.SHA256()), algorithms
        if asked not in self._judged:
            self._judged[asked] = self._judge(issuer, algorithms)
        return self._judged[asked]

    def _judge(self, issuer: x509.Certificate, algorithms: Algorithms) -> str | None:
        for extension in self._extensions:
            # RFC 5280, section 5.2: one that isn't understood makes the list unusable, and those that
            # we know may not be critical.
            if extension.critical:
                return f"critical extension {extension.oid.dotted_string}"
        kinds = [type(extension.value) for extension in self._extensions]
        if x509.CRLNumber not in kinds:
            return "no number"
        if self._crl.next_update_utc is None:
            return "no date of the next one"
        if not _may_sign_lists(issuer):
            return "its issuer may not sign lists"
        if not self._signed_by(issuer):
            return "not signed by the certificate's issuer"
        return algorithms.objection(self._crl, issuer.public_key()) or self._unclear()

    def _signed_by(self, issuer: x509.Certificate) -> bool:
        try:
            return self._crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
        except UNREADABLE:
            return False

    def _unclear(self) -> str | None:
        """RFC 5280, section 5.3: a critical extension in one entry makes the whole list unusable."""
        try:
            for entry in self._crl:
                if any(extension.critical for extension in entry.extensions):
                    return f"a critical extension at {entry.serial_number:x}"
        except UNREADABLE as error:
            return f"an entry that can't be read: {error}"
        return None

    def is_current(self, at: datetime) -> bool:
        return self.until is not None and at in self.span

    def check(self, certificate: x509.Certificate, at: datetime) -> Span:
        """When, around `at`, it doesn't name the certificate. Raises Untrusted("revoked") if it does, from
        a day up to `at`. The list is fit."""
        revoked = self._crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if revoked is None:
            return ALWAYS
        if revoked.revocation_date_utc <= at:
            raise Untrusted("revoked", f"since {revoked.revocation_date_utc}")
        return Span(ALWAYS.since, revoked.revocation_date_utc - _SECOND)


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True  # RFC 5280, section 6.3.3 (f): only a key usage that is there forbids
