"""The eight digits that two screens show of one key."""

import pytest

from audit import fingerprint, signing
from audit.errors import BadEvidence


def test_the_digits_are_made_from_the_keys_thumbprint() -> None:
    """RFC 7517's example key; the digits were worked out from sha256sum's first 16 hex digits."""
    key = {
        "kty": "EC", "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    }  # fmt: skip
    assert fingerprint.digits(signing.thumbprint(key)) == "4006 9207"


def test_leading_zeros_stand() -> None:
    assert fingerprint.digits("AAAAAAAAAAcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") == "0000 0007"


def test_what_is_no_thumbprint_is_refused() -> None:
    with pytest.raises(BadEvidence):
        fingerprint.digits("not base64url!")
