"""Whether the store could keep something now: asked before anybody's request is.

What is promised: a disk that is full or cannot be written, a database that is damaged, gone, another one than was
opened, or held by somebody else, each end in a StoreError. Nothing is changed, no file is made in place of one that is
gone, and what the open connections remember is not believed. It costs a few milliseconds and one small write.
What is not: damage in a part of the database that was not looked at.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from sqlalchemy import insert

from bot.store.connections import Connections
from bot.store.errors import StoreBroken, StoreFull
from bot.store.tables import switches
from bot.store.translation import translate

LEAST_FREE_BYTES = 64 * 2**20  # a hundred pieces
LOCK_WAIT_S = 2.0
_ROW = {"name": "probe", "value": 1}


class Probe:
    """Belongs to a Store. database: the file of SQLite, None for a server."""

    def __init__(self, connections: Connections, folder: Path, database: Path | None) -> None:
        self._connections, self._folder, self._database = connections, folder, database
        self._opened = None if database is None else _identity(database)

    async def look(self) -> None:
        """Raises StoreError."""
        await asyncio.to_thread(self._look_at_disk)
        if self._database is None:
            await self._look_at_server()
        else:
            await asyncio.to_thread(self._look_at_file, self._database)

    def _look_at_disk(self) -> None:
        try:
            folders = {self._folder, self._folder if self._database is None else self._database.parent}
            if any(shutil.disk_usage(folder).free < LEAST_FREE_BYTES for folder in folders):
                raise StoreFull
            with tempfile.TemporaryFile(dir=self._folder) as file:
                file.write(bytes(4096))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise (translate(error) or StoreBroken) from error

    async def _look_at_server(self) -> None:
        async with self._connections.writing() as connection:
            await connection.execute(insert(switches).values(_ROW))
            await connection.rollback()

    def _look_at_file(self, database: Path) -> None:
        """By a connection of its own: those that are open may answer from memory."""
        if _identity(database) != self._opened:
            raise StoreBroken(reason="gone")
        try:
            _try_to_write(database)
        except sqlite3.Error as error:  # also "no such table": of ours it was when it was opened
            raise (translate(error) or StoreBroken) from error


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _try_to_write(database: Path) -> None:
    connection = sqlite3.connect(database, timeout=LOCK_WAIT_S, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for table in ("people", "jobs", "pieces", "files", "deliveries", "rules"):
            connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchall()  # noqa: S608 - names of ours
        connection.execute("INSERT INTO switches (name, value) VALUES ('probe', '1')")
        connection.execute("ROLLBACK")
    finally:
        connection.close()
