"""What all tests of the store share: every one runs on SQLite and on PostgreSQL."""

import asyncio
import shutil

import psycopg
import pytest

from bot.store import open_store
from bot.store.database import DATABASE_FILE
from bot.store.tables import metadata
from tests.bot.store.postgres import run_postgres


@pytest.fixture(autouse=True)
def no_copies(real_migrations):
    """Migrations are what some of these tests are about."""


async def make_tables(url, folder):
    async with open_store(url, folder):
        pass


@pytest.fixture(scope="session")
def postgres():
    with run_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """An empty database without tables: None is SQLite in the store's folder."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    asyncio.run(make_tables(None, folder))
    return folder / DATABASE_FILE


@pytest.fixture(scope="session")
def postgresql_with_tables(postgres, tmp_path_factory):
    url = postgres.new_database()
    asyncio.run(make_tables(url, tmp_path_factory.mktemp("tables")))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def url_with_tables(request, tmp_path):
    """A database with empty tables, which were made once because that takes longer than most tests."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_with_tables")
        with psycopg.connect(url) as connection:
            connection.execute(f"TRUNCATE {', '.join(metadata.tables)}")
        return url
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(request.getfixturevalue("sqlite_with_tables"), tmp_path / "data" / DATABASE_FILE)
    return None


@pytest.fixture
async def store(url_with_tables, tmp_path):
    """An empty store."""
    async with open_store(url_with_tables, tmp_path / "data") as store:
        yield store
