"""Weather for the fake chats: faults of every kind at random moments, from one seed, and outages of one kind.

A call that is made seldom does not gather faults, so that nothing fails for ever; when a storm is over, all is well.

Each kind does what a real one does to the bot; what the other side has then done is what the fake's state says.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from typing import Literal, Protocol

from tests.e2e.chaos import Chat, DiscordChat, TelegramChat, Trial
from tests.fakes import discord
from tests.fakes.telegram import Fault

PAUSE_S = (0.1, 0.8)  # between two faults
LOCKED_S, FULL_S = (0.5, 3.0), (0.5, 2.0)
AT_ONCE = 8  # faults that wait for a call
CLOCK_STEPS_S = (-3600, -60, 60, 3600)


class Planted(Protocol):
    """A fault that waits for a call. times: for how many."""

    times: int


OutageKind = Literal["garbage", "silence", "500", "429"]
OUTAGES: tuple[OutageKind, ...] = ("garbage", "silence", "500", "429")

# What the bot calls while it works: an answer, its change, a message of its own.
DISCORD_CALLS = (
    ("POST", r"/interactions/.*"),
    ("PATCH", r"/webhooks/.*"),
    ("POST", r"/channels/\d+/messages"),
    ("PATCH", r"/channels/\d+/messages/.*"),
)
TELEGRAM_CALLS = ("getUpdates", "sendMessage", "editMessageText", "editMessageMedia", "sendAudio", "sendMediaGroup")


class Storm:
    """Faults at random moments, for one trial. counts: how many of each kind came."""

    def __init__(self, trial: Trial, *, seed: int) -> None:
        self._trial = trial
        self._rng = random.Random(f"storm {seed}")
        self.counts: Counter[str] = Counter()
        self._planted: list[Planted] = []

    async def run(self) -> None:
        """Until cancelled; what was put in the way is taken away then."""
        kinds = {**self._of_the_machine(), **self._of_the_chat()}
        try:
            while True:
                name = self._rng.choice(sorted(kinds))
                self.counts[name] += 1
                await kinds[name]()
                await asyncio.sleep(self._rng.uniform(*PAUSE_S))
        finally:
            for planted in self._planted:
                planted.times = 0

    def _keep(self, planted: Planted) -> None:
        """One of those that were put in the way; one that has waited too long is taken away."""
        self._planted = [each for each in (*self._planted, planted) if each.times > 0]
        while len(self._planted) > AT_ONCE:
            self._planted.pop(0).times = 0

    def _of_the_machine(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {"disk full": self._fill_disk, "database locked": self._lock, "clock stepped": self._step_clock}

    def _of_the_chat(self) -> dict[str, Callable[[], Awaitable[None]]]:
        chat = self._trial.chat
        return self._of_discord(chat) if isinstance(chat, DiscordChat) else self._of_telegram(chat)

    def _of_discord(self, chat: DiscordChat) -> dict[str, Callable[[], Awaitable[None]]]:
        fake = chat.fake

        def plant(fault: discord.Fault) -> Callable[[], Awaitable[None]]:
            async def planted() -> None:
                method, route = self._rng.choice(DISCORD_CALLS)
                self._keep(fake.fail(method, route, fault))

            return planted

        async def drop() -> None:
            await fake.gateway.drop(code=self._rng.choice((None, 1001, 1006, 4000, 4009)))

        async def forget() -> None:
            fake.gateway.forget_sessions()
            await fake.gateway.drop()

        return {
            "cut before": plant(discord.ResetBefore()),
            "cut after applying": plant(discord.ResetAfter()),
            "server error": plant(discord.ServerError(self._rng.choice((500, 502, 503)))),
            "too many requests": plant(discord.RateLimited(0.5)),
            "late answer": plant(discord.Delay(2.0)),
            "garbage": plant(discord.Unreadable()),
            "garbage after applying": plant(discord.Unreadable(executed=True)),
            "line dropped": drop,
            "invalid session": forget,
            "asked to reconnect": fake.gateway.ask_to_reconnect,
        }

    def _of_telegram(self, chat: Chat) -> dict[str, Callable[[], Awaitable[None]]]:
        assert isinstance(chat, TelegramChat)
        fake = chat.fake

        def plant(fault: Callable[[], Fault]) -> Callable[[], Awaitable[None]]:
            async def planted() -> None:
                chosen = fault()
                fake.fail(self._rng.choice(TELEGRAM_CALLS), chosen)
                self._keep(chosen)

            return planted

        async def repeat() -> None:
            fake.repeat_updates(self._rng)

        return {
            "cut before": plant(lambda: Fault("cut")),
            "cut after applying": plant(lambda: Fault("cut after")),
            "server error": plant(lambda: Fault("status", status=self._rng.choice((500, 502, 503)))),
            "too many requests": plant(lambda: Fault("status", status=429, description="Flood", retry_after=1)),
            "late answer": plant(lambda: Fault("late", seconds=2.0)),
            "no answer": plant(lambda: Fault("hang", seconds=2.0)),
            "garbage": plant(lambda: Fault("unreadable")),
            "garbage after applying": plant(lambda: Fault("unreadable after")),
            "updates twice and in disorder": repeat,
        }

    async def _fill_disk(self) -> None:
        flag = self._trial.folder.with_suffix(".full")
        flag.touch()
        try:
            await asyncio.sleep(self._rng.uniform(*FULL_S))
        finally:
            flag.unlink()

    async def _lock(self) -> None:
        path = self._trial.folder / "notabot.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as other, suppress(sqlite3.OperationalError):
            other.execute("BEGIN IMMEDIATE")  # refused while the bot itself writes
            await asyncio.sleep(self._rng.uniform(*LOCKED_S))
            other.execute("ROLLBACK")

    async def _step_clock(self) -> None:
        self._trial.folder.with_suffix(".clock").write_text(str(self._rng.choice(CLOCK_STEPS_S)))


@asynccontextmanager
async def outage(chat: Chat, kind: OutageKind) -> AsyncIterator[None]:
    """Every call of the platform is answered like this, as long as the context lasts."""
    if isinstance(chat, DiscordChat):
        async with _discord_outage(chat.fake, kind):
            yield
    else:
        assert isinstance(chat, TelegramChat)
        async with _telegram_outage(chat, kind):
            yield


FOR_EVER = 10**9


@asynccontextmanager
async def _discord_outage(fake: discord.FakeDiscord, kind: OutageKind) -> AsyncIterator[None]:
    fault: discord.Fault = {
        "garbage": discord.Unreadable(),
        "silence": discord.Silence(),
        "500": discord.ServerError(500),
        "429": discord.RateLimited(1.0, scope="shared"),
    }[kind]
    methods = ("GET", "POST", "PATCH", "PUT", "DELETE")
    planned = [fake.fail(method, ".*", fault, times=FOR_EVER) for method in methods]
    fake.gateway.accepts = False
    await fake.gateway.drop()
    try:
        yield
    finally:
        fake.gateway.accepts = True
        for each in planned:
            each.times = 0
        if isinstance(fault, discord.Silence):
            fault.until.set()


@asynccontextmanager
async def _telegram_outage(chat: TelegramChat, kind: OutageKind) -> AsyncIterator[None]:
    def fault() -> Fault:
        if kind == "429":
            return Fault("status", status=429, description="Too Many Requests", retry_after=1, times=FOR_EVER)
        if kind == "500":
            return Fault("status", status=500, times=FOR_EVER)
        if kind == "garbage":
            return Fault("unreadable", times=FOR_EVER)
        return Fault("hang", seconds=3600.0, times=FOR_EVER)

    planted = fault()
    chat.fake.fail("*", planted)
    try:
        yield
    finally:
        planted.times = 0
        chat.fake.let_go()
