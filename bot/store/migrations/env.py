"""Run by Alembic: the connection is the one that `migrations.upgrade` was given."""

from __future__ import annotations

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot change a column; Alembic then makes a new table
)
with context.begin_transaction():
    context.run_migrations()
