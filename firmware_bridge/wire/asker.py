"""The questions that a bridge puts on the line, each as an exchange: its bytes, and how long to wait for
an answer.
"""

from collections.abc import Callable, Mapping

from firmware_bridge.errors import RowMisconfigured
from firmware_bridge.wire.console import Console, Order
from firmware_bridge.wire.exchange import Exchange
from firmware_bridge.wire.framing import MARK_BYTES, Frame, encode
from firmware_bridge.wire.messages import BROADCAST, LAST_ADDRESS, Hello, Kind, Lamps, RollCall, Text
from firmware_bridge.wire.pace import HELLO_SLOTS, LONGEST_ANSWER_BYTES, LONGEST_HERE_BYTES, Line, Pace
from firmware_bridge.wire.session import KEY_BYTES, NONCE_BYTES


class Asker:
    """Numbers the questions of one row, whose addresses are `first` to `last`."""

    def __init__(
        self, pace: Pace, line: Line, entropy: Callable[[int], bytes], first: int, last: int
    ) -> None:
        self._pace = pace
        self._line = line
        self._entropy = entropy
        self._first = first
        self._slots = last - first + 1
        self._seq = 0

    def roll_call(self, muster: bool) -> Exchange:
        roll = RollCall(self._first, self._slots, self._line.slot_ticks(MARK_BYTES), muster)
        frame = Frame(BROADCAST, Kind.ROLL_CALL, self._next_seq(), roll.pack())
        wire = encode(frame)
        window = self._line.seconds(len(wire)) + roll.seconds + self._pace.marks_allowance_s
        return Exchange(Kind.ROLL_CALL, frame, wire, None, None, window, 1)

    def hello(self, console: Console) -> Exchange:
        width = self._line.slot_ticks(LONGEST_HERE_BYTES)
        hello = Hello(self._entropy(NONCE_BYTES), HELLO_SLOTS, width)
        frame = Frame(console.address, Kind.HELLO, self._next_seq(), hello.pack())
        wire = encode(frame)
        window = self._line.seconds(len(wire)) + hello.seconds + self._pace.allowance_s
        return Exchange(Kind.HELLO, frame, wire, console, None, window, 1)

    def poll(self, console: Console) -> Exchange:
        return self._ask(console, Frame(console.address, Kind.POLL, self._next_seq()), None)

    def order(self, console: Console, order: Order) -> Exchange:
        """Seals the order in the console's session: there must be one."""
        assert console.session is not None
        kind = (
            Kind.LAMPS if isinstance(order, Lamps) else Kind.TEXT if isinstance(order, Text) else Kind.TAKEN
        )
        frame = console.session.seal(console.address, kind, self._next_seq(), order.pack())
        return self._ask(console, frame, order)

    def _ask(self, console: Console, frame: Frame, order: Order | None) -> Exchange:
        wire = encode(frame)
        window = self._line.seconds(len(wire) + LONGEST_ANSWER_BYTES) + self._pace.allowance_s
        return Exchange(Kind(frame.kind), frame, wire, console, order, window, self._pace.tries)

    def _next_seq(self) -> int:
        self._seq = (self._seq + 1) & 0xFF
        return self._seq


def check_row(keys: Mapping[int, bytes]) -> None:
    """Raises RowMisconfigured where this row can't be served."""
    if not keys:
        raise RowMisconfigured("a row without consoles")
    for address, key in keys.items():
        if not 1 <= address <= LAST_ADDRESS:
            raise RowMisconfigured(f"console address {address}: addresses are 1 to {LAST_ADDRESS}")
        if len(key) != KEY_BYTES:
            raise RowMisconfigured(f"console {address}: its key has {len(key)} bytes, not {KEY_BYTES}")
