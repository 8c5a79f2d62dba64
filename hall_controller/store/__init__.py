"""Where the log is kept. `open_store` is the only door; which database it is, only this package knows."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from hall_controller.errors import StoreFailed
from hall_controller.store.database import DatabaseReader, DatabaseStore
from hall_controller.store.postgresql import open_postgresql, read_postgresql
from hall_controller.store.sqlite import open_sqlite, read_sqlite


def open_store(url: str) -> DatabaseStore:
    """Opens a log for writing; the caller is its one writer until `close`.

    `url` is `sqlite:///path/to/file` or `postgresql+psycopg://user:password@host/database`. Raises
    StoreFailed: it can't be opened, or another controller holds it.
    """
    parsed = _parse(url)
    return open_sqlite(_path(parsed)) if parsed.drivername == "sqlite" else open_postgresql(parsed)


def open_reader(url: str) -> DatabaseReader:
    """Opens a log for reading, also while another process writes it. Raises StoreFailed."""
    parsed = _parse(url)
    return read_sqlite(_path(parsed)) if parsed.drivername == "sqlite" else read_postgresql(parsed)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreFailed(f"not a store's address: {url!r}") from error
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise StoreFailed(f"a store is sqlite:///… or postgresql+psycopg://…, not {parsed.drivername}:")
    return parsed


def _path(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise StoreFailed("the log needs a file: sqlite:///path/to/file")
    return Path(url.database)
