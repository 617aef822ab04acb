import asyncio
import contextlib

import pytest_asyncio
from sqlalchemy import text

from bot.jobs.writer import open_writer
from bot.store import open_store


@pytest_asyncio.fixture
async def writer(tmp_path):
    async with open_store(None, tmp_path) as store, open_writer(store) as writer:
        yield writer


async def test_nobody_s_answer_waits_for_what_only_makes_progress(writer):
    """Both are asked for before the writer wakes up; the urgent one is on the disk while the other still works."""
    release, done = asyncio.Event(), []

    async def progress(_connection):
        await release.wait()
        done.append("progress")

    async def answer(connection):
        done.append(await connection.scalar(text("SELECT 'answer'")))

    slow = asyncio.create_task(writer.write(progress))
    urgent = asyncio.create_task(writer.write(answer, urgent=True))
    async with asyncio.timeout(5):
        await urgent
    assert done == ["answer"]
    assert not slow.done()
    release.set()
    await slow
    assert done == ["answer", "progress"]


async def test_what_is_equally_urgent_is_written_together(writer):
    seen = []

    async def change(connection):
        seen.append(connection)

    await asyncio.gather(*(writer.write(change, urgent=True) for _ in range(5)))
    assert len(seen) == 5
    assert len({id(connection) for connection in seen}) == 1


async def test_a_mistake_in_one_change_does_not_undo_the_others(writer):
    async def wrong(_connection):
        raise ZeroDivisionError

    async def right(connection):
        return await connection.scalar(text("SELECT 7"))

    outcomes = await asyncio.gather(writer.write(wrong), writer.write(right), return_exceptions=True)
    assert isinstance(outcomes[0], ZeroDivisionError)
    assert outcomes[1] == 7


async def test_what_was_given_before_the_end_is_written(tmp_path):
    written = []

    async def change(_connection):
        written.append(True)

    async with open_store(None, tmp_path) as store:
        async with open_writer(store) as writer:
            given = asyncio.create_task(writer.write(change))
            await asyncio.sleep(0)
        with contextlib.suppress(asyncio.CancelledError):
            await given
    assert written == [True]
