import sqlite3
from contextlib import closing

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from bot.store import open_store
from bot.store.database import DATABASE_FILE
from tests.bot.store.making import add_piece


async def add_child(store, id_, parent, *, created=1.0, **record):
    async with store.writing() as connection:
        await store.pieces.add(
            connection, id=id_, person="discord:1", platform="discord", guild=None,
            record={"id": id_, "parent": parent, **record}, files=(), created=created,
        )  # fmt: skip


def migrate_to(revision, path):
    """A database as that version made it."""
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


async def test_a_family_is_found_from_any_of_its_members(database_url, tmp_path):
    async with open_store(database_url, tmp_path) as store:
        await add_piece(store, "root")
        for child, parent, created in (("b", "root", 3.0), ("a", "root", 2.0), ("c", "a", 4.0)):
            await add_child(store, child, parent, created=created)
        await add_child(store, "d", "root", redrawn="c")
        await add_child(store, "x", "y")
        expected = {"root": None, "a": "root", "b": "root", "c": "a", "d": "c"}
        for member in expected:
            found = await store.lineage.family(member)
            assert dict(found) == expected
        assert dict(await store.lineage.family("x")) == {"y": None, "x": "y"}
        assert dict(await store.lineage.family("unknown")) == {"unknown": None}


async def test_it_outlives_deleted_pieces_and_erased_people(tmp_path):
    async with open_store(None, tmp_path) as store:
        await add_piece(store, "root")
        await add_child(store, "a", "root")
        await add_child(store, "b", "a")
        await store.pieces.delete("a")
        await store.people.erase("discord:1")
        assert list(await store.lineage.family("b")) == ["root", "a", "b"]
        assert await store.pieces.some(["root", "a", "b"]) == {}


async def test_a_long_line_and_a_circle_come_to_an_end(tmp_path):
    async with open_store(None, tmp_path) as store:
        await add_child(store, "a", "b")
        await add_child(store, "b", "a")
        assert set(await store.lineage.family("a")) == {"a", "b"}


async def test_pieces_that_were_there_before_have_their_parents(tmp_path):
    async with open_store(None, tmp_path) as store:
        await add_child(store, "a", "root")
        await add_child(store, "b", "root", redrawn="a")
        await add_child(store, "root", None)
    older = tmp_path / "older"
    older.mkdir()
    with closing(sqlite3.connect(tmp_path / DATABASE_FILE)) as connection:
        migrate_to("0004", older / DATABASE_FILE)
        connection.execute("ATTACH ? AS older", (str(older / DATABASE_FILE),))
        connection.execute("INSERT INTO older.pieces SELECT * FROM pieces")
        connection.commit()
    async with open_store(None, older) as store:
        assert dict(await store.lineage.family("b")) == {"root": None, "a": "root", "b": "a"}
