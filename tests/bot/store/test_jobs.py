"""The table of jobs: the fence, and taking up after a crash."""

from dataclasses import replace

from bot.chat.messages import Address, Person
from bot.making.task import Showing
from generator.notation.keys import Key
from generator.notation.limits import Metre
from tests.bot.tasks import composing

TASK, SHOWING = composing(key=Key("A", "min"), metre=Metre(3, 4)), Showing(pages="pdf", audio=False)
ADDRESS = Address("discord", "discord:ada", chat="c1", token="t", token_expires=5.0, file_limit=10)


async def add(store, connection, job, *, person="ada", guild="g1", turn=0, created=1.0):
    await store.jobs.add(
        connection,
        id=job,
        person=Person("discord", person),
        language="zh",
        task=TASK,
        showing=SHOWING,
        address=replace(ADDRESS, guild=guild),
        event_key=job,
        created=created,
        turn=turn,
    )


async def test_a_job_is_read_as_it_was_written(store):
    async with store.writing() as connection:
        await add(store, connection, "one", turn=3)
    job = await store.jobs.get("one")
    assert (job.task, job.showing) == (TASK, SHOWING)
    assert (job.address, job.language, job.guild, job.turn) == (replace(ADDRESS, guild="g1"), "zh", "g1", 3)
    assert await store.jobs.get("two") is None


async def ask(store, connection, **values):
    about = {"event_key": "new", "person": "discord:ada", "platform": "discord", "guild": "g1", "since": 0.0}
    return await store.jobs.usage(connection, **(about | {"until": 100.0} | values))


async def test_a_new_request_comes_behind_what_is_made_and_behind_the_persons_own(store):
    async with store.writing() as connection:
        assert (await ask(store, connection)).turn == 1
        for turn, (job, person) in enumerate((("one", "ada"), ("two", "ben"), ("six", "ada"), ("ten", "ada")), start=4):
            await add(store, connection, job, person=person, turn=turn, created=float(turn))
        await store.jobs.start(connection, "one", now=8.0)
        own, new = await ask(store, connection), await ask(store, connection, person="discord:eve")
        assert (own.turn, own.ahead, own.queued, own.unfinished) == (8, 4, 3, 3)
        assert (new.turn, new.ahead, new.unfinished) == (5, 2, 0)


async def test_what_a_new_request_asks_about_is_that_of_its_person_its_guild_and_its_event(store):
    async with store.writing() as connection:
        await add(store, connection, "one", created=5.0)
        await add(store, connection, "two", person="ben", created=6.0)
        await add(store, connection, "six", person="ben", guild=None, created=7.0)
        job = await store.jobs.start(connection, "one", now=8.0)
        found = await ask(store, connection, event_key="two", since=4.0)
        assert (found.known, found.person_today, found.person_oldest, found.newest) == ("two", 1, 5.0, 5.0)
        assert (found.guild_today, found.guild_oldest) == (2, 5.0)
        assert (await ask(store, connection, guild=None)).guild_today == 0
        assert (await ask(store, connection, since=5.0)).person_today == 0
        await store.jobs.finish(connection, job, "failed", now=9.0)
        assert (await ask(store, connection)).person_today == 0, "a failed one does not count"


async def test_only_the_newest_attempt_finishes_a_job_and_only_once(store):
    async with store.writing() as connection:
        await add(store, connection, "one")
        first = await store.jobs.start(connection, "one", now=2.0)
        assert await store.jobs.start(connection, "one", now=2.0) is None
        await store.jobs.give_back(connection)
        second = await store.jobs.start(connection, "one", now=3.0)
        assert (first.attempt, second.attempt) == (1, 2)
        assert not await store.jobs.finish(connection, first, "done", now=4.0)
        assert await store.jobs.finish(connection, second, "done", now=4.0)
        assert not await store.jobs.finish(connection, second, "failed", now=4.0)
        assert not await store.jobs.cancel(connection, "one", now=4.0)


async def test_a_cancelled_job_cannot_be_finished(store):
    async with store.writing() as connection:
        await add(store, connection, "one")
        job = await store.jobs.start(connection, "one", now=2.0)
        assert await store.jobs.cancel(connection, "one", now=3.0)
        assert not await store.jobs.finish(connection, job, "done", now=4.0)


async def test_after_a_crash_jobs_wait_again_until_they_crashed_too_often(store):
    async with store.writing() as connection:
        for job in ("one", "two", "three"):
            await add(store, connection, job)
        await store.jobs.start(connection, "one", now=2.0)
        assert (await store.jobs.take_up(connection, max_crashes=2, now=3.0)) == (["one"], [])
        await store.jobs.start(connection, "one", now=4.0)
        await store.jobs.start(connection, "two", now=4.0)
        again, given_up = await store.jobs.take_up(connection, max_crashes=2, now=5.0)
        assert (again, [job.id for job in given_up]) == (["two"], ["one"])
    assert (await store.jobs.get("one")).error == "error.killed_worker"
    assert [(await store.jobs.get(job)).state for job in ("one", "two", "three")] == ["failed", "queued", "queued"]


async def test_a_detail_that_is_too_long_is_cut(store):
    async with store.writing() as connection:
        await add(store, connection, "one")
        job = await store.jobs.start(connection, "one", now=2.0)
        await store.jobs.finish(connection, job, "failed", now=3.0, error="error.sentence", detail="x" * 900)
    assert len((await store.jobs.get("one")).detail) == 500


async def test_the_pace_is_that_of_the_newest_finished_jobs(store):
    async with store.writing() as connection:
        for turn, seconds in enumerate((10.0, 20.0, 30.0), start=1):
            await add(store, connection, f"job{turn}", turn=turn)
            job = await store.jobs.start(connection, f"job{turn}", now=0.0)
            await store.jobs.finish(connection, job, "done", now=seconds)
        assert await store.jobs.paces(connection, newest=2) == [(4, 20.0), (4, 30.0)]
