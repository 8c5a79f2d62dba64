"""The log in an SQL database: what SQLite and PostgreSQL have in common."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlmodel import col

from audit.errors import LogBroken
from hall_controller.errors import StoreFailed
from hall_controller.lease import Lease
from hall_controller.store.migrate import upgrade
from hall_controller.store.port import Group, Head, StoredEntry
from hall_controller.store.tables import CertificateRow, ControllerRow, EntryRow

_ENTRY = EntryRow.metadata.tables["entry"]
_BLOB = EntryRow.metadata.tables["blob"]
_CERTIFICATE = EntryRow.metadata.tables["certificate"]
_PAGE_ROWS = 500
"""Rows fetched at a time while streaming: a log of years must not stand in memory."""


@contextmanager
def _named_failures() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise LogBroken(f"the log holds this already: {error.orig}") from error
    except DBAPIError as error:
        raise StoreFailed(str(error.orig)) from error
    except (SQLAlchemyError, OSError) as error:
        raise StoreFailed(str(error)) from error


class DatabaseReader:
    """Reads a log from its tables, over connections of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def head(self) -> Head | None:
        last = select(col(EntryRow.seq), col(EntryRow.hash)).order_by(col(EntryRow.seq).desc()).limit(1)
        with _named_failures(), self._engine.connect() as connection:
            row = connection.execute(last).one_or_none()
        return None if row is None else Head(row[0], row[1])

    def entries(
        self, start: int = 0, stop: int | None = None
    ) -> Iterator[tuple[StoredEntry, bytes | None]]:
        wanted = (
            select(_ENTRY, _BLOB.c.data.label("payload"))
            .outerjoin(_BLOB, _BLOB.c.sha256 == _ENTRY.c.blob)
            .where(_ENTRY.c.seq >= start)
            .order_by(_ENTRY.c.seq)
        )
        if stop is not None:
            wanted = wanted.where(_ENTRY.c.seq < stop)
        with _named_failures(), self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=_PAGE_ROWS).execute(wanted):
                *columns, payload = row
                yield StoredEntry(*columns), payload

    def entries_alone(self, start: int, stop: int) -> Sequence[bytes]:
        seq = col(EntryRow.seq)
        wanted = select(col(EntryRow.data)).where(seq >= start, seq < stop).order_by(seq)
        with _named_failures(), self._engine.connect() as connection:
            return connection.execute(wanted).scalars().all()

    def certificates(self, sha256s: Iterable[str]) -> dict[str, bytes]:
        wanted = select(CertificateRow).where(col(CertificateRow.sha256).in_(list(sha256s)))
        with _named_failures(), self._engine.connect() as connection:
            return {row.sha256: row.der for row in connection.execute(wanted)}

    def close(self) -> None:
        self._engine.dispose()


class DatabaseStore(DatabaseReader):
    """The one writer. Its connection is kept; when it is lost, the lease must be won again."""

    def __init__(self, engine: Engine, lease: Lease) -> None:
        """Takes the lease, brings the tables up to date, counts the start. Raises StoreFailed."""
        super().__init__(engine)
        self._lease = lease
        self._connection: Connection | None = None
        self._epoch = 0
        try:
            with _named_failures():
                writer = self._writer()
                upgrade(writer)
                self._epoch = _count_start(writer)
        except BaseException:
            self.close()
            raise

    @property
    def epoch(self) -> int:
        return self._epoch

    def append(self, group: Group) -> None:
        try:
            with _named_failures():
                writer = self._writer()
                # One transaction: a crash before its commit leaves nothing, after it everything. In
                # between nobody knows, which is why the hall reads the log again after any failure.
                with writer.begin():
                    _insert(writer, group)
        except BaseException:
            self._drop_connection()
            raise

    def close(self) -> None:
        self._drop_connection()
        super().close()
        self._lease.release()

    def _writer(self) -> Connection:
        if self._connection is None:
            connection = self._engine.connect()
            try:
                self._lease.take(connection)
                if self._epoch:
                    self._check_epoch(connection)
            except BaseException:
                connection.invalidate()
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _check_epoch(self, connection: Connection) -> None:
        """The connection was cut: has another controller written while we held no lease?"""
        with connection.begin():
            epoch = connection.execute(select(col(ControllerRow.epoch))).scalar_one()
        if epoch != self._epoch:
            raise LogBroken("another controller took this log over: this one may write no more")

    def _drop_connection(self) -> None:
        # Invalidated, not returned to the pool: a connection that failed once may still hold a lock or half
        # a transaction, and the advisory lease must not live on in an idle one.
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate()
            connection.close()


def _count_start(connection: Connection) -> int:
    """Each start gets a larger number, kept with the log: what the hall says names it."""
    with connection.begin():
        epoch = connection.execute(select(col(ControllerRow.epoch))).scalar_one_or_none()
        if epoch is None:
            connection.execute(insert(ControllerRow), {"id": 1, "epoch": 1})
            return 1
        connection.execute(update(ControllerRow).values(epoch=epoch + 1))
        return int(epoch) + 1


def _insert(connection: Connection, group: Group) -> None:
    if group.certificates:
        known = select(col(CertificateRow.sha256))
        mine = {certificate.sha256: certificate.der for certificate in group.certificates}
        kept = set(connection.execute(known.where(col(CertificateRow.sha256).in_(mine))).scalars())
        new = [{"sha256": sha256, "der": der} for sha256, der in mine.items() if sha256 not in kept]
        if new:
            connection.execute(insert(_CERTIFICATE), new)
    if group.blobs:
        connection.execute(
            insert(_BLOB), [{"sha256": b.sha256, "cls": b.cls, "data": b.data} for b in group.blobs]
        )
    connection.execute(
        insert(_ENTRY),
        [
            {
                "seq": e.seq,
                "hash": e.hash,
                "sit": e.sit,
                "type": e.type,
                "data": e.data,
                "blob": e.blob,
                "ballot": e.ballot,
            }
            for e in group.entries
        ],
    )
