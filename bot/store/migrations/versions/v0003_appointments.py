"""What has to happen at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=True),
        sa.Column("server", sa.String(length=80), nullable=True),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("rhythm", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("last", sa.Float(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appointments"),
    )
    op.create_index("ix_appointments_kind_due", "appointments", ["kind", "due"], unique=False)
    for name in ("person", "server", "last"):
        op.create_index(f"ix_appointments_{name}", "appointments", [name], unique=False)
