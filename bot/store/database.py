"""The database, open: connections for reading, transactions for writing.

What is promised: what `writing` committed is on the disk, also after a power cut (WAL with synchronous=FULL). There is
one writer at a time, on SQLite by a lock here and BEGIN IMMEDIATE, on PostgreSQL by an advisory lock for all processes:
what a transaction has read is still true when it commits, so limits that it counts hold. A transaction that fails
has changed nothing. Foreign errors arrive as StoreError.
What is not: `writing` inside `writing` of the same task waits for itself and ends in StoreBusy.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic.util.exc import CommandError
from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.store import migrations
from bot.store.blobs import Blobs
from bot.store.deliveries import Deliveries
from bot.store.errors import StoreBroken, StoreBusy, StoreFull
from bot.store.jobs import JobTable
from bot.store.people import People
from bot.store.pieces import Pieces
from bot.store.rules import Rules, Switches
from bot.store.translation import translate, translated

DATABASE_FILE = "notabot.db"
LOCK_WAIT_MS = 5000  # for another process that writes
TURN_WAIT_S = 30.0  # for the other writers of this process
CONNECT_WAIT_S = 10
STATEMENT_LIMIT_MS = 30_000
IDLE_LIMIT_MS = 60_000  # a frozen process must not keep the others from writing
CONNECTIONS = 5
EXTRA_CONNECTIONS = 10
WRITER_LOCK = 0x4E6F7461  # "Nota": PostgreSQL's advisory locks are numbers


class Store:
    """All that is remembered. Made by `open_store`."""

    def __init__(self, engine: AsyncEngine, folder: Path) -> None:
        self.folder = folder
        self._readers = engine
        self._writers = engine.execution_options(writing=True)
        self._turn = asyncio.Lock()
        self.blobs = Blobs(self, folder / "files")
        self.people = People(self)
        self.pieces = Pieces(self)
        self.rules = Rules(self)
        self.switches = Switches(self)
        self.jobs = JobTable(self)
        self.deliveries = Deliveries(self)

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

    async def ping(self) -> None:
        """Raises StoreError if the database does not answer."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

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


@asynccontextmanager
async def open_store(url: str | None, folder: Path) -> AsyncIterator[Store]:
    """Open the database at url, or SQLite in the folder, and bring its tables up to date.

    url: postgresql://user:password@host/name; the files of pieces are in the folder all the same.
    Raises StoreError with a sentence for whoever starts the program.
    """
    logging.getLogger("aiosqlite").setLevel(logging.INFO)  # below that it logs the values of every statement
    _make_folder(folder)
    address = _address(url, folder)
    if address.get_backend_name() == "sqlite":
        _prove_writable(Path(str(address.database)))
    await _migrate(address)
    engine = _engine(address)
    try:
        yield Store(engine, folder)
    finally:
        await engine.dispose()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        family = StoreFull if translate(error) is StoreFull else StoreBroken
        reason = error.strerror or "unknown"
        raise family(f"The folder {folder} cannot be made ({reason}). Name another one in NOTABOT_DATA_DIR.") from error


def _prove_writable(path: Path) -> None:
    """The system says why a file cannot be opened, SQLite does not. A new file is for the owner's eyes only."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        family = StoreFull if translate(error) is StoreFull else StoreBroken
        reason = error.strerror or "unknown"
        raise family(f"The database {path} cannot be opened: {reason}. Correct that, or name another place.") from error


def _address(url: str | None, folder: Path) -> URL:
    """The address for SQLAlchemy, with the drivers that we use."""
    if url is None:
        return URL.create("sqlite+aiosqlite", database=str(folder / DATABASE_FILE))
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreBroken(
            "NOTABOT_DATABASE_URL is not an address like postgresql://user:password@host/name."
        ) from error
    scheme = address.drivername.partition("+")[0]
    if scheme in {"postgres", "postgresql"}:
        return address.set(drivername="postgresql+psycopg")
    if scheme == "sqlite" and address.database not in {None, "", ":memory:"}:
        return address.set(drivername="sqlite+aiosqlite")
    raise StoreBroken("NOTABOT_DATABASE_URL must begin with postgresql://, or with sqlite:/// and the path of a file.")


# --- opening -------------------------------------------------------------------------------------------------------


async def _migrate(address: URL) -> None:
    """Bring the tables up to date in one transaction."""
    engine = _engine(address, migrating=True)
    try:
        async with engine.execution_options(writing=True).begin() as connection:
            await connection.run_sync(migrations.upgrade)
    except (SQLAlchemyError, sqlite3.Error, OSError, CommandError) as error:
        raise (translate(error) or StoreBroken)(_explain_opening(address, error)) from error
    finally:
        await engine.dispose()


def _explain_opening(address: URL, error: Exception) -> str:
    """What is wrong and what to do, for whoever starts the program. Never the password."""
    where = address.database if address.get_backend_name() == "sqlite" else "NOTABOT_DATABASE_URL"
    lines = str(getattr(error, "orig", error)).splitlines()
    reason = lines[0] if lines else type(error).__name__
    todo = {
        StoreBusy: "See that it runs and that nobody else holds it, then start again.",
        StoreFull: "Free some space on its disk, then start again.",
    }.get(translate(error) or StoreBroken, "Correct the setting, put a backup in its place, or move it away.")
    return f"The database {where} cannot be opened: {reason}. {todo}"


def _engine(address: URL, *, migrating: bool = False) -> AsyncEngine:
    """migrating: for one connection that changes tables. Without foreign keys, because SQLite changes a table by
    making a new one and dropping the old, which would take all rows along that refer to it.
    """
    is_sqlite = address.get_backend_name() == "sqlite"
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
        raise StoreBroken("PostgreSQL needs its driver: install it with pip install 'notabot[postgres]'.") from error
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
