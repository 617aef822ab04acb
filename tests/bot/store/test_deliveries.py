"""The table of deliveries: order within a job, and doubt after a crash."""

import pytest

from tests.bot.store.test_jobs import add


@pytest.fixture
async def store(store):
    async with store.writing() as connection:
        for job in ("one", "two"):
            await add(store, connection, job)
            await store.deliveries.add(
                connection, job=job, platform="discord", parts=["status", "result", "files"], first=0, due=10.0
            )
    return store


async def due(store, now=10.0, platform="discord"):
    return await store.deliveries.due(platform, now=now, limit=10)


async def test_only_the_first_unsettled_part_of_each_job_is_due(store):
    assert [(one.job, one.part) for one in await due(store)] == [("one", "status"), ("two", "status")]
    assert await due(store, now=9.0) == []
    assert await due(store, platform="telegram") == []


async def test_what_is_being_sent_holds_back_what_follows_and_begins_once(store):
    status = (await due(store))[0]
    async with store.writing() as connection:
        assert await store.deliveries.begin(connection, status)
        assert not await store.deliveries.begin(connection, status)
    assert [one.job for one in await due(store)] == ["two"]
    async with store.writing() as connection:
        assert await store.deliveries.settle(connection, status, "failed", error="gone")
    assert [(one.job, one.part) for one in await due(store)] == [("one", "result"), ("two", "status")]


async def test_what_is_postponed_holds_back_what_follows(store):
    status = (await due(store))[0]
    async with store.writing() as connection:
        await store.deliveries.begin(connection, status)
        await store.deliveries.postpone(connection, status, due=50.0, in_doubt=True, error="later")
    assert [one.job for one in await due(store, now=49.0)] == ["two"]
    again = next(one for one in await due(store, now=50.0) if one.job == "one")
    assert (again.part, again.tries, again.in_doubt) == ("status", 1, True)


async def test_after_a_crash_what_was_being_sent_is_in_doubt_and_nothing_else(store):
    status = (await due(store))[0]
    async with store.writing() as connection:
        await store.deliveries.begin(connection, status)
        assert await store.deliveries.doubt(connection, now=10.0, longest_s=300.0) == 1
    assert {one.job: one.in_doubt for one in await due(store)} == {"one": True, "two": False}


async def test_what_was_read_before_it_was_tried_again_is_not_begun(store):
    """It does not know yet that the last try may have arrived."""
    status = (await due(store))[0]
    async with store.writing() as connection:
        assert await store.deliveries.begin(connection, status)
        await store.deliveries.postpone(connection, status, due=0.0, in_doubt=True, error="cut")
        assert not await store.deliveries.begin(connection, status)
    [again] = [one for one in await due(store) if one.job == status.job]
    async with store.writing() as connection:
        assert again.in_doubt
        assert await store.deliveries.begin(connection, again)


async def test_a_status_is_placed_once(store):
    async with store.writing() as connection:
        assert await store.deliveries.placed(connection, {"one": "m1", "unknown": "m3"}) == {"one"}
        assert await store.deliveries.placed(connection, {"one": "m2"}) == set()
    assert (await due(store))[0].part in {"result", "status"}
    async with store.writing() as connection:
        assert await store.deliveries.counts(connection) == {"pending": 5}


@pytest.mark.parametrize("moment", ["before it is looked for", "while it is looked for", "when that was in vain"])
async def test_a_message_in_doubt_whose_button_is_pressed_has_arrived_whenever_that_is(store, moment):
    status = (await due(store))[0]
    async with store.writing() as connection:
        await store.deliveries.begin(connection, status)
        await store.deliveries.doubt(connection, now=10.0, longest_s=300.0)
    again = next(one for one in await due(store) if one.job == "one")
    if moment != "before it is looked for":
        async with store.writing() as connection:
            assert await store.deliveries.begin(connection, again)
            if moment == "when that was in vain":
                await store.deliveries.settle(connection, again, "doubtful", error="nobody knows")

    await store.deliveries.learn("one", "status", "4711")

    async with store.writing() as connection:
        assert not await store.deliveries.settle(connection, again, "doubtful", error="nobody knows")
    assert await store.deliveries.message_of("one", "status") == "4711"
    assert await store.deliveries.uncertain("one") == {}


async def test_a_message_that_is_not_in_doubt_is_not_found_by_a_press(store):
    await store.deliveries.learn("one", "status", "4711")
    assert await store.deliveries.message_of("one", "status") is None
