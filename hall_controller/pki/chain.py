"""A state's chain of authorities, before it is relied on: what is wrong with it, all at once. Pure.

That it *is* the state's no program can find out: a person compares the fingerprints with those published.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from audit import signing
from audit.errors import BadKey
from hall_controller.pki.errors import Declined

UNREADABLE = (
    ValueError, TypeError, UnsupportedAlgorithm,
    x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
)  # fmt: skip
"""All that the library raises for bytes that are no certificate as RFC 5280 has it."""
_SHA2 = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


@dataclass(frozen=True, slots=True)
class Chain:
    """From the root down."""

    certificates: tuple[x509.Certificate, ...]

    @property
    def pem(self) -> bytes:
        return b"".join(one.public_bytes(Encoding.PEM) for one in self.certificates)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256, in pairs as certificates' owners publish it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def read_chain(pem: bytes, at: datetime) -> Chain:
    """Raises Declined with everything that is wrong."""
    try:
        found = x509.load_pem_x509_certificates(pem)
        for one in found:
            _ = one.extensions, one.subject
    except UNREADABLE as error:
        raise _declined([("không đọc được chứng thư PEM", f"no certificates in PEM: {error}")]) from None
    ordered = _from_the_root(found)
    faults = [fault for one in ordered for fault in _faults(one, at)]
    if faults:
        raise _declined(faults)
    return Chain(tuple(ordered))


def _from_the_root(found: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    roots = [one for one in found if one.subject == one.issuer]
    if len(roots) != 1 or not _issued(roots[0], roots[0]):
        raise _declined(
            [("phải có đúng một chứng thư gốc tự ký", "exactly one self-signed root is needed")]
        )
    ordered, rest = roots, [one for one in found if one is not roots[0]]
    while rest:
        below = [one for one in rest if any(_issued(one, above) for above in ordered)]
        if not below:
            names = "; ".join(one.subject.rfc4514_string() for one in rest)
            raise _declined([(f"không nối được với gốc: {names}", f"not below the root: {names}")])
        ordered = [*ordered, *below]
        rest = [one for one in rest if one not in below]
    return ordered


def _issued(one: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(by)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def _faults(one: x509.Certificate, at: datetime) -> list[tuple[str, str]]:
    name, said = one.subject.rfc4514_string(), list[tuple[str, str]]()
    if not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
        span = f"{one.not_valid_before_utc:%Y-%m-%d} – {one.not_valid_after_utc:%Y-%m-%d}"
        said.append((f"hết hoặc chưa có hiệu lực ({span})", f"not valid today ({span})"))
    if not _may_issue(one):
        said.append(
            ("không được phép cấp chứng thư hoặc ký CRL", "may not issue certificates or sign lists")
        )
    if not isinstance(one.signature_hash_algorithm, _SHA2):
        said.append(("ký bằng hàm băm yếu", "signed with a weak hash"))
    try:
        signing.check_key(one.public_key())  # type: ignore[arg-type]
    except (BadKey, *UNREADABLE) as error:
        said.append((f"khóa không dùng được: {error}", f"its key isn't taken: {error}"))
    return [(f"{name}: {vi}", f"{name}: {en}") for vi, en in said]


def _may_issue(one: x509.Certificate) -> bool:
    try:
        basic = one.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = one.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return basic.ca and usage.key_cert_sign and usage.crl_sign


def _declined(faults: list[tuple[str, str]]) -> Declined:
    return Declined("chain_unfit", "; ".join(vi for vi, _ in faults), "; ".join(en for _, en in faults))
