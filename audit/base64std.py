"""Base64 with padding (RFC 4648, section 4), as C2SP's texts have it, one text for each byte string."""

import binascii

from audit.errors import BadEvidence


def encode(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode(text: str, refusal: type[BadEvidence]) -> bytes:
    """Raises `refusal` for foreign characters, white space, missing padding and stray last bits."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except ValueError as error:
        raise refusal(f"not base64: {error}") from None
    if encode(data) != text:
        raise refusal("base64 with stray last bits")
    return data
