"""The key that administers a PIV card (9B): who knows it writes keys and certificates on the card.

Card and station prove to each other that they know it (NIST SP 800-73-4 part 2, 3.2.4 and table 7): the
station opens the card's witness, the card enciphers the station's challenge. One block, so no mode.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from enum import IntEnum

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from firmware_bridge.cards.errors import CardMalformed


class ManagementAlgorithm(IntEnum):
    """NIST SP 800-78-4, table 6-2. The weakest last: 3DES only where a card has nothing else."""

    AES_256 = 0x0C
    AES_192 = 0x0A
    AES_128 = 0x08
    TRIPLE_DES = 0x03

    @property
    def key_bytes(self) -> int:
        return {0x0C: 32, 0x0A: 24, 0x08: 16, 0x03: 24}[self.value]

    @property
    def block_bytes(self) -> int:
        return 8 if self is ManagementAlgorithm.TRIPLE_DES else 16


FACTORY_KEY = bytes.fromhex("010203040506070801020304050607080102030405060708")
"""What makers deliver cards with, as 3DES or AES-192: known to everybody, good until the first minute."""


@dataclass(frozen=True, slots=True)
class ManagementKey:
    algorithm: ManagementAlgorithm
    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.value) != self.algorithm.key_bytes:
            raise ValueError(f"{self.algorithm.name} takes a key of {self.algorithm.key_bytes} bytes")

    @classmethod
    def random(cls, algorithm: ManagementAlgorithm) -> "ManagementKey":
        while True:
            value = secrets.token_bytes(algorithm.key_bytes)
            parts = {value[:8], value[8:16], value[16:24]}
            # Two equal thirds make single DES of 3DES, and cards refuse them. Never seen, still looked for.
            if algorithm is not ManagementAlgorithm.TRIPLE_DES or len(parts) == 3:
                return cls(algorithm, value)

    def encipher(self, block: bytes) -> bytes:
        """Raises CardMalformed for anything but one block."""
        return self._through(self._cipher().encryptor(), block)

    def decipher(self, block: bytes) -> bytes:
        """Raises CardMalformed for anything but one block."""
        return self._through(self._cipher().decryptor(), block)

    def opens(self, challenge: bytes, answer: bytes) -> bool:
        """Whether the answer to the challenge comes from one who knows this key."""
        return hmac.compare_digest(self.encipher(challenge), answer)

    def _cipher(self) -> "Cipher[modes.ECB]":
        triple = self.algorithm is ManagementAlgorithm.TRIPLE_DES
        kind = TripleDES(self.value) if triple else algorithms.AES(self.value)
        # A single random block has no pattern that a mode would have to hide; the card does just this.
        return Cipher(kind, modes.ECB())  # noqa: S305

    def _through(self, context: CipherContext, block: bytes) -> bytes:
        if len(block) != self.algorithm.block_bytes:
            raise CardMalformed(f"{len(block)} bytes where a block of {self.algorithm.name} was due")
        return context.update(block)
