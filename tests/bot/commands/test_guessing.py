"""The day's bars: guessed once by button, told to whoever guessed, and to the others without spoilers."""

import json
from datetime import UTC, datetime

import pytest

from bot.commands.guessing.drawing import Bars
from bot.guesses.puzzles import date_of, puzzle_of, today
from tests.bot.commands.conftest import PNG, button
from tests.bot.commands.test_server import in_channel

GUILD = "77"


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    """Bars are drawn without a renderer; returns what was drawn."""
    abcs = []

    async def render(_self, abc):
        abcs.append(abc)
        return {"_p1.png": PNG, ".mp3": f"sound {len(abcs)}".encode()}

    monkeypatch.setattr(Bars, "render", render)
    return abcs


class Day:
    """Today's puzzle, and the buttons that people press."""

    def __init__(self, world):
        self.world, self.guesses = world, world.services.jobs.guesses

    async def puzzle(self, zone="UTC"):
        return puzzle_of(today(zone, now=self.guesses.now()), await self.world.services.store.guesses.secret())

    async def press(self, argument, who="ann", *, verb="guess", name=None, guild=None):
        name = name or (await self.puzzle()).name
        here = in_channel("5", managed=who == "ann") if guild else None
        context = await self.world.press(f"v1:{verb}:{name}:{argument}".rstrip(":"), who, guild=guild, here=here)
        return (context.replies + context.edits)[-1]

    async def guess(self, who="ann", *, human=True, composer=True, guild=None):
        """Both, right or wrong; what is said at the end."""
        puzzle = await self.puzzle()
        await self.press(puzzle.human if human else 3 - puzzle.human, who, guild=guild)
        place = next(n for n, name in enumerate(puzzle.composers) if (name == puzzle.composer) == composer)
        return await self.press(f"c{place}", who, guild=guild)


@pytest.fixture
def day(world):
    return Day(world)


async def test_the_bars_are_shown_without_a_word_that_tells_and_drawn_once(world, day, drawn):
    shown = (await world.say("/guess")).replies[0]
    puzzle = await day.puzzle()
    assert shown.private
    assert [file.kind for file in shown.attachments] == ["picture", "audio", "audio"]
    whole = f"{shown.title} {shown.text} {[(file.name, file.title, file.performer) for file in shown.attachments]}"
    assert puzzle.pair.title not in whole
    assert puzzle.composer.partition(",")[0] not in whole
    assert drawn == list(puzzle.abcs)
    await world.say("/guess", "bea")
    assert len(drawn) == 2


async def test_first_the_human_then_the_composer_then_what_it_was(day):
    puzzle = await day.puzzle()
    asked = await day.press(puzzle.human)
    assert asked.private
    assert len([each for row in asked.buttons for each in row]) == 4
    assert puzzle.pair.title not in asked.text
    said = await day.press(f"c{puzzle.composers.index(puzzle.composer)}")
    assert puzzle.pair.title[:20] in said.text
    assert puzzle.pair.source in said.text
    assert f"🎼 {date_of(puzzle.day)} 5/5 🟩🟩" in said.text
    assert "1 person has guessed so far, and 1" in said.text


async def test_the_first_guess_counts_whatever_is_pressed_afterwards(day):
    puzzle = await day.puzzle()
    await day.press(3 - puzzle.human)
    await day.press(puzzle.human)
    wrong = next(n for n, name in enumerate(puzzle.composers) if name != puzzle.composer)
    said = await day.press(f"c{wrong}")
    assert "0/5 🟥🟥" in said.text
    for argument in (puzzle.human, f"c{puzzle.composers.index(puzzle.composer)}"):
        assert "0/5 🟥🟥" in (await day.press(argument)).text
    assert "0/5" in (await day.world.say("/guess")).replies[0].text


async def test_a_line_for_the_others_spoils_nothing_and_is_told_once(day):
    puzzle = await day.puzzle()
    said = await day.guess("bea", composer=False, guild=GUILD)
    told = await day.press("", "bea", verb="boast", guild=GUILD)
    assert button(said, "boast")
    assert not told.private
    assert told.text.endswith(f"🎼 {date_of(puzzle.day)} 3/5 🟩🟥")
    assert puzzle.composer.partition(",")[0] not in told.text
    assert "told the others" in (await day.press("", "bea", verb="boast", guild=GUILD)).text


async def test_who_has_not_guessed_is_told_nothing(day):
    for verb, argument in (("boast", ""), ("guess", "c0"), ("guess", "3"), ("guess", ""), ("guess", "c9")):
        said = await day.press(argument, verb=verb)
        assert said.private
        assert (await day.puzzle()).pair.title not in said.text
    yesterday = f"bars{(await day.puzzle()).day - 2}"
    assert "another day" in (await day.press("1", name=yesterday)).text
    for name in ("bars", "bars99999999999", "x"):
        assert (await day.press("1", name=name)).private


async def test_days_in_a_row_are_counted_and_forgotten_with_the_person(world, day, monkeypatch):
    assert "not guessed yet" in (await world.say("/guess score")).replies[0].text
    start = datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()
    for number in range(3):
        monkeypatch.setattr(day.guesses, "now", lambda number=number: start + 86_400 * number)
        said = await day.guess(composer=number != 1)
    assert said.text.endswith("🔥3")
    score = (await world.say("/guess score")).replies[0].text
    assert "3 days: 3 times man from machine, 2 times the composer, 13 of 15 points" in score
    assert "In a row: 3 days" in score
    assert len((await world.services.store.people.export("test:ann"))["guesses"]) == 3
    await world.services.store.people.erase("test:ann")
    assert "ann" not in json.dumps((await world.services.store.people.export("test:ann"))["guesses"])
    assert "not guessed yet" in (await world.say("/guess score")).replies[0].text


async def test_a_channel_has_them_every_day_at_its_hour(world, day):
    here = in_channel("5", managed=True)
    said = (await world.say("/guess daily 08:00", guild=GUILD, here=here)).replies[0]
    assert "08:00" in said.text
    again = await world.say("/guess daily 09:30", guild=GUILD, here=here)
    assert "09:30" in again.replies[0].text
    (waiting,) = await world.services.store.appointments.of("guess")
    assert waiting.rhythm.clock == "09:30"
    world.services.jobs.scheduler._now = lambda: waiting.due + 1
    await world.services.jobs.scheduler.keep_due()
    await world.services.jobs.scheduler.keep_due()
    told = await world.messenger.next_delivery()
    assert not told.private
    assert "by a human" in told.text
    assert world.messenger._delivered.empty()
    assert "no longer" in (await world.say("/guess stop", guild=GUILD, here=here)).replies[0].text
    assert await world.services.store.appointments.of("guess") == []
    assert "nothing to stop" in (await world.say("/guess stop", guild=GUILD, here=here)).replies[0].text


async def test_only_those_who_manage_a_server_have_it_come_every_day(world):
    for line in ("/guess daily 08:00", "/guess stop"):
        said = (await world.say(line, "bea", guild=GUILD, here=in_channel("5", managed=False))).replies[0]
        assert "administrators" in said.text
    for line in ("/guess daily", "/guess daily soon", "/guess daily 25:00", "/guess what is this"):
        assert "Write /guess" in (await world.say(line)).replies[0].text
