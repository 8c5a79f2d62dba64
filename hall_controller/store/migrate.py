"""Brings a store's tables to the form that this release expects. Run by the writer at each start."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Runs what is missing of migrations/versions, in one transaction. Nothing to do is the usual case."""
    config = Config()
    config.set_main_option("script_location", "hall_controller.store:migrations")
    config.attributes["connection"] = connection
    with connection.begin():
        command.upgrade(config, "head")
