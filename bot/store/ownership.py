"""One program for one database: two would take each other's jobs for those of a dead process, and deliver twice.

What is promised: whoever owns the database is the only one to take up, make and deliver. The lock is the system's (a
file beside SQLite's) or the server's (PostgreSQL, with the session), so it goes away with the process, however it ends.
A server that is started anew has forgotten it: `watch` takes it again, and raises if somebody else was first.
What is not: two programs with their own copies of the same data folder; see `bot.jobs.lock` for one folder.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.errors import StoreError
from bot.store.translation import translated

OWNER_LOCK = 0x4E6F7462  # beside connections.WRITER_LOCK
LOOK_EVERY_S = 5.0

log = logging.getLogger(__name__)


class NotOwner(Exception):
    """Another program owns the database."""


class Ownership:
    """Held until `release`. database: the file of SQLite, None for a server."""

    def __init__(self, engine: AsyncEngine, database: Path | None) -> None:
        self._engine, self._database = engine, database
        self._session: AsyncConnection | None = None

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Raises NotOwner, StoreError."""
        if self._database is not None:
            with _locked(self._database.resolve()):
                yield
            return
        await self._take()
        try:
            yield
        finally:
            await self._hang_up()

    async def watch(self, *, every_s: float = LOOK_EVERY_S) -> None:
        """Until cancelled. Raises NotOwner if the lock was lost and somebody else has it."""
        while True:
            await asyncio.sleep(every_s)
            if self._database is None:
                await self._look()

    async def _look(self) -> None:
        try:
            if self._session is None:
                await self._take()
            else:
                with translated():
                    await self._session.execute(text("SELECT 1"))
        except StoreError as error:
            log.warning("the database is not held just now: %s", error)
            await self._hang_up()

    async def _take(self) -> None:
        with translated():
            session = await self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
            try:
                is_ours = await session.scalar(text(f"SELECT pg_try_advisory_lock({OWNER_LOCK})"))
            except BaseException:
                await session.invalidate()
                await session.close()
                raise
        self._session = session
        if not is_ours:
            await self._hang_up()
            raise NotOwner

    async def _hang_up(self) -> None:
        """The session ends, and its lock with it; back in the pool it would keep the lock."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(SQLAlchemyError, OSError):
                await session.invalidate()
                await session.close()


@contextmanager
def _locked(database: Path) -> Iterator[None]:
    with database.with_name(f"{database.name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise NotOwner from error
        yield
