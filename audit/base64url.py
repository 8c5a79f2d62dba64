"""Base64url without padding (RFC 7515, section 2), one text for each byte string."""

import binascii

from audit.errors import BadEvidence

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_+/=", b"+/***")
"""What isn't base64url's own becomes a letter of no alphabet."""
_LAST = {2: frozenset("AQgw"), 3: frozenset("AEIMQUYcgkosw048")}
"""By the length's rest of four: the last characters that leave no stray bits (RFC 4648, section 3.5)."""


def encode(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Raises BadEvidence for padding, foreign characters, white space and stray last bits.

    Strict, because a lax reader gives one signature several texts, and then the same statement has several
    faces in a log that compares bytes.
    """
    rest = len(text) % 4
    try:
        letters = text.encode("ascii").translate(_FROM_URL)
        data = binascii.a2b_base64(letters + b"=="[: -rest % 4], strict_mode=True)
    except ValueError as error:
        raise BadEvidence(f"not base64url without padding: {error}") from None
    if rest and text[-1] not in _LAST[rest]:
        raise BadEvidence("not base64url in its one way: stray last bits")
    return data
