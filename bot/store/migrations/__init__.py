"""How the tables come to be what `bot.store.tables` says, from any older state of them.

Every change of `tables` needs a module in `versions`; a test holds both against each other. A module that has been
released is never changed.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from bot.store.errors import StoreBroken


def upgrade(connection: Connection) -> None:
    """Make or change the tables, in the transaction of this connection.

    Raises StoreBroken if they are of a newer version than this program.
    """
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = ScriptDirectory.from_config(config)
    version = MigrationContext.configure(connection).get_current_revision()
    if version == known.get_current_head():
        return
    if version is not None and version not in {step.revision for step in known.walk_revisions()}:
        raise StoreBroken(reason="newer", version=version)
    command.upgrade(config, "head")
