"""Challenges, their entries and votes, and what their organisers did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

CHALLENGE = "challenges.id"


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "challenges",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("organiser", sa.String(length=80), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("numbered", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("over", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_challenges"),
        sa.UniqueConstraint("series", "place", name="uq_challenges_series_place"),
    )
    op.create_index("ix_challenges_scope_created", "challenges", ["scope", "created"], unique=False)
    op.create_index("ix_challenges_organiser", "challenges", ["organiser"], unique=False)
    op.create_table(
        "challenge_entries",
        sa.Column("challenge", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("piece", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("entered", sa.Float(), nullable=False),
        sa.UniqueConstraint("challenge", "piece", name="uq_challenge_entries_challenge_piece"),
        sa.ForeignKeyConstraint(["challenge"], [CHALLENGE], name="fk_challenge_entries_challenge", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("challenge", "number", name="pk_challenge_entries"),
    )
    op.create_index("ix_challenge_entries_person", "challenge_entries", ["person"], unique=False)
    op.create_table(
        "challenge_votes",
        sa.Column("challenge", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("ballot", sa.JSON(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["challenge"], [CHALLENGE], name="fk_challenge_votes_challenge", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("challenge", "person", name="pk_challenge_votes"),
    )
    op.create_index("ix_challenge_votes_person", "challenge_votes", ["person"], unique=False)
    op.create_table(
        "challenge_log",
        sa.Column("challenge", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=True),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["challenge"], [CHALLENGE], name="fk_challenge_log_challenge", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("challenge", "number", name="pk_challenge_log"),
    )
    op.create_index("ix_challenge_log_person", "challenge_log", ["person"], unique=False)
