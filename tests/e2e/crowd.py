"""A Telegram group in which many ask at once, and takes few messages a minute: who is answered when.

The Bot API is the fake, which counts as Telegram is said to (each message and edit one, an album its items, reactions
nothing) and answers 429; the bot is the real one with the stub maker. Acknowledged is whose request carries a sign or
was answered, complete is who has page and player. With a presser one member presses for files all the while.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.bot_process import STUB, environment_for, open_bot
from tests.fakes.telegram import FakeTelegram, Someone, open_fake_telegram

GROUP = -1001
PER_MINUTE = 20
LOOK_EVERY_S = 0.05
START_LIMIT_S = 60.0
PRESS_EVERY_S = 1.0
ASKED = "/compose@OurBot chopin keyboard bars=4"
OTHER_WORDS = ("/help@OurBot", "/queue@OurBot", "/styles@OurBot")  # asked in between by those who have no piece coming


@dataclass
class Crowd:
    """Seconds from somebody's request: until it was acknowledged, its page was there, its player; by message.

    answered_s: of other questions. throttled: how often Telegram had to say 429. presses: how often for files.
    """

    people: int
    acknowledged_s: dict[int, float] = field(default_factory=dict)
    page_s: dict[int, float] = field(default_factory=dict)
    player_s: dict[int, float] = field(default_factory=dict)
    answered_s: dict[int, float] = field(default_factory=dict)
    pages_by_s: float = 0.0  # since the first request
    throttled: int = 0
    presses: int = 0
    doubled: int = 0

    def line(self) -> str:
        def worst(times: Mapping[int, float]) -> str:
            return f"{len(times)}, the last after {max(times.values(), default=0):.1f} s"

        return (
            f"{self.people} people: acknowledged {worst(self.acknowledged_s)}; pages {worst(self.page_s)} "
            f"({self.pages_by_s:.0f} s after the first request, mean {_mean(self.page_s):.1f} s); "
            f"players {worst(self.player_s)}; other questions answered {worst(self.answered_s)} of {len(OTHER_WORDS)}; "
            f"{self.doubled} doubled; {self.throttled} times throttled; {self.presses} presses for files"
        )


def _mean(times: Mapping[int, float]) -> float:
    return sum(times.values()) / max(1, len(times))


async def ask_in_a_group(
    folder: Path,
    *,
    people: int = 30,
    within_s: float = 10.0,
    delay_s: str = "2",
    minute_s: float = 60.0,
    presser: bool = False,
    with_players: bool = False,
    limit_s: float = 300.0,
) -> Crowd:
    """minute_s: how long a minute is. with_players: wait for them too. limit_s: for everybody's page."""
    async with open_fake_telegram() as fake:
        chat = fake.group(GROUP)
        chat.per_minute, chat.minute_s = PER_MINUTE, minute_s
        persons = [fake.person(10_000 + number, f"Person{number}") for number in range(people + len(OTHER_WORDS) + 1)]
        environment = environment_for(
            folder, telegram=fake, STUB_DELAY_S=delay_s, STUB_PAGES="2", STUB_MINUTE_S=str(minute_s), slots="4"
        )
        async with open_bot(STUB, environment, log=folder.with_suffix(".log")):
            await _until(lambda: fake.sent("getUpdates"), START_LIMIT_S)
            crowd, watch = Crowd(people), _Watch(fake)
            watching = asyncio.create_task(watch.run(crowd))
            pressing = asyncio.create_task(_press(fake, persons[-1], crowd)) if presser else None
            try:
                await _ask(fake, persons, watch, people=people, within_s=within_s)
                with suppress(TimeoutError):
                    await _until(lambda: len(crowd.page_s) == people, limit_s)
                    await _until(lambda: len(crowd.answered_s) == len(OTHER_WORDS), limit_s)
                    await _until(lambda: not with_players or len(crowd.player_s) == people, limit_s)
            finally:
                for task in filter(None, (watching, pressing)):
                    task.cancel()
        crowd.throttled = sum("Too Many Requests" in said for _, said in fake.refused)
        crowd.doubled = _doubled(fake)
        return crowd


async def _ask(fake: FakeTelegram, persons: list[Someone], watch: _Watch, *, people: int, within_s: float) -> None:
    for number in range(people):
        watch.asked[fake.say(persons[number], ASKED, chat=GROUP)] = time.monotonic()
        if number % 10 == 5 and number // 10 < len(OTHER_WORDS):
            other = number // 10
            message = fake.say(persons[people + other], OTHER_WORDS[other], chat=GROUP)
            watch.others[message] = (persons[people + other].id, time.monotonic())
        await asyncio.sleep(within_s / people)
    for other in range(len(watch.others), len(OTHER_WORDS)):
        message = fake.say(persons[people + other], OTHER_WORDS[other], chat=GROUP)
        watch.others[message] = (persons[people + other].id, time.monotonic())


async def _press(fake: FakeTelegram, who: Someone, crowd: Crowd) -> None:
    """All files of the newest piece, then its PDF, and so on."""
    labels = ("All files", "PDF")
    while True:
        await asyncio.sleep(PRESS_EVERY_S)
        pieces = [one for one in fake.from_bot(GROUP) if "photo" in one]
        if pieces:
            fake.press(who, GROUP, pieces[-1]["message_id"], labels[crowd.presses % 2])
            crowd.presses += 1


class _Watch:
    """Looks at the chat again and again. asked: messages, and when; others: who asked something else."""

    def __init__(self, fake: FakeTelegram) -> None:
        self._fake = fake
        self.asked: dict[int, float] = {}
        self.others: dict[int, tuple[int, float]] = {}

    async def run(self, crowd: Crowd) -> None:
        while True:
            self._look(crowd)
            await asyncio.sleep(LOOK_EVERY_S)

    def _look(self, crowd: Crowd) -> None:
        now, of_piece = time.monotonic(), {}
        for message in self._fake.from_bot(GROUP):
            asked = message.get("reply_to_message", {}).get("message_id")
            if "audio" in message and asked in of_piece:
                self._note(crowd.player_s, of_piece[asked], now)
            self._acknowledged(crowd, asked, now)
            if "photo" in message and asked in self.asked:
                of_piece[message["message_id"]] = asked
                self._page(crowd, asked, now)
        for (chat, message), signs in self._fake.reactions.items():
            if chat == GROUP and signs:
                self._acknowledged(crowd, message, now)
        for asked, (person, _) in self.others.items():
            if self._fake.from_bot(person):
                self._acknowledged(crowd, asked, now)

    def _acknowledged(self, crowd: Crowd, asked: int, now: float) -> None:
        if asked in self.asked:
            self._note(crowd.acknowledged_s, asked, now)
        if asked in self.others:
            crowd.answered_s.setdefault(asked, now - self.others[asked][1])

    def _page(self, crowd: Crowd, asked: int, now: float) -> None:
        if asked not in crowd.page_s:
            crowd.pages_by_s = now - min(self.asked.values())
        self._note(crowd.page_s, asked, now)

    def _note(self, times: dict[int, float], message: int, now: float) -> None:
        times.setdefault(message, now - self.asked[message])


def _doubled(fake: FakeTelegram) -> int:
    """Requests with more than one page."""
    answered = [one["reply_to_message"]["message_id"] for one in fake.from_bot(GROUP) if "photo" in one]
    return len(answered) - len(set(answered))


async def _until(look, limit_s: float) -> None:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(limit_s):
        while not look():  # noqa: ASYNC110  # the bot is another process
            await asyncio.sleep(LOOK_EVERY_S)
