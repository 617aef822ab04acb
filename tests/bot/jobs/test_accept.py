"""Accepting: the same event once, every limit, a fair order, and quota that comes back."""

import asyncio
from dataclasses import replace

import pytest

from bot.app import job_limits
from bot.jobs import CoolDown, DailyQuota, Draining, QueueFull, TooManyWaiting
from bot.texts import explain
from config.settings import Settings
from generator.errors import GeneratorError
from tests.bot.jobs.conftest import FREE, Clock, StubMaker, until


async def test_the_same_event_makes_one_job(open_bot):
    async with open_bot(start=False) as bot:
        first = await bot.ask(event="update 5")
        second = await bot.ask(event="update 5", place=False)
        assert (first.again, second.again) == (False, True)
        assert second.job == first.job
        assert len(await bot.jobs.board.waiting()) == 1


async def test_the_same_event_many_times_at_once_makes_one_job(open_bot):
    async with open_bot(start=False) as bot:
        accepted = await asyncio.gather(*(bot.ask(event="update 5", place=False) for _ in range(20)))
        assert len({one.job for one in accepted}) == 1
        assert sum(not one.again for one in accepted) == 1


async def test_what_was_accepted_is_known_again_after_a_restart_even_while_draining(open_bot):
    async with open_bot(start=False) as bot:
        job = (await bot.ask(event="update 5")).job
    async with open_bot(start=False) as bot:
        await bot.jobs.drain(1)
        assert (await bot.ask(event="update 5", place=False)).job == job
        with pytest.raises(Draining):
            await bot.ask(event="update 6")


async def test_places_say_how_many_come_first(open_bot):
    async with open_bot(start=False) as bot:  # two slots
        assert [(await bot.ask(who)).place for who in "abcd"] == [0, 0, 1, 2]


async def test_a_full_queue_says_when_to_try_again_and_writes_nothing(open_bot):
    async with open_bot(limits=replace(FREE, max_queue=2), start=False) as bot:
        await bot.ask("ada")
        await bot.ask("bob")
        with pytest.raises(QueueFull) as refused:
            await bot.ask("cem")
        assert refused.value.wait_s > 0
        assert "Try again in about" in explain(refused.value)
        assert len(await bot.jobs.board.waiting()) == 2


async def test_one_person_can_have_only_so_many_on_their_way(open_bot):
    async with open_bot(limits=replace(FREE, max_waiting_per_person=2), start=False) as bot:
        await bot.ask("ada")
        await bot.ask("ada")
        with pytest.raises(TooManyWaiting):
            await bot.ask("ada")
        await bot.ask("bob")


async def test_a_crowd_at_once_cannot_slip_through_a_limit(open_bot):
    async with open_bot(limits=replace(FREE, max_queue=10), start=False) as bot:
        answers = await asyncio.gather(*(bot.ask(f"p{n}", place=False) for n in range(60)), return_exceptions=True)
        assert sum(isinstance(answer, QueueFull) for answer in answers) == 50
        assert len(await bot.jobs.board.waiting()) == 10


async def test_the_daily_quota_of_a_person_ends_after_a_day(open_bot):
    clock = Clock()
    async with open_bot(limits=replace(FREE, pieces_per_person_per_day=2), now=clock, start=False) as bot:
        await bot.ask("ada")
        clock.now += 3600
        await bot.ask("ada")
        with pytest.raises(DailyQuota) as refused:
            await bot.ask("ada")
        assert not refused.value.guild
        assert refused.value.wait_s == pytest.approx(23 * 3600)
        clock.now += 23 * 3600 + 1
        await bot.ask("ada")


async def test_the_daily_quota_of_a_guild_counts_all_its_people_and_nobody_else(open_bot):
    async with open_bot(limits=replace(FREE, pieces_per_guild_per_day=2), start=False) as bot:
        await bot.ask("ada", guild="g1")
        await bot.ask("bob", guild="g1")
        with pytest.raises(DailyQuota) as refused:
            await bot.ask("cem", guild="g1")
        assert refused.value.guild
        await bot.ask("cem", guild="g2")
        await bot.ask("cem", guild="g1", platform="telegram")
        await bot.ask("cem")


async def test_what_an_operator_decided_counts_before_the_settings(open_bot):
    async with open_bot(limits=replace(FREE, pieces_per_person_per_day=1), start=False) as bot:
        await bot.store.rules.set_quota("person", "discord:ada", 2)
        await bot.store.rules.set_quota("person", "discord:bob", 0)
        await bot.ask("ada")
        await bot.ask("ada")
        with pytest.raises(DailyQuota):
            await bot.ask("ada")
        with pytest.raises(DailyQuota):
            await bot.ask("bob")


async def test_quota_is_given_back_when_a_piece_fails_or_is_cancelled_before_it_began(open_bot):
    maker = StubMaker()
    maker.faults[1] = GeneratorError()
    async with open_bot(limits=replace(FREE, pieces_per_person_per_day=1), maker=maker) as bot:
        await bot.ask("ada", seed=1)
        await bot.settled()
        await bot.jobs.pause()
        waiting = await bot.ask("ada", seed=2)
        with pytest.raises(DailyQuota):
            await bot.ask("ada")
        await bot.jobs.cancel(waiting.job, by="discord:ada")
        await bot.jobs.resume()
        await bot.ask("ada", seed=3)
        await bot.settled()
        with pytest.raises(DailyQuota):
            await bot.ask("ada")
        assert maker.made == [1, 3]


async def test_who_cancels_a_piece_that_is_being_made_has_used_it_up(open_bot):
    maker = StubMaker()
    maker.gate.clear()
    async with open_bot(limits=replace(FREE, pieces_per_person_per_day=1), maker=maker) as bot:
        job = (await bot.ask("ada")).job
        await until(lambda: maker.live)
        await bot.jobs.cancel(job, by="discord:ada")
        with pytest.raises(DailyQuota):
            await bot.ask("ada")


async def test_quick_requests_of_one_person_queue_up_to_their_limit(open_bot, tmp_path):
    """By the settings as they ship: five requests within a moment are five pieces, the sixth is one clear sentence."""
    limits = job_limits(Settings(_env_file=None, data_dir=tmp_path))
    async with open_bot(limits=limits, now=Clock(), start=False) as bot:
        for seed in range(5):
            await bot.ask("ada", seed=seed)
        with pytest.raises(TooManyWaiting) as refused:
            await bot.ask("ada", seed=5)
        assert explain(refused.value).startswith("You can have 5 pieces on their way")


async def test_a_cool_down_says_how_long(open_bot):
    clock = Clock()
    async with open_bot(limits=replace(FREE, cooldown_s=3), now=clock, start=False) as bot:
        await bot.ask("ada")
        clock.now += 1
        with pytest.raises(CoolDown) as refused:
            await bot.ask("ada")
        assert refused.value.wait_s == pytest.approx(2)
        clock.now += 2
        await bot.ask("ada")


async def test_nobody_waits_behind_anothers_tenth_request(open_bot):
    maker = StubMaker()
    async with open_bot(maker=maker, limits=replace(FREE, slots=1), start=False) as bot:
        for seed in range(10):
            await bot.ask("ada", seed=seed)
        bob = await bot.ask("bob", seed=100)
        assert bob.place == 1
        await bot.ask("bob", seed=101)
        assert [one.job.task.request.seed for one in await bot.jobs.board.waiting()][:5] == [0, 100, 1, 101, 2]
        assert [one.place for one in await bot.jobs.board.waiting("discord:bob")] == [2, 4]
        bot.start()
        await bot.settled()
        assert maker.made == [0, 100, 1, 101, *range(2, 10)]


async def test_who_comes_later_starts_beside_what_is_being_made_not_before_all_who_wait(open_bot):
    maker = StubMaker()
    async with open_bot(maker=maker, limits=replace(FREE, slots=1), start=False) as bot:
        await bot.ask("ada", seed=1)
        bot.start()
        await bot.settled()
        await bot.stop()
        await bot.ask("bob", seed=2)
        await bot.ask("cem", seed=3)
        await bot.ask("ada", seed=4)
        bot.start()
        await bot.settled()
        assert maker.made == [1, 2, 3, 4]


async def test_a_guess_is_learnt_from_finished_pieces_and_outlives_a_restart(open_bot):
    async with open_bot() as bot:
        first_s = (await bot.ask()).expected_s
        assert first_s > 0, "the first piece has a guess too"
        await bot.settled()
        assert (await bot.ask()).expected_s is not None
        await bot.settled()
    async with open_bot(start=False) as bot:
        assert (await bot.jobs.board.summary()).expected_s is not None
