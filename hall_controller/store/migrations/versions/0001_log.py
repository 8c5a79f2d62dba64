"""The log: entries, payloads, certificates, and the count of starts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("cls", sa.String(16), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "entry",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("sit", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("blob", sa.String(64), sa.ForeignKey("blob.sha256"), nullable=True),
        sa.Column("ballot", sa.String(64), nullable=True, unique=True),
    )
    op.create_index("ix_entry_sit", "entry", ["sit"])
    op.create_table(
        "certificate",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("der", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "controller",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("a log is not taken down")
