"""Connections to the database: many that read, one that writes.

What is promised: what `writing` committed is on the disk, also after a power cut (WAL with synchronous=FULL). There is
one writer at a time, on SQLite by a lock here and BEGIN IMMEDIATE, on PostgreSQL by an advisory lock for all processes:
what a transaction has read is still true when it commits, so limits that it counts hold. A transaction that fails
has changed nothing. Foreign errors arrive as StoreError.
What is not: `writing` inside `writing` of the same task waits for itself and ends in StoreBusy.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.errors import StoreBroken, StoreBusy
from bot.store.translation import translated

LOCK_WAIT_MS = 5000  # for another process that writes
TURN_WAIT_S = 30.0  # for the other writers of this process
CONNECT_WAIT_S = 10
STATEMENT_LIMIT_MS = 30_000
IDLE_LIMIT_MS = 60_000  # a frozen process must not keep the others from writing
CONNECTIONS = 5
EXTRA_CONNECTIONS = 10
WRITER_LOCK = 0x4E6F7461  # "Nota": PostgreSQL's advisory locks are numbers


class Connections:
    """What every table is read and written through. engine: from `make_engine`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._readers = engine
        self._writers = engine.execution_options(writing=True)
        self._turn = asyncio.Lock()

    @property
    def is_sqlite(self) -> bool:
        """One machine, and only one program may work on it."""
        return self._readers.dialect.name == "sqlite"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one state of the database, also while others write."""
        with translated():
            async with self._readers.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end, rolled back on any error."""
        with translated():
            async with self._one_at_a_time(), self._writers.begin() as connection:
                yield connection

    @asynccontextmanager
    async def _one_at_a_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(TURN_WAIT_S):
                await self._turn.acquire()
        except TimeoutError as error:
            raise StoreBusy from error
        try:
            yield
        finally:
            self._turn.release()


def make_engine(address: URL, *, migrating: bool = False) -> AsyncEngine:
    """migrating: for one connection that changes tables. Without foreign keys, because SQLite changes a table by
    making a new one and dropping the old, which would take all rows along that refer to it.
    """
    is_sqlite = address.get_backend_name() == "sqlite"
    if is_sqlite:  # a file that is gone must not be replaced by an empty one
        address = address.set(database=f"file:{quote(str(address.database))}", query={"mode": "rw", "uri": "true"})
    pool: dict[str, Any] = (
        {"poolclass": NullPool} if migrating else {"pool_size": CONNECTIONS, "max_overflow": EXTRA_CONNECTIONS}
    )
    try:
        engine = create_async_engine(
            address,
            connect_args={"timeout": LOCK_WAIT_MS / 1000} if is_sqlite else _postgresql_arguments(),
            pool_pre_ping=not is_sqlite,  # a server may have been started anew since
            hide_parameters=True,  # they hold what people wrote, and errors are logged
            **pool,
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise StoreBroken(reason="no_driver") from error
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _prepare_migrating if migrating else _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    else:
        event.listen(engine.sync_engine, "begin", _begin_postgresql)
    return engine


def _postgresql_arguments() -> dict[str, Any]:
    limits = {
        "lock_timeout": LOCK_WAIT_MS,
        "statement_timeout": STATEMENT_LIMIT_MS,
        "idle_in_transaction_session_timeout": IDLE_LIMIT_MS,
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return {"connect_timeout": CONNECT_WAIT_S, "options": options}


def _prepare_sqlite(connection: Any, _record: Any, *, foreign_keys: str = "ON") -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, the driver would say it too late
    cursor = connection.cursor()
    try:
        for pragma in (
            f"busy_timeout={LOCK_WAIT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={foreign_keys}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:
        connection.close()
        raise


def _prepare_migrating(connection: Any, record: Any) -> None:
    _prepare_sqlite(connection, record, foreign_keys="OFF")


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writing", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
