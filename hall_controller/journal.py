"""The log's growing end: gives a draft its place (number, predecessor's hash, time), and reads it all back.

A `Tip` is a value: a group is written on a provisional one, which is dropped when the store fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit import canonical, catalogue
from audit import entry as log_entry
from audit.entry import Entry
from audit.errors import LogBroken
from audit.merkle import Frontier, leaf_hash
from hall_controller.encoding import Draft
from hall_controller.store.port import Group, LogReader, StoredBlob, StoredCertificate, StoredEntry

Token = Callable[[int], bytes]
"""So many bytes from the system's generator."""


@dataclass(frozen=True, slots=True)
class Tip:
    """Where the log ends: all that the next entry needs to know of those before."""

    prev: str = log_entry.GENESIS_PREV
    frontier: Frontier = field(default_factory=Frontier)
    t: datetime | None = None
    """Of the last entry."""
    sit: str = ""

    @property
    def size(self) -> int:
        return self.frontier.size

    def not_before(self, at: datetime) -> datetime:
        """`at`, or the last entry's time if a clock stepped backwards: time in the log never does."""
        return at if self.t is None else max(at, self.t)

    def after(self, entry: Entry, data: bytes, digest: str) -> "Tip":
        return Tip(digest, self.frontier.append(leaf_hash(data)), entry.t, entry.sit)


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft in its place: what the store keeps, and the tip behind it."""

    entry: Entry
    stored: StoredEntry
    blob: StoredBlob | None
    certificate: StoredCertificate | None
    tip: Tip


def place(tip: Tip, draft: Draft, at: datetime, sit: str, token: Token) -> Placed:
    """Raises BadEntry, BlobTooLarge for what doesn't fit the log: refused before it is recorded."""
    ref, blob = None, None
    if draft.payload is not None:
        rand = token(log_entry.RAND_BYTES)
        ref, sealed = log_entry.seal(draft.payload.body, rand, draft.payload.cls)
        blob = StoredBlob(ref.sha256, ref.cls, sealed)
    entry = Entry(tip.size, tip.prev, at, draft.type, draft.actor, sit, draft.d, ref)
    # Whatever stands in a log stays there: what its readers would refuse is refused here.
    catalogue.check(entry)
    if draft.payload is not None:
        catalogue.check_body(entry, draft.payload.body)
    data = log_entry.encode(entry)
    digest = canonical.sha256_hex(data)
    stored = StoredEntry(
        entry.seq, digest, sit, entry.type, data, ref.sha256 if ref else None, draft.ballot
    )
    return Placed(entry, stored, blob, _certificate(draft), tip.after(entry, data, digest))


def _certificate(draft: Draft) -> StoredCertificate | None:
    der = draft.certificate
    return None if der is None else StoredCertificate(canonical.sha256_hex(der), der)


def group(placed: list[Placed]) -> Group:
    """What is written in one transaction."""
    return Group(
        tuple(one.stored for one in placed),
        tuple(one.blob for one in placed if one.blob is not None),
        tuple(one.certificate for one in placed if one.certificate is not None),
    )


@dataclass(frozen=True, slots=True)
class Reread:
    entry: Entry
    body: Any
    """The opened payload, None where there is none."""
    tip: Tip


def reread(store: LogReader, tip: Tip) -> Iterator[Reread]:
    """The log behind `tip` as it stands in the store, each entry and payload checked against its hashes.

    The hall trusts its own disk no further than a stranger would. Raises LogBroken, StoreFailed.
    """
    for stored, blob in store.entries(tip.size):
        entry = log_entry.decode(stored.data)
        digest = canonical.sha256_hex(stored.data)
        if (entry.seq, entry.prev, stored.hash) != (tip.size, tip.prev, digest):
            raise LogBroken(f"entry {stored.seq} does not follow the entry before it")
        if tip.t is not None and entry.t < tip.t:
            raise LogBroken(f"entry {stored.seq} is earlier than the entry before it")
        tip = tip.after(entry, stored.data, digest)
        yield Reread(entry, _open(entry, blob), tip)


def last_time(store: LogReader) -> datetime | None:
    """When the log's last entry was made; None where there is none. Raises StoreFailed, LogBroken."""
    head = store.head()
    if head is None:
        return None
    return next((log_entry.decode(stored.data).t for stored, _ in store.entries(head.seq)), None)


def _open(entry: Entry, blob: bytes | None) -> Any:
    if entry.blob is None:
        return None
    if blob is None:
        raise LogBroken(f"entry {entry.seq} has lost its payload")
    return log_entry.open_blob(blob, entry.blob)
