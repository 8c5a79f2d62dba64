"""Base64url without padding (RFC 7515, section 2), one text for each byte string."""

import binascii

from audit.errors import BadEvidence

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def encode(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Raises BadEvidence for padding, foreign characters, white space and stray last bits.

    Strict, because a lax reader gives one signature several texts, and then the same statement has several
    faces in a log that compares bytes. Writing the bytes again and comparing leaves no other text.
    """
    try:
        data = binascii.a2b_base64(text.encode("ascii").translate(_FROM_URL) + b"=="[: -len(text) % 4])
    except ValueError as error:
        raise BadEvidence(f"not base64url without padding: {error}") from None
    if encode(data) != text:
        raise BadEvidence("not base64url in its one way: padding, or stray last bits")
    return data
