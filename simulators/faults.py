"""What a bad cable does to bytes: lost, doubled, flipped, torn. From a seed: a bad day can be had again."""

import math
import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineFaults:
    """Chances: `flipped` for each bit, `lost` and `doubled` for each byte, `torn` for each burst."""

    flipped: float = 0.0
    lost: float = 0.0
    doubled: float = 0.0
    torn: float = 0.0


class FaultyLine:
    """One line with its faults. `pass_through` gives what arrives of what was sent."""

    def __init__(self, faults: LineFaults | None = None, seed: int = 0) -> None:
        self.faults = faults or LineFaults()
        self._random = random.Random(seed)

    def pass_through(self, data: bytes) -> bytes:
        faults = self.faults
        if faults.torn and self._random.random() < faults.torn:
            data = data[: self._random.randrange(len(data) + 1)]
        if faults.flipped:
            data = self._flip(data, faults.flipped)
        if faults.lost or faults.doubled:
            data = b"".join(self._count(byte) for byte in data)
        return data

    def _flip(self, data: bytes, chance: float) -> bytes:
        """Goes from flipped bit to flipped bit: the gaps between them are geometric."""
        bits = bytearray(data)
        at = self._gap(chance)
        while at < 8 * len(bits):
            bits[at // 8] ^= 1 << at % 8
            at += 1 + self._gap(chance)
        return bytes(bits)

    def _gap(self, chance: float) -> int:
        if chance >= 1:
            return 0
        return int(math.log(1 - self._random.random()) / math.log(1 - chance))

    def _count(self, byte: int) -> bytes:
        drawn = self._random.random()
        if drawn < self.faults.lost:
            return b""
        return bytes((byte, byte)) if drawn < self.faults.lost + self.faults.doubled else bytes((byte,))
