"""Several pieces at once, over a real socket: killed in the middle, finished, opened, and drawn as a family."""

import io

import pytest
from PIL import Image

from tests.e2e.test_telegram import PIECE_LIMIT_S, until
from tests.fakes.bot_process import REAL, environment_for, open_bot
from tests.fakes.telegram import open_fake_telegram


@pytest.fixture
async def telegram():
    async with open_fake_telegram() as fake:
        yield fake


def pictures(telegram):
    return [message for message in telegram.from_bot(77) if "photo" in message]


async def test_a_contact_sheet_survives_the_death_of_the_program_and_opens(telegram, tmp_path):
    ann = telegram.person(77, "Ann")
    async with open_bot(REAL, environment_for(tmp_path / "data", telegram=telegram), log=tmp_path / "log") as bot:
        telegram.say(ann, "/batch chopin keyboard n=2 bars=4 seed=7")
        await until(lambda: telegram.from_bot(77), limit_s=PIECE_LIMIT_S)
        await bot.kill()
        await bot.start()
        await until(lambda: pictures(telegram), limit_s=PIECE_LIMIT_S)
        [sheet] = pictures(telegram)
        image = Image.open(io.BytesIO(telegram.content(sheet).content))
        assert (image.width, image.height) == (1080, 472)
        telegram.press(ann, 77, sheet["message_id"], "1")
        await until(lambda: len(pictures(telegram)) == 2, limit_s=PIECE_LIMIT_S)
        telegram.say(ann, "/tree")
        await until(lambda: len(pictures(telegram)) == 3, limit_s=PIECE_LIMIT_S)
        assert await bot.stop() == 0


def last_with(telegram, words):
    """The newest message with such a text, as it stands now."""
    found = [message for message in telegram.from_bot(77) if words in str(message)]
    return found[-1] if found else None


async def test_marks_lead_to_a_next_sheet_once_however_the_program_dies_and_are_kept(telegram, tmp_path):
    ann = telegram.person(77, "Ann")
    async with open_bot(REAL, environment_for(tmp_path / "data", telegram=telegram), log=tmp_path / "log") as bot:
        telegram.say(ann, "/sweep chopin keyboard n=2 bars=4 seed=7")
        await until(lambda: pictures(telegram), limit_s=PIECE_LIMIT_S)
        telegram.say(ann, '/sweep rate="5 1"')
        await until(lambda: last_with(telegram, "All have their marks"))
        marks = last_with(telegram, "All have their marks")
        telegram.press(ann, 77, marks["message_id"], "Next round")
        await until(lambda: last_with(telegram, "Round 2 of trying out"), limit_s=PIECE_LIMIT_S)
        await bot.kill()
        await bot.start()
        await until(lambda: len(pictures(telegram)) == 2, limit_s=PIECE_LIMIT_S)
        again = telegram.press(ann, 77, marks["message_id"], "Next round")
        assert "made already, or on its way" in (await until(lambda: telegram.answers.get(again)))["text"]
        telegram.press(ann, 77, marks["message_id"], "That will do")
        await until(lambda: last_with(telegram, "suits you best"))
        telegram.say(ann, "/compose chopin keyboard bars=2")
        await until(lambda: last_with(telegram, "As you found in your sweep"), limit_s=PIECE_LIMIT_S)
        assert len([one for one in pictures(telegram) if "Round" in str(one)]) == 2
        assert await bot.stop() == 0
