"""@OurBot in any chat, links that open a piece or ask for one, and who asked: over a real socket."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from bot.app import open_services
from bot.commands import build_registry
from bot.platforms.telegram.links import link_to_words, words_of
from bot.platforms.telegram.platform import open_telegram
from config.settings import Settings
from tests.bot.platforms.telegram.serving import until
from tests.fakes.stub_bot import StubMaker
from tests.fakes.telegram import TOKEN

pytestmark = pytest.mark.usefixtures("quick")
GROUP = -1001


@asynccontextmanager
async def real_bot(telegram, folder, **settings):
    """All real commands with real jobs; only composing and drawing is a stand-in."""
    chosen = Settings(
        _env_file=None,
        telegram_token=SecretStr(TOKEN),
        telegram_api_url=telegram.base,
        data_dir=folder,
        cooldown_s=0,
        **settings,
    )
    async with (
        open_services(chosen, maker=StubMaker(least_s=0.0, most_s=0.0)) as services,
        open_telegram(chosen, build_registry(chosen), services) as platform,
    ):
        services.jobs.add_messenger(platform.messenger)
        tasks = [asyncio.create_task(services.jobs.run()), asyncio.create_task(platform.serve())]
        try:
            await until(lambda: telegram.sent("getUpdates") or tasks[1].done())
            yield services
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def results_of(telegram, who, text):
    query = telegram.type_inline(who, text)
    return (await until(lambda: telegram.answers.get(query)))["results"]


async def piece_of(telegram, chat):
    return await until(lambda: next((each for each in telegram.from_bot(chat) if "photo" in each), None))


def link_in(result):
    return result["reply_markup"]["inline_keyboard"][0][0]["url"]


async def press_link(telegram, who, address):
    telegram.say(who, f"/start {address.partition('?start=')[2]}")


async def test_in_any_chat_a_piece_is_offered_and_composed_for_whoever_presses(telegram, tmp_path):
    ann, ben = telegram.person(77, "Ann"), telegram.person(78, "Ben")
    async with real_bot(telegram, tmp_path) as services:
        [offer] = await results_of(telegram, ann, "chopin waltz in a minor")
        assert offer["title"] == "Have it composed"
        assert "A minor · 3/4" in offer["description"]
        assert "chopin waltz in a minor" in offer["input_message_content"]["message_text"]
        assert await services.store.pieces.of("telegram:77", 9) == [], "nothing is composed by typing"
        assert telegram.from_bot(77) == []
        await press_link(telegram, ben, link_in(offer))
        question = (await until(lambda: telegram.from_bot(78)))[0]
        assert "Shall I compose this?" in question["text"]
        assert await services.jobs.board.waiting("telegram:78") == [], "a link alone composes nothing"
        telegram.press(ben, 78, question["message_id"], "Compose it")
        await piece_of(telegram, 78)
        assert len(await services.store.pieces.of("telegram:78", 9)) == 1, "by the quota of who pressed"


async def test_ones_own_pieces_can_be_posted_anywhere_and_nobody_elses(telegram, tmp_path):
    ann, ben = telegram.person(77, "Ann"), telegram.person(78, "Ben")
    async with real_bot(telegram, tmp_path):
        telegram.say(ann, "/compose chopin mazurka key=Am bars=4")
        piece = await piece_of(telegram, 77)
        link = next(line for line in piece["caption"].splitlines() if line.startswith("https://t.me/OurBot?start=job_"))
        [listed] = await results_of(telegram, ann, "")
        assert link_in(listed) == link
        assert listed["title"] in piece["caption"]
        assert await results_of(telegram, ben, "") == []
        await press_link(telegram, ben, link)
        opened = await piece_of(telegram, 78)
        assert link in opened["caption"]


async def test_a_piece_is_posted_with_its_page_where_telegram_has_it(telegram, tmp_path):
    ann = telegram.person(77, "Ann")
    async with real_bot(telegram, tmp_path):
        telegram.say(ann, "/compose chopin mazurka key=Am bars=4")
        piece = await piece_of(telegram, 77)
        [listed] = await results_of(telegram, ann, "")
        assert (listed["type"], listed["photo_file_id"]) == ("photo", piece["photo"][-1]["file_id"])
        assert listed["caption"].startswith(listed["title"])
        assert "?start=job_" in link_in(listed)

        telegram.files.clear()
        [listed] = await results_of(telegram, ann, "")
        assert listed["type"] == "article", "a page that Telegram has no more"
        assert "?start=job_" in link_in(listed)


async def test_a_piece_whose_page_is_not_known_to_be_there_is_posted_as_words(telegram, tmp_path):
    ann = telegram.person(77, "Ann")
    async with real_bot(telegram, tmp_path):
        telegram.say(ann, "/compose chopin mazurka key=Am bars=4")
        await piece_of(telegram, 77)
    async with real_bot(telegram, tmp_path):
        [listed] = await results_of(telegram, ann, "")
        assert listed["type"] == "article"


async def test_who_is_blocked_is_offered_nothing(telegram, tmp_path):
    ann = telegram.person(77, "Ann")
    async with real_bot(telegram, tmp_path, blocked_people="telegram:77"):
        assert await results_of(telegram, ann, "chopin waltz") == []


@pytest.mark.parametrize("text", ["what is the weather", "xyzzy plugh", "@", "\u202e", "a" * 256, "weber"])
async def test_words_that_ask_for_no_music_offer_nothing_and_break_nothing(telegram, tmp_path, text):
    ann = telegram.person(77, "Ann")
    async with real_bot(telegram, tmp_path):
        assert await results_of(telegram, ann, text) == []


async def test_a_guest_answers_with_one_message(telegram, tmp_path):
    ann = telegram.person(77, "Ann", "de")
    async with real_bot(telegram, tmp_path):
        query = telegram.summon(ann, "@OurBot ein Walzer von Chopin")
        answer = (await until(lambda: telegram.answers.get(query)))["result"]
        assert "ein Walzer von Chopin" in answer["input_message_content"]["message_text"]
        assert answer["reply_markup"]["inline_keyboard"][0][0]["text"] == "Komponieren"
        alone = telegram.summon(ann, "@ourbot")
        hello = (await until(lambda: telegram.answers.get(alone)))["result"]
        assert "hinter meinem Namen" in hello["input_message_content"]["message_text"]
    assert [method for method, _ in telegram.refused if method != "getUpdates"] == []


async def test_in_a_group_a_piece_says_who_asked(telegram, tmp_path):
    ann, ben = telegram.person(77, "Ann"), telegram.person(78, "Ben @all")
    telegram.group()
    async with real_bot(telegram, tmp_path):
        telegram.say(ann, "/compose chopin keyboard bars=4", chat=GROUP)
        first = await piece_of(telegram, GROUP)
        assert "Asked for by Ann" in first["caption"]
        telegram.press(ben, GROUP, first["message_id"], "Again")
        second = await until(lambda: [each for each in telegram.from_bot(GROUP) if "photo" in each][1:])
        assert "Asked for by Ben" in second[0]["caption"]
        assert "@all" not in second[0]["caption"], "nobody is called by a name"
        telegram.say(ann, "/compose chopin keyboard bars=4")
        assert "Asked for by" not in (await piece_of(telegram, 77))["caption"]


@pytest.mark.parametrize("words", ["chopin waltz", "肖邦 圆舞曲 a小调", "ein Stück für Flöte", "a+b/c==?&"])
def test_words_go_through_a_link_as_they_are(words):
    assert words_of(link_to_words(words)) == words
    assert set(link_to_words(words)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def test_words_that_are_too_many_have_no_link():
    assert link_to_words("a" * 46) == ""
    assert words_of("ask_%%%") is None
    assert words_of("do_settings") is None
