"""The Merkle tree over entries: RFC 6962, section 2.1; checks of proofs after RFC 9162, section 2.1.

`Frontier` is the tree's right edge as a value: a group commit grows it provisionally and drops it when
the write fails. `Tree` keeps every complete subtree's hash, so that roots and proofs at any size are quick.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from audit.errors import BadProof

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree's size and the roots of its complete subtrees, widest first: all that growing needs."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier with one more leaf hash. At most log2(size) hashes; on average one."""
        peaks, size = self.peaks, self.size
        while size & 1:
            leaf = node_hash(peaks[-1], leaf)
            peaks = peaks[:-1]
            size >>= 1
        return Frontier(self.size + 1, (*peaks, leaf))

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        return _fold_left(self.peaks)


class Tree:
    """Append-only; holds two hashes a leaf, some 64 bytes."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Adds a leaf hash and every subtree that it completes."""
        for level, hashes in enumerate(self._levels):
            hashes.append(leaf)
            if len(hashes) & 1:
                return
            leaf = node_hash(hashes[-2], hashes[-1])
            if level + 1 == len(self._levels):
                self._levels.append([leaf])
                return

    def leaf(self, index: int) -> bytes:
        return self._levels[0][index]

    def complete(self, level: int) -> Sequence[bytes]:
        """Hashes of all complete subtrees of 2^level leaves, from the left: what tiles are cut from."""
        return self._levels[level] if level < len(self._levels) else ()

    def frontier(self, size: int | None = None) -> Frontier:
        size = self._within(size)
        peaks, start = [], 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                peaks.append(self._levels[level][start >> level])
                start += 1 << level
        return Frontier(size, tuple(peaks))

    def root(self, size: int | None = None) -> bytes:
        """The root at `size` leaves; of all of them by default."""
        return self.frontier(size).root()

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """PATH(index, D[0:size]), from the leaf's sibling up. IndexError outside the tree."""
        size = self._within(size)
        if not 0 <= index < size:
            raise IndexError(f"no leaf {index} in a tree of {size}")
        path, low, high = [], 0, size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """PROOF(old, D[0:new]) of RFC 6962, section 2.1.2; empty for old 0 and old = new."""
        new = self._within(new)
        if not 0 <= old <= new:
            raise IndexError(f"{old} is not a size before {new}")
        if old in (0, new):
            return []
        path, low, high, whole = [], 0, new, True
        while old != high:
            middle = low + _split(high - low)
            if old <= middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low, whole = middle, False
        return [*([] if whole else [self._range(low, high)]), *path[::-1]]

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise IndexError(f"the tree has {self.size} leaves, not {size}")
        return size

    def _range(self, low: int, high: int) -> bytes:
        """MTH(D[low:high]) for a range that RFC 6962's splitting meets: `low` is aligned to its width."""
        parts = []
        while low < high:
            level = (high - low).bit_length() - 1
            parts.append(self._levels[level][low >> level])
            low += 1 << level
        return _fold_left(parts)


def inclusion_proof(leaves: Iterable[bytes], index: int) -> list[bytes]:
    return Tree(leaves).inclusion(index)


def consistency_proof(leaves: Iterable[bytes], old: int) -> list[bytes]:
    return Tree(leaves).consistency(old)


def root(leaves: Iterable[bytes]) -> bytes:
    """MTH of these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier.root()


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162, section 2.1.3.2. Raises BadProof unless `leaf` is number `index` of the tree."""
    if not 0 <= index < size or not _hashes(leaf, root, *proof):
        raise BadProof("the proof isn't for a leaf of this tree")
    node, last, reached = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof("the proof is too long")
        if node & 1 or node == last:
            reached = node_hash(sibling, reached)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        node, last = node >> 1, last >> 1
    if last or reached != root:
        raise BadProof("the proof doesn't lead to the root")


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162, section 2.1.4.2. Raises BadProof unless the older tree is the start of the newer one."""
    if not 0 <= old <= new or not _hashes(old_root, new_root, *proof):
        raise BadProof("not an earlier and a later tree")
    if old == 0:
        _require(not proof and old_root == EMPTY_ROOT)
    elif old == new:
        _require(not proof and old_root == new_root)
    else:
        _check_growth(old, new, old_root, new_root, proof)


def _check_growth(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    # A power of two is one subtree of the new tree: its root is known and left out of the proof.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    _require(bool(path))
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        _require(last != 0)
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    _require(last == 0 and first == old_root and second == new_root)


def _require(holds: bool) -> None:
    if not holds:
        raise BadProof("the older tree is not shown to be the start of the newer one")


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << (width - 1).bit_length() - 1


def _fold_left(parts: Sequence[bytes]) -> bytes:
    reached = parts[-1]
    for part in reversed(parts[:-1]):
        reached = node_hash(part, reached)
    return reached
