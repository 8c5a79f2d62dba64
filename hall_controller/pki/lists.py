"""Lists of revoked certificates (RFC 5280, section 5): complete, numbered, with reasons. Pure.

What was once on a list stays on it for good: a hall judges by it also what was signed before.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from hall_controller.pki.profiles import Issuer
from hall_controller.pki.register import Issued

BACKDATED = timedelta(minutes=2)
"""A hall whose clock is a little behind would otherwise refuse the new list as one of the future."""
REASONS = {
    "keyCompromise": "khóa có thể đã lộ", "superseded": "đã thay thẻ khác",
    "affiliationChanged": "không còn là đại biểu", "cessationOfOperation": "thẻ làm dở hoặc không dùng nữa",
    "privilegeWithdrawn": "bị thu hồi quyền", "lost": "mất thẻ",
}  # fmt: skip
"""Of RFC 5280, section 5.3.1, what a card can have; `lost` is told as keyCompromise: a finder has it."""


def revocation_list(
    issuer: Issuer, revoked: Iterable[Issued], number: int, at: datetime, until: datetime
) -> bytes:
    """DER. `at`: now; `until`: when the next one is due."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at - BACKDATED)
        .next_update(until)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
    )
    for one in sorted(revoked, key=lambda one: int(one.serial, 16)):
        builder = builder.add_revoked_certificate(_entry(one))
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _entry(one: Issued) -> x509.RevokedCertificate:
    assert one.revoked is not None
    assert one.reason is not None
    told = "keyCompromise" if one.reason == "lost" else one.reason
    return (
        x509.RevokedCertificateBuilder()
        .serial_number(int(one.serial, 16))
        .revocation_date(one.revoked)
        .add_extension(x509.CRLReason(x509.ReasonFlags(told)), critical=False)
        .build()
    )
