"""One fault after the other, over the whole process: how soon /readyz turns and comes back, and what is logged.

The chats are the fakes, both in one bot; the bot is the real one with the stub maker. People ask with words that are
found nowhere else, so that these and the tokens can be looked for in the log afterwards.
Not covered: a renderer that dies (the stub has none); `bot.making` makes up for it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    closing,
    contextmanager,
    suppress,
)
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.chaos import NO_LIMITS, DiscordChat, TelegramChat
from tests.e2e.storms import FOR_EVER, OUTAGES, outage
from tests.fakes import telegram
from tests.fakes.bot_process import STUB, environment_for, open_bot
from tests.fakes.discord import open_fake_discord
from tests.fakes.telegram import Fault, open_fake_telegram

WITHIN_S = 15.0
GIVEN_UP_S, STARTED_WITHIN_S = 60.0, 240.0
LOOK_EVERY_S = 0.2
WORDS = f"zanzibar{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Turned:
    """One fault. turned_s, back_s: after its beginning and its end; inf for not at all. named: what /readyz said.

    in_metrics: the figure that fell to 0 meanwhile.
    """

    fault: str
    turned_s: float
    back_s: float
    named: str
    in_metrics: str

    @property
    def in_time(self) -> bool:
        return max(self.turned_s, self.back_s) <= WITHIN_S and bool(self.in_metrics)

    def line(self) -> str:
        return (
            f"{self.fault:<22} turned after {self.turned_s:4.1f} s, back after {self.back_s:4.1f} s; "
            f"{self.in_metrics or 'NO FIGURE'}; {self.named}"
        )


class Watch:
    """What somebody sees who watches over a bot. port: of its health."""

    def __init__(self, port: int, *, files: Path, discord: DiscordChat, telegram: TelegramChat) -> None:
        self._port, self._files, self._discord, self._telegram = port, files, discord, telegram

    def faults(self) -> dict[str, Callable[[], AbstractAsyncContextManager[Any]]]:
        """All that can be made to go wrong, by name."""
        database = self._files / "notabot.db"
        found: dict[str, Callable[[], AbstractAsyncContextManager[Any]]] = {
            "disk full": partial(_inside, _present, self._files.with_suffix(".full")),
            "database locked": partial(_locked, database),
            "database gone": partial(_inside, _gone, database),
            "database damaged": partial(_inside, _damaged, database),
            "discord: token refused": self._discord_refuses,
            "telegram: token refused": self._telegram_refuses,
            "telegram: taken": self._telegram_taken,
        }
        for chat in (self._discord, self._telegram):
            found |= {f"{chat.name}: {kind}": partial(outage, chat, kind) for kind in OUTAGES}
        return found

    @asynccontextmanager
    async def _discord_refuses(self) -> AsyncIterator[None]:
        state = self._discord.fake.rest._state
        before, state.token = state.token, "another"
        try:
            yield
        finally:
            state.token = before

    @asynccontextmanager
    async def _telegram_refuses(self) -> AsyncIterator[None]:
        fault = Fault("status", status=401, description="Unauthorized", times=FOR_EVER)
        self._telegram.fake.fail("*", fault)
        try:
            yield
        finally:
            fault.times = 0

    @asynccontextmanager
    async def _telegram_taken(self) -> AsyncIterator[None]:
        """Another program asks for our messages."""
        said = "Conflict: terminated by other getUpdates request"
        fault = Fault("status", status=409, description=said, times=FOR_EVER)
        self._telegram.fake.fail("getUpdates", fault)
        try:
            yield
        finally:
            fault.times = 0

    async def meet(self, name: str, *, lasts_s: float) -> Turned:
        """Let it go wrong for so long after it was noticed, then see it come back."""
        async with self.faults()[name]():
            turned_s, state = await self._until(503)
            figure = await self._fallen_figure()
            await asyncio.sleep(lasts_s)
        back_s, _ = await self._until(200)
        return Turned(name, turned_s, back_s, _complaints(state), figure)

    async def until_ready(self) -> None:
        """The program has to load first."""
        async with asyncio.timeout(STARTED_WITHIN_S):
            while (await self._until(200))[0] == float("inf"):
                pass

    async def _until(self, wanted: int) -> tuple[float, dict[str, Any]]:
        began_s = time.monotonic()
        while time.monotonic() - began_s < GIVEN_UP_S:
            with suppress(aiohttp.ClientError, TimeoutError):
                status, state = await self._get("readyz")
                if status == wanted:
                    return time.monotonic() - began_s, state
            await asyncio.sleep(LOOK_EVERY_S)
        return float("inf"), {}

    async def _fallen_figure(self) -> str:
        """The first of the figures of readiness that is 0."""
        _, text = await self._get("metrics")
        names = ("notabot_store_ready", "notabot_platform_ready")
        return next((line for line in str(text).splitlines() if line.startswith(names) and line.endswith(" 0.0")), "")

    async def _get(self, what: str) -> tuple[int, Any]:
        limit = aiohttp.ClientTimeout(total=10.0)
        address = f"http://127.0.0.1:{self._port}/{what}"
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(address) as answer:
            return answer.status, await (answer.text() if what == "metrics" else answer.json())


@asynccontextmanager
async def watched_bot(folder: Path, **settings: str) -> AsyncIterator[Watch]:
    """The bot with both platforms, in service; its log lies beside the folder. settings: see `environment_for`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with open_fake_discord() as discord_fake, open_fake_telegram() as telegram_fake:
        await discord_fake.guild("Watch")
        ann = discord_fake.person("ann")
        bob = telegram_fake.person(77, "Bob")
        usual = {"health_port": str(port), "log_level": "debug", "STUB_BACKOFF": "usual"}
        usual["STUB_DISK_FULL"] = str(folder.with_suffix(".full"))
        environment = environment_for(
            folder, discord=discord_fake, telegram=telegram_fake, **(NO_LIMITS | usual | settings)
        )
        async with open_bot(STUB, environment, log=folder.with_suffix(".log")):
            watch = Watch(
                port,
                files=folder,
                discord=DiscordChat(discord_fake, [ann]),
                telegram=TelegramChat(telegram_fake, [bob]),
            )
            await watch.until_ready()
            telegram_fake.say(bob, f"/compose {WORDS}")
            telegram_fake.say(bob, f"/compose chopin keyboard {WORDS}")
            await discord_fake.slash(ann, discord_fake.guilds[0].channels[0], "compose", style=WORDS)
            yield watch


async def meet_all(folder: Path, names: Sequence[str] = (), *, lasts_s: float, **settings: str) -> list[Turned]:
    """Each fault in its turn. names: of those to meet; all, if there are none."""
    async with watched_bot(folder, **settings) as watch:
        return [await watch.meet(name, lasts_s=lasts_s) for name in names or watch.faults()]


def spilled(log: Path) -> list[str]:
    """Which secrets and words of people a log holds."""
    text = log.read_text(errors="replace")
    discord_token = "MTAwMA.fake.token-of-the-fake"
    return [each for each in (WORDS, telegram.TOKEN, discord_token) if each in text]


def _complaints(state: dict[str, Any]) -> str:
    parts = {**state, **state.get("platforms", {})}
    return "; ".join(f"{name}: {said}" for name, said in parts.items() if isinstance(said, str) and said != "ok")


# --- of the machine --------------------------------------------------------------------------------------------------


@contextmanager
def _present(flag: Path) -> Iterator[None]:
    flag.touch()
    try:
        yield
    finally:
        flag.unlink()


@asynccontextmanager
async def _inside(block: Callable[[Path], AbstractContextManager[None]], path: Path) -> AsyncIterator[None]:
    with block(path):
        yield


@asynccontextmanager
async def _locked(database: Path) -> AsyncIterator[None]:
    with closing(sqlite3.connect(database, isolation_level=None, timeout=20.0)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def _gone(database: Path) -> Iterator[None]:
    away = database.with_suffix(".away")
    database.rename(away)
    try:
        yield
    finally:
        away.rename(database)


@contextmanager
def _damaged(database: Path) -> Iterator[None]:
    """The first page is overwritten, in place, and later put back."""
    with database.open("r+b") as file:
        page = file.read(4096)
        _write_over(file.fileno(), os.urandom(4096))
        try:
            yield
        finally:
            _write_over(file.fileno(), page)


def _write_over(file: int, page: bytes) -> None:
    os.pwrite(file, page, 0)
    os.fsync(file)
