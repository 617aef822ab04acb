"""A wall clock that is put forward or back locks nobody out, delays nothing and deletes nothing."""

import asyncio
from dataclasses import replace

import pytest

from bot.chat.messenger import TryLater
from bot.jobs import CoolDown, DailyQuota
from bot.store.errors import StoreBusy
from tests.bot.jobs.conftest import FREE, Clock, Platform, until

HOUR_S = 3600.0


async def test_who_asked_while_the_clock_was_ahead_may_ask_again(open_bot):
    clock = Clock()
    async with open_bot(limits=replace(FREE, cooldown_s=3), now=clock, start=False) as bot:
        clock.now += HOUR_S
        await bot.ask()
        clock.now -= HOUR_S
        await bot.ask()
        with pytest.raises(CoolDown):
            await bot.ask()


async def test_what_is_dated_in_the_future_uses_up_no_day(open_bot):
    clock = Clock()
    async with open_bot(limits=replace(FREE, pieces_per_person_per_day=1), now=clock, start=False) as bot:
        clock.now += 300 * 86_400
        await bot.ask()
        clock.now -= 300 * 86_400
        await bot.ask()
        with pytest.raises(DailyQuota):
            await bot.ask()


async def test_what_waits_when_the_clock_is_put_back_waits_no_longer(open_bot):
    clock, platform = Clock(), Platform()
    clock.now += HOUR_S
    platform.fails = [TryLater(after_s=20, sent=False)]
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job
        await until(lambda: bot.jobs.board.counts().get("delivery_postponed") == 1)
        clock.now -= HOUR_S
        await asyncio.sleep(1.3)
        clock.now += 21
        await bot.settled()
        assert platform.said() == [f"result {job}", f"files: result {job}"]


async def test_a_step_back_while_the_store_is_busy_is_made_up_for_later(open_bot, monkeypatch):
    """It was noticed once, could not be written down, and what waited then waited for an hour."""
    monkeypatch.setattr("bot.jobs.loops.AFTER_TROUBLE_S", 0.01)
    monkeypatch.setattr("bot.jobs.clock.LOOK_EVERY_S", 0.05)
    clock, platform = Clock(), Platform()
    clock.now += HOUR_S
    platform.fails = [TryLater(after_s=20, sent=False)]
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job
        await until(lambda: bot.jobs.board.counts().get("delivery_postponed") == 1)
        bring_forward, refused = bot.store.deliveries.bring_forward, []

        async def busy_twice(connection, *, by):
            if len(refused) < 2:
                refused.append(by)
                raise StoreBusy
            await bring_forward(connection, by=by)

        bot.store.deliveries.bring_forward = busy_twice
        clock.now -= HOUR_S
        await until(lambda: len(refused) == 2)
        await asyncio.sleep(0.2)
        clock.now += 21
        await bot.settled()
        assert platform.said() == [f"result {job}", f"files: result {job}"]


async def test_what_was_postponed_by_a_clock_that_was_ahead_is_delivered_after_a_restart(open_bot):
    clock, platform = Clock(), Platform()
    clock.now += HOUR_S
    platform.fails = [TryLater(after_s=20, sent=False)]
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job
        await until(lambda: bot.jobs.board.counts().get("delivery_postponed") == 1)
    clock.now -= HOUR_S
    async with open_bot(platforms=[platform], now=clock) as bot:
        await bot.settled()
        assert platform.said() == [f"result {job}", f"files: result {job}"]


async def test_a_clock_put_while_a_piece_is_made_teaches_nothing_wrong(open_bot):
    clock = Clock()
    async with open_bot(now=clock) as bot:
        bot.maker.gate.clear()
        await bot.ask()
        await until(lambda: bot.maker.live == 1)
        clock.now += 10 * HOUR_S
        bot.maker.gate.set()
        await bot.settled()
        assert (await bot.jobs.board.summary()).expected_s < 60
