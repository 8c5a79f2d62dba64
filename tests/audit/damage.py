"""What can happen to an export on its way, or by the hand of somebody who wants another result."""

from collections.abc import Callable, Sequence

from audit import bundle, checkpoint, tiles
from audit.merkle import Tree, leaf_hash
from tests.audit.builder import LogBuilder

Files = dict[str, bytes]


def flipped(files: Files, path: str, bit: int) -> Files:
    data = bytearray(files[path])
    data[bit // 8] ^= 1 << bit % 8
    return files | {path: bytes(data)}


def rewritten(log: LogBuilder, change: Callable[[list[bytes]], Sequence[bytes]]) -> Files:
    """The entries changed by somebody who makes all files anew, but has no key: the checkpoint stays."""
    files = log.export()
    entries = list(change(list(log.raw)))
    kept = {path: data for path, data in files.items() if not path.startswith("log/tile/")}
    made = tiles.tiles(tiles.leaf_hashes(entries), entries)
    return kept | {bundle.LOG + path: data for path, data in made}


def resigned(log: LogBuilder, change: Callable[[list[bytes]], Sequence[bytes]]) -> Files:
    """The same by somebody who holds the hall's key."""
    files = rewritten(log, change)
    tree = Tree(leaf_hash(entry) for entry in change(list(log.raw)))
    head = checkpoint.sign(log.origin, tree.size, tree.root(), log.hall)
    return files | {bundle.CHECKPOINT: head.encode()}
