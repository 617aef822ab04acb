"""All real commands in a Telegram group, with real jobs and a real store; only composing and drawing is a stand-in."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.app import open_services
from bot.commands import build_registry
from bot.platforms.telegram.platform import open_telegram
from config.settings import Settings
from tests.bot.platforms.telegram.serving import until
from tests.fakes.stub_bot import StubMaker
from tests.fakes.telegram import TOKEN

pytestmark = pytest.mark.usefixtures("quick")
GROUP = -1001
PNG = b"\x89PNG page"


@asynccontextmanager
async def at_work(telegram, folder):
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        cooldown_s=0,
        telegram_token=TOKEN,
        telegram_api_url=telegram.base,
        telegram_messages_per_s=1000,
        telegram_messages_per_chat_per_minute=1000,
    )
    async with (
        open_services(settings, maker=StubMaker(least_s=0.0, most_s=0.0)) as services,
        open_telegram(settings, build_registry(settings), services) as platform,
    ):
        services.jobs.add_messenger(platform.messenger)
        tasks = [asyncio.create_task(work) for work in (platform.serve(), services.jobs.run())]
        try:
            await until(lambda: telegram.sent("getUpdates"))
            yield services
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def services(telegram, tmp_path):
    telegram.group()
    async with at_work(telegram, tmp_path) as services:
        yield services


@pytest.fixture
def ben(telegram):
    return telegram.person(78, "Ben")


def said(telegram, chat):
    return [message.get("text") or message.get("caption") or "" for message in telegram.from_bot(chat)]


async def piece_in_group(telegram):
    """The first one there, when all of it has come: its page and its player."""
    await until(lambda: any("audio" in one for one in telegram.from_bot(GROUP)))
    return next(one for one in telegram.from_bot(GROUP) if "photo" in one)


@pytest.mark.parametrize(
    "line", ["/settings", "/queue", "/help", "/styles", "/piece", "/about", "/mydata", "/mydata erase"]
)
async def test_in_a_group_all_that_is_ones_own_is_answered_privately(telegram, services, ann, line):
    asked = telegram.say(ann, line, chat=GROUP)
    await until(lambda: telegram.from_bot(77))
    await until(lambda: (GROUP, asked) in telegram.reactions)
    assert telegram.from_bot(GROUP) == []


async def test_details_of_a_piece_are_for_whoever_asks(telegram, services, ann, ben):
    telegram.say(ann, "/compose chopin keyboard bars=4", chat=GROUP)
    piece = await piece_in_group(telegram)
    before = len(telegram.from_bot(GROUP))
    telegram.press(ben, GROUP, piece["message_id"], "Details")
    await until(lambda: telegram.from_bot(78))
    assert len(telegram.from_bot(GROUP)) == before


async def test_another_one_s_settings_and_picker_cannot_be_pressed(telegram, services, ann, ben):
    telegram.say(ann, "/compose", chat=GROUP)
    [picker] = await until(lambda: telegram.from_bot(GROUP))
    first = picker["reply_markup"]["inline_keyboard"][0][0]["text"]
    query = telegram.press(ben, GROUP, picker["message_id"], first)
    answer = await until(lambda: telegram.answers.get(query))
    assert "for whoever asked" in answer["text"]
    assert telegram.messages[GROUP, picker["message_id"]] == picker
    assert await services.jobs.board.waiting() == []
    for _ in range(3):  # period, composer, instruments: hers from the first to the last
        shown = telegram.messages[GROUP, picker["message_id"]]
        label = shown["reply_markup"]["inline_keyboard"][0][0]["text"]
        telegram.press(ann, GROUP, picker["message_id"], label)
        await until(lambda shown=shown: telegram.messages[GROUP, picker["message_id"]] != shown)
    await until(lambda: any("photo" in one for one in telegram.from_bot(GROUP)))


async def test_a_group_s_rules_are_set_by_an_anonymous_administrator_and_taken_back_by_another(
    telegram, services, ann, ben
):
    telegram.chats[GROUP].managers.add(78)
    telegram.say(ann, "/server", chat=GROUP)
    await until(lambda: any("for the administrators" in text for text in said(telegram, GROUP)))
    telegram.say(ann, "/server set quota=1 language=de bars=8", chat=GROUP, in_the_name_of=GROUP)
    await until(lambda: any("geändert" in text or "changed" in text for text in said(telegram, GROUP)))
    telegram.say(ann, "/compose chopin keyboard bars=9", chat=GROUP)
    await until(lambda: any("höchstens 8 Takte" in text for text in said(telegram, GROUP)))
    telegram.say(ben, "/server", chat=GROUP)
    shown = await until(
        lambda: next((one for one in telegram.from_bot(GROUP) if "telegram:-1001" in one.get("text", "")), None)
    )
    undo = shown["reply_markup"]["inline_keyboard"][0][0]["text"]
    telegram.press(ben, GROUP, shown["message_id"], undo)
    await until(lambda: any("zurückgenommen" in text for text in said(telegram, GROUP)))
    assert (await services.store.servers.rules(f"telegram:{GROUP}")).quota is None


async def test_a_piece_that_was_asked_for_anonymously_is_deleted_by_an_administrator_only(telegram, services, ann, ben):
    telegram.chats[GROUP].managers.add(77)
    telegram.say(ann, "/compose chopin keyboard bars=4", chat=GROUP, in_the_name_of=GROUP)
    piece = await piece_in_group(telegram)
    query = telegram.press(ben, GROUP, piece["message_id"], "Delete")
    assert "Only whoever asked" in (await until(lambda: telegram.answers.get(query)))["text"]
    telegram.press(ann, GROUP, piece["message_id"], "Delete")
    question = await until(
        lambda: next((one for one in telegram.from_bot(GROUP) if "Delete piece" in one.get("text", "")), None)
    )
    telegram.press(ann, GROUP, question["message_id"], "Yes, delete it")
    await until(lambda: (GROUP, piece["message_id"]) in telegram.deleted)


@pytest.mark.parametrize("text", ["thanks!", "hello", "nice piece, isn't it?", "wie schön", "真好听", "very sad"])
async def test_talk_that_answers_a_piece_is_left_alone(telegram, services, ann, text):
    telegram.say(ann, "/compose chopin keyboard bars=4", chat=GROUP)
    piece = await piece_in_group(telegram)
    before = len(telegram.from_bot(GROUP))
    telegram.say(ann, text, chat=GROUP, reply_to=piece["message_id"])
    await until(lambda: not telegram.waiting_updates)
    assert len(telegram.from_bot(GROUP)) == before


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("de", "Danke schön!", "Gern"),
        ("zh-hans", "谢谢你", "不客气"),
        ("en", "good morning", "Hello"),
        ("de", "hallo", "Hallo"),
    ],
)
async def test_greetings_and_thanks_are_answered_in_private_in_three_languages(
    telegram, services, language, text, words
):
    somebody = telegram.person(79, "Somebody", language_code=language)
    telegram.say(somebody, text)
    [answer] = await until(lambda: said(telegram, 79))
    assert words in answer


async def test_the_bars_of_a_day_are_shown_and_guessed_in_private(telegram, services, ann, monkeypatch):
    async def render(_self, _abc):
        return {"_p1.png": PNG, ".mp3": b"ID3 sound"}

    monkeypatch.setattr("bot.commands.guessing.drawing.Bars.render", render)
    telegram.say(ann, "/guess", chat=GROUP)
    shown = await until(lambda: next((one for one in telegram.from_bot(77) if "reply_markup" in one), None))
    telegram.press(ann, 77, shown["message_id"], "2 is by a human")
    asked = await until(lambda: next((one for one in telegram.from_bot(77) if "And who wrote" in str(one)), None))
    telegram.press(ann, 77, asked["message_id"], asked["reply_markup"]["inline_keyboard"][0][0]["text"])
    await until(lambda: any("🎼" in text for text in said(telegram, 77)))
    assert telegram.from_bot(GROUP) == []
