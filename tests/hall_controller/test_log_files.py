"""The public tiles of a running hall: the same bytes as the export's, read beside the hall's own work."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from audit import tiles
from audit.merkle import Tree, leaf_hash
from hall_controller.log_files import LogFiles

ENTRIES = [f'{{"seq":{n}}}'.encode() for n in range(700)]


class Reading:
    """Only what the tiles need of a `LogReader`: whoever asks for payloads here, fails."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self.threads: set[int] = set()

    def entries_alone(self, start: int, stop: int) -> Sequence[bytes]:
        self.asked.append((start, stop))
        self.threads.add(threading.get_ident())
        return ENTRIES[start:stop]


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
async def test_every_file_of_the_log_is_there_and_no_other(size: int) -> None:
    files = LogFiles(Reading())  # type: ignore[arg-type]
    tree = Tree(map(leaf_hash, ENTRIES[:size]))
    for path in tiles.paths(size):
        found = await files.tile(path, size)
        assert found is not None, path
        if path.startswith("tile/0/000"):
            assert found == b"".join(tree.complete(0)[:256])
        if path.startswith("tile/entries/000"):
            assert found == tiles.bundle(ENTRIES[: min(size, 256)])
    beyond = tiles.tile_path(0, size // 256, size % 256 + 1)
    assert await files.tile(beyond, size) is None


async def test_a_partial_tile_of_when_the_log_was_shorter_is_still_there() -> None:
    files = LogFiles(Reading())  # type: ignore[arg-type]
    await files.tile("tile/0/000", 700)
    assert await files.tile("tile/0/000.p/3", 700) == b"".join(map(leaf_hash, ENTRIES[:3]))


async def test_the_store_is_read_in_a_thread_and_only_for_what_can_be_there() -> None:
    log = Reading()
    files = LogFiles(log)  # type: ignore[arg-type]
    for path in (
        "tile/0/009",
        "tile/entries/x999/x999/999",
        "tile/99/000",
        "tile/0/000.p/999",
        "tile/../x",
    ):
        assert await files.tile(path, 700) is None
    assert await files.tile("tile/0/" + "x001/" * 3000 + "001", 700) is None
    assert not log.asked
    await asyncio.gather(*(files.tile("tile/0/001", 700) for _ in range(20)))
    assert log.asked == [(0, 700)], "twenty readers, one reading"
    assert threading.get_ident() not in log.threads
    await files.tile("tile/entries/001", 700)
    assert log.asked[1:] == [(256, 512)]
