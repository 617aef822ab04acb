"""What people have of the challenges that are over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "honours",
        sa.Column("challenge", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("piece", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("over", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("challenge", "person", name="pk_honours"),
    )
    op.create_index("ix_honours_scope_over", "honours", ["scope", "over"], unique=False)
    op.create_index("ix_honours_person", "honours", ["person"], unique=False)
