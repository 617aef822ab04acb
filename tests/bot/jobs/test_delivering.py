"""Delivering: trying again, giving up, doubt, and platforms that hang."""

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlalchemy import select, update

from bot.chat.messenger import MaybeSent, TryLater, Unreachable
from bot.jobs import outbox
from bot.store.errors import StoreBusy
from bot.store.tables import deliveries
from tests.bot.jobs.conftest import FREE, IN_DOUBT, Clock, Platform, StubMaker, until


async def rows_of(bot, job):
    async with bot.store.reading() as connection:
        rows = await connection.execute(select(deliveries).where(deliveries.c.job == job))
        return {row.part: row for row in rows}


def delivered(platform):
    return [call for call in platform.calls if call[0] == "deliver"]


async def finished(bot):
    """A piece that is made, while nothing can be delivered yet."""
    job = (await bot.ask()).job
    await until(lambda: bot.jobs.board.counts().get("done") == 1)
    return job


async def postponed(bot, times):
    await until(lambda: bot.jobs.board.counts().get("delivery_postponed") == times)


async def test_flood_control_is_obeyed_to_the_second(open_bot):
    clock, platform = Clock(), Platform()
    platform.fails = [TryLater(after_s=40, sent=False)]
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job
        await postponed(bot, 1)
        row = (await rows_of(bot, job))["result"]
        assert (row.state, row.due, row.in_doubt) == ("pending", clock.now + 40, False)
        clock.now += 39
        await asyncio.sleep(0.6)
        assert len(delivered(platform)) == 1
        clock.now += 1
        await bot.settled()
        assert delivered(platform)[1] == ("deliver", "result", False)
        assert platform.said() == [f"result {job}", f"files: result {job}"]


async def test_waits_grow_and_what_may_have_arrived_is_in_doubt(open_bot, monkeypatch):
    monkeypatch.setattr(outbox, "PROBE_S", outbox.LONGEST_WAIT_S)  # on a slow machine it would be time to probe
    clock, platform = Clock(), Platform()
    platform.fails = [TryLater() for _ in range(4)]
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job
        waits = []
        for tries in range(1, 5):
            await postponed(bot, tries)
            row = (await rows_of(bot, job))["result"]
            assert row.in_doubt
            waits.append(row.due - clock.now)
            clock.now = row.due
        assert waits == [2, 4, 8, 16]
        await bot.settled()
        assert [in_doubt for _, part, in_doubt in delivered(platform) if part == "result"] == [False] + [True] * 4
        assert platform.said() == [f"result {job}", f"files: result {job}"]


async def test_a_message_that_arrived_although_the_line_broke_is_there_once(open_bot):
    clock, platform = Clock(), Platform()
    platform.fails_late = [TryLater("broken line"), TryLater("broken line"), None, TryLater("broken line"), None]
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job
        for tries in (1, 2, 3):  # the result twice, then the files
            await postponed(bot, tries)
            clock.now += 10
        await bot.settled()
        assert len(delivered(platform)) == 5
        assert [words for words in platform.said() if words.startswith("files")] == [f"files: result {job}"]


async def test_a_closed_chat_gets_nothing_more_and_the_piece_is_kept(open_bot):
    platform = Platform(parts=("result", "audio", "files"))
    async with open_bot(platforms=[platform], start=False) as bot:
        job = (await bot.ask()).job
        platform.fails = [Unreachable()]
        bot.start()
        await bot.settled()
        assert await bot.deliveries(job) == {"status": "sent", "result": "failed", "audio": "failed", "files": "failed"}
        assert await bot.store.pieces.get(job) is not None
        assert (await bot.jobs.board.summary()).unreachable == 3


async def test_a_part_that_may_have_arrived_where_nobody_can_tell_is_not_sent_again(open_bot):
    platform = Platform()

    async def deliver(address, part, reply, *, nonce, in_doubt):
        if part == "result":
            raise MaybeSent
        return platform.post(part, nonce)

    platform.deliver = deliver
    async with open_bot(platforms=[platform]) as bot:
        job = (await bot.ask()).job
        await bot.settled()
        assert await bot.deliveries(job) == {"status": "sent", "result": "doubtful", "admit": "sent", "files": "sent"}
        assert (await bot.jobs.board.summary()).doubtful == 1
        assert platform.said()[1:] == ["news", "files"], "the doubt is said in words alone"


class Careful(Platform):
    """As Telegram: what follows a result is not sent again in doubt. cut: parts of which no answer comes."""

    def __init__(self, *cut):
        super().__init__("telegram", parts=("result", "audio", "files"))
        self.cut = set(cut)

    async def deliver(self, address, part, reply, *, nonce, in_doubt):
        if part in ("audio", "files") and in_doubt:
            raise MaybeSent
        if part in self.cut:
            raise TryLater("the line broke")
        return await super().deliver(address, part, reply, nonce=nonce, in_doubt=in_doubt)


async def ask_on_telegram(bot):
    return (await bot.ask(platform="telegram")).job


async def test_what_may_be_missing_is_said_in_the_result_and_a_later_look_leaves_it_there(open_bot):
    """The look, a minute later, said the result as it was at first, and nobody read any more of the missing audio."""
    clock, platform = Clock(), Careful("audio")
    platform.fails = [TryLater("no answer")]  # of the result, so that it is looked at once more
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = await ask_on_telegram(bot)
        for times in (1, 2):
            await postponed(bot, times)
            clock.now += 5
        await until(lambda: platform.said() == [f"result {job}{IN_DOUBT}", f"files: result {job}{IN_DOUBT}"])
        clock.now += 61

        async def looked():
            return (await bot.deliveries(job))["look"] == "sent"

        await until(looked)
        assert delivered(platform)[-1] == ("deliver", "result", True)
        assert platform.said()[0] == f"result {job}{IN_DOUBT}"


async def test_the_admission_that_something_may_be_missing_outlives_the_process(open_bot):
    """An edit that nobody answers, and a death; the next process says it."""
    clock, platform = Clock(), Careful("audio", "files")
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = await ask_on_telegram(bot)
        await postponed(bot, 1)
        platform.cut.add("result")
        clock.now += 5
        await postponed(bot, 2)
        assert {"audio": "doubtful", "admit": "pending"}.items() <= (await bot.deliveries(job)).items()
        assert platform.said() == [f"result {job}"]
    platform.cut = set()
    clock.now += 600
    async with open_bot(platforms=[platform], now=clock) as bot:
        await bot.settled()
        assert platform.said() == [f"result {job}{IN_DOUBT}", f"files: result {job}{IN_DOUBT}"]
        assert (await bot.deliveries(job))["admit"] == "sent"


async def test_a_follower_that_a_mistake_of_ours_keeps_back_is_admitted(open_bot):
    clock, platform = Clock(), Careful()

    async def deliver(address, part, reply, *, nonce, in_doubt):
        if part == "audio":
            raise KeyError("oops")
        return await Platform.deliver(platform, address, part, reply, nonce=nonce, in_doubt=in_doubt)

    platform.deliver = deliver
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = await ask_on_telegram(bot)

        def given_up():
            clock.now += 301
            return platform.said()[0].endswith(IN_DOUBT)

        await until(given_up)
        await bot.settled()
        assert {"audio": "failed", "admit": "sent", "files": "sent"}.items() <= (await bot.deliveries(job)).items()


async def test_a_status_that_no_command_has_posted_is_posted_and_the_result_waits_for_it(open_bot):
    clock, platform = Clock(), Platform()
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask(place=False)).job
        await until(lambda: bot.jobs.board.counts().get("done") == 1)
        await asyncio.sleep(0.6)
        assert platform.calls == []
        clock.now += 11
        await bot.settled()
        assert platform.messages["m1"] == ["rendering", f"result {job}"]
        assert (await bot.store.jobs.get(job)).address.message == "m1"


async def test_a_status_posted_by_the_command_too_late_does_not_replace_ours(open_bot):
    clock, platform = Clock(), Platform()
    async with open_bot(platforms=[platform], now=clock) as bot:
        await bot.jobs.pause()
        job = (await bot.ask(place=False)).job
        clock.now += 11
        await until(lambda: platform.messages)
        await until(lambda: bot.jobs.board.counts().get("delivery_sent"))
        await bot.jobs.placed(job, replace((await bot.store.jobs.get(job)).address, message="late"))
        assert (await bot.store.jobs.get(job)).address.message == "m1"
        assert platform.messages["m1"] == ["waiting 1"]


async def test_a_first_message_is_known_although_the_store_was_busy_when_it_was_posted(open_bot, monkeypatch):
    platform = Platform()
    monkeypatch.setattr("bot.jobs.service.PLACE_AGAIN_S", (0.05, 0.05))
    async with open_bot(platforms=[platform], start=False) as bot:
        job = (await bot.ask(place=False)).job
        address = replace((await bot.store.jobs.get(job)).address, message="ours")
        writing = bot.store.writing

        @asynccontextmanager
        async def busy_once():
            monkeypatch.setattr(bot.store, "writing", writing)
            raise StoreBusy
            yield

        monkeypatch.setattr(bot.store, "writing", busy_once)
        await bot.jobs.placed(job, address)
        assert (await bot.store.jobs.get(job)).address.message == "ours"
        assert await bot.deliveries(job) == {"status": "sent"}


async def test_what_was_being_sent_when_the_process_died_is_in_doubt(open_bot):
    platform = Platform()
    async with open_bot(platforms=[platform], start=False) as bot:
        job = (await bot.ask()).job
        async with bot.store.writing() as connection:
            started = await bot.store.jobs.start(connection, job, now=1.0)
            await bot.store.jobs.finish(connection, started, "failed", now=2.0, error="error.too_slow")
            await bot.store.deliveries.add(connection, job=job, platform="discord", parts=["news"], first=1, due=0.0)
            await connection.execute(update(deliveries).where(deliveries.c.part == "news").values(state="sending"))
    async with open_bot(platforms=[platform]) as bot:
        await bot.settled()
        assert delivered(platform) == [("deliver", "news", True)]
        assert platform.messages["m1"] == ["waiting 0", "failed error.too_slow"]


async def test_a_platform_that_hangs_does_not_hold_up_the_other(open_bot):
    slow, fast = Platform("telegram"), Platform("discord")
    async with open_bot(platforms=[slow, fast]) as bot:
        slow.open.clear()
        for n in range(20):
            await bot.ask(f"t{n}", platform="telegram")
        jobs = [(await bot.ask(f"d{n}")).job for n in range(5)]
        await until(lambda: len(bot.maker.made) == 25)
        await until(lambda: sum(words.startswith("files") for words in fast.said()) == len(jobs))
        slow.open.set()
        await bot.settled()
        assert sum(words.startswith("files") for words in slow.said()) == 20


async def test_a_mistake_of_ours_is_tried_a_few_times_then_the_person_gets_a_reference_number(open_bot, caplog):
    clock, platform = Clock(), Platform(parts=("result",))
    platform.fails = [KeyError("oops")] * 8
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job

        async def pass_time():
            clock.now += 301
            return (await bot.deliveries(job)).get("result") == "failed"

        await until(pass_time)
        await until(lambda: platform.said()[0].startswith("failed error.not_shown "))
        assert len(delivered(platform)) == 8 + 1
        assert platform.said()[0].split()[-1] in caplog.text


async def test_a_platform_that_is_not_served_now_gets_its_results_later(open_bot):
    async with open_bot(platforms=[]) as bot:
        job = (await bot.ask(platform="telegram")).job
        await until(lambda: bot.jobs.board.counts().get("done") == 1)
        telegram = Platform("telegram")
        await bot.jobs.placed(job, (await bot.store.jobs.get(job)).address)
        bot.jobs.add_messenger(telegram)
        await bot.settled()
        assert telegram.said() == [f"result: result {job}", f"files: result {job}"]


async def test_a_piece_that_is_deleted_before_it_was_delivered_is_not_tried_again(open_bot):
    platform = Platform()
    platform.fails = [TryLater("flood control", after_s=0.3, sent=False)]
    async with open_bot(platforms=[platform]) as bot:
        job = (await bot.ask()).job
        await until(lambda: bot.jobs.board.counts().get("delivery_postponed") == 1)
        await bot.store.pieces.delete(job)
        await bot.settled()
        assert await bot.deliveries(job) == {"status": "sent", "result": "failed", "files": "failed"}
        assert len(delivered(platform)) == 1, "only the first try"


async def test_a_person_who_is_erased_while_a_message_is_on_its_way_is_no_trouble(open_bot, caplog):
    class Cut(Platform):
        """The line breaks when `cut` is set."""

        cut = asyncio.Event()

        async def deliver(self, address, part, reply, *, nonce, in_doubt):
            self.calls.append(("deliver", part))
            await self.cut.wait()
            raise TryLater("the line broke", sent=True)

    platform = Cut()
    async with open_bot(platforms=[platform]) as bot:
        await bot.ask()
        await until(lambda: delivered(platform))
        await bot.store.people.erase("discord:ada")
        platform.cut.set()
        await until(lambda: bot.jobs.board.counts().get("delivery_postponed") == 1)
        await bot.settled()
        assert await bot.store.deliveries.due("discord", now=1e12, limit=10) == []
        assert len(delivered(platform)) == 1
        assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_an_erased_person_gets_nothing_more(open_bot):
    platform = Platform()
    async with open_bot(platforms=[platform]) as bot:
        bot.maker.gate.clear()
        job = (await bot.ask()).job
        await until(lambda: bot.maker.live == 1)
        await bot.store.people.erase("discord:ada")
        bot.maker.gate.set()
        await until(lambda: bot.jobs.board.counts().get("dropped") == 1)
        await bot.settled()
        assert await bot.store.jobs.get(job) is None
        assert delivered(platform) == []


# --- patience --------------------------------------------------------------------------------------------------------


async def test_a_platform_that_is_away_for_hours_loses_no_result(open_bot):
    clock, platform = Clock(), Platform()
    platform.fails = [TryLater("random bytes") for _ in range(10)]
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job

        def arrived():
            clock.now += 301
            return platform.said() == [f"result {job}", f"files: result {job}"]

        await until(arrived)
        assert platform.fails == []


def results(platform):
    return {words for words in platform.said() if words.startswith("result")}


async def test_the_first_result_after_an_outage_brings_the_others_forward(open_bot):
    clock, platform = Clock(), Platform()
    platform.fails = [TryLater() for _ in range(13)]
    async with open_bot(platforms=[platform], now=clock) as bot:
        jobs = {f"result {(await bot.ask()).job}" for _ in range(2)}

        def one_arrived():
            clock.now += 5
            return bool(results(platform))

        await until(one_arrived)
        await until(lambda: results(platform) == jobs)  # although the clock stands still


async def test_what_a_platform_has_told_to_wait_is_not_brought_forward(open_bot):
    clock, platform = Clock(), Platform()
    platform.fails = [TryLater(after_s=1000, sent=False)]
    async with open_bot(platforms=[platform], now=clock) as bot:
        told = (await bot.ask()).job
        await postponed(bot, 1)
        platform.fails = [TryLater()]
        other = (await bot.ask()).job
        await postponed(bot, 2)
        clock.now += 20
        await until(lambda: results(platform) == {f"result {other}"})
        await asyncio.sleep(0.6)
        assert (await rows_of(bot, told))["result"].due == clock.now - 20 + 1000


def test_a_platform_that_is_away_is_tried_at_least_every_fifteen_seconds(monkeypatch):
    moment = 0.0
    monkeypatch.setattr(outbox.time, "monotonic", lambda: moment)
    box = object.__new__(outbox.Outbox)
    box._next_probe = {}
    tried, waits = [0.0] * 5, [1] * 5  # five messages of one platform, each with its next moment and its tries
    last, longest = 0.0, 0.0
    for _ in range(200):
        number = min(range(5), key=tried.__getitem__)
        moment = tried[number]
        longest, last = max(longest, moment - last), moment
        tried[number] = moment + box._wait_s("x", waits[number])
        waits[number] += 1
    assert moment > 1000
    assert longest <= outbox.PROBE_S


async def test_mistakes_of_ours_are_counted_by_themselves(open_bot):
    """Nine tries during an outage are no reason to give up at the first mistake."""
    clock, platform = Clock(), Platform(parts=("result",))
    platform.fails = [TryLater() for _ in range(9)] + [KeyError("oops")]
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job

        def arrived():
            clock.now += 301
            return platform.said() == [f"result {job}"]

        await until(arrived)
        assert platform.fails == []


async def test_a_result_waits_as_long_as_the_setting_says_and_can_be_taken_up_again(open_bot, monkeypatch):
    monkeypatch.setattr("bot.jobs.outbox.LEAST_PATIENCE_S", 0.0)
    clock, platform = Clock(), Platform()
    platform.fails = [TryLater() for _ in range(3)]
    async with open_bot(platforms=[platform], now=clock, limits=replace(FREE, patience_s=7200)) as bot:
        job = (await bot.ask()).job
        await postponed(bot, 1)
        clock.now += 7000
        await postponed(bot, 2)
        clock.now += 301
        await until(lambda: bot.jobs.board.counts().get("delivery_failed") == 1)
        parts = await bot.deliveries(job)
        assert (parts["result"], parts["files"]) == ("failed", "failed")
        assert await bot.jobs.retry() == len(parts) - 1, "all but the first message"
        clock.now += 61
        await bot.settled()
        assert platform.said() == [f"result {job}", f"files: result {job}"]
        assert await bot.jobs.retry() == 0


async def test_a_clock_that_jumps_ahead_gives_nothing_up(open_bot):
    clock, platform = Clock(), Platform()
    platform.fails = [TryLater(), TryLater()]
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job
        await postponed(bot, 1)
        clock.now += 30 * 86_400
        await postponed(bot, 2)
        clock.now += 301
        await bot.settled()
        assert platform.said() == [f"result {job}", f"files: result {job}"]


async def test_nobody_is_told_that_something_went_wrong_when_the_piece_is_there(open_bot):
    clock, platform = Clock(), Platform(parts=("result",))
    platform.fails = [KeyError("oops") for _ in range(8)]
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask()).job

        def failed():
            clock.now += 301
            return platform.said()[0].startswith("failed error.not_shown")

        await until(failed)
        assert await bot.jobs.retry() == 1
        await bot.settled()
        assert platform.said() == [f"result {job}"]


# --- changes that come late ------------------------------------------------------------------------------------------


async def test_a_result_that_late_progress_has_overwritten_is_put_right(open_bot):
    """A change that was given up may still be made; a minute after the result somebody looks."""
    clock, platform = Clock(), Platform(parts=("result",))
    plain = platform.edit_status
    given_up = []

    async def edit_status(address, reply):
        if reply.text.startswith("bar") and not given_up:
            given_up.append((address, reply))
            raise TryLater("no answer in time")
        return await plain(address, reply)

    platform.edit_status = edit_status
    maker = StubMaker()
    maker.gate.clear()
    async with open_bot(platforms=[platform], maker=maker, now=clock) as bot:
        job = (await bot.ask()).job
        await until(lambda: given_up)
        maker.gate.set()
        await bot.settled()
        await plain(*given_up[0])
        assert platform.said() == ["bar 1 of 4"]
        clock.now += 61
        await until(lambda: platform.said() == [f"result {job}"])
        await until(lambda: len(delivered(platform)) == 2)
        clock.now += 3600
        await asyncio.sleep(0.6)
        assert len(delivered(platform)) == 2, "one look is enough"


async def test_the_look_is_at_the_message_that_the_result_became(open_bot):
    """It went to the first message, which was gone, did not find the new one among many others, and posted a second."""
    clock, platform, addressed = Clock(), Platform(parts=("result",)), []

    async def deliver(address, part, reply, *, nonce, in_doubt):
        addressed.append(address.message)
        if len(addressed) == 1:
            raise TryLater("no answer")
        return "new"

    platform.deliver = deliver
    async with open_bot(platforms=[platform], now=clock) as bot:
        await bot.ask()

        def looked():
            clock.now += 5
            return len(addressed) == 3

        await until(looked)
        assert addressed == ["m1", "m1", "new"]


async def test_a_result_is_said_once_where_no_change_was_given_up(open_bot):
    clock, platform = Clock(), Platform(parts=("result",))
    async with open_bot(platforms=[platform], now=clock) as bot:
        await bot.ask()
        await bot.settled()
        clock.now += 3600
        await asyncio.sleep(0.6)
        assert len(delivered(platform)) == 1


# --- who cuts --------------------------------------------------------------------------------------------------------


async def test_what_a_result_is_cut_into_is_decided_where_it_is_delivered(open_bot):
    """Made by a process that does not serve the platform, delivered by one that does."""
    async with open_bot(platforms=[]) as bot:
        job = (await bot.ask(platform="telegram")).job
        await until(lambda: bot.jobs.board.counts().get("done") == 1)
    telegram, clock = Platform("telegram", parts=("result", "audio", "files")), Clock()
    clock.now = time.time() + 60
    async with open_bot(platforms=[telegram], now=clock) as bot:
        await bot.settled()
        parts = await bot.deliveries(job)
        assert {part: parts[part] for part in ("status", "result", "audio", "files")} == dict.fromkeys(
            ("status", "result", "audio", "files"), "sent"
        )


# --- first messages that were posted twice ---------------------------------------------------------------------------


async def test_the_chat_is_searched_where_a_first_message_may_stand_twice(open_bot):
    """The command posted one and died before it could say so; then we posted ours."""
    clock, platform = Clock(), Platform(parts=("result",))
    async with open_bot(platforms=[platform], now=clock) as bot:
        job = (await bot.ask(place=False)).job
        clock.now += 11
        await bot.settled()
        clock.now += 61
        await until(lambda: ("sweep", job) in platform.calls)
        assert platform.said() == [f"result {job}"]


async def test_nothing_is_searched_where_the_first_message_is_known(open_bot):
    platform = Platform(parts=("result",))
    async with open_bot(platforms=[platform]) as bot:
        await bot.ask()
        await bot.settled()
        await asyncio.sleep(0.6)
        assert [call for call in platform.calls if call[0] == "sweep"] == []
