"""Making: results, failures, limits, cancelling, and the fence."""

import asyncio
import logging
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.jobs import AlreadyFinished, NoSuchJob, NotYours
from bot.making.files import Piece
from bot.store import StoreFull
from bot.store.tables import jobs as jobs_table
from generator.errors import BadRequest
from renderers.errors import SetupBroken
from tests.bot.jobs.conftest import FREE, Platform, StubMaker, until


async def test_a_request_becomes_a_piece_and_its_messages(open_bot):
    async with open_bot() as bot:
        job = (await bot.ask()).job
        await bot.settled()
        assert await bot.state(job) == "done"
        assert bot.platforms["discord"].said() == [f"result {job}", f"files: result {job}"]
        assert await bot.deliveries(job) == {"status": "sent", "result": "sent", "files": "sent"}
        piece = await bot.store.pieces.get(job)
        assert {file.name for file in piece.files} == {f"chopin_keyboard_{job}.abc", f"chopin_keyboard_{job}.mid"}
        assert bot.store.blobs.path(piece.file(".abc").sha256).read_bytes() == job.encode()


async def test_never_more_at_once_than_there_are_slots(open_bot):
    async with open_bot(limits=replace(FREE, slots=3)) as bot:
        bot.maker.gate.clear()
        for who in "abcdef":
            await bot.ask(who)
        await until(lambda: bot.maker.live == 3)
        bot.maker.gate.set()
        await bot.settled()
        assert bot.maker.most_live == 3
        assert len(bot.maker.made) == 6


async def test_people_see_their_place_and_then_the_bars(open_bot):
    async with open_bot(limits=replace(FREE, slots=1)) as bot:
        bot.maker.gate.clear()
        await bot.ask("ada")
        await bot.ask("bob")
        await bot.ask("cem")
        messages = bot.platforms["discord"].messages
        await until(lambda: "bar 1 of 4" in messages["m1"])
        assert [words[0] for words in messages.values()] == ["waiting 0", "waiting 1", "waiting 2"]
        assert (await bot.jobs.board.waiting())[0].bar == 1
        bot.maker.gate.set()
        await bot.settled()
        for words in list(messages.values())[:3]:
            assert words[-1].startswith("result ")
            assert len(words) == len(set(words))  # nothing was said twice


async def test_no_progress_arrives_after_the_result(open_bot):
    """An edit that hangs while the piece is finished used to be what could arrive last."""
    platform = Platform()
    async with open_bot(platforms=[platform]) as bot:
        bot.maker.gate.clear()
        platform.open.clear()
        job = (await bot.ask()).job
        await until(lambda: platform.calls)
        bot.maker.gate.set()
        await until(lambda: bot.jobs.board.counts().get("done") == 1)
        await asyncio.sleep(0.1)
        assert not any(call[0] == "deliver" for call in platform.calls)
        platform.open.set()
        await bot.settled()
        await asyncio.sleep(0.1)
        assert len(platform.messages["m1"]) == 3
        assert platform.messages["m1"][-1] == f"result {job}"


async def test_a_failure_in_our_words_reaches_the_person(open_bot):
    async with open_bot() as bot:
        bot.maker.faults[7] = BadRequest("Ask for fewer bars.")
        job = (await bot.ask()).job
        await bot.settled()
        assert bot.platforms["discord"].said() == ["failed error.sentence Ask for fewer bars."]
        assert await bot.deliveries(job) == {"status": "sent", "news": "sent"}


async def test_a_foreign_error_becomes_a_reference_number_and_its_traceback_goes_to_the_log(open_bot, caplog):
    async with open_bot() as bot:
        bot.maker.faults[7] = KeyError("secret")
        job = (await bot.ask()).job
        await bot.settled()
        reference = (await bot.store.jobs.get(job)).detail
        assert bot.platforms["discord"].said() == [f"failed error.unexpected {reference}"]
        (record,) = [record for record in caplog.records if reference in record.getMessage()]
        assert record.levelno == logging.ERROR
        assert isinstance(record.exc_info[1], KeyError)
        assert "secret" not in reference


async def test_a_time_limit_of_the_makers_own_is_not_mistaken_for_ours(open_bot):
    async with open_bot() as bot:
        bot.maker.faults[7] = TimeoutError()
        job = (await bot.ask()).job
        await bot.settled()
        assert (await bot.store.jobs.get(job)).error == "error.unexpected"


async def test_a_piece_that_takes_too_long_is_given_up(open_bot):
    async with open_bot(limits=replace(FREE, job_time_limit_s=0.1)) as bot:
        bot.maker.gate.clear()
        await bot.ask()
        await bot.settled()
        assert bot.maker.live == 0
        assert bot.platforms["discord"].said() == ["failed error.too_slow"]


async def test_cancelling_what_waits_tells_the_person_and_nothing_is_made(open_bot):
    async with open_bot(limits=replace(FREE, slots=1)) as bot:
        bot.maker.gate.clear()
        await bot.ask("ada", seed=1)
        waiting = (await bot.ask("bob", seed=2)).job
        await bot.jobs.cancel(waiting, by="discord:bob")
        assert await bot.state(waiting) == "cancelled"
        bot.maker.gate.set()
        await bot.settled()
        assert bot.maker.made == [1]
        assert "cancelled" in bot.platforms["discord"].said()


async def test_cancelling_in_the_middle_of_a_piece_frees_its_slot_and_delivers_nothing(open_bot):
    async with open_bot(limits=replace(FREE, slots=1)) as bot:
        bot.maker.gate.clear()
        job = (await bot.ask()).job
        await until(lambda: bot.maker.live == 1)
        await bot.jobs.cancel(job, by="discord:ada")
        await until(lambda: bot.maker.live == 0)
        bot.maker.gate.set()
        await bot.settled()
        assert bot.platforms["discord"].said() == ["cancelled"]
        assert await bot.store.pieces.get(job) is None
        await bot.ask(seed=8)
        await bot.settled()
        assert bot.maker.made == [7, 8]


async def test_at_whatever_moment_somebody_cancels_there_is_either_a_result_or_a_cancellation(open_bot):
    async with open_bot(limits=replace(FREE, slots=4)) as bot:
        asked = [(await bot.ask(f"p{n}", seed=n)).job for n in range(30)]
        cancelled = set()
        for number, job in enumerate(asked):
            await asyncio.sleep(0.002 * (number % 5))
            try:
                await bot.jobs.cancel(job, by="nobody", admin=True)
                cancelled.add(job)
            except AlreadyFinished:
                pass
        await bot.settled()
        for job in asked:
            parts = await bot.deliveries(job)
            assert ("news" in parts) == (job in cancelled)
            assert ("result" in parts) == (job not in cancelled)


async def test_only_the_person_or_an_admin_cancels_and_only_what_is_not_finished(open_bot):
    async with open_bot(start=False) as bot:
        job = (await bot.ask("ada")).job
        with pytest.raises(NotYours):
            await bot.jobs.cancel(job, by="discord:bob")
        with pytest.raises(NoSuchJob):
            await bot.jobs.cancel("nosuch", by="discord:ada")
        await bot.jobs.cancel(job, by="discord:bob", admin=True)
        with pytest.raises(AlreadyFinished):
            await bot.jobs.cancel(job, by="discord:ada")


async def test_an_admin_clears_what_waits_and_leaves_what_is_being_made(open_bot):
    async with open_bot(limits=replace(FREE, slots=1)) as bot:
        bot.maker.gate.clear()
        for who in "abcd":
            await bot.ask(who)
        await until(lambda: bot.maker.live == 1)
        assert await bot.jobs.clear() == 3
        bot.maker.gate.set()
        await bot.settled()
        assert sorted(word.split()[0] for word in bot.platforms["discord"].said()) == [
            "cancelled",
            "cancelled",
            "cancelled",
            "files:",
            "result",
        ]


async def test_an_attempt_that_wakes_up_too_late_delivers_nothing(open_bot):
    """The job was taken over while its first attempt was frozen; only the second one counts."""
    async with open_bot() as bot:
        bot.maker.gate.clear()
        job = (await bot.ask()).job
        await until(lambda: bot.maker.live == 1)
        async with bot.store.writing() as connection:
            await connection.execute(update(jobs_table).where(jobs_table.c.id == job).values(attempt=2))
        bot.maker.gate.set()
        await until(lambda: bot.maker.live == 0)
        await until(lambda: bot.jobs.board.counts().get("dropped") == 1)
        assert await bot.state(job) == "running"
        assert await bot.store.pieces.get(job) is None
        assert await bot.deliveries(job) == {"status": "sent"}


async def test_a_full_disk_at_the_end_is_waited_for_and_nothing_is_lost(open_bot, monkeypatch):
    monkeypatch.setattr("bot.jobs.runner.FIRST_WAIT_S", 0.01)
    async with open_bot() as bot:
        put, tries = bot.store.blobs.put, []

        async def put_on_a_full_disk(content):
            tries.append(content)
            if len(tries) < 4:
                raise StoreFull
            return await put(content)

        monkeypatch.setattr(bot.store.blobs, "put", put_on_a_full_disk)
        job = (await bot.ask()).job
        await until(lambda: len(tries) >= 2)
        assert await bot.state(job) == "running"
        await bot.settled()
        assert bot.maker.made == [7]
        assert bot.platforms["discord"].said() == [f"result {job}", f"files: result {job}"]


async def test_a_database_without_room_refuses_a_request_aloud_and_keeps_what_it_has(open_bot, monkeypatch):
    from contextlib import asynccontextmanager

    async with open_bot() as bot:
        bot.maker.gate.clear()
        job = (await bot.ask()).job
        await until(lambda: bot.maker.live == 1)
        writing = bot.store.writing

        @asynccontextmanager
        async def full():
            raise StoreFull
            yield

        monkeypatch.setattr("bot.jobs.runner.FIRST_WAIT_S", 0.05)
        monkeypatch.setattr(bot.store, "writing", full)
        with pytest.raises(StoreFull):
            await bot.ask("bob")
        bot.maker.gate.set()
        await until(lambda: bot.maker.live == 0)
        await asyncio.sleep(0.1)
        monkeypatch.setattr(bot.store, "writing", writing)
        await bot.settled()
        assert bot.platforms["discord"].said() == [f"result {job}", f"files: result {job}"]


async def test_a_result_that_cannot_be_kept_by_a_mistake_of_ours_ends_in_a_sentence(open_bot):
    class Nameless(StubMaker):
        async def make(self, job, task, *, language, on_progress, on_step):
            return Piece(record={}, files={".abc": b"X:1"})

    async with open_bot(maker=Nameless()) as bot:
        await bot.ask()
        await bot.settled()
        assert bot.platforms["discord"].said()[0].startswith("failed error.unexpected ")


async def test_an_error_for_the_operator_reaches_no_chat_but_the_log(open_bot, caplog):
    platform, maker = Platform(), StubMaker()
    maker.faults[7] = SetupBroken("The soundfont /srv/secret.sf2 is not there. Correct the setting.")
    async with open_bot(platforms=[platform], maker=maker) as bot:
        await bot.ask()
        await bot.settled()
        (said,) = platform.said()
        assert said.startswith("failed error.unexpected")
        assert "secret" not in said
        assert said.split()[-1] in caplog.text
        assert "/srv/secret.sf2" in caplog.text
