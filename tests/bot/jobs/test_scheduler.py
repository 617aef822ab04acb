"""What has to happen at a time happens then, once, over restarts and whatever the clock does."""

from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import insert, select

from bot.jobs import Kept
from bot.store import Rhythm, StoreError, new_appointment
from bot.store.errors import StoreBusy
from bot.store.tables import switches
from tests.bot.jobs.conftest import Clock, until

HOUR_S, DAY_S = 3600.0, 86_400.0
DAILY = Rhythm(hour=8, zone="Europe/Berlin")


class Diary:
    """A handler that writes what it keeps into the database, in the transaction it is given."""

    def __init__(self, **kept):
        self.kept, self.fails, self.told = kept, 0, []

    async def __call__(self, connection, appointment, now):
        name = f"{appointment.data['name']} {now:.0f}"
        await connection.execute(insert(switches).values(name=name, value=1))
        if self.fails:
            self.fails -= 1
            raise RuntimeError("a mistake of ours")
        return Kept(afterwards=lambda: self.told.append(appointment.data["name"]), **self.kept)


async def written(bot):
    """What was kept, with the clock's time."""
    async with bot.store.reading() as connection:
        names = (await connection.execute(select(switches.c.name))).scalars().all()
    return sorted(name for name in names if " " in name)


@pytest.fixture
def open_diary(open_bot):
    @asynccontextmanager
    async def opened(clock, diary=None, *, start=False):
        async with open_bot(now=clock, start=False) as bot:
            bot.jobs.scheduler.on("test", diary or Diary())
            if start:
                bot.start()
            yield bot

    return opened


def meeting(clock, in_s, name="a", **values):
    return new_appointment("test", clock.now + in_s, {"name": name}, **values)


async def test_it_happens_at_its_time_and_once(open_diary):
    clock, diary = Clock(), Diary()
    async with open_diary(clock, diary) as bot:
        await bot.jobs.scheduler.add(meeting(clock, 60))
        assert await bot.jobs.scheduler.keep_due() == 0
        clock.now += 60
        assert [await bot.jobs.scheduler.keep_due() for _ in range(2)] == [1, 0]
        assert await written(bot) == [f"a {clock.now:.0f}"]
        assert diary.told == ["a"]


async def test_a_running_bot_keeps_it_by_itself(open_diary):
    clock = Clock()
    async with open_diary(clock, start=True) as bot:
        await bot.jobs.scheduler.add(meeting(clock, 0))
        await until(lambda: written(bot))


async def test_what_was_due_while_the_bot_was_away_happens_after_the_start_oldest_first(open_diary):
    clock, diary = Clock(), Diary()
    async with open_diary(clock) as bot:
        for name, in_s in (("b", 120), ("c", 120), ("a", 60), ("later", DAY_S)):
            await bot.jobs.scheduler.add(meeting(clock, in_s, name))
    clock.now += HOUR_S
    async with open_diary(clock, diary) as bot:
        assert await bot.jobs.scheduler.keep_due() == 3
        assert diary.told[0] == "a"
        assert len(await written(bot)) == 3


async def test_killed_before_the_commit_it_happens_again_and_after_it_not(open_diary):
    clock = Clock()
    async with open_diary(clock) as bot:
        await bot.jobs.scheduler.add(meeting(clock, 0))

        [one] = await bot.store.appointments.of("test")

        async def begin_and_die():
            async with bot.store.writing() as connection:
                await bot.jobs.scheduler._keep(connection, one)
                raise SystemExit

        with pytest.raises(SystemExit):
            await begin_and_die()
        assert await written(bot) == []
    async with open_diary(clock) as bot:
        assert [await bot.jobs.scheduler.keep_due() for _ in range(2)] == [1, 0]
        assert len(await written(bot)) == 1


async def test_a_handler_that_raises_has_written_nothing_and_holds_up_nobody(open_diary, caplog, monkeypatch):
    monkeypatch.setattr("bot.jobs.scheduler.FIRST_REST_S", 0.0)
    clock, diary = Clock(), Diary()
    diary.fails = 2  # the writer asks a second time, alone, before it gives up
    async with open_diary(clock, diary) as bot:
        await bot.jobs.scheduler.add(meeting(clock, 0, "a"))
        await bot.jobs.scheduler.add(meeting(clock, 1, "b"))
        clock.now += 1
        while await bot.jobs.scheduler.keep_due():
            pass
        await bot.jobs.scheduler.keep_due()
        await bot.jobs.scheduler.keep_due()
        assert [line[0] for line in await written(bot)] == ["a", "b"]
        assert "could not be kept" in caplog.text


async def test_one_that_keeps_failing_rests_while_others_go_on(open_diary, caplog):
    clock, diary = Clock(), Diary()
    diary.fails = 1
    async with open_diary(clock, diary) as bot:
        await bot.jobs.scheduler.add(meeting(clock, 0, "a"))
        assert await bot.jobs.scheduler.keep_due() == 0
        await bot.jobs.scheduler.add(meeting(clock, 0, "b"))
        assert await bot.jobs.scheduler.keep_due() == 1
        assert [line[0] for line in await written(bot)] == ["b"]


async def test_a_store_that_does_not_answer_is_waited_for(open_diary, monkeypatch):
    clock = Clock()
    async with open_diary(clock) as bot:
        await bot.jobs.scheduler.add(meeting(clock, 0))

        async def busy(*_args, **_values):
            raise StoreBusy

        with monkeypatch.context() as at_first:
            at_first.setattr(bot.store.appointments, "find", busy)
            with pytest.raises(StoreError):
                await bot.jobs.scheduler.keep_due()
        assert await bot.jobs.scheduler.keep_due() == 1


async def test_put_off_or_called_off_it_does_not_happen_at_its_old_time(open_diary):
    clock = Clock()
    async with open_diary(clock) as bot:
        off, later = meeting(clock, 10, "off"), meeting(clock, 10, "later")
        for one in (off, later):
            await bot.jobs.scheduler.add(one)
        assert await bot.jobs.scheduler.remove(off.id)
        assert not await bot.jobs.scheduler.remove(off.id)
        await bot.jobs.scheduler.put(replace(later, due=later.due + 10))
        clock.now += 10
        assert await bot.jobs.scheduler.keep_due() == 0
        clock.now += 10
        assert await bot.jobs.scheduler.keep_due() == 1


async def test_a_handler_may_say_when_it_is_due_again(open_diary):
    clock = Clock()
    diary = Diary(due=clock.now + 100, data={"name": "second"})
    async with open_diary(clock, diary) as bot:
        await bot.jobs.scheduler.add(meeting(clock, 0))
        await bot.jobs.scheduler.keep_due()
        [one] = await bot.store.appointments.of("test")
        assert (one.due, one.data) == (clock.now + 100, {"name": "second"})


async def test_every_day_once_though_the_bot_was_away_for_three(open_diary):
    clock, times = Clock(), []
    async with open_diary(clock) as bot:
        due = DAILY.next_after(clock.now)
        await bot.jobs.scheduler.add(new_appointment("test", due, {"name": "a"}, rhythm=DAILY))
        for away in (0, 0, 3, 0):
            clock.now = due + away * DAY_S + 5
            times.append(clock.now)
            assert [await bot.jobs.scheduler.keep_due() for _ in range(2)] == [1, 0]
            due = (await bot.store.appointments.of("test"))[0].due
            assert clock.now < due <= clock.now + DAY_S + HOUR_S
        assert len(await written(bot)) == 4


async def test_its_handler_can_end_what_comes_again(open_diary):
    clock = Clock()
    async with open_diary(clock, Diary(ends=True)) as bot:
        await bot.jobs.scheduler.add(meeting(clock, 0, rhythm=DAILY))
        await bot.jobs.scheduler.keep_due()
        assert await bot.store.appointments.of("test") == []


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S, 12 * HOUR_S, -12 * HOUR_S])
@pytest.mark.parametrize("jumps_at", [-30, 5])
async def test_a_clock_that_jumps_lets_nothing_happen_twice_or_never(open_diary, step_s, jumps_at):
    """Right before or right after the hour it jumps, and six hours later it is put right."""
    clock = Clock()
    async with open_diary(clock) as bot:
        due = DAILY.next_after(clock.now)
        await bot.jobs.scheduler.add(new_appointment("test", due, {"name": "a"}, rhythm=DAILY))
        for day in range(4):
            for at_s in (-30, 0, 10, HOUR_S, 5 * HOUR_S, 7 * HOUR_S, 13 * HOUR_S):
                is_wrong = day == 1 and jumps_at <= at_s < 6 * HOUR_S
                clock.now = due + day * DAY_S + at_s + (step_s if is_wrong else 0)
                await bot.jobs.scheduler.keep_due()
        kept = [float(line.split()[1]) for line in await written(bot)]
        assert len(kept) == 4
        assert all(later - earlier > DAY_S / 3 for earlier, later in pairwise(kept))


async def test_what_a_clock_that_was_wrong_by_a_year_has_put_off_is_put_back(open_diary, caplog):
    clock = Clock()
    async with open_diary(clock) as bot:
        due = DAILY.next_after(clock.now)
        await bot.jobs.scheduler.add(new_appointment("test", due, {"name": "a"}, rhythm=DAILY))
        clock.now += 365 * DAY_S
        assert await bot.jobs.scheduler.keep_due() == 1
        clock.now -= 365 * DAY_S
    async with open_diary(clock) as bot:
        assert await bot.jobs.scheduler.keep_due() == 0
        [one] = await bot.store.appointments.of("test")
        assert one.due == due
        assert "the clock was wrong" in caplog.text


async def test_it_goes_with_whoever_is_erased_and_with_a_server_that_is_left(open_diary):
    clock = Clock()
    async with open_diary(clock) as bot:
        await bot.jobs.scheduler.add(meeting(clock, 0, "hers", person="discord:ada"))
        await bot.jobs.scheduler.add(meeting(clock, 0, "there", server="telegram:-5"))
        await bot.jobs.scheduler.add(meeting(clock, 0, "moved", server="telegram:-7"))
        await bot.jobs.scheduler.add(meeting(clock, 0, "nobody's"))
        assert [row["data"]["name"] for row in (await bot.store.people.export("discord:ada"))["appointments"]] == [
            "hers"
        ]
        await bot.store.people.erase("discord:ada")
        await bot.store.servers.move("telegram:-7", "telegram:-8")
        await bot.store.servers.leave("telegram:-5")
        left = {one.data["name"]: one.server for one in await bot.store.appointments.of("test")}
        assert left == {"moved": "telegram:-8", "nobody's": None}


async def test_kinds_that_nobody_has_spoken_for_are_left_alone(open_diary):
    clock = Clock()
    async with open_diary(clock) as bot:
        await bot.jobs.scheduler.add(new_appointment("newer", clock.now, {}))
        assert await bot.jobs.scheduler.keep_due() == 0
        assert len(await bot.store.appointments.of("newer")) == 1
