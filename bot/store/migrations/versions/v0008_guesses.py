"""What people guessed: man or machine, and who."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "guesses",
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("human", sa.Integer(), nullable=False),
        sa.Column("human_right", sa.Boolean(), nullable=False),
        sa.Column("composer", sa.String(length=80), nullable=True),
        sa.Column("composer_right", sa.Boolean(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("person", "day", name="pk_guesses"),
    )
    op.create_index("ix_guesses_day", "guesses", ["day"], unique=False)
