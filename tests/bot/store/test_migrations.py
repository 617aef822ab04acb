import re
import sqlite3
from contextlib import closing

from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import String, create_engine, inspect, text

from bot.store import StoreBroken, open_store
from bot.store.connections import make_engine
from bot.store.database import DATABASE_FILE, _address
from bot.store.tables import metadata
from tests.bot.store.making import add_piece
from tests.refusals import refuses


def statements(path):
    """What SQLite was told to make, but for blanks, quotes and order."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL")
        found = sorted(re.sub(r'[\s"]+', " ", sql).strip() for (sql,) in rows)
    return [sql for sql in found if "alembic_version" not in sql]


def compare(connection):
    options = {"compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


async def test_migrations_make_exactly_the_tables(database_url, tmp_path):
    async with open_store(database_url, tmp_path) as store, store.reading() as connection:
        assert await connection.run_sync(compare) == []


async def test_a_table_that_differs_is_seen(database_url, tmp_path):
    """The test above could not fail otherwise."""
    async with open_store(database_url, tmp_path) as store:
        async with store.writing() as connection:
            await connection.execute(text("ALTER TABLE rules ADD COLUMN note VARCHAR(5)"))
            await connection.execute(text("DROP TABLE switches"))
        async with store.reading() as connection:
            assert len(await connection.run_sync(compare)) == 2


async def test_migrations_say_to_sqlite_what_the_tables_say(tmp_path):
    """Keys, cascades and defaults too, which the comparison above does not see all."""
    async with open_store(None, tmp_path):
        pass
    engine = create_engine(f"sqlite:///{tmp_path / 'direct.db'}")
    metadata.create_all(engine)
    engine.dispose()
    assert statements(tmp_path / DATABASE_FILE) == statements(tmp_path / "direct.db")


async def test_opening_again_keeps_what_was_there(database_url, tmp_path):
    async with open_store(database_url, tmp_path) as store:
        await add_piece(store, "abc")
    async with open_store(database_url, tmp_path) as store:
        assert (await store.pieces.get("abc")).record["name"] == "bach_abc"


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(database_url, tmp_path):
    async with open_store(database_url, tmp_path) as store:
        await add_piece(store, "abc")
        async with store.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with refuses(StoreBroken, match=r"newer version \(0999\).*Install"):
        async with open_store(database_url, tmp_path):
            pass
    engine = make_engine(_address(database_url, tmp_path))
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT id FROM pieces"))).scalar_one() == "abc"
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one() == "0999"
    await engine.dispose()


async def test_somebody_elses_database_is_refused_and_left_alone(database_url, tmp_path):
    (tmp_path / DATABASE_FILE).touch()
    engine = make_engine(_address(database_url, tmp_path))
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE people (name VARCHAR(10))"))
    await engine.dispose()
    with refuses(StoreBroken, match=r"people.*already exists"):
        async with open_store(database_url, tmp_path):
            pass
    engine = make_engine(_address(database_url, tmp_path))
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    assert tables == ["people"], "a failed start must not leave half of the tables"


async def test_changing_a_table_does_not_take_along_what_refers_to_it(tmp_path):
    """SQLite changes `pieces` by dropping it; with foreign keys on, all files would go too."""
    async with open_store(None, tmp_path) as store:
        await add_piece(store, "abc")
    engine = make_engine(_address(None, tmp_path), migrating=True)
    async with engine.execution_options(writing=True).begin() as connection:
        await connection.run_sync(widen_guild)
    await engine.dispose()
    async with open_store(None, tmp_path) as store:
        assert len((await store.pieces.get("abc")).files) == 2


def widen_guild(connection):
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table("pieces", recreate="always") as batch:
        batch.alter_column("guild", type_=String(60))
