"""What a server's own administrators set there, and who changed it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "servers",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("welcomed", sa.Float(), nullable=True),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_servers"),
    )
    op.create_table(
        "server_changes",
        sa.Column("server", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["server"], ["servers.key"], name="fk_server_changes_server", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("server", "number", name="pk_server_changes"),
    )
    op.create_index("ix_server_changes_person", "server_changes", ["person"], unique=False)
