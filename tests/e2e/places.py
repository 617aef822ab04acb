"""Where challenges, chains and duels are held in these runs: a chat of each platform, its fake, the bot's own tables.

Everybody presses again until they are answered, as people do. Pieces lie in the store before the bot starts.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any, TypeVar

from bot.store import open_store
from generator.catalogue.style import Style
from generator.request import Request
from tests.fakes.discord import Channel, FakeDiscord, Interaction, Message, open_fake_discord
from tests.fakes.stub_bot import made
from tests.fakes.telegram import FakeTelegram, open_fake_telegram

T = TypeVar("T")

GROUP, BY_HAND_S = -1001, 86_400
ANSWER_LIMIT_S = 5.0
LOOK_EVERY_S = 0.1
SETTLE_LIMIT_S = 240.0
TUNE = b"X:1\nT:Stub\nL:1/4\nM:4/4\nK:C\nV:1 treble\n[V:1]CDEF|\n"


class Place(ABC):
    """A server or group with people."""

    name: str

    @abstractmethod
    async def create(self, words: str, **options: str) -> None:
        """The organiser begins a challenge."""

    @abstractmethod
    async def end(self, challenge: str) -> None:
        """The organiser ends what is on."""

    @abstractmethod
    async def press(self, person: int, data: str) -> None:
        """Somebody presses a button with these data, and waits for the sign that they were heard."""

    @abstractmethod
    def texts(self) -> list[str]:
        """All public messages of the bot."""

    @abstractmethod
    async def up(self) -> None:
        """Until the bot is there."""

    @abstractmethod
    def key(self, person: int) -> str:
        """How the bot knows somebody."""


class DiscordPlace(Place):
    name = "discord"

    def __init__(self, fake: FakeDiscord, channel: Channel, people: int) -> None:
        self.fake, self.channel = fake, channel
        self.people = [fake.person(f"person{number}") for number in range(people)]
        fake.guilds[0].managers.update(person.id for person in self.people[:1])

    async def create(self, words: str, **options: str) -> None:
        await self.up()
        call = await self.fake.slash(self.people[0], self.channel, "challenge create", theme=words, **options)
        shown = await self.fake.response(call, timeout_s=60)
        await self.fake.click(self.people[0], shown, "Announce")

    async def end(self, challenge: str) -> None:
        await self.up()
        call = await self.fake.slash(self.people[0], self.channel, "challenge end", challenge=challenge)
        with suppress(TimeoutError):
            await self.fake.answered(call, timeout_s=ANSWER_LIMIT_S)

    async def press(self, person: int, data: str) -> None:
        await self.up()
        source = self._any_message()
        pressed: Interaction = await self.fake.send_custom_id(self.people[person], source, data)
        with suppress(TimeoutError):
            await self.fake.answered(pressed, timeout_s=ANSWER_LIMIT_S)

    def _any_message(self) -> Message:
        return next(one for one in self.fake.messages(self.channel) if one.seen_only_by is None)

    def texts(self) -> list[str]:
        return [one.text for one in self.fake.messages(self.channel) if one.seen_only_by is None and not one.deleted]

    async def up(self) -> None:
        await self.fake.gateway.connected.wait()

    def key(self, person: int) -> str:
        return f"discord:{self.people[person].id}"


class TelegramPlace(Place):
    name = "telegram"

    def __init__(self, fake: FakeTelegram, people: int, *, chat: int = GROUP, topic: int | None = None) -> None:
        self.fake, self.chat, self.topic = fake, chat, topic
        self.people = [fake.person(1000 + number, f"Person{number}") for number in range(people)]
        if people:
            fake.group(chat).managers.add(self.people[0].id)
        self.started = 0

    def at(self, chat: int, topic: int | None = None) -> TelegramPlace:
        """The same people in another group or topic."""
        there = TelegramPlace(self.fake, 0, chat=chat, topic=topic)
        there.people = self.people
        return there

    async def create(self, words: str, **options: str) -> None:
        line = " ".join(f'{name}="{value}"' for name, value in options.items())
        self.fake.say(self.people[0], f"/challenge@OurBot create {words} {line}", chat=self.chat, topic=self.topic)
        draft, data = await until_found(self._draft)
        self.fake.press_data(self.people[0], self.chat, draft, data)

    def _draft(self) -> tuple[int, str] | None:
        """The message that shows one, and what its first button holds."""
        held = ((message, button.get("callback_data", "")) for message, button in self.fake.buttons(self.chat))
        return next((one for one in held if ":announce:" in one[1]), None)

    async def end(self, challenge: str) -> None:
        self.fake.say(self.people[0], f"/challenge@OurBot end challenge={challenge}", chat=self.chat)

    async def press(self, person: int, data: str) -> None:
        message = next(one["message_id"] for one in self.fake.from_bot(self.chat))
        with suppress(TimeoutError):
            await self._answered(self.fake.press_data(self.people[person], self.chat, message, data), limit_s=30)

    async def _answered(self, query: str, *, limit_s: float) -> None:
        await until_found(lambda: self.fake.answers.get(query), limit_s=limit_s)

    def texts(self) -> list[str]:
        return [str(one.get("text") or one.get("caption") or "") for one in self.fake.from_bot(self.chat)]

    async def up(self) -> None:
        before = len(self.fake.sent("getUpdates"))
        await until_found(lambda: len(self.fake.sent("getUpdates")) > before or None, limit_s=60)

    def key(self, person: int) -> str:
        return f"telegram:{self.people[person].id}"


class Books:
    """The bot's own tables, which are only read here."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "notabot.db"

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Nothing while there is no such table yet."""
        try:
            with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as database:
                return list(database.execute(question))
        except sqlite3.OperationalError:
            return []

    def stage(self) -> str | None:
        """Of the challenge that is announced."""
        found = self.rows("SELECT stage FROM challenges WHERE stage != 'draft'")
        return str(found[0][0]) if found else None

    def on_their_way(self) -> int:
        """Messages that have not reached the chat."""
        found = self.rows("SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending')")
        return int(found[0][0]) if found else 0


async def until_found(look: Callable[[], T | None], *, limit_s: float = 60.0) -> T:
    async with asyncio.timeout(limit_s):
        while (found := look()) is None:  # noqa: ASYNC110 - what is looked for is elsewhere
            await asyncio.sleep(LOOK_EVERY_S)
        return found


@asynccontextmanager
async def open_place(platform: str, people: int) -> AsyncIterator[tuple[Place, dict[str, Any]]]:
    if platform == "discord":
        async with open_fake_discord() as discord:
            guild = await discord.guild("Contest")
            yield DiscordPlace(discord, guild.channels[0], people), {"discord": discord}
            assert discord.complaints == [], discord.complaints[:3]
        return
    async with open_fake_telegram() as telegram:
        yield TelegramPlace(telegram, people), {"telegram": telegram}


async def lay_pieces(folder: Path, owners: list[str]) -> dict[str, str]:
    """A piece of each, by owner."""
    pieces: dict[str, str] = {}
    request = Request(style=Style("Romantic", "Chopin, Frederic", "Keyboard"), seed=7, bars=4)
    async with open_store(None, folder) as store:
        for number, owner in enumerate(owners):
            id_ = f"piece{number:03d}"
            piece = made(id_, request, pages=1)
            files = await store.pieces.put_files(str(piece.record["name"]), {**piece.files, ".abc": TUNE})
            async with store.writing() as connection:
                await store.pieces.add(
                    connection,
                    id=id_,
                    person=owner,
                    platform=owner.partition(":")[0],
                    guild=None,
                    record=piece.record,
                    files=files,
                    created=time.time(),
                )
            pieces[owner] = id_
    return pieces


async def end_by_hand(place: Place, books: Books, stage: str) -> None:
    """Say so until it is so."""
    (challenge,) = (str(row[0]) for row in books.rows("SELECT id FROM challenges WHERE stage != 'draft'"))
    while books.stage() != stage:
        await place.end(challenge)  # what is said in Telegram is heard once the bot is there: said twice it ends two
        with suppress(TimeoutError):
            await until_found(lambda: books.stage() == stage or None, limit_s=60)


async def all_of(waiting: list[Coroutine[Any, Any, None]]) -> None:
    """A few at a time."""
    room = asyncio.Semaphore(12)

    async def one(each: Coroutine[Any, Any, None]) -> None:
        async with room:
            await each

    async with asyncio.TaskGroup() as tasks:
        for each in waiting:
            tasks.create_task(one(each))


def lasting(seconds: int) -> str:
    return f"{seconds // 3600} hours" if seconds >= BY_HAND_S else f"{seconds} seconds"
