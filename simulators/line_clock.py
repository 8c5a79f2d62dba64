"""How long bytes take on the line, and what becomes of bytes that are on it at once."""

from collections.abc import Iterable
from dataclasses import dataclass

BITS_PER_BYTE = 10

MOST_DEBT_S = 0.005
"""Timers wake a little late: what is lost by that is given back, so that the line runs at its rate on
average. What is lost by a machine that stood still is not."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Bytes that someone puts on the line, from `start` on (line time)."""

    start: float
    wire: bytes


class LineClock:
    """The virtual line: one byte after the other, `baudrate` / 10 a second."""

    def __init__(self, baudrate: int) -> None:
        self.byte_s = BITS_PER_BYTE / baudrate
        self._free_at = 0.0
        self._debt = 0.0

    def send(self, length: int, now: float) -> float:
        """Bytes are put on the line now: when their last bit arrives."""
        start = max(self._free_at, now - self._debt)
        self._debt = 0.0
        self._free_at = start + length * self.byte_s
        return self._free_at

    def occupy(self, until: float) -> None:
        self._free_at = max(self._free_at, until)

    def delivered(self, due: float, now: float) -> None:
        """Bytes that arrived at `due` were handed on `now`."""
        self._debt = min(max(0.0, now - due), MOST_DEBT_S)


def overlay(spoken: Iterable[Spoken], byte_s: float) -> tuple[bytes, float]:
    """What a listener hears of several speakers, and when the last byte has come.

    Who speaks after another is heard after another. Who speaks at the same time garbles: the line shows a
    zero bit wherever one of them drives it low.
    """
    heard, begun, end = bytearray(), 0.0, 0.0
    done = b""
    for speech in sorted(spoken, key=lambda one: one.start):
        if not heard or speech.start >= end:
            done, heard, begun = done + bytes(heard), bytearray(speech.wire), speech.start
        else:
            _mix(heard, round((speech.start - begun) / byte_s), speech.wire)
        end = max(end, speech.start + len(speech.wire) * byte_s)
    return done + bytes(heard), end


def _mix(heard: bytearray, offset: int, wire: bytes) -> None:
    heard.extend(b"\xff" * (offset + len(wire) - len(heard)))
    for place, byte in enumerate(wire, offset):
        heard[place] &= byte
