import time

from sqlalchemy import select

from bot.store import keep_within, retention
from bot.store.tables import jobs
from tests.bot.store.making import add_job, add_piece

DAY_S = 86_400


async def existing(store):
    async with store.reading() as connection:
        known = set((await connection.execute(select(jobs.c.id))).scalars())
    return [piece.id for piece in await store.pieces.of("discord:1")], known


async def fill(store):
    now = time.time()
    for id_, age_days, delivery in (("new", 6, "sent"), ("old", 8, "sent"), ("late", 9, "pending")):
        await add_job(store, id_, finished=now - age_days * DAY_S, delivery=delivery)
        await add_piece(store, id_, created=now - age_days * DAY_S)
    await add_job(store, "waiting", state="queued", delivery="sent")


async def test_what_is_too_old_goes_and_what_is_not_delivered_stays(store):
    await fill(store)
    sound = (await store.pieces.get("old")).file(".abc")
    assert await keep_within(store, retention_days=7) == 1
    assert await existing(store) == (["new", "late"], {"new", "late", "waiting"})
    assert (await store.pieces.get("old")).deleted is not None
    assert not store.blobs.path(sound.sha256).exists()


async def test_zero_days_keeps_everything(store):
    await fill(store)
    assert await keep_within(store, retention_days=0) == 0
    assert await existing(store) == (["new", "old", "late"], {"new", "old", "late", "waiting"})


async def test_more_pieces_than_one_transaction_takes_all_go(store, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        await add_piece(store, f"p{number}", created=float(number))
    assert await keep_within(store, retention_days=1) == 5
    assert await store.pieces.of("discord:1") == []


async def test_a_clock_that_jumps_two_years_ahead_deletes_nothing(store, monkeypatch):
    await fill(store)
    assert await keep_within(store, retention_days=30) == 0
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 730 * DAY_S)
    assert await keep_within(store, retention_days=30) == 0
    monkeypatch.setattr(time, "time", real)
    assert await keep_within(store, retention_days=30) == 0
    assert await existing(store) == (["new", "old", "late"], {"new", "old", "late", "waiting"})


async def test_a_clock_that_stays_ahead_is_believed_the_next_day(store, monkeypatch):
    """The machine was off for a while."""
    await fill(store)
    assert await keep_within(store, retention_days=30) == 0
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 60 * DAY_S)
    assert await keep_within(store, retention_days=30) == 0
    monkeypatch.setattr(time, "time", lambda: real() + 61 * DAY_S)
    assert await keep_within(store, retention_days=30) == 2
