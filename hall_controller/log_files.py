"""The public tiles of the log while the hall sits, made from what the store holds.

Entries never change, so what was read once is kept; each request reads only what has come since.
"""

import re
from collections.abc import Callable, Sequence

from audit import tiles
from audit.merkle import Tree, leaf_hash
from hall_controller.store.port import LogReader

_TILE = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")
_HEIGHT = 8


class LogFiles:
    def __init__(self, log: LogReader) -> None:
        self._log = log
        self._entries: list[bytes] = []
        self._tree = Tree()

    def tile(self, path: str, size: int) -> bytes | None:
        """A file below `tile/` of the log of `size` entries, also a partial one of when it was shorter.

        None where there is no such file. Raises StoreFailed.
        """
        asked = _TILE.fullmatch(path)
        if asked is None:
            return None
        self._catch_up(size)
        index = int(asked[2].replace("x", "").replace("/", ""))
        width = int(asked[3] or tiles.WIDTH)
        if asked[1] == "entries":
            return _cut(self._entries, index, width, tiles.bundle)
        return _cut(self._tree.complete(int(asked[1]) * _HEIGHT), index, width, b"".join)

    def _catch_up(self, size: int) -> None:
        if size > len(self._entries):
            for stored, _ in self._log.entries(len(self._entries), size):
                self._entries.append(stored.data)
                self._tree.append(leaf_hash(stored.data))


def _cut(
    parts: Sequence[bytes], index: int, width: int, join: Callable[[Sequence[bytes]], bytes]
) -> bytes | None:
    own = parts[index * tiles.WIDTH : index * tiles.WIDTH + width]
    return join(own) if len(own) == width <= tiles.WIDTH else None
