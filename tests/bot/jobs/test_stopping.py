"""Stopping and starting again: drain, pause, crashes that count, and one process for one folder."""

import asyncio
import subprocess
import sys
from dataclasses import replace

import pytest

from bot.jobs import AnotherProcess, Draining
from tests.bot.jobs.conftest import FREE, Platform, StubMaker, until
from tests.refusals import refuses

ONE_SLOT = replace(FREE, slots=1)


async def leave_running(bot, job):
    """As if the process had died while this job was being made."""
    async with bot.store.writing() as connection:
        assert await bot.store.jobs.start(connection, job, now=1.0)


async def test_a_restart_takes_up_what_waits_and_what_was_being_made(open_bot):
    platform = Platform()
    async with open_bot(platforms=[platform], start=False) as bot:
        jobs = [(await bot.ask(who)).job for who in "abc"]
        await leave_running(bot, jobs[0])
    async with open_bot(platforms=[platform]) as bot:
        await bot.settled()
        assert bot.jobs.board.counts()["resumed"] == 1
        assert sorted(platform.said()) == sorted(
            [f"result {job}" for job in jobs] + [f"files: result {job}" for job in jobs]
        )
        assert (await bot.store.jobs.get(jobs[0])).attempt == 2


async def test_what_an_orderly_stop_interrupts_is_made_again_and_blamed_on_nobody(open_bot):
    platform, maker = Platform(), StubMaker()
    maker.gate.clear()
    for _ in range(4):
        async with open_bot(platforms=[platform], maker=maker) as bot:
            job = (await bot.ask(event="once", place=not platform.messages)).job
            await until(lambda: maker.live == 1)
        assert maker.live == 0
    maker.gate.set()
    async with open_bot(platforms=[platform], maker=maker) as bot:
        await bot.settled()
        assert (await bot.store.jobs.get(job)).crashes == 0
        assert platform.said() == [f"result {job}", f"files: result {job}"]


async def test_a_job_that_kills_its_process_is_tried_three_times_and_innocents_survive(open_bot):
    """Two jobs run side by side when the process dies; from then on each is made alone."""
    platform = Platform()
    async with open_bot(platforms=[platform], start=False) as bot:
        killer = (await bot.ask("ada", seed=1)).job
        innocent = (await bot.ask("bob", seed=2)).job
        others = [(await bot.ask(f"p{n}", seed=10 + n)).job for n in range(3)]
        await leave_running(bot, killer)
        await leave_running(bot, innocent)
    for _ in range(2):
        maker = StubMaker()
        maker.gate.clear()
        async with open_bot(platforms=[platform], maker=maker) as bot:
            await until(lambda maker=maker: maker.live)
            await asyncio.sleep(0.1)
            assert maker.made == [1]  # alone
            await bot.stop()
            await leave_running(bot, killer)
    async with open_bot(platforms=[platform]) as bot:
        await bot.settled()
        given_up = await bot.store.jobs.get(killer)
        assert (given_up.state, given_up.crashes, given_up.attempt) == ("failed", 3, 5)
        assert [await bot.state(job) for job in (innocent, *others)] == ["done"] * 4
        assert "failed error.killed_worker" in platform.said()
        assert bot.maker.made[0] == 2


async def test_a_job_that_is_made_alone_lets_the_others_go_on_afterwards(open_bot):
    platform = Platform()
    async with open_bot(platforms=[platform], start=False) as bot:
        suspect = (await bot.ask("ada", seed=1)).job
        await bot.ask("bob", seed=2)
        await bot.ask("cem", seed=3)
        await leave_running(bot, suspect)
    async with open_bot(platforms=[platform]) as bot:
        bot.maker.gate.clear()
        await until(lambda: bot.maker.live == 1)
        await asyncio.sleep(0.1)
        assert bot.maker.made == [1]
        bot.maker.gate.set()
        await until(lambda: len(bot.maker.made) == 3)


async def test_draining_finishes_what_is_being_made_delivers_it_and_keeps_the_rest(open_bot):
    platform = Platform()
    async with open_bot(platforms=[platform], limits=ONE_SLOT) as bot:
        bot.maker.gate.clear()
        first = (await bot.ask("ada", seed=1)).job
        second = (await bot.ask("bob", seed=2)).job
        await until(lambda: bot.maker.live == 1)
        draining = asyncio.create_task(bot.jobs.drain(10))
        await asyncio.sleep(0.05)
        with pytest.raises(Draining):
            await bot.ask("cem")
        bot.maker.gate.set()
        assert await draining is True
        assert f"files: result {first}" in platform.said()
        assert await bot.state(second) == "queued"
        assert bot.maker.made == [1]
    async with open_bot(platforms=[platform]) as bot:
        await bot.settled()
        assert f"files: result {second}" in platform.said()


async def test_a_drain_that_takes_too_long_says_so_and_can_be_taken_back(open_bot):
    async with open_bot() as bot:
        bot.maker.gate.clear()
        await bot.ask()
        await until(lambda: bot.maker.live == 1)
        assert await bot.jobs.drain(0.1) is False
        assert (await bot.jobs.board.summary()).draining
        await bot.jobs.resume()
        bot.maker.gate.set()
        await bot.ask("bob")
        await bot.settled()


async def test_a_pause_accepts_starts_nothing_and_outlives_a_restart(open_bot):
    platform = Platform()
    async with open_bot(platforms=[platform]) as bot:
        await bot.jobs.pause()
        accepted = await bot.ask()
        assert (accepted.place, accepted.expected_s) == (1, None)
    async with open_bot(platforms=[platform]) as bot:
        assert (await bot.jobs.board.summary()).paused
        await asyncio.sleep(0.1)
        assert bot.maker.made == []
        await bot.jobs.resume()
        await bot.settled()
        assert bot.maker.made == [7]


async def test_a_second_process_on_the_same_folder_is_refused(open_bot, tmp_path):
    lock = "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True); input()"
    (tmp_path / "data").mkdir()
    holder = subprocess.Popen(  # noqa: ASYNC220 - it starts at once
        [sys.executable, "-c", lock, tmp_path / "data" / "notabot.lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        holder.stdout.readline()
        with refuses(AnotherProcess, match="NOTABOT_DATA_DIR"):
            async with open_bot():
                pass
    finally:
        holder.kill()
        holder.communicate()
    async with open_bot() as bot:
        await bot.ask()
        await bot.settled()


async def test_health_says_whether_the_loops_run(open_bot, monkeypatch):
    async with open_bot(start=False) as bot:
        assert not bot.jobs.board.health().alive
        bot.start()
        await until(lambda: bot.jobs.board.health().alive)
        monkeypatch.setattr("bot.jobs.loops.SILENT_FOR_S", -1)
        assert "dispatcher" in bot.jobs.board.health().detail
