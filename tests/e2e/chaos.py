"""Many jobs, a bot that is killed again and again, and a count of what arrived.

The chats are the fakes, the bot is the real one with the stub maker. People who get no answer ask again, as people do;
Telegram's updates come again by themselves. Counted at the end, by what stands in the chats and in the jobs table:

lost      a job that was accepted (or of which somebody was told so) and has neither a result nor news of a failure
doubled   a job with more than one result
given_up  a job of which the person was told that it failed
extra, missing   Telegram's followers (audio, files): sent twice, or not at all because that might have been twice
silent    of the missing ones, those whose caption does not say that something may be missing
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sqlite3
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.texts import FALLBACK, say
from tests.fakes.bot_process import STUB, BotProcess, environment_for, open_bot
from tests.fakes.discord import FakeDiscord, Interaction, Person, ResetAfter, open_fake_discord
from tests.fakes.telegram import FakeTelegram, Fault, Someone, open_fake_telegram

STYLES = ("chopin keyboard", "mozart keyboard", "beethoven keyboard")
BARS = 4
PEOPLE = 60
UNFINISHED_AT_MOST = 60  # so that the kills fall on asking, composing and delivering alike
ANSWER_LIMIT_S = 4.0
LOOK_EVERY_S = 0.1
STALLED_S = 900.0  # a busy machine is slow, and that is no fault of the bot
LOCKED_S = 12.0  # the bot waits for 5, and perhaps as long for what it was writing already
WORKS: tuple[tuple[str, dict[str, object]], ...] = (  # on one's newest piece
    ("continue", {"bars": 1}),
    ("rewrite", {"bars": "1"}),
    ("vary", {"percent": 50}),
    ("restyle", {"style": "liszt keyboard", "bars": 1}),
    ("harmonise", {}),
    ("enrich", {}),
    ("vary", {"how": "ornament", "percent": 100}),
    ("simplify", {}),
)
NO_LIMITS = {
    "max_queue": "100000",
    "max_waiting_per_person": "1000",
    "pieces_per_person_per_day": "1000000",
    "pieces_per_guild_per_day": "1000000",
    "discord_messages_per_s": "50",
    "telegram_messages_per_s": "1000",
    "telegram_messages_per_chat_per_minute": "1000",
    "log_level": "warning",
}
GROUP = -1001
_CANCEL = re.compile(r"v1:cancel:([0-9a-z]+)")
_FILE = re.compile(r"_[0-9]{8}_[0-9]{6}_([0-9a-z]+?)(_p1\.png|_p[0-9]+\.png|\.[a-z0-9]+)$")
_CAPTION = re.compile(r"\bPiece ([0-9a-z]{4,20})\b")


@dataclass
class Outcome:
    """See the module. told: jobs of which somebody was told "accepted"."""

    platform: str
    jobs: int = 0
    kills: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    took_s: float = 0.0
    evidence: list[str] = field(default_factory=list)  # what the tables say of each job that something is wrong with

    def line(self) -> str:
        return (
            f"{self.platform:<9} {self.jobs} jobs, {self.kills} kills, {self.took_s:.0f} s: {len(self.lost)} lost, "
            f"{len(self.doubled)} doubled, {len(self.given_up)} given up; followers: {len(self.extra)} twice, "
            f"{len(self.missing)} left out, {len(self.silent)} of them without a word"
        )

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing twice, nothing left out in silence."""
        return not (self.lost or self.doubled or self.extra or self.silent)


class Chat(ABC):
    """One platform, with people who ask. name: of the kind of place; platform: as the bot's tables have it."""

    name: str
    platform: str

    @abstractmethod
    async def ask(self, number: int, command: str = "compose", **options: object) -> None:
        """Ask until it is sure that the request has been taken. Of other commands all options are named."""

    @abstractmethod
    def told(self) -> set[str]:
        """Jobs of which somebody was told."""

    @abstractmethod
    def results(self) -> Counter[str]:
        """How many results each job has."""

    def followers(self) -> Counter[tuple[str, str]]:
        """How often each of the further messages (job, ending) arrived."""
        return Counter()

    follower_endings: tuple[str, ...] = ()

    def announced(self) -> set[str]:
        """Jobs whose caption says that a follower may be missing."""
        return set()

    @abstractmethod
    def cut_next_line(self) -> None:
        """The next result is taken, but the bot does not hear so."""

    @abstractmethod
    def texts(self) -> list[str]:
        """All that can be read now."""


class DiscordChat(Chat):
    name = platform = "discord"

    def __init__(self, fake: FakeDiscord, people: list[Person]) -> None:
        self.fake, self._people = fake, people
        self.asked: list[Interaction] = []

    def person(self, number: int) -> Person:
        return self._people[number % len(self._people)]

    async def ask(self, number: int, command: str = "compose", **options: object) -> None:
        person = self.person(number)
        channel = self.fake.guilds[0].channels[0]
        while True:
            await self.fake.gateway.connected.wait()
            call = await self.fake.slash(person, channel, command, **_wish(number, command, options))
            self.asked.append(call)
            with suppress(TimeoutError):
                await self.fake.response(call, timeout_s=ANSWER_LIMIT_S)
                return

    def told(self) -> set[str]:
        return {
            found[1]
            for message in self.fake.messages()
            for button in message.buttons()
            if (found := _CANCEL.fullmatch(button["custom_id"]))
        }

    def results(self) -> Counter[str]:
        names = (file.name for message in self.fake.messages() for file in message.files)
        return Counter(found[1] for name in names if (found := _FILE.search(name)) and found[2] == "_p1.png")

    def cut_next_line(self) -> None:
        for method, route in (("PATCH", r"/webhooks/.*"), ("POST", r"/channels/\d+/messages")):
            self.fake.fail(method, route, ResetAfter(), with_files=True)

    def texts(self) -> list[str]:
        return [message.text for message in self.fake.messages()]


class TelegramChat(Chat):
    name = platform = "telegram"
    follower_endings = (".mp3",)

    def __init__(self, fake: FakeTelegram, people: list[Someone]) -> None:
        self.fake, self._people = fake, people

    def person(self, number: int) -> Someone:
        return self._people[number % len(self._people)]

    async def ask(self, number: int, command: str = "compose", **options: object) -> None:
        self.fake.say(self.person(number), f"/{command} {_words(number, command, options)}")

    def told(self) -> set[str]:
        keyboards = (one.get("reply_markup", {}).get("inline_keyboard", []) for one in self.fake.messages.values())
        buttons = (button["callback_data"] for rows in keyboards for row in rows for button in row)
        return {found[1] for data in buttons if (found := _CANCEL.fullmatch(data))}

    def results(self) -> Counter[str]:
        captions = (one.get("caption", "") for one in self.fake.messages.values() if "photo" in one)
        return Counter(found[1] for caption in captions if (found := _CAPTION.search(caption)))

    def followers(self) -> Counter[tuple[str, str]]:
        media = (one.get("audio") or one.get("document") for one in self.fake.messages.values())
        names = (one["file_name"] for one in media if one)
        return Counter((found[1], found[2]) for name in names if (found := _FILE.search(name)))

    def announced(self) -> set[str]:
        doubt = say("result.doubtful", FALLBACK)
        captions = (one.get("caption", "") for one in self.fake.messages.values() if "photo" in one)
        return {found[1] for caption in captions if doubt in caption and (found := _CAPTION.search(caption))}

    def cut_next_line(self) -> None:
        self.fake.fail("editMessageMedia", Fault("cut after"))

    def texts(self) -> list[str]:
        return [str(one.get("text") or one.get("caption", "")) for one in self.fake.messages.values()]


class TelegramGroup(TelegramChat):
    """Everybody asks in one group, where requests are answered by signs. Telegram cannot be told to post something only
    once, so a piece that may have arrived is told of in words, with buttons that bring it; that counts as its result.
    """

    name = "group"

    async def ask(self, number: int, command: str = "compose", **options: object) -> None:
        words = f"/{command}@OurBot {_words(number, command, options)}"
        self.fake.say(self.person(number), words, chat=GROUP)

    def results(self) -> Counter[str]:
        found = super().results()
        for job in self.announced():
            found[job] = max(1, found[job])
        return found

    def announced(self) -> set[str]:
        doubt = say("result.doubtful", FALLBACK)
        return {found[1] for text in self.texts() if doubt in text and (found := _CAPTION.search(text))}

    def cut_next_line(self) -> None:
        self.fake.fail("sendPhoto", Fault("cut after"))


def _wish(number: int, command: str, options: dict[str, object]) -> dict[str, object]:
    usual = {"style": STYLES[number % len(STYLES)], "bars": BARS} if command == "compose" else {}
    return {**usual, **options}


def _words(number: int, command: str, options: dict[str, object]) -> str:
    """As people type them on Telegram."""
    return " ".join(f'{name}="{value}"' for name, value in _wish(number, command, options).items())


# --- the bot that dies -----------------------------------------------------------------------------------------------


class Keeper:
    """Starts the bot again whenever it has ended, and kills it on demand."""

    def __init__(self, bot: BotProcess) -> None:
        self.bot, self.kills = bot, 0

    async def run(self) -> None:
        while True:
            await self.bot.ended()
            await self.bot.start()

    def kill(self) -> bool:
        """Whether there was anything to kill."""
        if not self.bot.is_running:
            return False
        os.kill(self.bot.pid, signal.SIGKILL)
        self.kills += 1
        return True


@dataclass
class Trial:
    """Everything of one run on one platform; of the bot's database, which is only read here, what came from there."""

    chat: Chat
    bot: BotProcess
    keeper: Keeper
    folder: Path

    def rows(self, question: str) -> list[tuple[str, ...]]:
        """Ask the bot's database; nothing while there is none yet."""
        try:
            with closing(sqlite3.connect(f"file:{self.folder / 'notabot.db'}?mode=ro", uri=True)) as database:
                return list(database.execute(question))
        except sqlite3.OperationalError:
            return []

    def unfinished(self, *, spared: Sequence[str] = ()) -> int:
        """Jobs that are not settled, and messages that are still on their way, but for parts that are spared."""
        (jobs,) = self.rows("SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')") or [(0,)]
        parts = self.rows("SELECT part FROM deliveries WHERE state IN ('pending', 'sending')")
        return int(jobs[0]) + sum(part not in spared for (part,) in parts)

    @property
    def is_working(self) -> bool:
        """Whether a job is running in a bot that lives."""
        return self.bot.is_running and bool(self.rows("SELECT id FROM jobs WHERE state = 'running'"))

    async def until(self, look: Callable[[], bool], *, limit_s: float, why: str) -> None:
        ends_s = time.monotonic() + limit_s
        while not look():
            if time.monotonic() > ends_s:
                log = self.bot.log.read_text(errors="replace")[-3000:]
                raise TimeoutError(f"{why}: not after {limit_s} s. The bot's log ends:\n{log}")
            await asyncio.sleep(LOOK_EVERY_S)

    async def settle(self, *, jobs: int, limit_s: float, spared: Sequence[str] = ()) -> None:
        """Until all is finished and delivered. spared: parts that need not be, as a last look after a minute."""

        def settled() -> bool:
            return len(self.rows("SELECT id FROM jobs")) >= jobs and self.unfinished(spared=spared) == 0

        await self.until(settled, limit_s=limit_s, why=f"{jobs} jobs finished and delivered")

    def outcome(self, *, since: float) -> Outcome:
        found = Outcome(self.chat.name, kills=self.keeper.kills, took_s=time.monotonic() - since)
        states = dict(self.rows(f"SELECT id, state FROM jobs WHERE platform = '{self.chat.platform}'"))  # type: ignore[arg-type]
        results, followers = self.chat.results(), self.chat.followers()
        found.jobs = len(states)
        found.given_up = [job for job, state in states.items() if state == "failed"]
        expected = states.keys() | self.chat.told()
        found.lost = [job for job in expected if not results[job] and states.get(job) not in ("failed", "cancelled")]
        found.doubled = [job for job, count in results.items() if count > 1]
        found.extra = [f"{job}{ending}" for (job, ending), count in followers.items() if count > 1]
        done = [job for job in states if results[job]]
        found.missing = [f"{job}{one}" for job in done for one in self.chat.follower_endings if not followers[job, one]]
        announced = self.chat.announced()
        found.silent = [each for each in found.missing if each.partition(".")[0] not in announced]
        wrong = {each.partition(".")[0] for each in (*found.extra, *found.silent)}
        found.evidence = [self._evidence(job) for job in sorted({*found.lost, *found.doubled, *found.given_up, *wrong})]
        return found

    def _evidence(self, job: str) -> str:
        """What the tables and the chat say of a job."""
        rows = [
            *self.rows(f"SELECT state, attempt, crashes, error, detail, address FROM jobs WHERE id = '{job}'"),
            *self.rows(
                'SELECT part, "order", state, in_doubt, tries, message, error FROM deliveries '
                f"WHERE job = '{job}' ORDER BY \"order\""
            ),
        ]
        texts = [text for text in self.chat.texts() if job in text]
        return "\n    ".join((job, *map(str, rows), *map(repr, texts)))


@asynccontextmanager
async def open_trial(
    platform: str, folder: Path, *, delay_s: str, program: tuple[str, ...] = STUB, **settings: str
) -> AsyncIterator[Trial]:
    """A fake with people, and the bot at it. platform: "discord", "telegram" or "group", which is one of Telegram's."""
    async with open_trials((platform,), folder, delay_s=delay_s, program=program, **settings) as (trial,):
        yield trial


@asynccontextmanager
async def open_trials(
    platforms: Sequence[str], folder: Path, *, delay_s: str, program: tuple[str, ...] = STUB, **settings: str
) -> AsyncIterator[tuple[Trial, ...]]:
    """The same with one bot at several fakes: a trial for each."""
    open_chat = {"discord": _open_discord_chat, "telegram": _open_telegram_chat, "group": _open_telegram_group}
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(open_chat[platform]()) for platform in platforms]
        address: dict[str, Any] = {name: fake for _, where in opened for name, fake in where.items()}
        environment = environment_for(folder, **address, **(NO_LIMITS | {"STUB_DELAY_S": delay_s} | settings))
        bot = await stack.enter_async_context(open_bot(program, environment, log=folder.with_suffix(".log")))
        keeper = Keeper(bot)
        keeping = asyncio.create_task(keeper.run(), name="keeper")
        try:
            yield tuple(Trial(chat, bot, keeper, folder) for chat, _ in opened)
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping


@asynccontextmanager
async def _open_discord_chat() -> AsyncIterator[tuple[Chat, dict[str, FakeDiscord]]]:
    async with open_fake_discord() as fake:
        await fake.guild("Chaos")
        people = [fake.person(f"person{number}") for number in range(PEOPLE)]
        yield DiscordChat(fake, people), {"discord": fake}
        assert fake.complaints == [], fake.complaints[:3]


@asynccontextmanager
async def _open_telegram_chat() -> AsyncIterator[tuple[Chat, dict[str, FakeTelegram]]]:
    async with open_fake_telegram() as fake:
        people = [fake.person(1000 + number, f"Person{number}") for number in range(PEOPLE)]
        yield TelegramChat(fake, people), {"telegram": fake}


@asynccontextmanager
async def _open_telegram_group() -> AsyncIterator[tuple[Chat, dict[str, FakeTelegram]]]:
    async with open_fake_telegram() as fake:
        fake.group(GROUP)
        people = [fake.person(1000 + number, f"Person{number}") for number in range(PEOPLE)]
        yield TelegramGroup(fake, people), {"telegram": fake}


# --- trials ----------------------------------------------------------------------------------------------------------


async def kill_again_and_again(
    platform: str,
    folder: Path,
    *,
    jobs: int,
    kills: int,
    token_life_s: float | None = None,
    delay_s: str = "0.05-0.4",
    limit_s: float = 900.0,
    **settings: str,
) -> Outcome:
    """Ask for so many pieces and kill the bot so many times meanwhile, at random moments.

    Now and then a line is cut after Discord or Telegram took a result. token_life_s: so short that Discord's results
    have to come as new messages, which only a nonce keeps from coming twice.
    """
    began_s = time.monotonic()
    async with open_trial(platform, folder, delay_s=delay_s, **settings) as trial:
        if token_life_s is not None and isinstance(trial.chat, DiscordChat):
            trial.chat.fake.rest.token_life_s = token_life_s
        async with asyncio.timeout(limit_s):
            killing = asyncio.create_task(kill_often(trial, jobs=jobs, kills=kills), name="killing")
            await ask_all(trial, jobs)
            await killing
            await trial.settle(jobs=jobs, limit_s=limit_s)
        return trial.outcome(since=began_s)


async def ask_all(trial: Trial, jobs: int) -> None:
    """A few people at a time, and never too many requests open."""
    numbers = iter(range(jobs))

    async def ask_on() -> None:
        for number in numbers:
            await trial.until(lambda: trial.unfinished() <= UNFINISHED_AT_MOST, limit_s=STALLED_S, why="room for more")
            await trial.chat.ask(number)
            await asyncio.sleep(random.uniform(0.0, 0.1))

    async with asyncio.TaskGroup() as tasks:
        for number in range(8):
            tasks.create_task(ask_on(), name=f"asker {number}")


async def kill_often(trial: Trial, *, jobs: int, kills: int) -> None:
    """Spread over the run: each kill waits until its share of the results is there, then a moment of chance."""
    for number in range(kills):
        share = jobs * (number + 0.5) / (kills + 0.5)
        await trial.until(lambda share=share: len(trial.chat.results()) >= share, limit_s=STALLED_S, why="results")  # type: ignore[misc]
        trial.chat.cut_next_line()
        await asyncio.sleep(random.uniform(0.0, 0.5))
        trial.keeper.kill()


async def work_again_and_again(
    platform: str,
    folder: Path,
    *,
    rounds: int,
    kills: int,
    program: tuple[str, ...] = STUB,
    delay_s: str = "0.1-0.4",
    limit_s: float = 900.0,
    **settings: str,
) -> Outcome:
    """Each kind of work on a piece, on each person's own piece, so many times; the bot is killed meanwhile.

    Each piece is told to begin with, then what becomes of it, so every round works on what the one before has made.
    """
    began_s = time.monotonic()
    async with (
        open_trial(platform, folder, delay_s=delay_s, program=program, **settings) as trial,
        asyncio.timeout(limit_s),
    ):
        for number in range(len(WORKS)):
            await trial.chat.ask(number, bars=2)
        await trial.settle(jobs=len(WORKS), limit_s=limit_s)
        jobs = (rounds + 1) * len(WORKS)
        for round_number in range(rounds):
            due = kills * (round_number + 1) // rounds - kills * round_number // rounds
            for number, (command, options) in enumerate(WORKS):
                await trial.chat.ask(number, command, **options)
            for _ in range(due):
                trial.chat.cut_next_line()
                await trial.until(lambda: trial.is_working, limit_s=STALLED_S, why="work that goes on")
                await asyncio.sleep(random.uniform(0.0, 0.3))
                trial.keeper.kill()
            await trial.settle(jobs=(round_number + 2) * len(WORKS), limit_s=limit_s)
        assert len(trial.rows("SELECT id FROM jobs")) >= jobs
        return trial.outcome(since=began_s)


async def poison(
    platform: str, folder: Path, *, others: int, limit_s: float = 120.0, **settings: str
) -> tuple[Outcome, int]:
    """A job that kills its worker, among others. Returns the outcome and how often the bot was started."""
    from tests.fakes.stub_bot import KILLS

    began_s = time.monotonic()
    async with open_trial(platform, folder, delay_s="0.2-0.4", **settings) as trial:
        for number in range(others):
            await trial.chat.ask(number, **({"seed": KILLS} if number == others // 2 else {}))
        await trial.settle(jobs=others, limit_s=limit_s)
        return trial.outcome(since=began_s), trial.bot.starts


async def fill_disk(platform: str, folder: Path, *, jobs: int, full_s: float, limit_s: float = 120.0) -> Outcome:
    """The disk is full for a while: nothing may be lost, and nothing may be marked as done without its files."""
    began_s = time.monotonic()
    flag = folder.with_suffix(".full")
    async with open_trial(platform, folder, delay_s="0.05-0.2", STUB_DISK_FULL=str(flag)) as trial:
        await trial.chat.ask(0)
        await trial.settle(jobs=1, limit_s=limit_s)
        flag.touch()
        for number in range(1, jobs):
            await trial.chat.ask(number)
        await asyncio.sleep(full_s)
        assert len(trial.chat.results()) == 1, "a full disk keeps no files"
        flag.unlink()
        await trial.settle(jobs=jobs, limit_s=limit_s)
        return trial.outcome(since=began_s)


async def lock_database(platform: str, folder: Path, *, jobs: int, limit_s: float = 120.0) -> tuple[Outcome, list[str]]:
    """Another program holds the database for longer than the bot waits. Returns the outcome and what was said then."""
    began_s = time.monotonic()
    async with open_trial(platform, folder, delay_s="0.5-1.0") as trial:
        for number in range(jobs):
            await trial.chat.ask(number)
        await trial.until(lambda: len(trial.rows("SELECT id FROM jobs")) >= jobs, limit_s=limit_s, why="accepted")
        before = set(trial.chat.texts())
        with closing(sqlite3.connect(folder / "notabot.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            asking = asyncio.create_task(trial.chat.ask(jobs), name="asking")
            await asyncio.sleep(LOCKED_S)
            other.execute("ROLLBACK")
        await asking
        said = [text for text in trial.chat.texts() if text not in before]
        await trial.settle(jobs=jobs, limit_s=limit_s)
        return trial.outcome(since=began_s), said
