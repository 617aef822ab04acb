"""The first tables: people, jobs, pieces and their files, deliveries, rules, switches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("guild", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("event_key", sa.String(length=120), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("started", sa.Float(), nullable=True),
        sa.Column("finished", sa.Float(), nullable=True),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.Column("detail", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("event_key", name="uq_jobs_event_key"),
    )
    op.create_index("ix_jobs_guild_created", "jobs", ["guild", "created"], unique=False)
    op.create_index("ix_jobs_person_created", "jobs", ["person", "created"], unique=False)
    op.create_index("ix_jobs_state_turn_created", "jobs", ["state", "turn", "created"], unique=False)
    op.create_table(
        "people",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("first_seen", sa.Float(), nullable=False),
        sa.Column("last_seen", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_people"),
    )
    op.create_table(
        "pieces",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("guild", sa.String(length=40), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("deleted", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pieces"),
    )
    op.create_index("ix_pieces_person_created", "pieces", ["person", "created"], unique=False)
    op.create_table(
        "rules",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=True),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_rules"),
    )
    op.create_table(
        "switches",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_switches"),
    )
    op.create_table(
        "deliveries",
        sa.Column("job", sa.String(length=20), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(length=40), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_deliveries_job", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job", "part", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_platform_state_due", "deliveries", ["platform", "state", "due"], unique=False)
    op.create_table(
        "files",
        sa.Column("piece", sa.String(length=20), nullable=False),
        sa.Column("ending", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["piece"], ["pieces.id"], name="fk_files_piece", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("piece", "ending", name="pk_files"),
    )
    op.create_index("ix_files_sha256", "files", ["sha256"], unique=False)
