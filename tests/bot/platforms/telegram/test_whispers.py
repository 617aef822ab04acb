"""Words for one member of a group, as the documentation of Bot API 10.3 has them."""

import pytest

from bot.chat.messages import Action
from tests.bot.platforms.telegram.serving import Commands, serve, until
from tests.fakes.telegram import BOT_ID

pytestmark = pytest.mark.usefixtures("quick")
GROUP = -1001


@pytest.fixture
def commands():
    return Commands()


@pytest.fixture
async def served(telegram, commands, tmp_path):
    telegram.group(GROUP)
    async with serve(telegram, commands, tmp_path, telegram_ephemeral_messages=True) as platform:
        yield platform


async def press_slowly(telegram, commands, ann):
    """A button whose private answer comes later than an alert may."""
    message = telegram.say(ann, "/compose x", chat=GROUP)
    await until(lambda: telegram.from_bot(GROUP))
    query = telegram.press_data(ann, GROUP, message, Action("long", "k3f9").encode())
    await until(lambda: query in telegram.answers)


async def test_what_is_for_one_person_is_shown_to_them_alone(telegram, served, commands, ann):
    await press_slowly(telegram, commands, ann)
    assert [(chat, who) for chat, who, _ in telegram.whispers] == [(GROUP, 77)]
    assert len(telegram.from_bot(GROUP)) == 1
    assert telegram.from_bot(77) == []


async def test_an_administrator_may_whisper_at_any_time_and_others_may_not(telegram, served, ann):
    telegram.say(ann, "/compose bars=nothing", chat=GROUP)
    [refusal] = await until(lambda: telegram.from_bot(GROUP))
    assert telegram.whispers == []
    telegram.group(-1002)
    telegram.chats[-1002].managers.add(BOT_ID)
    telegram.say(ann, "/compose bars=nothing", chat=-1002)
    await until(lambda: telegram.whispers)
    assert telegram.whispers == [(-1002, 77, refusal["text"])]
    assert telegram.from_bot(-1002) == []


async def test_a_server_that_would_post_them_for_all_does_so_for_a_moment_and_once(telegram, served, commands, ann):
    telegram.knows_ephemeral = False
    await press_slowly(telegram, commands, ann)
    await until(lambda: telegram.sent("deleteMessage"))
    assert len([each for each in telegram.from_bot(GROUP) if "for one" in each["text"]]) == 0
    assert "for one" in telegram.from_bot(77)[-1]["text"]
    await press_slowly(telegram, commands, ann)
    await until(lambda: len(telegram.from_bot(77)) == 2)
    assert len(telegram.sent("deleteMessage")) == 1
