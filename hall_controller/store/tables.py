"""The tables. Entries and payloads are the log itself; all else here could be dropped and rebuilt."""

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel


class BlobRow(SQLModel, table=True):
    __tablename__ = "blob"

    sha256: str = Field(primary_key=True, max_length=64)
    cls: str = Field(max_length=16)
    data: bytes = Field(sa_type=LargeBinary)


class EntryRow(SQLModel, table=True):
    __tablename__ = "entry"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: str = Field(max_length=64)
    sit: str = Field(index=True)
    type: str
    data: bytes = Field(sa_type=LargeBinary)
    blob: str | None = Field(default=None, foreign_key="blob.sha256", max_length=64)
    # Second lock on "one ballot, once": the rules refuse a repeat, and so does the table.
    ballot: str | None = Field(default=None, unique=True, max_length=64)


class CertificateRow(SQLModel, table=True):
    __tablename__ = "certificate"

    sha256: str = Field(primary_key=True, max_length=64)
    der: bytes = Field(sa_type=LargeBinary)


class ControllerRow(SQLModel, table=True):
    """One row: how often a controller took the store for writing."""

    __tablename__ = "controller"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    epoch: int
