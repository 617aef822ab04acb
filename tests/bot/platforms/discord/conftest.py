"""A real discord.py client on simcord's virtual Discord, with a store on disk and handlers that a test chooses."""

import asyncio
import io
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.chat.messages import Action, Address, Attachment, Button, Reply
from bot.commands.command import Command, Context, Option, Registry, Services, Suggestion
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord.platform import open_discord
from bot.store import Store, open_store
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue

PIECE = "k3f9abcd"
NAME = f"chopin_keyboard_20261121_142312_{PIECE}"
ADMIN = 77


class Handlers:
    """What the commands and buttons do, for a test to choose; by default they say what they were given."""

    def __init__(self) -> None:
        self.compose: Callable[[Context], Awaitable[None]] = _echo
        self.styles: Callable[[Context], Awaitable[None]] = _echo
        self.press: Callable[[Context, Action], Awaitable[None]] = _echo_action
        self.contexts: list[Context] = []

    async def suggest(self, context: Context, typed: str) -> list[Suggestion]:
        self.contexts.append(context)
        return [Suggestion(f"{name} ({typed})", name) for name in ("chopin keyboard", "bach organ")]


async def _echo(context: Context) -> None:
    await context.reply(Reply(f"{dict(context.options)} in {context.language}"))


async def _echo_action(context: Context, action: Action) -> None:
    await context.reply(Reply(f"pressed {action.verb} {action.target}", private=True))


@pytest.fixture
def handlers() -> Handlers:
    return Handlers()


@pytest.fixture
def registry(handlers: Handlers) -> Registry:
    """A few commands with every kind of option, under names that have texts."""

    async def compose(context: Context) -> None:
        handlers.contexts.append(context)
        await handlers.compose(context)

    async def styles(context: Context) -> None:
        handlers.contexts.append(context)
        await handlers.styles(context)

    async def press(context: Context, action: Action) -> None:
        handlers.contexts.append(context)
        await handlers.press(context, action)

    options = (
        Option("style", rest=True, suggest=handlers.suggest),
        Option("period", suggest=handlers.suggest),
        Option("bars", "integer", minimum=1, maximum=64),
        Option("temperature", "number", minimum=0.4, maximum=2.0),
        Option("temperament", choices=("conservative", "wild")),
    )
    return Registry(
        commands=[
            Command("compose", compose, options),
            Command("styles", styles, (Option("words", rest=True),), private=True),
            Command("admin", admin=True, private=True, subcommands=(Command("pause", styles, admin=True),)),
        ],
        actions=dict.fromkeys(("again", "delete", "pick"), press),
    )


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, admins=f"discord:{ADMIN}", discord_token="never.used")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory) -> Path:
    """A store that has its tables, to copy: making them takes longer than most tests."""

    async def make(folder: Path) -> None:
        async with open_store(None, folder):
            pass

    folder = tmp_path_factory.mktemp("store")
    asyncio.run(make(folder))
    return folder


@pytest.fixture
async def store(tmp_path, empty_store) -> AsyncIterator[Store]:
    shutil.copytree(empty_store, tmp_path, dirs_exist_ok=True)
    async with open_store(None, tmp_path) as store:
        yield store


@pytest.fixture
def services(settings: Settings, store: Store) -> Services:
    return Services(settings, load_catalogue(), store, jobs=None, model="tiny")


@pytest.fixture
async def platform(settings: Settings, registry: Registry, services: Services) -> AsyncIterator[DiscordPlatform]:
    async with open_discord(settings, registry, services) as platform:
        yield platform


@pytest.fixture
def simcord_bot(platform: DiscordPlatform, monkeypatch):
    """Its servers were welcomed long ago, so that every message in them is an answer."""

    async def welcomed(key: str) -> bool:
        return False

    monkeypatch.setattr(platform._services.store.servers, "welcome", welcomed)
    return platform.client


class Place:
    """A server with a channel and two people."""

    def __init__(self, env: Any) -> None:
        self.env = env
        self.guild = env.create_guild()
        self.channel = self.guild.create_text_channel("music")
        self.alice = self.guild.add_member(env.create_user("alice"))
        self.bob = self.guild.add_member(env.create_user("bob"))

    def calls(self, method: str, path: str) -> list[Any]:
        """The bodies of what the bot asked of Discord."""
        return [call.json for call in self.env.backend.http_requests if call.method == method and path in call.path]


@pytest.fixture
def place(simcord_env) -> Place:
    return Place(simcord_env)


def picture(*, side: int = 40) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side), "white").save(file, "PNG")
    return file.getvalue()


def result(*, pages: int = 1, mp3: bytes = b"ID3 sound", text: str = "Chopin, keyboard · A minor · seed 7") -> Reply:
    """A reply as a finished piece has it."""
    page = picture()
    attachments = [
        Attachment(f"{NAME}_p1.png", "picture", data=page, description="Page 1 of a piece for piano"),
        Attachment(f"{NAME}.mp3", "audio", data=mp3, description="The piece to hear"),
        Attachment(f"{NAME}.mid", "document", data=b"MThd notes"),
        Attachment(f"{NAME}.xml", "document", data=b"<score/>"),
        Attachment(f"{NAME}.abc", "document", data=b"X:1"),
        *(Attachment(f"{NAME}_p{number}.png", "picture", data=page) for number in range(2, pages + 1)),
    ]
    buttons = [[Button("Again", Action("again", PIECE)), Button("Delete", Action("delete", PIECE), "danger")]]
    return Reply(text, title="Nocturne in A minor", buttons=buttons, attachments=attachments)


async def status_of(place: Place, handlers: Handlers) -> Address:
    """Somebody asked for a piece and was told so: the address that a job would have."""

    async def accept(context: Context) -> None:
        message = await context.reply(Reply("Accepted: you are next."))
        addresses.append(replace(context.address, message=message))

    addresses: list[Address] = []
    handlers.compose = accept
    await place.alice.slash(place.channel, "compose", style="chopin keyboard")
    return addresses[0]


def noting_edits(platform: DiscordPlatform) -> Callable[[], Awaitable[Any]]:
    """From now on edits of answers are noted. Returns what makes the first once more, as a slow server would."""
    sent: list[tuple[Any, ...]] = []
    plain = platform.wire.edit_answer

    async def edit_answer(*edit: Any) -> Any:
        sent.append(edit)
        return await plain(*edit)

    platform.wire.edit_answer = edit_answer  # type: ignore[method-assign]
    return lambda: plain(*sent[0])
