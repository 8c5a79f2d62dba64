"""What marks a hall for trying things out, so that nothing of it can be taken for a result. Pure.

Its log has a name of its own, its cards come from an authority of its own, and both say so in their very
names: whoever mixes them up is told by the hall before it starts and by whoever verifies the log.
"""

from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

ORIGIN_END: Final = "-test"
"""Of the hall's part of an origin: dienhong.example/hall-test/2026."""
NAME_BEGIN: Final = "TEST "
"""Of the common name of an authority: whoever opens one of its certificates reads it first."""


def is_test_origin(origin: str) -> bool:
    """Whether a log of this name (`<domain>/<hall>/<year>`) is one for trying things out."""
    parts = origin.split("/")
    return len(parts) > 1 and parts[1].endswith(ORIGIN_END)


def is_test_authority(der: bytes) -> bool:
    """Whether this CA certificate is one for trying things out; what is no certificate isn't."""
    try:
        subject = x509.load_der_x509_certificate(der).subject
    except ValueError:
        return False
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return any(str(one.value).startswith(NAME_BEGIN) for one in names)
