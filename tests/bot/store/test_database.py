import asyncio
import logging
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.store import StoreBroken, StoreBusy, StoreError, connections, open_store
from bot.store.database import DATABASE_FILE
from bot.store.tables import files, switches
from bot.texts import explain
from tests.bot.store.making import add_piece
from tests.refusals import refuses


async def number_of_switches(store):
    async with store.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(switches))).scalar_one()


async def open_and_close(url, folder):
    async with open_store(url, folder):
        pass


# --- transactions --------------------------------------------------------------------------------------------------


async def test_what_fails_changes_nothing(store):
    async def fail():
        async with store.writing() as connection:
            await connection.execute(insert(switches).values(name="a", value=1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await number_of_switches(store) == 0


async def test_a_mistake_of_ours_stays_what_it_is(store):
    """The job table finds a repeated event by it."""
    await store.switches.set("a", 1)

    async def repeat():
        async with store.writing() as connection:
            await connection.execute(insert(switches).values(name="a", value=2))

    with pytest.raises(IntegrityError):
        await repeat()
    assert await store.switches.get("a") == 1


async def test_a_row_cannot_belong_to_nothing(store):
    async def add_orphan():
        async with store.writing() as connection:
            row = {"piece": "nobody", "ending": ".abc", "name": "x", "sha256": "0" * 64, "size": 1}
            await connection.execute(insert(files).values(**row))

    with pytest.raises(IntegrityError):
        await add_orphan()


async def test_counting_and_adding_in_one_transaction_never_passes_a_limit(database_url, tmp_path):
    """Two stores are two processes: on PostgreSQL both may write."""
    limit = 5

    async def add_if_room(store, name):
        async with store.writing() as connection:
            number = (await connection.execute(select(func.count()).select_from(switches))).scalar_one()
            await asyncio.sleep(0)
            if number < limit:
                await connection.execute(insert(switches).values(name=name, value=None))

    async with open_store(database_url, tmp_path) as one, open_store(database_url, tmp_path) as two:
        await asyncio.gather(*(add_if_room(store, f"{store is one}{k}") for k in range(10) for store in (one, two)))
        assert await number_of_switches(one) == limit


async def test_a_reader_sees_nothing_that_is_not_committed_and_does_not_wait(store):
    async with store.writing() as connection:
        await connection.execute(insert(switches).values(name="a", value=1))
        assert await asyncio.wait_for(number_of_switches(store), 2) == 0
    assert await number_of_switches(store) == 1


async def test_a_cancelled_writer_leaves_the_store_whole(store):
    async def write(number):
        async with store.writing() as connection:
            await connection.execute(insert(switches).values(name=f"a{number}", value=1))
            await connection.execute(insert(switches).values(name=f"b{number}", value=1))

    for number in range(12):
        task = asyncio.create_task(write(number))
        await asyncio.sleep(number / 4000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(store.switches.set("after", value=1), 10)
    async with store.reading() as connection:
        names = set((await connection.execute(select(switches.c.name))).scalars())
    assert {name[1:] for name in names if name[0] == "a"} - {"fter"} == {name[1:] for name in names if name[0] == "b"}


async def test_eight_writers_at_once_get_their_turns_in_order(store):
    """SQLite's own waiting is not a queue: without our lock some waited 300 times as long as others."""
    done = dict.fromkeys(range(8), 0)
    spreads = []

    async def write(writer):
        for number in range(25):
            await store.switches.set(f"{writer}-{number}", number)
            done[writer] += 1
            spreads.append(max(done.values()) - min(done.values()))

    await asyncio.gather(*(write(writer) for writer in done))
    assert await number_of_switches(store) == 200
    assert max(spreads) <= 2, "nobody writes a third time before everybody has written once"


async def test_a_writer_inside_a_writer_ends_in_words(store, monkeypatch):
    monkeypatch.setattr(connections, "TURN_WAIT_S", 0.05)

    async def nest():
        async with store.writing():
            await store.switches.set("inner", value=1)

    with pytest.raises(StoreBusy):
        await nest()
    monkeypatch.undo()
    await store.switches.set("after", value=1)


# --- SQLite --------------------------------------------------------------------------------------------------------


async def test_sqlite_keeps_what_it_promises_to_keep(tmp_path):
    async with open_store(None, tmp_path) as store, store.reading() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1}


async def test_a_database_locked_by_somebody_else_is_busy_and_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "LOCK_WAIT_MS", 100)
    async with open_store(None, tmp_path) as store:
        await store.switches.set("before", value=1)
        with closing(sqlite3.connect(tmp_path / DATABASE_FILE, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with refuses(StoreBusy, match="try again"):
                await store.switches.set("during", value=1)
            assert await store.switches.get("before") == 1, "reading goes on"
            other.execute("ROLLBACK")
        await store.switches.set("during", value=1)
        assert await number_of_switches(store) == 2


async def test_starting_while_somebody_else_holds_the_database_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "LOCK_WAIT_MS", 100)
    await open_and_close(None, tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with refuses(StoreBusy, match=f"{DATABASE_FILE}.*locked.*start again"):
            await open_and_close(None, tmp_path)


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / DATABASE_FILE
    path.write_bytes(b"Dear diary, " * 1000)
    with refuses(StoreBroken, match=f"{DATABASE_FILE}.*not a database.*backup"):
        await open_and_close(None, tmp_path)
    assert path.read_bytes() == b"Dear diary, " * 1000


async def test_a_damaged_page_is_told_when_it_is_met(tmp_path):
    async with open_store(None, tmp_path) as store:
        for number in range(60):
            await store.switches.set(f"switch{number}", "x" * 1000)
    path = tmp_path / DATABASE_FILE
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xa5" * (len(content) - len(content) // 2)
    path.write_bytes(content)

    async def read_all():
        async with open_store(None, tmp_path) as store, store.reading() as connection:
            await connection.execute(select(switches))

    with pytest.raises(StoreBroken):
        await read_all()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with refuses(StoreBroken, match=r"folder .*file.*NOTABOT_DATA_DIR"):
        await open_and_close(None, tmp_path / "file" / "data")


async def test_a_database_that_is_a_folder_is_told(tmp_path):
    (tmp_path / DATABASE_FILE).mkdir()
    with refuses(StoreBroken, match="Is a directory"):
        await open_and_close(None, tmp_path)


async def test_others_on_the_machine_cannot_read_the_database(tmp_path):
    async with open_store(None, tmp_path) as store:
        await store.switches.set("a", value=1)
        assert {path.stat().st_mode & 0o777 for path in tmp_path.glob(f"{DATABASE_FILE}*")} == {0o600}


async def test_odd_characters_in_the_path_do_no_harm(tmp_path):
    folder = tmp_path / "100% 音符?#é"
    async with open_store(None, folder) as store:
        await add_piece(store, "abc")
    assert (folder / DATABASE_FILE).exists()


async def test_an_sqlite_file_elsewhere_can_be_named(tmp_path):
    async with open_store(f"sqlite:///{tmp_path / 'mine.db'}", tmp_path / "data") as store:
        await number_of_switches(store)
        assert store.is_sqlite
    assert (tmp_path / "mine.db").exists()


@pytest.mark.parametrize(
    "url", ["mysql://host/db", "sqlite://", "sqlite:///:memory:", "nonsense", "postgresql://h:x/y"]
)
async def test_an_address_that_cannot_be_used_is_told(tmp_path, url):
    with refuses(StoreBroken, match="NOTABOT_DATABASE_URL"):
        await open_and_close(url, tmp_path)


# --- PostgreSQL ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
async def test_every_way_to_write_a_postgresql_address_works(postgres, tmp_path, scheme):
    url = postgres.new_database().replace("postgresql", scheme, 1)
    async with open_store(url, tmp_path) as store:
        await number_of_switches(store)
        assert not store.is_sqlite


async def test_an_unknown_database_is_told_without_the_password(postgres, tmp_path):
    url = postgres.url("nowhere").replace("notabot@", "notabot:hunter2@")
    with refuses(StoreError, match=r"NOTABOT_DATABASE_URL.*nowhere.*does not exist") as caught:
        await open_and_close(url, tmp_path)
    assert "hunter2" not in str(caught.value)


async def test_a_server_that_goes_away_is_busy_and_loses_nothing(postgres, tmp_path):
    async with open_store(postgres.new_database(), tmp_path) as store:
        await store.switches.set("before", value=1)
        postgres.stop()
        try:
            with pytest.raises(StoreBusy):
                await store.switches.set("during", value=1)
            with pytest.raises(StoreBusy):
                await number_of_switches(store)
        finally:
            postgres.start()
        await store.switches.set("after", value=1)
        assert await store.switches.get("before") == 1


async def cut_lines(store):
    """Of all that have begun a transaction and are waiting."""
    idle = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
    async with store.reading() as connection:
        await connection.execute(text(idle))


async def test_a_line_cut_in_the_middle_of_a_transaction_is_busy_and_changes_nothing(postgres, tmp_path):
    async def write(store):
        async with store.writing() as connection:
            await connection.execute(insert(switches).values(name="a", value=1))
            await cut_lines(store)
            await connection.execute(insert(switches).values(name="b", value=1))

    async with open_store(postgres.new_database(), tmp_path) as store:
        with pytest.raises(StoreBusy):
            await write(store)
        assert await number_of_switches(store) == 0
        await store.switches.set("after", value=1)


async def test_a_lock_held_by_another_process_is_busy(postgres, tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "LOCK_WAIT_MS", 100)
    url = postgres.new_database()
    async with open_store(url, tmp_path) as one, open_store(url, tmp_path) as two:
        async with one.writing():
            with pytest.raises(StoreBusy):
                await two.switches.set("a", value=1)
        await two.switches.set("a", value=1)


# --- what must not be told -----------------------------------------------------------------------------------------


async def test_what_people_wrote_is_neither_in_errors_nor_in_the_log(store, caplog):
    caplog.set_level(logging.DEBUG)

    async def write_twice():
        async with store.writing() as connection:
            await connection.execute(insert(switches).values(name="a", value="my secret wish"))
            await connection.execute(update(switches).values(nonsense="my secret wish"))

    with pytest.raises(Exception, match="nonsense") as caught:
        await write_twice()
    assert "my secret wish" not in str(caught.value) + caplog.text


def test_every_error_is_a_sentence_with_a_next_step():
    for family in (StoreError, *StoreError.__subclasses__()):
        assert explain(family()).endswith(".")
        assert any(step in explain(family()).lower() for step in ("try again", "tell whoever"))
