"""The hall's store on a PostgreSQL server: synchronous psycopg, as the writer has a thread of its own."""

from sqlalchemy import URL, Engine, create_engine

from hall_controller.lease import AdvisoryLease
from hall_controller.store.database import DatabaseReader, DatabaseStore

_CONNECT_TIMEOUT_S = 3
_STATEMENT_TIMEOUT_MS = 10_000
"""A group takes milliseconds; a server that needs seconds is one to report, not to wait for."""


def open_postgresql(url: URL) -> DatabaseStore:
    """Opens for writing and creates what is missing. Raises StoreFailed."""
    return DatabaseStore(_engine(url), AdvisoryLease())


def read_postgresql(url: URL) -> DatabaseReader:
    return DatabaseReader(_engine(url))


def _engine(url: URL) -> Engine:
    # synchronous_commit is said here, not hoped for: a server set to "off" would lose receipted ballots.
    options = f"-c synchronous_commit=on -c statement_timeout={_STATEMENT_TIMEOUT_MS}"
    arguments = {"connect_timeout": _CONNECT_TIMEOUT_S, "options": options, "application_name": "dien-hong"}
    return create_engine(url, connect_args=arguments, pool_size=2)
