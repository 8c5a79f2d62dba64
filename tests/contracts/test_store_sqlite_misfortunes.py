"""What a disk can do to the embedded store."""

import os
import resource
import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit.errors import LogBroken
from hall_controller.errors import StoreFailed
from hall_controller.store import open_reader, open_store
from hall_controller.store.port import Group, StoredBlob, StoredEntry


def _group(seq: int, size: int = 10) -> Group:
    name = f"{seq:064x}"
    return Group(
        (StoredEntry(seq, name, "s", "X", b"e", name),), (StoredBlob(name, "public", b"x" * size),)
    )


@contextmanager
def _disk_full_beyond(size: int) -> Iterator[None]:
    """The kernel refuses any write past `size` bytes of a file, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_fails_the_group_whole_and_room_heals_it(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/hall.db")
    store.append(_group(0))
    wal = (tmp_path / "hall.db-wal").stat().st_size
    with _disk_full_beyond(wal + 100_000):
        with pytest.raises(StoreFailed):
            store.append(_group(1, 400_000))
        store.append(_group(1))
    store.append(_group(2, 400_000))
    assert [(entry.seq, len(blob or b"")) for entry, blob in store.entries()] == [
        (0, 10),
        (1, 10),
        (2, 400_000),
    ]
    store.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "hall.db").write_bytes(b"minutes of the last sitting, kept by mistake " * 100)
    with pytest.raises(StoreFailed, match="not a database"):
        open_store(f"sqlite:///{tmp_path}/hall.db")


def test_an_error_quotes_no_payload(tmp_path: Path) -> None:
    """Whatever is written of a fault, a ballot isn't in it."""
    store = open_store(f"sqlite:///{tmp_path}/hall.db")
    store.append(_group(0))
    twice = Group(_group(0).entries, (StoredBlob("f" * 64, "ballot", b"how somebody voted"),))
    with pytest.raises(LogBroken) as caught:
        store.append(twice)
    assert "somebody" not in "".join(traceback.format_exception(caught.value))
    store.close()


def test_a_directory_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed):
        open_store(f"sqlite:///{tmp_path}")


def test_a_reader_does_not_make_a_store_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="no hall database"):
        open_reader(f"sqlite:///{tmp_path}/hall.db")
    assert not (tmp_path / "hall.db").exists()


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anything")
def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/hall.db").close()
    (tmp_path / "hall.db").chmod(0o400)
    with pytest.raises(StoreFailed):
        open_store(f"sqlite:///{tmp_path}/hall.db")


def test_a_locked_file_is_a_failure_not_a_half_written_group(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/hall.db")
    other = sqlite3.connect(tmp_path / "hall.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailed, match="locked"):
        store.append(_group(0))
    other.rollback()
    other.close()
    store.append(_group(0))
    assert [entry.seq for entry, _ in store.entries()] == [0]
    store.close()


def test_the_log_is_durable_before_append_returns(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/hall.db")
    writer = store._writer()
    assert writer.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    assert writer.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    assert writer.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    store.close()
