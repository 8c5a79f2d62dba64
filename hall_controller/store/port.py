"""What the hall asks of a place to keep its log. One contract suite runs on every implementation.

The log is the database: entries in order with their payloads, and the members' certificates. A store
checks nothing of their meaning; it promises that a group is kept whole or not at all, and durably.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredEntry:
    seq: int
    hash: str
    """SHA-256 hex of `data`: what the next entry's `prev` must say."""
    sit: str
    type: str
    data: bytes
    """The entry's JCS bytes, as they are hashed into the tree."""
    blob: str | None = None
    """SHA-256 hex of the payload."""
    ballot: str | None = None
    """SHA-256 hex of the ballot's statement: the store refuses to hold one twice."""


@dataclass(frozen=True, slots=True)
class StoredBlob:
    sha256: str
    cls: str
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    sha256: str
    der: bytes


@dataclass(frozen=True, slots=True)
class Group:
    """What is made durable together: an entry never without its payload."""

    entries: tuple[StoredEntry, ...]
    blobs: tuple[StoredBlob, ...] = ()
    certificates: tuple[StoredCertificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    seq: int
    hash: str


class LogReader(Protocol):
    """Reading, also from another process while the hall sits. Every method raises StoreFailed."""

    def head(self) -> Head | None:
        """The last entry; None while the log is empty."""

    def entries(
        self, start: int = 0, stop: int | None = None
    ) -> Iterator[tuple[StoredEntry, bytes | None]]:
        """Entries from `start` to before `stop`, in order, each with its payload; streamed."""

    def entries_alone(self, start: int, stop: int) -> Sequence[bytes]:
        """The JCS bytes of entries from `start` to before `stop`, in order, without their payloads."""

    def certificates(self, sha256s: Iterable[str]) -> dict[str, bytes]:
        """DER by hash, of those that are kept."""

    def close(self) -> None: ...


class Store(LogReader, Protocol):
    """The one writer's side. Whoever holds it holds the lease: nobody else can append."""

    @property
    def epoch(self) -> int:
        """How often the store was opened for writing; larger at each start."""

    def append(self, group: Group) -> None:
        """Makes the group durable, whole. Called from one thread at a time.

        Raises StoreFailed when it was not written or nobody knows; LogBroken when an entry, payload or
        ballot stands there already, or another controller took the lease in between.
        """
