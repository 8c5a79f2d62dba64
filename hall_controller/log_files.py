"""The public tiles of the log while the hall sits, made from what the store holds.

Anybody may ask for any tile, in a vote too: entries are read in a thread, without their payloads, one
request at a time. Only the tree's hashes are kept, 64 bytes an entry; a bundle is read when asked for.
"""

import asyncio
import re
from collections.abc import Callable, Sequence

from audit import tiles
from audit.merkle import Tree, leaf_hash
from hall_controller.store.port import LogReader

_TILE = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/){0,4}\d{3})(?:\.p/([1-9]\d{0,2}))?")
_HEIGHT = 8
_AT_ONCE = 1024
"""Entries read together while catching up: their bytes stand in memory, some hundred kB."""


class LogFiles:
    def __init__(self, log: LogReader) -> None:
        self._log = log
        self._tree = Tree()
        self._reading = asyncio.Lock()

    async def tile(self, path: str, size: int) -> bytes | None:
        """A file below `tile/` of the log of `size` entries, also a partial one of when it was shorter.

        None where there is no such file. Raises StoreFailed.
        """
        asked = _TILE.fullmatch(path)
        if asked is None:
            return None
        index = int(asked[2].replace("x", "").replace("/", ""))
        width = int(asked[3] or tiles.WIDTH)
        level = 0 if asked[1] == "entries" else int(asked[1])
        # What can't be there yet costs no reading: a stranger may ask for tiles up to any number.
        if width > tiles.WIDTH or (index * tiles.WIDTH + width) << level * _HEIGHT > size:
            return None
        async with self._reading:
            if asked[1] == "entries":
                return await asyncio.to_thread(self._bundle, index * tiles.WIDTH, width)
            await asyncio.to_thread(self._catch_up, size)
        return _cut(self._tree.complete(level * _HEIGHT), index, width, b"".join)

    async def tree(self, size: int) -> Tree:
        """The hashes of at least so many entries. It only grows: ask it for what stands under `size`."""
        async with self._reading:
            await asyncio.to_thread(self._catch_up, size)
        return self._tree

    def _bundle(self, start: int, width: int) -> bytes | None:
        return _cut(self._log.entries_alone(start, start + width), 0, width, tiles.bundle)

    def _catch_up(self, size: int) -> None:
        while self._tree.size < size:
            start = self._tree.size
            for data in self._log.entries_alone(start, min(size, start + _AT_ONCE)):
                self._tree.append(leaf_hash(data))
            if self._tree.size == start:
                return


def _cut(
    parts: Sequence[bytes], index: int, width: int, join: Callable[[Sequence[bytes]], bytes]
) -> bytes | None:
    own = parts[index * tiles.WIDTH : index * tiles.WIDTH + width]
    return join(own) if len(own) == width <= tiles.WIDTH else None
