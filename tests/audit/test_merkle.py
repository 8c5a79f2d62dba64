"""Laws of the tree, against the definitions of RFC 6962 written out plainly."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle
from audit.errors import BadProof
from audit.merkle import Frontier, Tree, leaf_hash, node_hash, verify_consistency, verify_inclusion

MAX = 200
LEAVES = [leaf_hash(number.to_bytes(2, "big")) for number in range(MAX)]
TREE = Tree(LEAVES)
sizes = st.integers(0, MAX)


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def test_known_roots() -> None:
    """From the test vectors of the certificate-transparency project: inputs "", 00, 10."""
    leaves = [leaf_hash(b""), leaf_hash(b"\x00"), leaf_hash(b"\x10")]
    known = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    ]
    assert [merkle.root(leaves[:size]).hex() for size in range(4)] == known


@given(sizes)
def test_every_way_to_the_root_agrees(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier = frontier.append(leaf)
    wanted = mth(LEAVES[:size])
    assert frontier.root() == TREE.root(size) == Tree(LEAVES[:size]).root() == wanted
    assert TREE.frontier(size) == frontier


@given(sizes, st.lists(st.binary(min_size=32, max_size=32), max_size=5))
def test_a_provisional_append_changes_nothing_before_it(size: int, more: list[bytes]) -> None:
    before = TREE.frontier(size)
    grown = before
    for leaf in more:
        grown = grown.append(leaf)
    assert before == TREE.frontier(size)
    assert grown.root() == mth([*LEAVES[:size], *more])


@given(st.data(), st.integers(1, MAX))
def test_inclusion_is_proved_for_that_leaf_at_that_place_only(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root = TREE.inclusion(index, size), TREE.root(size)
    verify_inclusion(LEAVES[index], index, size, proof, root)
    assert proof == merkle.inclusion_proof(LEAVES[:size], index)
    refused(verify_inclusion, leaf_hash(b"other"), index, size, proof, root)
    refused(verify_inclusion, LEAVES[index], index, size, [*proof, root], root)
    refused(verify_inclusion, LEAVES[index], size, size, proof, root)
    if proof:
        refused(verify_inclusion, LEAVES[index], index, size, proof[:-1], root)
        refused(verify_inclusion, LEAVES[index], (index + 1) % size, size, proof, root)
        changed = data.draw(st.integers(0, len(proof) - 1))
        refused(verify_inclusion, LEAVES[index], index, size, bent(proof, changed), root)


@given(sizes, sizes)
def test_consistency_is_proved_for_these_two_sizes_only(old: int, new: int) -> None:
    old, new = sorted((old, new))
    proof, roots = TREE.consistency(old, new), (TREE.root(old), TREE.root(new))
    verify_consistency(old, new, *roots, proof)
    assert proof == merkle.consistency_proof(LEAVES[:new], old)
    refused(verify_consistency, old, new, *roots, [*proof, roots[0]])
    if 0 < old < new:
        refused(verify_consistency, old, new, roots[0], leaf_hash(b"other"), proof)
        refused(verify_consistency, old, new, leaf_hash(b"other"), roots[1], proof)
        refused(verify_consistency, old, new, *roots, proof[:-1])
        for place in range(len(proof)):
            refused(verify_consistency, old, new, *roots, bent(proof, place))


def test_a_tree_that_was_rewritten_is_not_consistent() -> None:
    other = Tree([*LEAVES[:10], leaf_hash(b"other"), *LEAVES[11:20]])
    refused(verify_consistency, 15, 20, TREE.root(15), other.root(), other.consistency(15))


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 3), (0, 5)])
def test_sizes_out_of_order_are_refused(old: int, new: int) -> None:
    refused(verify_consistency, old, new, bytes(32), bytes(32), [])


def test_hashes_of_another_length_are_refused() -> None:
    refused(verify_inclusion, b"short", 0, 1, [], b"short")
    refused(verify_consistency, 1, 1, b"short", b"short", [])


def test_outside_the_tree_is_the_callers_fault() -> None:
    for call in (lambda: TREE.inclusion(5, 5), lambda: TREE.root(MAX + 1), lambda: TREE.consistency(6, 5)):
        with pytest.raises(IndexError):
            call()


def bent(proof: list[bytes], place: int) -> list[bytes]:
    return [bytes([h[0] ^ 1]) + h[1:] if at == place else h for at, h in enumerate(proof)]


def refused(check, *args) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadProof):
        check(*args)
