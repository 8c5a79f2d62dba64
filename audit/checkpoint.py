"""The signed head of the log: C2SP tlog-checkpoint in a C2SP signed-note, Ed25519.

Left out: cosignatures of witnesses are carried but not judged here (an unknown signature is ignored, as
signed-note asks), and the ECDSA and ML-DSA kinds of note.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit import base64std
from audit.errors import BadCheckpoint
from audit.merkle import HASH_BYTES
from audit.signing import PublicKey, Signer

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_MAX_NOTE = 100_000
"""Characters. Sixteen signatures of the largest kind fit (signed-note: "at least up to 16")."""
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class Vkey:
    """A verifier key: what a reader must hold to trust a checkpoint."""

    name: str
    key_id: bytes
    public: Ed25519PublicKey

    def __str__(self) -> str:
        return vkey(self.name, self.public)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Note:
    text: str
    signatures: tuple[tuple[str, bytes], ...]
    """Name of the key, and key id with signature."""


def vkey(name: str, key: PublicKey) -> str:
    """`<name>+<key id in 8 hex digits>+<base64 of 0x01 and the key>`, as Go's sumdb/note reads it."""
    public = _ed25519(key)
    return f"{_named(name)}+{_key_id(name, public).hex()}+{base64std.encode(_ED25519 + public)}"


def parse_vkey(text: str) -> Vkey:
    """Raises BadCheckpoint unless name, key and key id belong together."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    data = base64std.decode(encoded, BadCheckpoint)
    if len(data) != 1 + HASH_BYTES or data[:1] != _ED25519:
        raise BadCheckpoint("a verifier key must be name+id+key, with an Ed25519 key")
    if _key_id(_named(name), data[1:]).hex() != key_id:
        raise BadCheckpoint(f"the verifier key's id {key_id!r:.20} isn't that of its name and key")
    return Vkey(name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(data[1:]))


def sign(origin: str, size: int, root: bytes, signer: Signer) -> str:
    """The checkpoint's text, signed. The key's name is the origin. `root`: 32 bytes."""
    if size < 0 or len(root) != HASH_BYTES:
        raise ValueError("a checkpoint needs a size and a root of 32 bytes")
    text = f"{_named(origin)}\n{size}\n{base64std.encode(root)}\n"
    key_id = _key_id(origin, _ed25519(signer.public_key))
    return f"{text}\n— {origin} {base64std.encode(key_id + signer.sign(text.encode()))}\n"


def verify(text: str, vkey: str | Vkey) -> Checkpoint:
    """The checkpoint, if this key signed it for its own log. Raises BadCheckpoint, saying what is wrong."""
    key = parse_vkey(vkey) if isinstance(vkey, str) else vkey
    note = _split(text)
    ours = [data for name, data in note.signatures if name == key.name and data.startswith(key.key_id)]
    if not ours:
        names = ", ".join(f"{name}+{data[:_KEY_ID_BYTES].hex()}" for name, data in note.signatures)
        raise BadCheckpoint(f"not signed by {key.name}+{key.key_id.hex()} but by {names}")
    try:
        for data in ours:
            key.public.verify(data[_KEY_ID_BYTES:], note.text.encode())
    except InvalidSignature:
        raise BadCheckpoint(f"the signature of {key.name}+{key.key_id.hex()} doesn't match") from None
    checkpoint = _body(note.text)
    if checkpoint.origin != key.name:
        raise BadCheckpoint(f"a checkpoint of {checkpoint.origin!r} signed by the key of {key.name!r}")
    return checkpoint


def parse(text: str) -> Checkpoint:
    """What a checkpoint says, its signature not judged. Raises BadCheckpoint if it isn't one."""
    return _body(_split(text).text)


def as_seen(text: str) -> str:
    """A note as a QR reader, an editor or a message hands it on: with foreign line ends, or without the
    last one, which its signature line needs. What was signed is not touched."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").strip()
    return lines + "\n"


def root_text(checkpoint: Checkpoint) -> str:
    """Size and root as the checkpoint prints them, to be compared by eye."""
    return f"{checkpoint.size} {base64std.encode(checkpoint.root)}"


def _split(text: str) -> _Note:
    if len(text) > _MAX_NOTE or any(char < " " and char != "\n" for char in text):
        raise BadCheckpoint("too long, or with control characters")
    body, blank, tail = text.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise BadCheckpoint("not a signed note: text, empty line, signatures")
    return _Note(body + "\n", tuple(_signature(line) for line in tail[:-1].split("\n")))


def _signature(line: str) -> tuple[str, bytes]:
    found = _SIGNATURE_LINE.fullmatch(line)
    if not found:
        raise BadCheckpoint(f"not a signature line: {line[:60]!r}")
    data = base64std.decode(found[2], BadCheckpoint)
    if len(data) <= _KEY_ID_BYTES:
        raise BadCheckpoint("a signature line without a signature")
    return found[1], data


def _body(text: str) -> Checkpoint:
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise BadCheckpoint("a checkpoint is origin, size, root, and no empty line")
    origin, size, root, *extensions = lines
    data = base64std.decode(root, BadCheckpoint)
    if len(data) != HASH_BYTES:
        raise BadCheckpoint("the root isn't a hash")
    return Checkpoint(origin, int(size), data, tuple(extensions))


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:_KEY_ID_BYTES]


def _ed25519(key: PublicKey) -> bytes:
    if not isinstance(key, Ed25519PublicKey):
        raise BadCheckpoint("checkpoints are signed with Ed25519")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadCheckpoint(f"not a name for a key (no spaces, no plus): {name!r:.60}")
    return name
