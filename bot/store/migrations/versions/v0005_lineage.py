"""Which piece was made from which, also of those that are there already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table and fill it from the records of the pieces."""
    lineage = op.create_table(
        "lineage",
        sa.Column("piece", sa.String(length=20), nullable=False),
        sa.Column("parent", sa.String(length=20), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("piece", name="pk_lineage"),
    )
    op.create_index("ix_lineage_parent", "lineage", ["parent"], unique=False)
    pieces = sa.table("pieces", sa.column("id"), sa.column("record", sa.JSON()), sa.column("created"))
    known = []
    for row in op.get_bind().execute(sa.select(pieces)):
        parent = row.record.get("redrawn") or row.record.get("parent")
        if parent and parent != row.id:
            known.append({"piece": row.id, "parent": str(parent)[:20], "created": row.created})
    if known:
        op.bulk_insert(lineage, known)
