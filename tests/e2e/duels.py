"""Duels with a bot that is killed again and again, and a count of what came of them.

The chats are the fakes, over real sockets; the bot is the real one, but for composing and drawing. It is killed as soon
as another duel, enough more votes or an unveiling can be seen in its tables. Everybody presses again until they are
heard, as people do, and every third changes their mind. Every other duel is unveiled by whoever asked for it, the
others at their time, which is put to now in the bot's tables, so that no machine is too slow. Counted at the end:

lost      duels that nobody was shown, votes that were answered and do not stand, unveilings that nobody was told of
doubled   messages about the same that stand in the chat more than once, duels beyond those that were asked for
wrong     votes that stand otherwise than they were pressed, numbers that are told otherwise than they are

On Telegram, where a message that may have arrived is not sent again, a word in its place counts as the message.
"""

from __future__ import annotations

import asyncio
import random
import re
import sqlite3
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.chaos import NO_LIMITS, Keeper
from tests.e2e.count import Count
from tests.e2e.places import (
    GROUP,
    SETTLE_LIMIT_S,
    Books,
    DiscordPlace,
    Place,
    TelegramPlace,
    all_of,
    open_place,
    until_found,
)
from tests.e2e.votes import VERDICTS
from tests.fakes.bot_process import STUB, environment_for, open_bot

AGAIN_S = 4.0
LIMIT_S = 600.0
MISSING = "may be missing here"
KILLS_A_DUEL = 3  # while people vote on it


@dataclass
class Duelled(Count):
    """See the module."""

    duels: int = 0
    votes: int = 0

    @property
    def done(self) -> str:
        return f"{self.duels} duels, {self.votes} votes"


async def duel_on(
    platform: str, folder: Path, *, duels: int, voters: int, seed: int = 0, kills: bool = True
) -> Duelled:
    """One duel after the other, each asked for, voted on and unveiled."""
    rng, began = random.Random(seed), time.monotonic()
    async with open_place(platform, 1 + voters) as (place, address):
        environment = environment_for(folder, **address, **NO_LIMITS, STUB_LOOK_AFTER_S="1")
        async with open_bot(STUB, environment, log=folder.with_suffix(".log")) as bot:
            keeper, books = Keeper(bot), Books(folder)
            tasks = [asyncio.create_task(keeper.run(), name="keeper")]
            if kills:
                tasks.append(asyncio.create_task(_kill_at_changes(books, keeper, voters), name="killing"))
            chosen: dict[str, dict[str, str]] = {}
            try:
                async with asyncio.timeout(LIMIT_S):
                    for number in range(duels):
                        duel = await _ask(place, books, number)
                        chosen[duel] = await _vote(place, books, duel, voters, rng)
                        await _unveil(place, books, folder, duel, by_hand=number % 2 == 0)
                    await until_found(lambda: books.on_their_way() == 0 or None, limit_s=SETTLE_LIMIT_S)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            found = _counted(place, books, chosen)
    found.kills, found.took_s = keeper.kills, time.monotonic() - began
    return found


async def _ask(place: Place, books: Books, number: int) -> str:
    """The id of another duel, once its pieces are there."""
    asked = "SELECT id FROM jobs WHERE state != 'posted' ORDER BY created"
    if isinstance(place, TelegramPlace):  # what is said there is heard once the bot is there
        place.fake.say(place.people[0], "/duel@OurBot chopin keyboard bars=4", chat=GROUP)
    while len(books.rows(asked)) <= number:
        if isinstance(place, DiscordPlace):
            await place.up()
            call = await place.fake.slash(place.people[0], place.channel, "duel", style="chopin keyboard", bars=4)
            with suppress(TimeoutError):
                await place.fake.answered(call, timeout_s=AGAIN_S)
        with suppress(TimeoutError):
            await until_found(lambda: len(books.rows(asked)) > number or None, limit_s=AGAIN_S)
    duel = str(books.rows(asked)[number][0])
    await until_found(lambda: books.rows(f"SELECT 1 FROM duels WHERE id = '{duel}'") or None, limit_s=180)
    await until_found(lambda: books.on_their_way() == 0 or None, limit_s=SETTLE_LIMIT_S)
    return duel


async def _vote(place: Place, books: Books, duel: str, voters: int, rng: random.Random) -> dict[str, str]:
    """Everybody, and every third for something else after that; what each chose last."""
    chosen: dict[str, str] = {}

    async def vote(who: int) -> None:
        for verdict in rng.sample(VERDICTS, 2 if who % 3 == 0 else 1):
            mine = f"SELECT verdict FROM duel_votes WHERE duel = '{duel}' AND person = '{place.key(who)}'"
            while books.rows(mine) != [(verdict,)]:
                await place.press(who, f"v1:duel:{duel}:{verdict}")
                with suppress(TimeoutError):
                    await until_found(
                        lambda mine=mine, verdict=verdict: books.rows(mine) == [(verdict,)] or None, limit_s=AGAIN_S
                    )
            chosen[place.key(who)] = verdict

    await all_of([vote(who) for who in range(1, 1 + voters)])
    return chosen


async def _unveil(place: Place, books: Books, folder: Path, duel: str, *, by_hand: bool) -> None:
    def is_done() -> bool | None:
        return bool(books.rows(f"SELECT 1 FROM duels WHERE id = '{duel}' AND unveiled IS NOT NULL")) or None

    if not by_hand:
        await asyncio.to_thread(_let_pass, folder, duel)
        await until_found(is_done, limit_s=180)
    while not is_done():
        await place.press(0, f"v1:unveil:{duel}")
        with suppress(TimeoutError):
            await until_found(is_done, limit_s=AGAIN_S)


def _let_pass(folder: Path, duel: str) -> None:
    """Its time has come."""
    with closing(sqlite3.connect(folder / "notabot.db", timeout=60.0)) as database, database:
        database.execute("UPDATE duels SET ends = 1.0 WHERE id = ?", (duel,))
        database.execute("UPDATE appointments SET due = 1.0 WHERE id = ?", (duel,))


async def _kill_at_changes(books: Books, keeper: Keeper, voters: int) -> None:
    """As soon as another job, duel, unveiling or a third of the votes can be seen in the tables."""
    question = "SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM duels), (SELECT count(unveiled) FROM duels)"
    seen: object = None
    while True:
        votes = (books.rows("SELECT count(*) FROM duel_votes") or [(0,)])[0][0]
        now = (books.rows(question), votes // max(1, voters // KILLS_A_DUEL))
        if now != seen and now[0] and now[0] != [(0, 0, 0)]:
            seen = now
            await asyncio.sleep(random.uniform(0.0, 0.3))
            keeper.kill()
        await asyncio.sleep(0.05)


def _counted(place: Place, books: Books, chosen: dict[str, dict[str, str]]) -> Duelled:
    found = Duelled(place.name, duels=len(chosen))
    known = [str(row[0]) for row in books.rows("SELECT id FROM duels")]
    found.doubled += [f"duel {duel} was asked for by nobody" for duel in known if duel not in chosen]
    texts, holding = place.texts(), _buttons(place)
    found.in_words = sum(MISSING in text for text in texts)
    absent: list[str] = []
    for duel, wanted in chosen.items():
        there = dict(books.rows(f"SELECT person, verdict FROM duel_votes WHERE duel = '{duel}'"))
        found.votes += len(there)
        found.lost += [f"vote of {person} in {duel}" for person in wanted if person not in there]
        found.wrong += [
            f"{person} in {duel}: {there[person]}" for person in there if there[person] != wanted.get(person)
        ]
        shown, told = (
            holding[f"v1:duel:{duel}:a"],
            [text for text in texts if f"Duel {duel}" in text and "votes" in text],
        )
        counts = Counter(wanted.values())
        said = f"A {counts['a']}, B {counts['b']}, both {counts['both']}, neither {counts['neither']}"
        absent += [f"pieces of {duel}"] * (not shown) + [f"unveiling of {duel}"] * (not told)
        found.doubled += [f"pieces of {duel}"] * (shown > 1) + [f"unveiling of {duel}"] * (len(told) > 1)
        found.wrong += [f"{text!r}, not {said!r}" for text in told if said not in re.sub(r"\s+", " ", text)]
    found.lost += absent[found.in_words :]
    return found


def _buttons(place: Place) -> Counter[str]:
    """In how many public messages each button stands."""
    if isinstance(place, DiscordPlace):
        posts = [one for one in place.fake.messages(place.channel) if one.seen_only_by is None]
        return Counter(str(each.get("custom_id")) for one in posts for each in one.buttons())
    assert isinstance(place, TelegramPlace)
    return Counter(str(button.get("callback_data")) for _, button in place.fake.buttons(GROUP))
