"""Only one controller may write a store. The lease is a lock that dies with its holder.

SQLite: an exclusive lock on a file beside the database. PostgreSQL: an advisory lock held on the writer's
own connection, so that a cut connection can neither hold the lease nor write.
"""

import fcntl
import os
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text

from hall_controller.errors import StoreFailed

ADVISORY_KEY = 0x0D1E_1407
"""Any number will do; advisory locks are per database, and nobody else uses the hall's."""


class Lease(Protocol):
    def take(self, connection: Connection) -> None:
        """Takes the lease for this connection. Raises StoreFailed when another controller holds it."""

    def release(self) -> None: ...


class FileLease:
    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lease")
        self._file: int | None = None

    def take(self, connection: Connection) -> None:
        if self._file is not None:
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise StoreFailed(f"another controller writes {self._path.with_suffix('')}") from error
        self._file = descriptor

    def release(self) -> None:
        # The file stays: removing it would let two controllers lock two files of one name.
        if self._file is not None:
            os.close(self._file)
            self._file = None


class AdvisoryLease:
    def take(self, connection: Connection) -> None:
        held = connection.execute(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_KEY}
        ).scalar_one()
        connection.commit()
        if not held:
            raise StoreFailed("another controller writes this PostgreSQL database")

    def release(self) -> None:
        """Nothing to do: the lock goes with its connection."""
