"""Whether the store could keep something: every way in which it could not is told, and all is well again afterwards."""

import os
import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing

import pytest

from bot.store import StoreBroken, StoreBusy, StoreError, StoreFull, open_store, probe
from bot.store.database import DATABASE_FILE
from tests.bot.store.making import add_piece

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def database(store, tmp_path):
    if not store.is_sqlite:
        pytest.skip("what is done to a file is done to SQLite")
    return tmp_path / "data" / DATABASE_FILE


async def test_a_store_that_works_is_well_and_unchanged(store):
    await store.switches.set("a", value=1)
    await store.probe.look()
    await store.probe.look()
    assert await store.switches.get("probe") is None
    assert await store.switches.get("a") == 1


async def test_a_disk_with_little_room_is_full_before_it_is(store, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(10**9, 10**9, probe.LEAST_FREE_BYTES - 1))
    with pytest.raises(StoreFull):
        await store.probe.look()
    monkeypatch.undo()
    await store.probe.look()


async def test_a_folder_that_is_gone_is_told(store, tmp_path):
    (tmp_path / "data").rename(tmp_path / "away")
    with pytest.raises(StoreError):
        await store.probe.look()
    (tmp_path / "away").rename(tmp_path / "data")
    await store.probe.look()


DAMAGE = {
    "truncated": lambda path: os.truncate(path, 100),
    "emptied": lambda path: os.truncate(path, 0),
    "overwritten": lambda path: path.write_bytes(os.urandom(path.stat().st_size)),
    "deleted": lambda path: path.unlink(),
    "replaced": lambda path: (path.unlink(), shutil.copy(__file__, path)),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
async def test_a_database_that_was_damaged_under_us_is_told(store, database, damage):
    await add_piece(store, "abc")
    with closing(sqlite3.connect(database)) as other:  # nothing is left in the log beside it
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(database)
    with pytest.raises(StoreBroken):
        await store.probe.look()
    assert damage is not DAMAGE["deleted"] or not database.exists(), "looking makes no new one"


async def test_a_database_that_somebody_holds_is_busy(store, database, monkeypatch):
    monkeypatch.setattr(probe, "LOCK_WAIT_S", 0.1)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            await store.probe.look()
    await store.probe.look()


async def test_a_server_that_is_away_is_busy_and_well_again_afterwards(postgres, tmp_path):
    async with open_store(postgres.new_database(), tmp_path) as store:
        postgres.stop()
        try:
            with pytest.raises(StoreBusy):
                await store.probe.look()
        finally:
            postgres.start()
        await store.probe.look()
