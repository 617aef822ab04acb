"""The first page of a piece, shown in its status message before all else is made."""

import asyncio

import pytest

from bot.jobs import reporter
from tests.bot.jobs.conftest import Platform, StubMaker, until

PAGE = "page 1"


@pytest.fixture
def maker():
    """The page is there; the rest is made when the gate opens."""
    maker = StubMaker()
    maker.page = b"1"
    maker.gate.clear()
    return maker


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(reporter, "PAGE_AFTER_S", 0.02)


async def deliveries_of(bot, job):
    await bot.settled()
    return await bot.deliveries(job)


async def test_the_page_is_shown_and_the_result_takes_its_place(open_bot, maker, soon):
    async with open_bot(maker=maker) as bot:
        job = (await bot.ask()).job
        messages = bot.platforms["discord"].messages
        await until(lambda: messages["m1"][-1] == PAGE)
        maker.gate.set()
        assert await deliveries_of(bot, job) == {"status": "sent", "result": "sent", "files": "sent"}
        assert messages["m1"][-1] == f"result {job}"
        assert messages["m1"].count(PAGE) == 1


async def test_the_page_does_not_wait_for_the_next_look_at_all_that_waits(open_bot, maker, soon, monkeypatch):
    async with open_bot(maker=maker) as bot:
        monkeypatch.setattr(bot.jobs._reporter, "_every_s", 60.0)
        await asyncio.sleep(0.1)  # the look before has ended
        await bot.ask()
        await until(lambda: bot.platforms["discord"].messages["m1"][-1] == PAGE, limit_s=3.0)


async def test_where_all_files_are_there_in_a_moment_no_page_flickers(open_bot, maker):
    async with open_bot(maker=maker) as bot:
        job = (await bot.ask()).job
        await until(lambda: maker.live)
        await asyncio.sleep(0.1)
        maker.gate.set()
        await bot.settled()
        await asyncio.sleep(reporter.PAGE_AFTER_S)
        words = bot.platforms["discord"].messages["m1"]
        assert (words[-1], PAGE in words) == (f"result {job}", False)


async def test_words_alone_do_not_hurry_ahead_of_a_page_that_is_near(open_bot, maker, monkeypatch):
    monkeypatch.setattr(reporter, "PAGE_AFTER_S", 0.3)
    maker.page = None
    async with open_bot(maker=maker) as bot:  # looks every 0.03 s
        job = (await bot.ask()).job
        words = bot.platforms["discord"].messages["m1"]
        await until(lambda: words[-1] == "bar 1 of 4")
        before = len(words)
        bot.jobs._reporter.rendering(job, page=b"1")
        await until(lambda: words[-1] == PAGE)
        assert words[before:] == [PAGE]


async def test_who_cancels_behind_the_page_is_told_so_and_gets_no_result(open_bot, maker, soon):
    async with open_bot(maker=maker) as bot:
        job = (await bot.ask()).job
        messages = bot.platforms["discord"].messages
        await until(lambda: messages["m1"][-1] == PAGE)
        await bot.jobs.cancel(job, by="discord:ada")
        maker.gate.set()
        assert await deliveries_of(bot, job) == {"status": "sent", "news": "sent"}
        assert [words[-1] for words in messages.values()] == ["cancelled"]


async def test_a_page_that_the_platform_was_slow_with_is_looked_after(open_bot, maker, soon, monkeypatch):
    """It may still be put in the place of the result, which is then said once more."""
    monkeypatch.setattr(reporter, "EDIT_LIMIT_S", 0.05)
    platform = Platform()
    async with open_bot(maker=maker, platforms=[platform]) as bot:
        platform.open.clear()
        job = (await bot.ask()).job
        await until(lambda: ("edit_status", PAGE) in platform.calls)
        await until(lambda: job in bot.jobs._reporter._given_up)
        maker.gate.set()
        platform.open.set()
        await until(lambda: platform.messages["m1"][-1] == f"result {job}")
        assert (await bot.deliveries(job))["look"] == "pending"


@pytest.mark.parametrize("dies_while", ["it plays", "the result waits"])
async def test_a_process_that_dies_behind_the_page_costs_no_result_and_doubles_none(
    open_bot, maker, soon, monkeypatch, dies_while
):
    """Whatever it was about to show when it died is looked after: the platform may make that change late."""
    platform = Platform()
    async with open_bot(maker=maker, platforms=[platform]) as bot:
        job = (await bot.ask()).job
        await until(lambda: platform.messages["m1"][-1] == PAGE)
        if dies_while == "the result waits":
            monkeypatch.setattr(bot.jobs._outbox, "_deliver", lambda *_: asyncio.sleep(60))
            maker.gate.set()
            await until(lambda: bot.jobs.board.counts().get("done") == 1)
        monkeypatch.setattr(bot.jobs, "_give_back", lambda: asyncio.sleep(0))
    maker.gate.set()
    async with open_bot(maker=maker, platforms=[platform]) as bot:
        await bot.settled()
        found = await bot.deliveries(job)
        assert (found["result"], found["look"]) == ("sent", "pending")
        assert platform.messages["m1"].count(f"result {job}") == 1
        assert platform.said() == [f"result {job}", f"files: result {job}"]
