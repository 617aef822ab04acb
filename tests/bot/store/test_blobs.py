import asyncio
import errno
import hashlib
import os
import stat
import time

import pytest

from bot.store import StoreBroken, StoreFull, open_store
from tests.bot.store.making import add_piece

LONG_AGO = 1_000_000_000


@pytest.fixture
async def store(tmp_path):
    """Blobs are files, whatever the database is; which rows use them is tested with the pieces."""
    async with open_store(None, tmp_path / "data") as store:
        yield store


def make_old(*paths):
    for path in paths:
        os.utime(path, (LONG_AGO, LONG_AGO))


async def test_a_content_is_found_under_its_sha256(store):
    sha256 = await store.blobs.put(b"notes")
    assert sha256 == hashlib.sha256(b"notes").hexdigest()
    assert store.blobs.path(sha256).read_bytes() == b"notes"
    assert store.blobs.path(sha256) == store.folder / "files" / sha256[:2] / sha256


async def test_the_same_content_is_kept_once(store):
    first = await store.blobs.put(b"notes")
    inode = store.blobs.path(first).stat().st_ino
    assert await store.blobs.put(b"notes") == first
    assert store.blobs.path(first).stat().st_ino == inode


async def test_a_file_that_was_cut_short_is_written_anew(store):
    path = store.blobs.path(await store.blobs.put(b"notes"))
    path.write_bytes(b"no")
    await store.blobs.put(b"notes")
    assert path.read_bytes() == b"notes"


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 65, "a" * 64 + "\n", "/" + "a" * 63, "٠" * 64]
)
def test_nothing_but_a_sha256_becomes_a_path(store, name):
    with pytest.raises(ValueError, match="not a sha256"):
        store.blobs.path(name)


async def test_others_on_the_machine_cannot_read_the_files(store):
    path = store.blobs.path(await store.blobs.put(b"notes"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


async def test_content_and_name_reach_the_disk_before_put_returns(store, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(os.fstat(handle).st_ino), real(handle)))
    path = store.blobs.path(await store.blobs.put(b"notes"))
    assert synced == [p.stat().st_ino for p in (store.blobs.folder, path, path.parent)]


@pytest.mark.parametrize(
    ("number", "family"), [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EROFS, StoreBroken)]
)
async def test_a_disk_that_refuses_leaves_nothing_half_written(store, monkeypatch, number, family):
    def refuse(_handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    store.blobs.path("ab" * 32).parent.mkdir(parents=True)
    with pytest.raises(family):
        await store.blobs.put(b"notes")
    assert [path for path in store.blobs.folder.rglob("*") if path.is_file()] == []


async def test_only_old_files_that_no_piece_uses_are_swept(store):
    [text, sound] = await add_piece(store, "abc")
    new = await store.blobs.put(b"being recorded")
    old = store.blobs.path(hashlib.sha256(b"left behind by an earlier process").hexdigest())
    old.parent.mkdir()
    old.write_bytes(b"left behind by an earlier process")
    partial = old.parent / "tmpabc.part"
    partial.write_bytes(b"half")
    foreign = old.parent / "README"
    foreign.write_bytes(b"mine")
    make_old(old, partial, foreign, store.blobs.path(text.sha256), store.blobs.path(sound.sha256))
    assert await store.blobs.remove_unused() == 2
    kept = {path.name for path in store.blobs.folder.rglob("*") if path.is_file()}
    assert kept == {text.sha256, sound.sha256, new, "README"}


async def test_a_file_put_again_is_young_again(store):
    path = store.blobs.path(await store.blobs.put(b"notes"))
    make_old(path)
    await store.blobs.put(b"notes")
    assert await store.blobs.remove_unused() == 0
    assert path.exists()


async def test_deleting_a_piece_spares_what_another_one_is_about_to_use(store):
    """A second job had put the same sound and not yet recorded its piece, when the first piece was deleted."""
    [_, sound] = await add_piece(store, "first")
    await store.blobs.put(b"same sound")
    await store.pieces.delete("first")
    assert store.blobs.path(sound.sha256).exists()


async def test_sweeping_where_no_file_was_ever_kept_is_harmless(store):
    assert await store.blobs.remove_unused() == 0


async def test_what_was_just_put_outlives_a_clock_that_steps_ahead(store, monkeypatch):
    """Its piece is about to be recorded, whatever the date has become."""
    sha256 = await store.blobs.put(b"notes")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 7200)
    assert await store.blobs.remove_unused() == 0
    store.blobs.recorded(sha256)  # said before the row is committed
    assert await store.blobs.remove_unused() == 0
    assert store.blobs.path(sha256).read_bytes() == b"notes"


async def test_what_is_being_written_outlives_it_too(store, monkeypatch):
    real = time.time
    real_sync = os.fsync
    loop = asyncio.get_running_loop()

    def sweep_first(handle):
        monkeypatch.setattr(os, "fsync", real_sync)
        monkeypatch.setattr(time, "time", lambda: real() + 7200)
        assert asyncio.run_coroutine_threadsafe(store.blobs.remove_unused(), loop).result(10) == 0
        real_sync(handle)

    monkeypatch.setattr(os, "fsync", sweep_first)
    (store.blobs.folder / hashlib.sha256(b"notes").hexdigest()[:2]).mkdir()
    sha256 = await store.blobs.put(b"notes")
    assert store.blobs.path(sha256).read_bytes() == b"notes"
