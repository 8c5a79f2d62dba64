"""One question on the line and its answer: the bus is half-duplex, so there is one at a time."""

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
