"""People come one after the other, as chance has it (a Poisson process), on both platforms of one bot: what they wait.

The chats are the fakes over real sockets; the bot is the real one, with the model that ships or with the stub maker.
What counts is what a person sees: that the request was taken, a first finished bar in the status message, the page, and
the whole piece, which may come later than its page.
"""

from __future__ import annotations

import asyncio
import random
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.chaos import NO_LIMITS
from tests.fakes.bot_process import STUB, BotProcess, environment_for, open_bot
from tests.fakes.discord import FakeDiscord, Interaction, Person, open_fake_discord
from tests.fakes.telegram import FakeTelegram, Someone, open_fake_telegram

LOOK_EVERY_S = 0.05
START_LIMIT_S = 180.0
_BAR = re.compile(r"\bbar [1-9][0-9]* of [0-9]+")


@dataclass
class Visitor:
    """Somebody who asks for one piece. Seconds from the request; None for what has not come yet."""

    platform: str
    asked_s: float
    texts: Callable[[], Sequence[str]]
    has_page: Callable[[], bool]
    has_whole: Callable[[], bool]
    taken_s: float | None = None
    first_bar_s: float | None = None
    page_s: float | None = None
    whole_s: float | None = None

    def look(self) -> None:
        """Note what has come since."""
        now_s = time.monotonic() - self.asked_s
        texts = self.texts()
        if self.page_s is None and self.has_page():
            self.page_s = now_s
        if self.has_whole():
            self.whole_s = now_s
        if self.taken_s is None and (texts or self.page_s is not None):
            self.taken_s = now_s
        # Who has the page and saw no bar, because all came at once, has waited for it until then.
        if self.first_bar_s is None and (self.page_s is not None or any(map(_BAR.search, texts))):
            self.first_bar_s = now_s


@dataclass
class Arrivals:
    """What all waited. memory_mib: of the bot every second, from the first request on."""

    pieces: int
    per_minute: float
    bars: int
    slots: int
    taken_s: list[float] = field(default_factory=list)
    first_bar_s: list[float] = field(default_factory=list)
    page_s: list[float] = field(default_factory=list)
    whole_s: list[float] = field(default_factory=list)
    memory_mib: list[float] = field(default_factory=list)
    took_s: float = 0.0

    @property
    def per_minute_done(self) -> float:
        return 60 * len(self.whole_s) / self.took_s

    def line(self) -> str:
        waits = "; ".join(
            f"{name} p50 {at_share(times, 50):.1f} s, p99 {at_share(times, 99):.1f} s"
            for name, times in (
                ("taken", self.taken_s),
                ("first bar", self.first_bar_s),
                ("page", self.page_s),
                ("whole", self.whole_s),
            )
        )
        return (
            f"{len(self.whole_s)} of {self.pieces} pieces of {self.bars} bars, {self.per_minute:g} asked for a minute, "
            f"{self.slots} slots: {waits}; {self.per_minute_done:.1f} pieces a minute; "
            f"memory {self.memory_mib[0]:.0f} MiB, at most {max(self.memory_mib):.0f}, "
            f"at the end {self.memory_mib[-1]:.0f}"
        )

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "per_minute_done": self.per_minute_done}


def at_share(times: Sequence[float], percent: int) -> float:
    """So many of a hundred waited no longer."""
    if len(times) < 2:
        return times[0] if times else 0.0
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


async def arrive(
    folder: Path,
    *,
    pieces: int,
    per_minute: float,
    bars: int = 8,
    slots: int = 4,
    program: tuple[str, ...] = STUB,
    delay_s: str = "0.5",
    seed: int = 1,
    limit_s: float = 1800.0,
) -> Arrivals:
    """limit_s: for all pages, after the last request. Pauses between requests are of chance, by the seed."""
    async with open_fake_discord() as discord, open_fake_telegram() as telegram:
        await discord.guild("Arrivals")
        settings = NO_LIMITS | {"slots": str(slots), "STUB_DELAY_S": delay_s}
        environment = environment_for(folder, discord=discord, telegram=telegram, **settings)
        async with open_bot(program, environment, log=folder.with_suffix(".log")) as bot:
            async with asyncio.timeout(START_LIMIT_S):
                await discord.gateway.connected.wait()
                while not telegram.sent("getUpdates"):  # noqa: ASYNC110  # the bot is another process
                    await asyncio.sleep(LOOK_EVERY_S)
            all_came = asyncio.Event()
            all_came.set()
            first = await _ask("telegram", discord, telegram, number=0, bars=1)
            await _watch([first], Arrivals(1, 0, 1, slots), bot, all_came=all_came, limit_s=START_LIMIT_S)
            found, visitors, chance = Arrivals(pieces, per_minute, bars, slots), list[Visitor](), random.Random(seed)
            all_came.clear()
            began_s = time.monotonic()

            async def come() -> None:
                for number in range(1, pieces + 1):
                    platform = chance.choice(("discord", "telegram"))
                    visitors.append(await _ask(platform, discord, telegram, number=number, bars=bars))
                    await asyncio.sleep(chance.expovariate(per_minute / 60))
                all_came.set()

            coming = asyncio.create_task(come(), name="visitors")
            try:
                await _watch(visitors, found, bot, all_came=all_came, limit_s=limit_s)
            finally:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)
            found.took_s = time.monotonic() - began_s
        return found


async def _watch(
    visitors: list[Visitor], found: Arrivals, bot: BotProcess, *, all_came: asyncio.Event, limit_s: float
) -> None:
    """Until all came and nobody waits any more, or the time is over."""
    ends_s = next_memory_s = 0.0
    while True:
        now_s = time.monotonic()
        if all_came.is_set():
            ends_s = ends_s or now_s + limit_s
        for visitor in visitors:
            if visitor.whole_s is None:
                visitor.look()
        if now_s >= next_memory_s:
            found.memory_mib.append(bot.memory_mib())
            next_memory_s = now_s + 1.0
        if ends_s and (now_s > ends_s or all(visitor.whole_s is not None for visitor in visitors)):
            break
        await asyncio.sleep(LOOK_EVERY_S)
    found.taken_s = [one.taken_s for one in visitors if one.taken_s is not None]
    found.first_bar_s = [one.first_bar_s for one in visitors if one.first_bar_s is not None]
    found.page_s = [one.page_s for one in visitors if one.page_s is not None]
    found.whole_s = [one.whole_s for one in visitors if one.whole_s is not None]


async def _ask(platform: str, discord: FakeDiscord, telegram: FakeTelegram, *, number: int, bars: int) -> Visitor:
    if platform == "telegram":
        return _ask_telegram(telegram, telegram.person(20_000 + number, f"Person{number}"), bars)
    return await _ask_discord(discord, discord.person(f"person{number}"), bars)


def _ask_telegram(fake: FakeTelegram, person: Someone, bars: int) -> Visitor:
    fake.say(person, f"/compose chopin keyboard bars={bars}")

    def texts() -> list[str]:
        return [str(one.get("text") or one.get("caption", "")) for one in fake.from_bot(person.id)]

    def has_page() -> bool:
        return any("photo" in one for one in fake.from_bot(person.id))

    def has_whole() -> bool:
        return any("photo" in one and "Piece " in one.get("caption", "") for one in fake.from_bot(person.id))

    return Visitor("telegram", time.monotonic(), texts, has_page, has_whole)


async def _ask_discord(fake: FakeDiscord, person: Person, bars: int) -> Visitor:
    asked_s = time.monotonic()
    call: Interaction = await fake.slash(
        person, fake.guilds[0].channels[0], "compose", style="chopin keyboard", bars=bars
    )

    def shown() -> list[Any]:
        messages = [call.response, *call.messages]
        return [one for one in messages if one is not None and not one.loading and not one.deleted]

    def has_file(ending: str) -> bool:
        return any(file.name.endswith(ending) for one in shown() for file in one.files)

    return Visitor(
        "discord", asked_s, lambda: [one.text for one in shown()], lambda: has_file(".png"), lambda: has_file("_p1.png")
    )
