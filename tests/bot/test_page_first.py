"""The first page before the result, in both chats at once: all real, over sockets, but for composing and drawing."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.app import open_platforms, open_services
from bot.commands import build_registry
from bot.commands.announce import FIRST_PAGE
from bot.jobs import reporter
from bot.making.workshop import Drawn
from bot.texts import say
from config.settings import Settings
from generator.request import Progress
from tests.fakes.discord import open_fake_discord
from tests.fakes.stub_bot import RAISES, made, picture
from tests.fakes.telegram import TOKEN, open_fake_telegram

GROUP = -1001
PLAYING, CANCELLED = say("status.playing", "en"), say("status.cancelled", "en")


class Maker:
    """Draws a page at once, and plays it when it is let go; the seed RAISES then brings a mistake."""

    def __init__(self):
        self.may_play = asyncio.Event()

    async def make(self, job, task, *, language, on_progress, on_step):
        on_progress(Progress(task.bars, task.bars, 0.1, 0.1))
        on_step("drawing ...")
        on_step(Drawn(picture()))
        await self.may_play.wait()
        if task.request.seed == RAISES:
            raise RuntimeError("a mistake, for this test")
        return made(job, task.request, pages=1)


class Chats:
    """One person on Discord, one on Telegram, and a bot that may die."""

    def __init__(self, discord, telegram, folder):
        self.discord, self.telegram, self.maker = discord, telegram, Maker()
        self.ann, self.bob = discord.person("ann"), telegram.person(77, "Bob")
        self._settings = Settings(
            _env_file=None,
            data_dir=folder,
            cooldown_s=0,
            discord_token=discord.token,
            discord_api_url=discord.api_url,
            discord_gateway_url=discord.gateway_url,
            telegram_token=TOKEN,
            telegram_api_url=telegram.base,
        )

    @asynccontextmanager
    async def bot(self, monkeypatch=None):
        """A life of it. monkeypatch: to end it as kill -9 would, so that nothing is put in order."""
        polls = len(self.telegram.sent("getUpdates"))
        self.discord.gateway.connected.clear()
        registry = build_registry(self._settings)
        async with (
            open_services(self._settings, maker=self.maker) as services,
            open_platforms(self._settings, registry, services) as supervised,
        ):
            if monkeypatch is not None:
                monkeypatch.setattr(services.jobs, "_give_back", lambda: asyncio.sleep(0))
            works = [services.jobs.run(), *(platform.serve() for platform in supervised)]
            tasks = [asyncio.create_task(work) for work in works]
            try:
                await self.until(self.discord.gateway.connected.is_set)
                await self.until(lambda: len(self.telegram.sent("getUpdates")) > polls)
                yield services
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def until(self, look):
        return await self.discord.until(look, timeout_s=20)

    async def ask(self, *, group=False, **options):
        """On Telegram, in the group or not, and on Discord; the pages are there when this returns."""
        words = "".join(f" {name}={value}" for name, value in options.items())
        chat, name = (GROUP, "@OurBot") if group else (77, "")
        self.telegram.say(self.bob, f"/compose{name} chopin keyboard bars=4{words}", chat=chat)
        await self.discord.slash(
            self.ann, self.discord.guilds[0].channels[0], "compose", style="chopin keyboard", bars=4, **options
        )
        await self.until(lambda: all(PLAYING in words for words in self.words(chat)))

    def words(self, chat=77):
        """Of the one message on Telegram, and of the one on Discord."""
        first = next(iter(self.telegram.from_bot(chat)), {})
        return str(first.get("text") or first.get("caption")), "\n".join(one.text for one in self.on_discord())

    def on_discord(self):
        return [one for one in self.discord.messages() if one.author is self.discord.bot and not one.deleted]

    def endings(self):
        """What hangs on the messages on Discord, file by file."""
        return [file.name.rpartition("_")[2] for one in self.on_discord() for file in one.files]

    async def results(self):
        """Wait for both; each is there once, in the place of its page, with what belongs to it."""
        self.maker.may_play.set()
        await self.until(lambda: any("audio" in one for one in self.telegram.from_bot(77)))
        await self.until(lambda: len(self.endings()) > 1)
        page, audio = self.telegram.from_bot(77)
        assert ("photo" in page, "Piece " in page["caption"], "audio" in audio) == (True, True, True)
        [message] = self.on_discord()
        assert "Piece " in message.text
        assert sorted(file.name.rpartition(".")[2] for file in message.files) == ["mp3", "png"]
        assert FIRST_PAGE not in [file.name for file in message.files]


@pytest.fixture
async def chats(tmp_path, monkeypatch):
    monkeypatch.setattr(reporter, "PAGE_AFTER_S", 0.05)
    async with open_fake_discord() as discord, open_fake_telegram() as telegram:
        await discord.guild("Music")
        yield Chats(discord, telegram, tmp_path)
        assert discord.complaints == []


async def test_the_page_is_there_before_the_rest_and_the_result_takes_its_place(chats):
    async with chats.bot():
        await chats.ask()
        [shown] = chats.telegram.from_bot(77)
        assert chats.telegram.content(shown).content == picture()
        assert chats.endings() == ["page.png"]
        await chats.results()


@pytest.mark.parametrize("token_life_s", [900.0, 0.0])
async def test_a_bot_that_dies_behind_the_page_brings_the_result_once(chats, monkeypatch, token_life_s):
    """Also where Discord's token is dead by then: the result is a new message, and the page goes."""
    async with chats.bot(monkeypatch):
        await chats.ask()
    chats.discord.rest.token_life_s = token_life_s
    async with chats.bot():
        await chats.results()


async def test_who_cancels_behind_the_page_is_told_so_and_gets_nothing_more(chats):
    async with chats.bot() as services:
        await chats.ask()
        [shown], [message] = chats.telegram.from_bot(77), chats.on_discord()
        chats.telegram.press(chats.bob, 77, shown["message_id"], say("button.cancel", "en"))
        await chats.discord.click(chats.ann, message, "v1:cancel:")
        await chats.until(lambda: all(CANCELLED in words for words in chats.words()))
        chats.maker.may_play.set()
        await chats.until(lambda: services.jobs.board.counts().get("delivery_sent", 0) >= 2)
        assert chats.endings() == []
        assert len(chats.telegram.from_bot(77)) == 1


async def test_a_failure_behind_the_page_is_told_in_its_place(chats):
    async with chats.bot():
        await chats.ask(seed=RAISES)
        chats.maker.may_play.set()
        await chats.until(lambda: all(say("status.failed", "en") in words for words in chats.words()))
        assert chats.endings() == []
        assert len(chats.telegram.from_bot(77)) == 1


async def test_a_group_that_forbids_photos_has_the_words_and_then_the_result_in_words(chats):
    chats.telegram.group(GROUP)
    chats.telegram.chats[GROUP].forbids = frozenset({"photos"})
    async with chats.bot():
        await chats.ask(group=True)
        chats.maker.may_play.set()
        await chats.until(lambda: say("telegram.files_forbidden", "en") in chats.words(GROUP)[0])
        assert "Piece " in chats.words(GROUP)[0]
