"""What a phone signs to be let in: challenges that prove themselves, so that asking for one keeps nothing.

A challenge holds its end, random bytes and this hall's own seal over both and the phone's key. Whoever asks
without end fills no memory and pushes nobody else's challenge out; only those that proved are remembered.
"""

import hmac
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from audit import base64url
from audit.errors import BadEvidence

LIFE = timedelta(minutes=5)
_KEY_BYTES, _RANDOM_BYTES, _END_BYTES, _SEAL_BYTES = 32, 16, 8, 16
_PURPOSE = b"phone-challenge"
MOST_SPENT = 10_000
"""Remembered at once: each was a good proof by a phone of the log, and a phone proves a few times a day."""


class Challenges:
    """`token(n)` gives n random bytes. The seal's key lives as long as the process: its challenges too."""

    def __init__(self, token: Callable[[int], bytes]) -> None:
        self._token = token
        self._key = token(_KEY_BYTES)
        self._spent: OrderedDict[str, datetime] = OrderedDict()

    def new(self, key_id: str, now: datetime) -> str:
        """Base64url of end (milliseconds since 1970, 8 bytes), random bytes and seal."""
        end = int((now + LIFE).timestamp() * 1000).to_bytes(_END_BYTES, "big")
        open_part = end + self._token(_RANDOM_BYTES)
        return base64url.encode(open_part + self._seal(open_part, key_id))

    def stands(self, challenge: str, key_id: str, now: datetime) -> bool:
        """Whether it was given for this key, is in time, and hasn't proved anything yet."""
        try:
            said = base64url.decode(challenge)
        except BadEvidence:
            return False
        open_part, seal = said[:-_SEAL_BYTES], said[-_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(open_part, key_id)):
            return False
        end = int.from_bytes(open_part[:_END_BYTES], "big")
        return now.timestamp() * 1000 <= end and challenge not in self._spent

    def spend(self, challenge: str, now: datetime) -> None:
        self._spent[challenge] = now + LIFE
        while self._spent and (len(self._spent) > MOST_SPENT or next(iter(self._spent.values())) < now):
            self._spent.popitem(last=False)

    def _seal(self, open_part: bytes, key_id: str) -> bytes:
        said = _PURPOSE + len(open_part).to_bytes(2, "big") + open_part + key_id.encode()
        return hmac.digest(self._key, said, "sha256")[:_SEAL_BYTES]
