"""Two programs on one database refuse each other; the first one loses nothing by it."""

import asyncio
from contextlib import asynccontextmanager
from functools import partial

import pytest

from bot.jobs import AnotherProcess, open_jobs
from bot.store import open_store
from bot.store.ownership import Ownership
from tests.bot.jobs.conftest import FREE, PlainAnnouncer, Platform, StubMaker, until
from tests.bot.store.postgres import run_postgres
from tests.refusals import refuses


@pytest.fixture(scope="module")
def server():
    with run_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shared.db'}"
    return request.getfixturevalue("server").new_database()


@asynccontextmanager
async def second_bot(url, folder):
    async with open_store(url, folder) as store, open_jobs(store, StubMaker(), FREE, PlainAnnouncer()) as jobs:
        yield jobs


async def test_a_second_one_is_refused_and_blames_nobodys_job(open_bot, url, tmp_path):
    platform, maker = Platform(), StubMaker()
    maker.gate.clear()
    async with open_bot(url=url, platforms=[platform], maker=maker) as bot:
        job = (await bot.ask()).job
        await until(lambda: maker.live == 1)
        for _ in range(4):
            with refuses(AnotherProcess, match="NOTABOT_DATABASE_URL"):
                async with second_bot(url, tmp_path / "elsewhere"):
                    pass
        assert (await bot.store.jobs.get(job)).crashes == 0
        maker.gate.set()
        await bot.settled()
        assert maker.made == [7]
        assert platform.said() == [f"result {job}", f"files: result {job}"]
    async with second_bot(url, tmp_path / "elsewhere"):
        """Now that the first one is gone."""


async def test_the_lock_is_taken_again_when_the_server_was_away(open_bot, server, tmp_path, monkeypatch):
    monkeypatch.setattr(Ownership.watch, "__kwdefaults__", {"every_s": 0.1})
    url = server.new_database()
    async with open_bot(url=url) as bot:
        server.stop()
        await asyncio.sleep(0.3)
        server.start()
        await asyncio.sleep(1.0)
        with pytest.raises(AnotherProcess):
            async with second_bot(url, tmp_path / "elsewhere"):
                pass
        await bot.ask()
        await bot.settled()


async def test_who_lost_the_database_to_another_stops(server, tmp_path):
    url = server.new_database()
    async with second_bot(url, tmp_path / "one") as first:
        await first._store.ownership._hang_up()
        async with second_bot(url, tmp_path / "two"):
            first._store.ownership.watch = partial(first._store.ownership.watch, every_s=0.05)
            with pytest.raises(ExceptionGroup) as caught:
                async with asyncio.timeout(10):
                    await first.run()
            assert caught.group_contains(AnotherProcess)
