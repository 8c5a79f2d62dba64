"""The static files of a log: the specification's own numbers, and reading back what was written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import tiles
from audit.merkle import Tree, leaf_hash
from audit.tiles import BadTile

ENTRIES = [f"entry {number}".encode() for number in range(700)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 1234067, 256, "tile/0/x001/x234/067"),  # tlog-tiles, "Merkle Tree"
        (0, 0, 256, "tile/0/000"),
        (1, 999, 5, "tile/1/999.p/5"),
        ("entries", 1000, 256, "tile/entries/x001/000"),
    ],
)
def test_paths(level: int | str, index: int, width: int, path: str) -> None:
    assert tiles.tile_path(level, index, width) == path


def test_the_specifications_tree_of_70000() -> None:
    """tlog-tiles, "Partial Tiles": 273 full level 0, one of 112, one full level 1, one of 17, one of 1."""
    found = [path for path in tiles.paths(70_000) if "entries" not in path]
    assert len([path for path in found if path.startswith("tile/0/")]) == 274
    assert found[-4:] == ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert list(tiles.paths(256)) == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert list(tiles.paths(0)) == []


@settings(max_examples=25)
@given(st.sampled_from([0, 1, 2, 255, 256, 257, 511, 512, 513, 700]) | st.integers(0, 700))
def test_what_is_written_is_read_back(size: int) -> None:
    files = dict(tiles.tiles(HASHES[:size], ENTRIES[:size]))
    assert list(files) == list(tiles.paths(size))
    assert list(tiles.read_entries(files, size)) == ENTRIES[:size]
    assert list(tiles.check_tiles(files, Tree(HASHES[:size]))) == []


def test_upper_tiles_hold_the_hashes_of_full_ones_below() -> None:
    files = dict(tiles.tiles(HASHES, ENTRIES))
    assert files["tile/1/000.p/2"] == Tree(HASHES[:256]).root() + Tree(HASHES[256:512]).root()


@pytest.mark.parametrize("path", ["tile/entries/001", "tile/entries/002.p/188"])
def test_a_missing_or_short_bundle_is_named(path: str) -> None:
    files = dict(tiles.tiles(HASHES, ENTRIES))
    whole = files.pop(path)
    with pytest.raises(BadTile, match="missing") as missing:
        list(tiles.read_entries(files, 700))
    assert missing.value.path == path
    for short in (whole[:-1], whole[: len(whole) // 2], b"", b"\x00"):
        with pytest.raises(BadTile):
            list(tiles.read_entries(files | {path: short}, 700))
    with pytest.raises(BadTile, match="not"):
        list(tiles.read_entries(files | {path: whole + tiles.bundle([b"more"])}, 700))


def test_a_damaged_or_missing_tile_is_named() -> None:
    files = dict(tiles.tiles(HASHES, ENTRIES))
    damaged = bytes(32) + files["tile/0/001"][32:]
    del files["tile/1/000.p/2"]
    found = list(tiles.check_tiles(files | {"tile/0/001": damaged, "tile/0/000": b""}, Tree(HASHES)))
    assert [broken.path for broken in found] == ["tile/0/000", "tile/0/001", "tile/1/000.p/2"]
    assert "hash 0" in str(found[1])


def test_hashes_and_entries_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="leaf hashes"):
        list(tiles.tiles(HASHES[:2], ENTRIES[:3]))
