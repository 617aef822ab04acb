"""A disk that is really full: a file system of a few hundred kilobytes, where we may mount one."""

import gc
import subprocess

import pytest

from bot.store import StoreFull, open_store
from tests.bot.store.making import add_piece
from tests.refusals import refuses

SIZE_KB = 1000


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "tmpfs", folder]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    gc.collect()  # the error of a start that failed holds SQLite's handle of the file
    subprocess.run(["umount", folder], check=True)


def fill(folder):
    """Until nothing more fits."""
    with (folder / "ballast").open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


async def write_until_it_fails(store):
    for number in range(1000):
        await store.switches.set(f"s{number}", "x" * 1000)


async def test_a_full_disk_is_told_and_nothing_is_lost(small_disk):
    async with open_store(None, small_disk / "data") as store:
        await add_piece(store, "before")
        fill(small_disk)
        with refuses(StoreFull, match="disk is full"):
            await store.blobs.put(b"a page of music" * 1000)
        with refuses(StoreFull, match="disk is full"):
            await write_until_it_fails(store)
        piece = await store.pieces.get("before")
        assert store.blobs.path(piece.file(".abc").sha256).read_bytes() == b"X:1 before"
        assert not list(store.blobs.folder.rglob("*.part"))
        (small_disk / "ballast").unlink()
        await add_piece(store, "after")
    async with open_store(None, small_disk / "data") as store:
        assert [piece.id for piece in await store.pieces.of("discord:1")] == ["after", "before"]


async def test_starting_on_a_full_disk_is_told(small_disk):
    fill(small_disk)

    async def start():
        async with open_store(None, small_disk / "data"):
            pass

    with refuses(StoreFull, match=r"disk is full.*Free some space"):
        await start()


async def test_a_full_disk_of_postgresql_is_told(postgres, tmp_path):
    """The server says 53100; its disk is not ours to fill."""
    async with open_store(postgres.new_database(), tmp_path) as store:

        async def write():
            async with store.writing() as connection:
                await connection.exec_driver_sql(
                    "DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$"
                )

        with pytest.raises(StoreFull):
            await write()
