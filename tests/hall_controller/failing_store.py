"""A store that misbehaves on demand: a stand-in that keeps the contract, in front of a real one."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from hall_controller.errors import StoreFailed
from hall_controller.store.port import Group, Head, Store, StoredEntry

Misfortune = Literal["before", "after", "reading"]


STOP_AFTER_S = 10
"""No test may hang on a store that it forgot."""


class Stall:
    """An append that doesn't come back before it is told to; the writer waits, the test doesn't."""

    def __init__(self) -> None:
        self.begun, self.over = threading.Event(), threading.Event()


class FailingStore:
    """`fail("before")`: the next append writes nothing; "after": it writes, but nobody is told.

    `stall()`: the next append waits until the stall is over, before any other misfortune.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.groups: list[int] = []
        """Entries in each group that was written."""
        self._misfortunes: list[Misfortune] = []
        self._stalls: list[Stall] = []

    def fail(self, *misfortunes: Misfortune) -> None:
        self._misfortunes += misfortunes

    def stall(self) -> Stall:
        self._stalls.append(Stall())
        return self._stalls[-1]

    @property
    def epoch(self) -> int:
        return self.store.epoch

    def append(self, group: Group) -> None:
        if self._stalls:
            stall = self._stalls.pop(0)
            stall.begun.set()
            stall.over.wait(STOP_AFTER_S)
        if self._meets("before"):
            raise StoreFailed("no room left on the device")
        self.store.append(group)
        self.groups.append(len(group.entries))
        if self._meets("after"):
            raise StoreFailed("the connection was cut")

    def head(self) -> Head | None:
        return self.store.head()

    def entries(
        self, start: int = 0, stop: int | None = None
    ) -> Iterator[tuple[StoredEntry, bytes | None]]:
        if self._meets("reading"):
            raise StoreFailed("the connection can't be made again")
        return self.store.entries(start, stop)

    def entries_alone(self, start: int, stop: int) -> Sequence[bytes]:
        return self.store.entries_alone(start, stop)

    def certificates(self, sha256s: Iterable[str]) -> dict[str, bytes]:
        return self.store.certificates(sha256s)

    def close(self) -> None:
        self.store.close()

    def _meets(self, misfortune: Misfortune) -> bool:
        if self._misfortunes[:1] == [misfortune]:
            del self._misfortunes[0]
            return True
        return False
