"""How often, how long, how many times: the figures of the line, each with its reason."""

import math
from dataclasses import dataclass

from firmware_bridge.wire.messages import TICK_S

BITS_PER_BYTE = 10
"""8N1: a start bit, eight bits, a stop bit."""

GUARD_S = 200e-6
"""Between two speakers: one driver lets go of the line, the next takes it; plus clocks apart by
0.1 % over a roll call of 64 slots (26 us)."""

LONGEST_HERE_BYTES = 44
"""The answer to a hello with a serial number of sixteen characters, on the wire."""

LONGEST_ANSWER_BYTES = 56
"""News of eight presses, on the wire."""

HELLO_SLOTS = 4
"""Two consoles with one address draw the same slot once in four times; then we ask again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, unless the name says otherwise."""

    alert_roll_call_s: float = 0.025
    """While keys may be pressed: a press waits half of this on average, the line stays two thirds free."""
    idle_roll_call_s: float = 0.1
    """Between votes: a request to speak has time."""
    muster_s: float = 0.5
    """Everybody marks in such a roll call: presence at the price of one frame for the whole row."""
    roll_call_late_s: float = 0.25
    """So late a roll call goes before everything: on a slow machine a row's presses would keep it away for
    seconds, and units that hear no bridge forget what nobody fetched."""
    check_s: float = 0.25
    """One console in turn is polled by name: that finds what marks can't tell, such as a second console."""
    lost_after_s: float = 1.0
    rare_s: float = 5.0
    """One absent console in turn is said hello to: one that comes back marks by itself long before."""
    probe_s: float = 1.0
    """A suspected clone is looked at again."""
    allowance_s: float = 0.03
    """For an answer to come up through adapter and operating system; a USB adapter alone may take 16 ms."""
    marks_allowance_s: float = 0.002
    """The same for marks: a late one is still heard, during whatever comes next."""
    garbled_pause_s: float = 0.003
    """After garbage the answer won't come any more: let the line fall silent and ask again."""
    tries: int = 4
    """Of one frame. At one wrong bit in a thousand a sealed exchange fails three times in ten."""
    silent_tries: int = 3
    """Of these, so many met with silence are enough: each costs the row the whole allowance."""
    rest_s: float = 0.05
    """For a console that failed all tries: the others come first."""
    taken_within_s: float = 0.1
    """A press is acknowledged by the lamps that follow it; by a frame of its own when none came by then."""
    round_s: float = 0.05
    """How often all consoles are looked through for what has become due."""
    single_hellos: int = 3
    """So many hellos in a row must be answered by one console alone before it is trusted again."""
    strange_hellos: int = 3
    """So many wrong proofs, with no right one between, are another console at this address."""


@dataclass(frozen=True, slots=True)
class Line:
    """How long bytes take."""

    baudrate: int

    def seconds(self, length: int) -> float:
        return length * BITS_PER_BYTE / self.baudrate

    def slot_ticks(self, length: int) -> int:
        """Width of a slot for `length` bytes, guard included."""
        return min(255, math.ceil((self.seconds(length) + GUARD_S) / TICK_S))
