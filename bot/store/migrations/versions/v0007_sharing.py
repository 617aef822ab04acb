"""Favourites, stars, what is shown to others, what was taken down, and reports; messages are found by their number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the five tables and the index."""
    op.create_index("ix_deliveries_message", "deliveries", ["message"], unique=False)
    op.create_table(
        "favourites",
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("piece", sa.String(length=20), nullable=False),
        sa.Column("added", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("person", "piece", name="pk_favourites"),
    )
    op.create_index("ix_favourites_piece", "favourites", ["piece"], unique=False)
    op.create_table(
        "stars",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("piece", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("message", sa.String(length=60), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "piece", "person", "message", name="pk_stars"),
    )
    op.create_index("ix_stars_scope_at", "stars", ["scope", "at"], unique=False)
    op.create_index("ix_stars_piece", "stars", ["piece"], unique=False)
    op.create_index("ix_stars_person", "stars", ["person"], unique=False)
    op.create_table(
        "exhibits",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("piece", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=True),
        sa.Column("credit", sa.String(length=80), nullable=False),
        sa.Column("sharer", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exhibits"),
        sa.UniqueConstraint("kind", "place", "piece", name="uq_exhibits_kind_place_piece"),
    )
    op.create_index("ix_exhibits_scope_state", "exhibits", ["scope", "state"], unique=False)
    op.create_index("ix_exhibits_piece", "exhibits", ["piece"], unique=False)
    op.create_index("ix_exhibits_person", "exhibits", ["person"], unique=False)
    op.create_table(
        "takedowns",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("piece", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "piece", name="pk_takedowns"),
    )
    op.create_table(
        "reports",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("piece", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("closed", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "piece", "person", name="pk_reports"),
    )
    op.create_index("ix_reports_person_at", "reports", ["person", "at"], unique=False)
