"""The embedded store: one file, one writer, readers that never block it."""

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, QueuePool, create_engine

from hall_controller.errors import StoreFailed
from hall_controller.lease import FileLease
from hall_controller.store.database import DatabaseReader, DatabaseStore

_BUSY_TIMEOUT_S = 2.0
"""Readers don't block the writer in WAL mode; only a backup tool could, and it should be quick."""


def open_sqlite(path: Path) -> DatabaseStore:
    """Opens for writing and creates what is missing. Raises StoreFailed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreFailed(f"can't write {path}: {error.strerror}") from error
    return DatabaseStore(_engine(path, writable=True), FileLease(path))


def read_sqlite(path: Path) -> DatabaseReader:
    if not path.is_file():
        raise StoreFailed(f"no hall database at {path}")
    return DatabaseReader(_engine(path, writable=False))


def _engine(path: Path, *, writable: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, check_same_thread=False)
        try:
            _configure(connection, writable)
        except sqlite3.Error as error:
            connection.close()
            raise StoreFailed(f"{path}: {error}") from error
        return connection

    # hide_parameters: what an error message would quote are ballots.
    return create_engine(
        "sqlite+pysqlite://",
        creator=connect,
        pool_size=2,
        max_overflow=8,
        poolclass=QueuePool,
        hide_parameters=True,
    )


def _configure(connection: sqlite3.Connection, writable: bool) -> None:
    connection.execute("PRAGMA foreign_keys=ON")
    # FULL: a commit returns only when the WAL is on the disk. Anything less would make a receipt a promise.
    connection.execute("PRAGMA synchronous=FULL")
    if not writable:
        connection.execute("PRAGMA query_only=ON")
    elif connection.execute("PRAGMA journal_mode=WAL").fetchone() != ("wal",):
        raise sqlite3.OperationalError("the file system does not allow SQLite's WAL mode")
