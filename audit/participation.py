"""Who took part: a sorted, salted Merkle list that a vote's close commits to.

One leaf for each member on the roll, with the effective ballot's hash or none. A member who is shown one
leaf and its path can check that the ballot counted, or that none is held against the name, and learns
nothing of anybody else: without the salt a leaf can't be guessed from its hash.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audit import base64url, canonical, merkle, shapes
from audit.errors import BadProof

SALT_BYTES = 16
SEED_BYTES = 32

Leaf = dict[str, Any]
"""{"ballot": hex or None, "member": id, "salt": base64url of 16 bytes}"""

is_leaf = shapes.members(
    ballot=shapes.nullable(shapes.hex64), member=shapes.text, salt=shapes.b64(SALT_BYTES)
)
"""Whether a value from outside has a leaf's members and types."""


def build(
    members: Iterable[str], effective: Mapping[str, str | None], seed: bytes
) -> tuple[list[Leaf], bytes]:
    """The leaves in the order of the members' ids (UTF-8 bytes), and the root.

    `effective`: the ballot's payload hash of each member who has one. `seed`: 32 random bytes, secret, for
    this vote alone; the salts are made of it so that a restarted hall closes the vote with the same root.
    Raises ValueError for a member named twice, or a ballot of somebody who isn't a member.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"the seed must be {SEED_BYTES} bytes")
    names = sorted(members, key=str.encode)
    if len(set(names)) != len(names) or not effective.keys() <= set(names):
        raise ValueError("a member twice, or a ballot of no member")
    leaves = [{"ballot": effective.get(name), "member": name, "salt": _salt(seed, name)} for name in names]
    return leaves, root(leaves)


def root(leaves: Iterable[Leaf]) -> bytes:
    return merkle.root(map(_leaf_hash, leaves))


def prove(leaves: Sequence[Leaf], member: str) -> tuple[Leaf, int, list[bytes]]:
    """The member's leaf, its index, and its path. KeyError if there is none."""
    for index, leaf in enumerate(leaves):
        if leaf["member"] == member:
            return leaf, index, merkle.inclusion_proof(map(_leaf_hash, leaves), index)
    raise KeyError(member)


def verify_leaf(leaf: Leaf, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raises BadProof unless this leaf is number `index` of the list of `size` leaves under `root`."""
    if not is_leaf(leaf):
        raise BadProof("not a leaf of such a list")
    merkle.verify_inclusion(_leaf_hash(leaf), index, size, path, root)


def _salt(seed: bytes, member: str) -> str:
    return base64url.encode(hmac.digest(seed, member.encode(), "sha256")[:SALT_BYTES])


def _leaf_hash(leaf: Leaf) -> bytes:
    return merkle.leaf_hash(canonical.encode(leaf))
