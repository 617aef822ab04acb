"""Pieces that several people write, who takes part, and their turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

CHAIN = "chains.id"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "chains",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("starter", sa.String(length=80), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("music", sa.JSON(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=True),
        sa.Column("piece", sa.String(length=20), nullable=False),
        sa.Column("event_key", sa.String(length=120), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("over", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_chains"),
        sa.UniqueConstraint("event_key", name="uq_chains_event_key"),
    )
    op.create_index("ix_chains_scope_created", "chains", ["scope", "created"], unique=False)
    op.create_index("ix_chains_starter", "chains", ["starter"], unique=False)
    op.create_table(
        "chain_players",
        sa.Column("chain", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.UniqueConstraint("chain", "person", name="uq_chain_players_chain_person"),
        sa.ForeignKeyConstraint(["chain"], [CHAIN], name="fk_chain_players_chain", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chain", "place", name="pk_chain_players"),
    )
    op.create_index("ix_chain_players_person", "chain_players", ["person"], unique=False)
    op.create_table(
        "chain_turns",
        sa.Column("chain", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("bars", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=True),
        sa.Column("offer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("event_key", sa.String(length=120), nullable=True),
        sa.Column("began", sa.Float(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["chain"], [CHAIN], name="fk_chain_turns_chain", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chain", "number", name="pk_chain_turns"),
    )
