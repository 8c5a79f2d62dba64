"""Eight digits by which a person tells that two screens speak of the same key (docs/specs/feed.md)."""

from audit import base64url


def digits(thumbprint: str) -> str:
    """ "1234 5678" from an RFC 7638 thumbprint (base64url of a SHA-256).

    Its first eight bytes, big-endian, modulo 10^8. Raises audit.errors.BadEvidence for no base64url.
    """
    number = int.from_bytes(base64url.decode(thumbprint)[:8], "big") % 10**8
    text = f"{number:08}"
    return f"{text[:4]} {text[4:]}"
