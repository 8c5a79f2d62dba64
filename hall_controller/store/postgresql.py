"""The hall's store on a PostgreSQL server: synchronous psycopg, as the writer has a thread of its own."""

from sqlalchemy import URL, Engine, create_engine

from hall_controller.lease import AdvisoryLease
from hall_controller.store.database import DatabaseReader, DatabaseStore

_GIVES_UP = {
    "connect_timeout": 3,
    "tcp_user_timeout": 3000,
    "keepalives": 1,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
"""A server whose machine or cable went says nothing: without these the kernel would wait for a quarter of
an hour. Seconds, `tcp_user_timeout` milliseconds (libpq's parameter key words)."""
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
    arguments = {"options": options, "application_name": "dien-hong", **_GIVES_UP}
    # hide_parameters: what an error message would quote are ballots.
    return create_engine(url, connect_args=arguments, pool_size=2, hide_parameters=True)
