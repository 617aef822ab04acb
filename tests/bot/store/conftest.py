"""What all tests of the store share: every one runs on SQLite and on PostgreSQL."""

import pytest

from bot.store import open_store
from tests.bot.store.postgres import run_postgres


@pytest.fixture(scope="session")
def postgres():
    with run_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """An empty database: None is SQLite in the store's folder."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()


@pytest.fixture
async def store(database_url, tmp_path):
    async with open_store(database_url, tmp_path / "data") as store:
        yield store
