"""Duels and the votes in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "duels",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("sides", sa.JSON(), nullable=False),
        sa.Column("ends", sa.Float(), nullable=False),
        sa.Column("unveiled", sa.Float(), nullable=True),
        sa.Column("nameless", sa.JSON(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duels"),
    )
    op.create_index("ix_duels_person", "duels", ["person"], unique=False)
    op.create_index("ix_duels_scope", "duels", ["scope"], unique=False)
    op.create_table(
        "duel_votes",
        sa.Column("duel", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["duel"], ["duels.id"], name="fk_duel_votes_duel", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("duel", "person", name="pk_duel_votes"),
    )
    op.create_index("ix_duel_votes_person", "duel_votes", ["person"], unique=False)
