"""A list of revoked certificates (RFC 5280, section 5), as its issuer signed it.

Complete lists only: delta, indirect and partitioned ones say so in a critical extension, and one that
isn't understood makes a list unusable.
"""

from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from audit.errors import Untrusted

UNREADABLE = (
    ValueError, TypeError, UnsupportedAlgorithm,
    x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
)  # fmt: skip
"""All that the library raises for bytes that aren't a certificate or list as RFC 5280 has them."""
_SHA2 = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


class RevocationList:
    """One list, DER. Raises Untrusted("malformed") for what is none."""

    def __init__(self, der: bytes) -> None:
        try:
            self._crl = x509.load_der_x509_crl(der)
            self._extensions = list(self._crl.extensions)
        except UNREADABLE as error:
            raise Untrusted("malformed", f"no revocation list: {error}") from None
        self.issuer = self._crl.issuer.public_bytes()
        self._judged: dict[bytes, str | None] = {}

    @property
    def until(self) -> datetime | None:
        """When the next one is due; every list that is fit says it."""
        return self._crl.next_update_utc

    def is_from_the_future(self, at: datetime) -> bool:
        return self._crl.last_update_utc > at

    def is_older_than(self, other: "RevocationList") -> bool:
        """By the issuer's own count (RFC 5280, section 5.2.3) or date. Both lists are fit."""
        return self._number < other._number or self._crl.last_update_utc < other._crl.last_update_utc

    @property
    def _number(self) -> int:
        return self._crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number

    def unfit(self, issuer: x509.Certificate) -> str | None:
        """Why this list can't be used for that issuer's certificates; None if it can. Judged once."""
        fingerprint = issuer.fingerprint(hashes.SHA256())
        if fingerprint not in self._judged:
            self._judged[fingerprint] = self._judge(issuer)
        return self._judged[fingerprint]

    def _judge(self, issuer: x509.Certificate) -> str | None:
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
        return None if self._signed_by(issuer) else "not signed by the certificate's issuer"

    def _signed_by(self, issuer: x509.Certificate) -> bool:
        if not isinstance(self._crl.signature_hash_algorithm, _SHA2):
            return False
        try:
            return self._crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
        except UNREADABLE:
            return False

    def is_current(self, at: datetime) -> bool:
        until = self._crl.next_update_utc
        return until is not None and self._crl.last_update_utc <= at <= until

    def check(self, certificate: x509.Certificate, at: datetime) -> None:
        """Raises Untrusted("revoked") if the list names the certificate from a day up to `at`."""
        revoked = self._crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if revoked is None:
            return
        # An entry with a critical extension (an indirect list's issuer) isn't understood: take the worse.
        unclear = any(extension.critical for extension in revoked.extensions)
        if unclear or revoked.revocation_date_utc <= at:
            raise Untrusted("revoked", f"since {revoked.revocation_date_utc}")


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True  # RFC 5280, section 6.3.3 (f): only a key usage that is there forbids
