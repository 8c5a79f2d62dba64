"""One question on the line and its answer: the bus is half-duplex, so there is one at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from firmware_bridge.wire.console import Console, Order
from firmware_bridge.wire.framing import Frame
from firmware_bridge.wire.messages import Here, Kind


@dataclass(slots=True)
class Exchange:
    """`console` is None for a roll call. A repeat is the same bytes, counter and all."""

    kind: Kind
    frame: Frame
    wire: bytes
    console: Console | None
    order: Order | None
    window_s: float
    """From the moment of writing until an answer can no longer come."""
    tries_left: int
    deadline: float = 0.0
    garbled: bool = False
    """Something unreadable came in answer to this try."""
    silent: int = 0
    """Tries that nothing came in answer to."""
    here: list[Here] = field(default_factory=list)

    def fits(self, frame: Frame) -> bool:
        """`frame` can be an answer to this: from the one who was asked, to this very question."""
        asked = self.console
        return asked is not None and frame.address == asked.address and frame.seq == self.frame.seq


class Turn:
    """Addresses that wait for one kind of service, first come first served, each once."""

    def __init__(self) -> None:
        self._waiting: dict[int, None] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __contains__(self, address: int) -> bool:
        return address in self._waiting

    def add(self, *addresses: int) -> None:
        for address in addresses:
            self._waiting[address] = None

    def clear(self) -> None:
        self._waiting.clear()

    def next(self, resting: Mapping[int, float], now: float) -> int | None:
        """Takes the first one whose rest is over."""
        for address in self._waiting:
            if resting.get(address, now) <= now:
                del self._waiting[address]
                return address
        return None
