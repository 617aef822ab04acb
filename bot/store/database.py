"""The database, opened and put together: its tables brought up to date, one object for each of them.

What is promised: whatever keeps it from opening becomes a StoreError with a sentence for whoever starts the program,
which never holds a password. What reading and writing promise stands in `connections.py`.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.store import migrations
from bot.store.appointments import Appointments
from bot.store.blobs import Blobs
from bot.store.chains import Chains
from bot.store.challenges import Challenges
from bot.store.connections import Connections, make_engine
from bot.store.deliveries import Deliveries
from bot.store.duels import Duels
from bot.store.errors import StoreBroken, StoreError, StoreFull
from bot.store.exhibits import Exhibits
from bot.store.favourites import Favourites
from bot.store.guesses import Guesses
from bot.store.honours import Honours
from bot.store.jobs import JobTable
from bot.store.lineage import Lineage
from bot.store.ownership import Ownership
from bot.store.people import People
from bot.store.pieces import Pieces
from bot.store.probe import Probe
from bot.store.reports import Reports
from bot.store.rules import Rules, Switches
from bot.store.servers import Servers
from bot.store.stars import Stars
from bot.store.together import Together
from bot.store.translation import translate

DATABASE_FILE, FILES = "notabot.db", "files"


class Store:
    """All that is remembered. Made by `open_store`."""

    def __init__(self, connections: Connections, folder: Path, ownership: Ownership, probe: Probe) -> None:
        self.folder, self.ownership, self.probe = folder, ownership, probe
        self.is_sqlite = connections.is_sqlite
        self.reading, self.writing = connections.reading, connections.writing
        self.blobs = Blobs(connections, folder / FILES)
        self.pieces = Pieces(connections, self.blobs)
        self.lineage = Lineage(connections)
        self.together = Together(connections, self.lineage)
        self.people = People(connections, self.pieces, self.blobs, self.together)
        self.rules = Rules(connections)
        self.servers = Servers(connections)
        self.switches = Switches(connections)
        self.jobs = JobTable(connections)
        self.deliveries = Deliveries(connections)
        self.appointments = Appointments(connections)
        self.challenges = Challenges(connections)
        self.honours = Honours(connections)
        self.duels = Duels(connections)
        self.favourites = Favourites(connections)
        self.stars = Stars(connections)
        self.exhibits = Exhibits(connections)
        self.reports = Reports(connections)
        self.guesses = Guesses(connections, self.switches)
        self.chains = Chains(connections)


@asynccontextmanager
async def open_store(url: str | None, folder: Path) -> AsyncIterator[Store]:
    """Open the database at url, or SQLite in the folder, and bring its tables up to date.

    url: postgresql://user:password@host/name; the files of pieces are in the folder all the same.
    Raises StoreError with a sentence for whoever starts the program.
    """
    logging.getLogger("aiosqlite").setLevel(logging.INFO)  # below that it logs the values of every statement
    _make_folder(folder)
    _make_folder(folder / FILES)
    _prove_folder(folder / FILES)
    address = _address(url, folder)
    if address.get_backend_name() == "sqlite":
        _prove_writable(Path(str(address.database)))
    await _migrate(address)
    engine = make_engine(address)
    try:
        database = Path(str(address.database)) if address.get_backend_name() == "sqlite" else None
        connections = Connections(engine)
        yield Store(connections, folder, Ownership(engine, database), Probe(connections, folder, database))
    finally:
        await engine.dispose()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        family = StoreFull if translate(error) is StoreFull else StoreBroken
        raise family(reason="no_folder", folder=folder, why=error.strerror or "?") from error


def _prove_folder(folder: Path) -> None:
    """Files can be put there; a database on a server would not notice that they cannot."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"notabot")
            file.flush()
    except OSError as error:
        family = StoreFull if translate(error) is StoreFull else StoreBroken
        raise family(reason="folder_closed", folder=folder, why=error.strerror or "?") from error


def _prove_writable(path: Path) -> None:
    """The system says why a file cannot be opened, SQLite does not. A new file is for the owner's eyes only."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        family = StoreFull if translate(error) is StoreFull else StoreBroken
        raise family(reason="no_file", path=path, why=error.strerror or "?") from error


def _address(url: str | None, folder: Path) -> URL:
    """The address for SQLAlchemy, with the drivers that we use."""
    if url is None:
        return URL.create("sqlite+aiosqlite", database=str(folder / DATABASE_FILE))
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreBroken(reason="wrong_url") from error
    scheme = address.drivername.partition("+")[0]
    if scheme in {"postgres", "postgresql"}:
        return address.set(drivername="postgresql+psycopg")
    if scheme == "sqlite" and address.database not in {None, "", ":memory:"}:
        return address.set(drivername="sqlite+aiosqlite")
    raise StoreBroken(reason="wrong_scheme")


# --- opening -------------------------------------------------------------------------------------------------------


async def _migrate(address: URL) -> None:
    """Bring the tables up to date in one transaction."""
    engine = make_engine(address, migrating=True)
    try:
        async with engine.execution_options(writing=True).begin() as connection:
            await connection.run_sync(migrations.upgrade)
    except (SQLAlchemyError, sqlite3.Error, OSError, CommandError) as error:
        raise _opening_error(address, error) from error
    finally:
        await engine.dispose()


def _opening_error(address: URL, error: Exception) -> StoreError:
    """What is wrong, for whoever starts the program. Never the password."""
    where = address.database if address.get_backend_name() == "sqlite" else "NOTABOT_DATABASE_URL"
    lines = str(getattr(error, "orig", error)).splitlines()
    kind = translate(error) or StoreBroken
    return kind(reason="opening", where=where, why=lines[0] if lines else type(error).__name__)
