"""What a simulated PIV card does for whoever administers it: proof of that key, new keys, objects.

As NIST SP 800-73-4 part 2 has it (3.2.4, 3.3), with the makers' command for a new management key.
"""

import hmac
import secrets
from collections.abc import Iterable

from firmware_bridge.cards import tlv
from firmware_bridge.cards.apdu import Status
from firmware_bridge.cards.management_key import FACTORY_KEY, ManagementAlgorithm, ManagementKey
from simulators.card_keys import KeyChip, chip_of, made, public_template

MANAGEMENT = 0x9B
FACTORY = ManagementKey(ManagementAlgorithm.AES_192, FACTORY_KEY)
LONGEST_OBJECT = 3052
"""Bytes: what the largest PIV objects take on a real card."""
_PLACES = frozenset({0x9A, 0x9C, 0x9D, 0x9E})


class AdministrationRefused(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


class CardAdministrator:
    """The card's side of 9B. `takes`: the kinds of management key that this card knows."""

    def __init__(
        self, key: ManagementKey, chips: dict[int, KeyChip], objects: dict[bytes, bytes],
        takes: Iterable[ManagementAlgorithm] = ManagementAlgorithm,
    ) -> None:  # fmt: skip
        self._key = key
        self._chips = chips
        self._objects = objects
        self._takes = frozenset(takes)
        self.reset()

    def reset(self) -> None:
        self._proved = False
        self._witness = self._challenge = b""

    def holds(self, key: ManagementKey) -> bool:
        return self._key == key

    def authenticate(self, algorithm: int, data: bytes) -> bytes:
        """GENERAL AUTHENTICATE with key 9B: mutual (witness) or one-sided (challenge), in two commands."""
        if algorithm != self._key.algorithm:
            raise AdministrationRefused(Status.WRONG_P1_P2)
        asked = dict(tlv.items(tlv.find(data, 0x7C)))
        witness, challenge = self._witness, self._challenge
        self.reset()
        if asked.get(0x80) == b"":
            self._witness = secrets.token_bytes(self._key.algorithm.block_bytes)
            return tlv.encode(0x7C, tlv.encode(0x80, self._key.encipher(self._witness)))
        if asked.get(0x81) == b"" and 0x82 not in asked:
            self._challenge = secrets.token_bytes(self._key.algorithm.block_bytes)
            return tlv.encode(0x7C, tlv.encode(0x81, self._challenge))
        if 0x80 in asked:
            self._proved = _same(witness, asked[0x80])
        elif 0x82 in asked:
            self._proved = bool(challenge) and self._key.opens(challenge, asked[0x82])
        if not self._proved:
            raise AdministrationRefused(Status.NOT_ALLOWED_YET)
        if 0x80 not in asked:
            return b""
        return tlv.encode(0x7C, tlv.encode(0x82, self._key.encipher(asked.get(0x81, b""))))

    def generate(self, reference: int, data: bytes) -> bytes:
        """GENERATE ASYMMETRIC KEY PAIR: the key stays here, its public half goes out."""
        self._allowed()
        if reference not in _PLACES:
            raise AdministrationRefused(Status.WRONG_P1_P2)
        algorithm = tlv.find(tlv.find(data, 0xAC), 0x80)
        key = made(algorithm[0]) if len(algorithm) == 1 else None
        if key is None:
            raise AdministrationRefused(Status.WRONG_DATA)
        self._chips[reference] = chip_of(key)
        return tlv.encode(0x7F49, public_template(key))

    def put(self, data: bytes) -> None:
        """PUT DATA. An empty object is one that is gone."""
        self._allowed()
        tag, value = tlv.find(data, 0x5C), tlv.find(data, 0x53)
        if len(value) > LONGEST_OBJECT:
            raise AdministrationRefused(Status.NO_SPACE)
        if value:
            self._objects[tag] = tlv.encode(0x53, value)
        else:
            self._objects.pop(tag, None)

    def change_key(self, data: bytes) -> None:
        """SET MANAGEMENT KEY, as makers have it: algorithm, 9B, length, key."""
        self._allowed()
        try:
            algorithm = ManagementAlgorithm(data[0])
            key = ManagementKey(algorithm, data[3:])
        except (IndexError, ValueError):
            raise AdministrationRefused(Status.WRONG_DATA) from None
        if algorithm not in self._takes or data[1] != MANAGEMENT or data[2] != len(key.value):
            raise AdministrationRefused(Status.WRONG_DATA)
        self._key = key

    def _allowed(self) -> None:
        if not self._proved:
            raise AdministrationRefused(Status.NOT_ALLOWED_YET)


def _same(expected: bytes, tried: bytes) -> bool:
    return bool(expected) and hmac.compare_digest(expected, tried)
