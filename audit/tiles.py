"""The log as static files: C2SP tlog-tiles. Any such reader can fetch it, and a directory can hold it.

Paths here are below the log's prefix (`log/` in an export). Left out: pruning, which a
parliament's log never does, and compression, which is the web server's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from audit.errors import LogBroken
from audit.merkle import HASH_BYTES, Tree, leaf_hash

WIDTH = 256
_HEIGHT = 8
_LENGTH_BYTES = 2

_Part = TypeVar("_Part")


class BadTile(LogBroken):
    """A file of the log that isn't as tlog-tiles asks. `path` says which."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(f"{path}: {text}")
        self.path = path


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """`tile/<L>/<N>[.p/<W>]`; the level `entries` is for bundles."""
    digits = f"{index % 1000:03}"
    while index := index // 1000:
        digits = f"x{index % 1000:03}/{digits}"
    return f"tile/{level}/{digits}" + (f".p/{width}" if width < WIDTH else "")


def paths(size: int) -> Iterator[str]:
    """Every file below `tile/` of a log of `size` entries, and no other."""
    for path, _ in bundle_paths(size):
        yield path
    for level, hashes in _levels(size):
        for index, width in _cuts(hashes):
            yield tile_path(level, index, width)


def bundle_paths(size: int) -> Iterator[tuple[str, int]]:
    """Each entry bundle of a log of `size` entries, with the number of entries that it holds."""
    for index, width in _cuts(size):
        yield tile_path("entries", index, width), width


def tiles(leaf_hashes: Iterable[bytes], entries: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Each file of the log: path and bytes. `leaf_hashes` must be the entries' own, in order."""
    tree = Tree(leaf_hashes)
    if tree.size != len(entries):
        raise ValueError(f"{tree.size} leaf hashes for {len(entries)} entries")
    yield from _files("entries", entries, bundle)
    yield from hash_tiles(tree)


def hash_tiles(tree: Tree) -> Iterator[tuple[str, bytes]]:
    """The hash tiles alone: what a reader computes from the entries to compare with the files."""
    for level, _ in _levels(tree.size):
        yield from _files(level, tree.complete(level * _HEIGHT), b"".join)


def bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length, a big-endian uint16."""
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def unbundle(data: bytes, path: str = "bundle") -> list[bytes]:
    """The entries of a bundle. Raises BadTile when the lengths don't come out even."""
    entries, at = [], 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise BadTile(path, "ends in the middle of an entry")
        entries.append(data[start:at])
    return entries


def read_entries(source: Mapping[str, bytes], size: int) -> Iterator[bytes]:
    """The entries 0 … size-1 from their bundles. Raises BadTile at the first file that is missing or
    doesn't hold its number of entries. The tiles are not compared: `check_tiles` does."""
    for path, width in bundle_paths(size):
        entries = unbundle(_get(source, path), path)
        if len(entries) != width:
            raise BadTile(path, f"holds {len(entries)} entries, not {width}")
        yield from entries


def check_tiles(source: Mapping[str, bytes], tree: Tree) -> Iterator[BadTile]:
    """Every hash tile that is missing or differs from the tree over the entries."""
    for path, expected in hash_tiles(tree):
        data = source.get(path)
        if data is None:
            yield BadTile(path, "is missing")
        elif data != expected:
            yield BadTile(path, _difference(data, expected))


def leaf_hashes(entries: Iterable[bytes]) -> Iterator[bytes]:
    return (leaf_hash(entry) for entry in entries)


def _difference(data: bytes, expected: bytes) -> str:
    if len(data) != len(expected):
        return f"has {len(data)} bytes, not {len(expected)}"
    at = next(i for i, (a, b) in enumerate(zip(data, expected, strict=True)) if a != b)
    return f"its hash {at // HASH_BYTES} is not the hash of what the entries say"


def _get(source: Mapping[str, bytes], path: str) -> bytes:
    data = source.get(path)
    if data is None:
        raise BadTile(path, "is missing")
    return data


def _levels(size: int) -> Iterator[tuple[int, int]]:
    """Each level of tiles and its number of hashes: at level l, one for each complete 256^l entries."""
    level = 0
    while size:
        yield level, size
        level, size = level + 1, size // WIDTH


def _cuts(count: int) -> Iterator[tuple[int, int]]:
    """Index and width of each tile that holds `count` hashes or entries."""
    for index in range(-(-count // WIDTH)):
        yield index, min(WIDTH, count - index * WIDTH)


def _files(
    level: int | str, parts: Sequence[_Part], write: Callable[[Sequence[_Part]], bytes]
) -> Iterator[tuple[str, bytes]]:
    for index, width in _cuts(len(parts)):
        yield tile_path(level, index, width), write(parts[index * WIDTH : index * WIDTH + width])
