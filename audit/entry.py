"""One line of the log: a public entry, and the sealed payload that it may name (docs/specs/log.md)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit import base64url, canonical, instant
from audit.errors import BadBlob, BadEntry, BadEvidence, BlobTooLarge

GENESIS_PREV = "0" * 64
MAX_ENTRY_BYTES = 60_000
"""Below the uint16 length of an entry bundle (C2SP tlog-tiles), with room for what may yet be added."""
RAND_BYTES = 16
BALLOT_BLOB_BYTES = 1536
"""Room for a ballot signed by a 2048-bit RSA card; every ballot has this size, whatever it says."""
BLOB_STEP_BYTES = 1024
RESULT_STEP_BYTES = 4096
"""Room for a signed result of many choices with long names: figures of any kind have this one size."""
ACCOUNT_STEP_BYTES = 65_536
"""Room for some five hundred seats with all their times: its length tells of none."""
CLASSES = frozenset(
    {"public", "ballot", "session", "signout", "participation", "account", "result", "declared", "incident"}
)
_STEPS = {"account": ACCOUNT_STEP_BYTES, "result": RESULT_STEP_BYTES, "declared": RESULT_STEP_BYTES}

_BEHIND_PAD = len('","rand":"') + 22 + len('"}')
"""Bytes after a payload's pad: 16 bytes are 22 characters of base64url."""

_HEX64 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAMES = frozenset({"v", "seq", "prev", "t", "type", "actor", "sit", "d"})
_BLOB_NAMES = frozenset({"sha256", "len", "class"})


@dataclass(frozen=True, slots=True)
class BlobRef:
    sha256: str
    """Lower-case hex of the sealed bytes."""
    len: int
    cls: str


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    prev: str
    """Lower-case hex SHA-256 of the previous entry's bytes, or GENESIS_PREV."""
    t: datetime
    """Aware UTC, whole milliseconds."""
    type: str
    actor: str
    sit: str
    d: Mapping[str, Any] = field(default_factory=dict)
    blob: BlobRef | None = None


def encode(entry: Entry) -> bytes:
    """The entry's JCS bytes. Raises BadEntry if they may not stand in a log."""
    members: dict[str, Any] = {
        "v": 1, "seq": entry.seq, "prev": entry.prev, "t": instant.write(entry.t), "type": entry.type,
        "actor": entry.actor, "sit": entry.sit, "d": entry.d,
    }  # fmt: skip
    if entry.blob is not None:
        members["blob"] = {"sha256": entry.blob.sha256, "len": entry.blob.len, "class": entry.blob.cls}
    try:
        data = canonical.encode(members)
    except BadEvidence as error:
        raise BadEntry(f"entry {entry.seq}: {error}") from None
    if len(data) > MAX_ENTRY_BYTES:
        raise BadEntry(f"entry {entry.seq} has {len(data)} bytes, at most {MAX_ENTRY_BYTES} may stand")
    return data


def decode(data: bytes) -> Entry:
    """The entry of these bytes. Raises BadEntry, saying what is wrong with them."""
    if len(data) > MAX_ENTRY_BYTES:
        raise BadEntry(f"{len(data)} bytes, at most {MAX_ENTRY_BYTES} may stand")
    try:
        members = canonical.decode(data)
        return _entry(members)
    except BadEvidence as error:
        raise BadEntry(str(error)) from None


def _entry(members: Any) -> Entry:
    if not isinstance(members, dict) or members.keys() - {"blob"} != _NAMES:
        raise BadEntry("not the members of an entry")
    if members["v"] != 1 or members["v"] is True:
        raise BadEntry(f"version {members['v']!r} is not known")
    texts = (members["t"], members["type"], members["actor"], members["sit"])
    if not all(isinstance(text, str) for text in texts) or not isinstance(members["d"], dict):
        raise BadEntry("t, type, actor and sit must be texts, d an object")
    _require_hash(members["prev"], "prev")
    return Entry(
        seq=_count(members["seq"], "seq"), prev=members["prev"], t=instant.read(members["t"]),
        type=members["type"], actor=members["actor"], sit=members["sit"], d=members["d"],
        blob=_ref(members["blob"]) if "blob" in members else None,
    )  # fmt: skip


def _ref(members: Any) -> BlobRef:
    if not isinstance(members, dict) or members.keys() != _BLOB_NAMES:
        raise BadEntry("not the members of a payload's reference")
    if not isinstance(members["class"], str) or members["class"] not in CLASSES:
        raise BadEntry(f"no such class of payload: {members['class']!r:.40}")
    _require_hash(members["sha256"], "blob.sha256")
    return BlobRef(members["sha256"], _count(members["len"], "blob.len"), members["class"])


def _require_hash(value: Any, name: str) -> None:
    if not isinstance(value, str) or not _HEX64.fullmatch(value):
        raise BadEntry(f"{name} is not 64 lower-case hex digits")


def _count(value: Any, name: str) -> int:
    if type(value) is not int or value < 0:
        raise BadEntry(f"{name} is not a count")
    return value


def seal(body: Any, rand: bytes, cls: str) -> tuple[BlobRef, bytes]:
    """The payload's bytes and the reference that its entry carries.

    `rand`: 16 bytes from the system's generator, never used twice: without them a reader who is not
    given the payload could try all choices of all members against the published hash.
    Raises BlobTooLarge for a ballot that doesn't fit 1,536 bytes, NotCanonical for a body that isn't JSON.
    """
    if len(rand) != RAND_BYTES:
        raise ValueError(f"rand must be {RAND_BYTES} bytes")
    if cls not in CLASSES:
        raise ValueError(f"no such class of payload: {cls}")
    bare = canonical.encode({"body": body, "pad": "", "rand": base64url.encode(rand)})
    # What follows the pad always has one length: the zeros go in without writing the whole again.
    at = len(bare) - _BEHIND_PAD
    data = bare[:at] + b"0" * (_sealed_size(len(bare), cls) - len(bare)) + bare[at:]
    return BlobRef(canonical.sha256_hex(data), len(data), cls), data


def open_blob(data: bytes, ref: BlobRef) -> Any:
    """The body. Raises BadBlob unless these are the very bytes named, sealed as the format asks."""
    if len(data) != ref.len or canonical.sha256_hex(data) != ref.sha256:
        raise BadBlob("not the bytes that the entry names")
    try:
        members = canonical.decode(data)
        if not isinstance(members, dict) or members.keys() != {"body", "pad", "rand"}:
            raise BadBlob("not the members of a payload")
        _check_seal(members["pad"], members["rand"], len(data), ref.cls)
    except BadEvidence as error:
        raise BadBlob(str(error)) from None
    return members["body"]


def _check_seal(pad: Any, rand: Any, size: int, cls: str) -> None:
    if not isinstance(rand, str) or len(base64url.decode(rand)) != RAND_BYTES:
        raise BadBlob(f"rand is not {RAND_BYTES} bytes")
    if not isinstance(pad, str) or pad.strip("0") or size != _sealed_size(size - len(pad), cls):
        # A pad that could differ would be a place to write what the log is not meant to say.
        raise BadBlob("the padding is not the one that the class asks")


def _sealed_size(bare: int, cls: str) -> int:
    if cls != "ballot":
        step = _STEPS.get(cls, BLOB_STEP_BYTES)
        return -(-bare // step) * step
    if bare > BALLOT_BLOB_BYTES:
        raise BlobTooLarge(f"a ballot of {bare} bytes doesn't fit {BALLOT_BLOB_BYTES}")
    return BALLOT_BLOB_BYTES
