"""How often one address may try something: a door's patience, not a rule of the chamber."""

from collections import OrderedDict
from datetime import datetime, timedelta

MOST_ADDRESSES = 10_000
"""Addresses remembered at once, so that a flood costs bounded memory."""


class TooManyAttempts(Exception):
    """This address tried too often; a minute later it may try again."""


class Throttle:
    def __init__(self, limit: int, window: timedelta) -> None:
        self._limit = limit
        self._window = window
        self._noted: OrderedDict[str, list[datetime]] = OrderedDict()

    def check(self, address: str, now: datetime) -> None:
        """Raises TooManyAttempts when `limit` were noted within the window."""
        recent = [at for at in self._noted.get(address, []) if now - at < self._window]
        if len(recent) >= self._limit:
            raise TooManyAttempts

    def note(self, address: str, now: datetime) -> None:
        recent = [at for at in self._noted.pop(address, []) if now - at < self._window]
        self._noted[address] = [*recent, now]
        while len(self._noted) > MOST_ADDRESSES:
            self._noted.popitem(last=False)
