"""One leaf proves one member's ballot, or that there was none, and tells nothing of others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import canonical, participation
from audit.errors import BadProof
from audit.merkle import leaf_hash, root

SEED = bytes(32)
ids = st.lists(st.text("abcđ09.-", min_size=1, max_size=6), min_size=1, max_size=30, unique=True)


@given(ids, st.data())
def test_every_member_can_prove_the_own_leaf_and_no_other(members: list[str], data: st.DataObject) -> None:
    voted = data.draw(st.sets(st.sampled_from(members)))
    effective = {member: canonical.sha256_hex(member.encode()) for member in voted}
    leaves, top = participation.build(members, effective, SEED)
    assert [leaf["member"] for leaf in leaves] == sorted(members, key=str.encode)
    member = data.draw(st.sampled_from(members))
    leaf, index, path = participation.prove(leaves, member)
    assert leaf["ballot"] == effective.get(member)
    participation.verify_leaf(leaf, index, len(leaves), path, top)
    forged = leaf | {"ballot": "0" * 64}
    with pytest.raises(BadProof):
        participation.verify_leaf(forged, index, len(leaves), path, top)


def test_the_root_is_the_tree_over_the_leaves_jcs() -> None:
    leaves, top = participation.build(["b", "a"], {"a": "f" * 64}, SEED)
    assert top == root(leaf_hash(canonical.encode(leaf)) for leaf in leaves)


def test_salts_are_each_members_own_and_need_the_seed() -> None:
    leaves, top = participation.build(["a", "b"], {}, SEED)
    assert leaves[0]["salt"] != leaves[1]["salt"]
    assert participation.build(["a", "b"], {}, SEED) == (leaves, top)  # a restarted hall closes alike
    assert participation.build(["a", "b"], {}, b"\1" * 32)[1] != top


def test_what_isnt_a_leaf_is_refused() -> None:
    leaves, top = participation.build(["a"], {}, SEED)
    for leaf in ({}, leaves[0] | {"more": 1}, leaves[0] | {"ballot": "no"}, leaves[0] | {"salt": "AA"}):
        with pytest.raises(BadProof):
            participation.verify_leaf(leaf, 0, 1, [], top)


def test_a_list_is_made_of_members_only_once_each() -> None:
    for members, effective in ((["a", "a"], {}), (["a"], {"b": "0" * 64})):
        with pytest.raises(ValueError, match="member"):
            participation.build(members, effective, SEED)
    with pytest.raises(ValueError, match="seed"):
        participation.build(["a"], {}, b"short")
    with pytest.raises(KeyError):
        participation.prove([], "a")
