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
