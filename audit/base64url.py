"""Base64url without padding (RFC 7515, section 2), one text for each byte string."""

import base64
import binascii
import re

from audit.errors import BadEvidence

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*\Z")


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Raises BadEvidence for padding, foreign characters, white space and stray last bits.

    Strict, because a lax reader gives one signature several texts, and then the same statement
    has several faces in a log that compares bytes.
    """
    if not _ALPHABET.match(text):
        raise BadEvidence("not base64url without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise BadEvidence(f"not base64url: {error}") from None
    if len(text) % 4 and encode(data)[-1] != text[-1]:
        raise BadEvidence("base64url with stray last bits")
    return data
