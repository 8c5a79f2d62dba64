"""What makes a frame the console's own: a session key from both ends' nonces, AES-CCM, rising counters.

The console's long-lived key is used for two things, kept apart by their labels: to prove a console
(`proof`), and to derive the key of one session (`session_key`; NIST SP 800-108, one step of the counter
mode with AES-CMAC). Each end adds a nonce that it never used before, so neither a rebooted console nor a
restarted bridge ever meets an old session key again: that is why counters may start at 1 in each session.
Nothing here draws a random byte.
"""

from dataclasses import dataclass
from enum import Enum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.cmac import CMAC

from firmware_bridge.wire.framing import Frame

KEY_BYTES = 16
NONCE_BYTES = 8
TAG_BYTES = 8
COUNTER_BYTES = 4
LAST_COUNTER = 0xFFFF_FFF0
"""A session ends before its counter would come round: fifty days at a thousand frames a second."""

PROOF_LABEL = b"dien-hong console here v1"
SESSION_LABEL = b"dien-hong console session v1"


class Side(Enum):
    """Who sealed a frame: first byte of the CCM nonce, so the two directions never share one."""

    BRIDGE = b"\x01"
    CONSOLE = b"\x02"


class Rejected(Enum):
    """Why a sealed frame was not opened. Expected on a line, so a value and not an exception."""

    FORGED = "the tag is not this session's"
    STALE = "its counter has passed: an old frame, sent again"


@dataclass(frozen=True, slots=True)
class Opened:
    body: bytes
    repeated: bool
    """The newest frame, heard once more: the answer to it was lost. Answer again, do nothing."""


def _cmac(key: bytes, message: bytes) -> bytes:
    mac = CMAC(AES128(key))
    mac.update(message)
    return mac.finalize()


def proof(key: bytes, address: int, bridge_nonce: bytes, claim: bytes) -> bytes:
    """Eight bytes by which a console shows that it holds `key`, for this hello and what it claims about
    itself.
    """
    return _cmac(key, PROOF_LABEL + b"\0" + bytes((address,)) + bridge_nonce + claim)[:TAG_BYTES]


def session_key(key: bytes, address: int, bridge_nonce: bytes, console_nonce: bytes) -> bytes:
    """The 16-byte key of the session that these two nonces begin."""
    context = bytes((address,)) + bridge_nonce + console_nonce
    return _cmac(key, b"\x01" + SESSION_LABEL + b"\0" + context + b"\x00\x80")


class Session:
    """One end of a session: seals what this end says, opens what the other end said."""

    def __init__(self, key: bytes, side: Side) -> None:
        """`key`: from `session_key`."""
        self._ccm = AESCCM(key, tag_length=TAG_BYTES)
        self._ours = side.value
        self._theirs = (Side.CONSOLE if side is Side.BRIDGE else Side.BRIDGE).value
        self._sent = 0
        self._heard = 0

    @property
    def spent(self) -> bool:
        """No counter is left: begin another session."""
        return self._sent >= LAST_COUNTER

    def seal(self, address: int, kind: int, seq: int, body: bytes) -> Frame:
        """A frame with the next counter, `body` encrypted, header and body under one tag."""
        self._sent += 1
        counter = self._sent.to_bytes(COUNTER_BYTES, "big")
        bare = Frame(address, kind, seq)
        sealed = self._ccm.encrypt(_nonce(self._ours, counter), body, bare.header)
        return Frame(address, kind, seq, counter + sealed)

    def open(self, frame: Frame) -> Opened | Rejected:
        """The body of a frame that the other end sealed in this session, if it is newer than all before,
        or the newest.
        """
        counter, sealed = frame.payload[:COUNTER_BYTES], frame.payload[COUNTER_BYTES:]
        if len(sealed) < TAG_BYTES:
            return Rejected.FORGED
        try:
            body = self._ccm.decrypt(_nonce(self._theirs, counter), sealed, frame.header)
        except InvalidTag:
            return Rejected.FORGED
        number = int.from_bytes(counter, "big")
        if number < self._heard:
            return Rejected.STALE
        repeated, self._heard = number == self._heard, number
        return Opened(body, repeated)


def _nonce(side: bytes, counter: bytes) -> bytes:
    return side + bytes(8) + counter
