"""Eight digits by which a person tells that two screens speak of the same key (docs/specs/feed.md).

One way of making them, for the hall that shows them and the bridge that lets a card sign for them. Pure.
"""

from audit import base64url


def digits(thumbprint: str) -> str:
    """`1234 5678` from a key's RFC 7638 thumbprint (`signing.thumbprint`: base64url of a SHA-256).

    Its first eight bytes, big-endian, modulo 10^8. Raises audit.errors.BadEvidence for no base64url.
    """
    number = int.from_bytes(base64url.decode(thumbprint)[:8], "big") % 10**8
    return f"{number // 10_000:04} {number % 10_000:04}"
