"""One's own piece changed in words and by hand, and a tune that is hummed: the real program dies on the way.

The person writes to it in a private chat, as its platform has it: a form on Discord, an answer to a question on
Telegram, a voice message on both. The bot is killed as soon as a request is accepted, and by hand also while the form
(or the question) waits to be filled in. Counted as in `chaos.py`.
Not covered: what is heard in a recording and what words mean; that the requests themselves come again on Discord, which
tells a bot nothing of what it slept through.
"""

from __future__ import annotations

import asyncio
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from bot.store.deliveries import LOOK, SWEEP
from bot.texts import FALLBACK, say
from tests.e2e.chaos import DiscordChat, Outcome, TelegramChat, Trial, open_trial, open_trials
from tests.fakes.bot_process import REAL
from tests.fakes.discord import FakeDiscord, Message, Person
from tests.fakes.telegram import FakeTelegram, Someone

KINDS = ("words", "hand", "hum")
TUNE = """X:1
T:For hands
M:3/4
L:1/8
Q:1/4=90
K:Amin
V:1 treble
V:2 bass
[V:1]A2 c2 e2|[V:2]A,,2 [E,A,C]4|
[V:1]e2 ^d2 c2|[V:2]A,,6|]
"""
WORDS = ("bar 1 calmer", "bar 1 livelier")
BY_RULE = ("slower", "left hand simpler")  # no network has to find anything
LINES = ("2: [V:1]c2 B2 A2|", "2: [V:1]e2 d2 c2|")
START_LIMIT_S, JOB_LIMIT_S = 240.0, 300.0


class Hands(ABC):
    """What one person does in a private chat with the bot."""

    @abstractmethod
    async def send(self, tune: str, words: str) -> None:
        """A file, and what is to be changed about it."""

    @abstractmethod
    async def hum(self, recording: bytes, *, seconds: float) -> None:
        """A voice message."""

    @abstractmethod
    async def answer(self, piece: str, words: str) -> None:
        """Words in answer to the message with the piece."""

    @abstractmethod
    async def take_pen(self, piece: str) -> None:
        """Press the button below the piece, until the bars stand there to be changed."""

    @abstractmethod
    async def write(self, lines: str) -> None:
        """Change them."""

    @abstractmethod
    async def awake(self) -> None:
        """Until the bot is there again, where it hears nothing before."""


class DiscordHands(Hands):
    def __init__(self, fake: FakeDiscord, person: Person) -> None:
        self._fake, self._person, self._talk = fake, person, fake.private_talk(person)

    async def send(self, tune: str, words: str) -> None:
        file = self._fake.attachment("tune.abc", tune.encode())
        await self._fake.slash(self._person, self._talk, "edit", words=words, file=file)

    async def hum(self, recording: bytes, *, seconds: float) -> None:
        await self._fake.speak(self._person, self._talk, recording, seconds=seconds)

    async def answer(self, piece: str, words: str) -> None:
        await self._fake.say(self._person, self._talk, words, answers=self._message(piece))

    async def take_pen(self, piece: str) -> None:
        call = await self._fake.click(self._person, self._message(piece), say("button.hand", FALLBACK))
        self._form = await self._fake.answered(call, timeout_s=START_LIMIT_S)
        assert "1: [V:1]" in str(self._form.form)

    async def write(self, lines: str) -> None:
        await self._fake.submit(self._form, words=lines)

    async def awake(self) -> None:
        self._fake.gateway.connected.clear()
        async with asyncio.timeout(START_LIMIT_S):
            await self._fake.gateway.connected.wait()

    def _message(self, piece: str) -> Message:
        return next(one for one in self._fake.messages(self._talk) if any(f"_{piece}_p1" in f.name for f in one.files))


class TelegramHands(Hands):
    def __init__(self, fake: FakeTelegram, person: Someone) -> None:
        self._fake, self._person = fake, person

    async def send(self, tune: str, words: str) -> None:
        self._fake.send_document(self._person, "tune.abc", tune.encode(), f"/edit {words}")

    async def hum(self, recording: bytes, *, seconds: float) -> None:
        self._fake.speak(self._person, recording, seconds=seconds)

    async def answer(self, piece: str, words: str) -> None:
        self._fake.say(self._person, words, reply_to=self._message(piece))

    async def take_pen(self, piece: str) -> None:
        known = {one["message_id"] for one in self._fake.from_bot(self._person.id)}
        self._fake.press(self._person, self._person.id, self._message(piece), say("button.hand", FALLBACK))

        def asked() -> list[int]:
            said = [one for one in self._fake.from_bot(self._person.id) if one["message_id"] not in known]
            return [one["message_id"] for one in said if "1: [V:1]" in one.get("text", "")]

        async with asyncio.timeout(START_LIMIT_S):
            while not (found := asked()):  # noqa: ASYNC110  # another process gives no sign
                await asyncio.sleep(0.05)
        (self._question,) = found

    async def write(self, lines: str) -> None:
        self._fake.say(self._person, lines, reply_to=self._question)

    async def awake(self) -> None:
        """Telegram keeps what is said meanwhile."""

    def _message(self, piece: str) -> int:
        pictures = (one for one in self._fake.from_bot(self._person.id) if "photo" in one)
        return next(int(one["message_id"]) for one in pictures if f"Piece {piece}" in one.get("caption", ""))


def hands_of(trial: Trial) -> Hands:
    """Those of the first of the people."""
    chat = trial.chat
    if isinstance(chat, DiscordChat):
        return DiscordHands(chat.fake, chat.person(0))
    assert isinstance(chat, TelegramChat)
    return TelegramHands(chat.fake, chat.person(0))


def can_hear() -> bool:
    """Whether the program has the extra for hums."""
    return all(find_spec(name) is not None for name in ("av", "swift_f0"))


# --- each kind of change, again and again ----------------------------------------------------------------------------


async def change_again_and_again(platform: str, folder: Path, kind: str, *, rounds: int, latest_s: float) -> Outcome:
    """One of KINDS so many times, each on what the one before has made, with the model that ships.

    The bot is killed each time, up to latest_s after a request is accepted, and the line that delivers is cut.
    """
    began_s = time.monotonic()
    async with open_trial(platform, folder, delay_s="0", program=REAL) as trial:
        hands = hands_of(trial)
        await hands.awake()
        if kind != "hum":
            await _accepted([trial], lambda: hands.send(TUNE, WORDS[0]))
            await trial.settle(jobs=1, limit_s=JOB_LIMIT_S)
        for number in range(rounds):
            if kind == "hand":
                await hands.take_pen(_jobs(trial)[-1])
                await _die([trial], [hands])
            await _accepted([trial], lambda number=number: _ask(trial, hands, kind, number))  # type: ignore[misc]
            trial.chat.cut_next_line()
            await asyncio.sleep(random.uniform(0.0, latest_s))
            await _die([trial], [hands])
            await trial.settle(jobs=len(_jobs(trial)), limit_s=JOB_LIMIT_S)
            if kind == "hand":
                assert _written(number) in _abc(trial, _jobs(trial)[-1])
        return trial.outcome(since=began_s)


async def _ask(trial: Trial, hands: Hands, kind: str, number: int) -> None:
    if kind == "hum":
        await _hum(hands, number)
    elif kind == "words":
        await hands.answer(_jobs(trial)[-1], WORDS[(number + 1) % 2])
    else:
        await hands.write(LINES[number % 2])


# --- all of them at once ---------------------------------------------------------------------------------------------


async def change_all_at_once(folder: Path) -> list[Outcome]:
    """Every kind of change once on both platforms, with one program at both, which is killed three times.

    A file with words and a hum are accepted when it dies; then forms and questions wait to be filled in; then what was
    written into them, and words about the piece before, are accepted.
    """
    began_s = time.monotonic()
    async with open_trials(("discord", "telegram"), folder, delay_s="0", program=REAL) as trials:
        people = [hands_of(trial) for trial in trials]
        await _all(hands.awake() for hands in people)
        for ask in [_send, _hum] if can_hear() else [_send]:
            await _accepted(trials, lambda ask=ask: _all(ask(hands) for hands in people))  # type: ignore[misc]
        await _die(trials, people)
        await _settled(trials, spared=(LOOK, SWEEP))  # a minute later, while pieces are being changed
        edited = [_jobs(trial)[0] for trial in trials]
        await _all(hands.take_pen(piece) for hands, piece in zip(people, edited, strict=True))
        await _die(trials, people)
        await _accepted(trials, lambda: _all(hands.write(LINES[0]) for hands in people))
        answers = [hands.answer(piece, BY_RULE[1]) for hands, piece in zip(people, edited, strict=True)]
        await _accepted(trials, lambda: _all(answers))
        await _die(trials, people)
        await _settled(trials)
        for trial in trials:
            assert _written(0) in _abc(trial, _jobs(trial)[-2])
        return [trial.outcome(since=began_s) for trial in trials]


async def _send(hands: Hands) -> None:
    await hands.send(TUNE, BY_RULE[0])


async def _hum(hands: Hands, number: int = 0) -> None:
    from tests.measure.humming import RATE, as_voice_message, synthesised

    samples = synthesised.make_hum(number).samples
    await hands.hum(as_voice_message(samples), seconds=len(samples) / RATE)


# --- helpers ---------------------------------------------------------------------------------------------------------


async def _all(doing: Iterable[Awaitable[None]]) -> None:
    for each in doing:
        await each


async def _die(trials: Sequence[Trial], people: Sequence[Hands]) -> None:
    """Kill the program, and wait until it is there again."""
    trials[0].keeper.kill()
    await _all(hands.awake() for hands in people)


async def _settled(trials: Sequence[Trial], *, spared: Sequence[str] = ()) -> None:
    jobs = sum(len(_jobs(trial)) for trial in trials)
    await trials[0].settle(jobs=jobs, limit_s=JOB_LIMIT_S, spared=spared)


async def _accepted(trials: Sequence[Trial], ask: Callable[[], Awaitable[None]]) -> None:
    """Ask, until there is one job more on each platform."""
    known = [len(_jobs(trial)) for trial in trials]
    await ask()

    def taken() -> bool:
        return all(len(_jobs(trial)) > before for trial, before in zip(trials, known, strict=True))

    await trials[0].until(taken, limit_s=START_LIMIT_S, why="accepted")


def _jobs(trial: Trial) -> list[str]:
    """Oldest first."""
    return [
        job for (job,) in trial.rows(f"SELECT id FROM jobs WHERE platform = '{trial.chat.platform}' ORDER BY rowid")
    ]


def _written(number: int) -> str:
    """What stands in the piece when it is done."""
    return LINES[number % 2].removeprefix("2: ")


def _abc(trial: Trial, job: str) -> str:
    """What the piece is now."""
    [(sha256,)] = trial.rows(f"SELECT sha256 FROM files WHERE piece = '{job}' AND ending = '.abc'")
    return (trial.folder / "files" / sha256[:2] / sha256).read_text()
