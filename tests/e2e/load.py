"""Many people ask at the same moment: how soon each is answered, in which order they are served, what it costs.

The chats are the fakes, the bot is the real one with the stub maker. One person asks for ten pieces first; everybody
else for one. Acknowledged is when the answer is in the chat: Discord's callback, Telegram's first message. Of each
person one answer counts, because Telegram allows one message a second in a chat.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.chaos import NO_LIMITS, DiscordChat, TelegramChat, Trial, open_trial

GREEDY = 10  # requests of the first person
SLOTS = 4
PIECE_S = "0.5"  # four slots make eight pieces a second then; a good card makes fewer than ten


@dataclass(frozen=True)
class Load:
    """ack_s: seconds until each was answered. greedy_first: how many pieces of the greedy person were begun before the
    last of the others' was. memory_mib: before, after the first wave, after the second.
    """

    platform: str
    ack_s: list[float]
    greedy_first: int
    memory_mib: tuple[float, float, float]
    jobs: int
    took_s: float

    @property
    def p50_s(self) -> float:
        return statistics.median(self.ack_s)

    @property
    def p99_s(self) -> float:
        return statistics.quantiles(self.ack_s, n=100)[98]

    def line(self) -> str:
        before, first, second = self.memory_mib
        return (
            f"{self.platform:<9} {len(self.ack_s)} requests: acknowledged p50 {self.p50_s * 1000:.0f} ms, "
            f"p99 {self.p99_s * 1000:.0f} ms, longest {max(self.ack_s) * 1000:.0f} ms; of the greedy person's "
            f"{GREEDY} pieces {self.greedy_first} came before the last of the others'; "
            f"memory {before:.0f} MiB, {first:.0f} after one wave, {second:.0f} after two; "
            f"{self.jobs} pieces in {self.took_s:.0f} s"
        )


async def ask_at_once(platform: str, folder: Path, *, people: int, delay_s: str = PIECE_S, **settings: str) -> Load:
    """Two waves of `people` who ask within the same moment; the figures are of both."""
    began_s = time.monotonic()
    limits = {"slots": str(SLOTS), **settings}
    async with open_trial(platform, folder, delay_s=delay_s, **(NO_LIMITS | limits)) as trial:
        wave = _discord_wave if platform == "discord" else _telegram_wave
        await trial.chat.ask(0)
        await trial.settle(jobs=1, limit_s=120)
        memory = [trial.bot.memory_mib()]
        ack_s: list[float] = []
        greedy_first = 0
        for number in (1, 2):
            ack_s += await wave(trial, people=people, number=number)
            jobs = 1 + number * (people - 1 + GREEDY)
            await trial.settle(jobs=jobs, limit_s=600)
            memory.append(trial.bot.memory_mib())
            greedy_first = max(greedy_first, _greedy_before_the_last(trial, wave=people - 1 + GREEDY))
        before, first, second = memory
        return Load(platform, ack_s, greedy_first, (before, first, second), jobs, time.monotonic() - began_s)


def _greedy_before_the_last(trial: Trial, *, wave: int) -> int:
    """Of the newest wave, in the order in which its jobs were begun."""
    rows = trial.rows(f"SELECT person FROM (SELECT * FROM jobs ORDER BY created DESC LIMIT {wave}) ORDER BY started")
    people = [row[0] for row in rows]
    greedy = max(set(people), key=people.count)
    last_other = max(place for place, person in enumerate(people) if person != greedy)
    return people[:last_other].count(greedy)


async def _discord_wave(trial: Trial, *, people: int, number: int) -> list[float]:
    chat = trial.chat
    assert isinstance(chat, DiscordChat)
    fake, channel = chat.fake, chat.fake.guilds[0].channels[0]
    persons = [fake.person(f"wave{number}person{one}") for one in range(people)]
    wish = {"style": "chopin keyboard", "bars": 4}
    askers = [persons[0]] * GREEDY + persons[1:]
    calls = [await fake.slash(person, channel, "compose", **wish) for person in askers]
    for call in calls:
        await fake.answered(call, timeout_s=30)
    return [call.took_s for call in calls[GREEDY - 1 :] if call.took_s is not None]


async def _telegram_wave(trial: Trial, *, people: int, number: int) -> list[float]:
    chat = trial.chat
    assert isinstance(chat, TelegramChat)
    fake = chat.fake
    persons = [fake.person(100_000 * number + one, f"Person{one}") for one in range(people)]
    asked = {person.id: time.monotonic() for person in persons}
    for person in [persons[0]] * GREEDY + persons[1:]:
        fake.say(person, "/compose chopin keyboard bars=4")
    answered: dict[int, float] = {}
    async with asyncio.timeout(120):
        while len(answered) < people:
            await asyncio.sleep(0.1)
            for call in reversed(fake.sent("sendMessage")):
                answered[int(call.values["chat_id"])] = call.at
            answered = {who: at for who, at in answered.items() if who in asked}
    return [answered[who] - at for who, at in asked.items()]


async def ask_in_a_channel(folder: Path, *, people: int, within_s: float = 10.0, delay_s: str = "2") -> list[float]:
    """On Discord: one request of each, one after the other; seconds until each was acknowledged."""
    async with open_trial("discord", folder, delay_s=delay_s, **(NO_LIMITS | {"slots": str(SLOTS)})) as trial:
        chat = trial.chat
        assert isinstance(chat, DiscordChat)
        fake, channel = chat.fake, chat.fake.guilds[0].channels[0]
        await fake.gateway.connected.wait()
        calls = []
        for number in range(people):
            calls.append(await fake.slash(fake.person(f"crowd{number}"), channel, "compose", style="chopin", bars=4))
            await asyncio.sleep(within_s / people)
        for call in calls:
            await fake.answered(call, timeout_s=30)
        await trial.settle(jobs=people, limit_s=600)
        return [call.took_s for call in calls if call.took_s is not None]
