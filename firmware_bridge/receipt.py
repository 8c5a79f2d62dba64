"""A hall's receipt as a bridge takes it: only what the hall signed lights a lamp."""

from collections.abc import Callable
from dataclasses import dataclass

from firmware_bridge.messages import Jws


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt whose signature was checked with the hall's key."""

    vote: str
    ballot: str
    seq: int

    @property
    def code(self) -> str:
        """The short look-up code of the seat's display."""
        return self.ballot[:4].upper()


CheckReceipt = Callable[[Jws], Receipt | None]
"""None: not signed by the hall, or not a receipt."""
