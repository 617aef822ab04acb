"""`/subscribe`: a piece a day or a week, asked for by words, kept once at its time, stopped again."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.commands.command import Here
from bot.commands.errors import NoTimeToSubscribe
from bot.commands.subscribing import SUBJECT, read_rhythm
from bot.store import Rhythm
from bot.store.jobs import UNFINISHED

BERLIN = "Europe/Berlin"


def managed(is_managed):
    async def answer():
        return is_managed

    return Here(places=("5",), is_managed=answer)


async def subscriptions(world):
    return await world.services.store.appointments.of(SUBJECT)


async def waiting(world):
    async with world.services.store.reading() as connection:
        return [job for job in await world.services.store.jobs.unfinished(connection) if job.state in UNFINISHED]


async def come(world, times=1):
    """The time of the next one comes; returns how many were kept."""
    scheduler, kept = world.services.jobs.scheduler, 0
    for _ in range(times):
        due = min(one.due for one in await subscriptions(world))
        scheduler._now = lambda due=due: due + 1
        kept += await scheduler.keep_due()
        kept += await scheduler.keep_due()
    return kept


@pytest.mark.parametrize(
    ("words", "weekday", "clock", "what"),
    [
        ("daily 08:00 chopin keyboard", None, "08:00", "chopin keyboard"),
        ("every day at 8:05, a sad waltz", None, "08:05", "a sad waltz"),
        ("every Friday at 18:00 bach chorale", 4, "18:00", "bach chorale"),
        ("weekly on Monday 7.30 haydn", 0, "07:30", "haydn"),
        ("täglich um 8:00 Uhr chopin klavier", None, "08:00", "chopin klavier"),
        ("freitags 18:00 bach choral", 4, "18:00", "bach choral"),
        ("jeden Tag um 23:59 bach", None, "23:59", "bach"),
        ("每天 08:00 肖邦 键盘", None, "08:00", "肖邦 键盘"),
        ("每周五 18：00 巴赫", 4, "18:00", "巴赫"),
    ],
)
def test_when_and_what_are_read_from_the_words(words, weekday, clock, what):
    rhythm, rest = read_rhythm(words, BERLIN)
    assert (rhythm.weekday, rhythm.clock, rhythm.zone, rest) == (weekday, clock, BERLIN, what)


def test_weekly_without_a_day_is_the_day_of_today():
    rhythm, _ = read_rhythm("weekly 08:00 bach", BERLIN)
    assert rhythm.weekday == datetime.now(ZoneInfo(BERLIN)).weekday()


@pytest.mark.parametrize(
    "words",
    [
        "chopin keyboard",
        "daily chopin",
        "08:00 chopin",
        "hourly 08:00 bach",
        "daily 25:00 bach",
        "monday friday 08:00 bach",
    ],
)
def test_what_says_no_time_is_asked_about(words):
    with pytest.raises(NoTimeToSubscribe):
        read_rhythm(words, BERLIN)


async def test_it_comes_at_the_hour_of_the_chat_once_a_day(still_world):
    await still_world.say("/settings zone=Europe/Berlin")
    said = (await still_world.say("/subscribe daily 08:00 chopin keyboard")).replies[0]
    assert "every day at 08:00 (Europe/Berlin) · Chopin keyboard" in said.text
    [one] = await subscriptions(still_world)
    assert one.rhythm == Rhythm(hour=8, zone=BERLIN)
    assert datetime.fromtimestamp(one.due, ZoneInfo(BERLIN)).strftime("%H:%M") == "08:00"
    assert await come(still_world, 3) == 3
    jobs = await waiting(still_world)
    assert len({job.task.request.seed for job in jobs}) == 3
    assert {(job.person, job.address.chat, job.address.message) for job in jobs} == {("test:ann", "room", None)}


async def test_killed_between_the_commit_and_whatever_follows_it_comes_once(still_world):
    await still_world.say("/subscribe daily 08:00 chopin keyboard")
    [one] = await subscriptions(still_world)
    await come(still_world)
    async with still_world.services.store.writing() as connection:  # as if that had not been written
        await still_world.services.store.appointments.put(connection, one)
    await come(still_world)
    assert len(await waiting(still_world)) == 1


async def test_where_the_quota_is_used_up_a_piece_is_left_out(tmp_path):
    from tests.bot.commands.conftest import open_world

    async with open_world(tmp_path, running=False, pieces_per_person_per_day=1) as world:
        await world.say("/subscribe daily 08:00 chopin keyboard")
        scheduler = world.services.jobs.scheduler
        [one] = await subscriptions(world)
        world.services.jobs._intake._now = scheduler._now = lambda: one.due + 1
        await scheduler.keep_due()
        async with world.services.store.writing() as connection:
            await world.services.store.appointments.put(connection, replace(one, due=one.due + 60))
        world.services.jobs._intake._now = scheduler._now = lambda: one.due + 61
        await scheduler.keep_due()
        assert len(await waiting(world)) == 1
        assert (await subscriptions(world))[0].due > one.due + 3600


async def test_where_the_queue_is_full_it_is_tried_again_soon(tmp_path):
    from tests.bot.commands.conftest import open_world

    async with open_world(tmp_path, running=False, max_waiting_per_person=1) as world:
        await world.say("/compose chopin keyboard")
        await world.say("/subscribe daily 08:00 chopin keyboard")
        [one] = await subscriptions(world)
        await come(world)
        [later] = await subscriptions(world)
        assert later.due == one.due + 1 + 300
        await world.services.jobs.clear()
        await come(world)
        assert len(await waiting(world)) == 1
        assert (await subscriptions(world))[0].due > one.due + 3600


async def test_it_is_listed_and_stopped_by_word_and_by_button(still_world):
    assert "No pieces come by themselves" in (await still_world.say("/subscribe")).replies[0].text
    for hour in (8, 9):
        await still_world.say(f"/subscribe daily 0{hour}:00 chopin keyboard")
    listed = (await still_world.say("/subscribe list")).replies[0]
    assert len(listed.text.splitlines()) == 2
    assert len(await subscriptions(still_world)) == 2
    assert (await still_world.say("/subscribe stop")).replies[0].text == listed.text  # which one?
    pressed = await still_world.press(listed.buttons[0][0])
    assert pressed.edits[0].text.startswith("Stopped: every day at 08:00")
    [left] = await subscriptions(still_world)
    assert "Nothing with the id" in (await still_world.say("/subscribe stop nope")).replies[0].text
    assert "Stopped" in (await still_world.say(f"/subscribe stop {left.id}")).replies[0].text
    assert await subscriptions(still_world) == []


async def test_others_can_neither_see_nor_stop_it(still_world):
    await still_world.say("/subscribe daily 08:00 chopin keyboard")
    [one] = await subscriptions(still_world)
    assert "No pieces" in (await still_world.say("/subscribe list", "bob")).replies[0].text
    assert "Nothing with" in (await still_world.say(f"/subscribe stop {one.id}", "bob")).replies[0].text
    pressed = await still_world.press(f"v1:unsubscribe:{one.id}", "bob")
    assert "Nothing with" in pressed.replies[0].text
    assert len(await subscriptions(still_world)) == 1


async def test_in_a_server_those_who_manage_it_subscribe(still_world):
    line = "/subscribe weekly friday 18:00 bach chorale"
    refused = await still_world.say(line, guild="77", here=managed(False))
    assert "for the administrators" in refused.replies[0].text
    said = await still_world.say(line, guild="77", here=managed(True))
    assert "every Friday at 18:00 (UTC)" in said.replies[0].text
    [one] = await subscriptions(still_world)
    assert one.server == "test:77"
    await still_world.services.store.servers.change("test:77", by="test:ann", channels=("6",))
    await come(still_world)
    assert await waiting(still_world) == []
    await still_world.services.store.servers.change("test:77", by="test:ann", channels=("5",))
    await come(still_world)
    assert len(await waiting(still_world)) == 1


async def test_who_is_blocked_since_gets_nothing(still_world):
    await still_world.say("/subscribe daily 08:00 chopin keyboard")
    await still_world.services.store.rules.set("person", "test:ann", "block")
    await come(still_world)
    assert await waiting(still_world) == []
    assert len(await subscriptions(still_world)) == 1


async def test_a_chat_has_only_so_many(still_world):
    for hour in range(6):
        said = await still_world.say(f"/subscribe daily 0{hour}:00 chopin keyboard")
    assert "5 pieces come by themselves here already" in said.replies[0].text
    assert len(await subscriptions(still_world)) == 5


@pytest.mark.parametrize(
    "line", ["/subscribe daily chopin", "/subscribe daily 08:00 asdf qwer", "/subscribe daily 08:00"]
)
async def test_what_cannot_be_read_is_said_and_nothing_is_written(still_world, line):
    said = await still_world.say(line)
    assert len(said.replies) == 1
    assert await subscriptions(still_world) == []
