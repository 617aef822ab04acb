"""A hidden chain of several people, some of whom vanish, with a bot that is killed again and again; and a count.

The chats are the fakes, over real sockets; the bot is the real one, but for composing and drawing. Everybody presses
again until they are heard, as people do. Where somebody vanishes, the end of their turn is put to now in the bot's
tables, so that no machine is too slow for the others. Counted at the end:

lost      bars that were answered and do not stand, turns that nobody was told of, the score that never came
doubled   messages about the same that stand in a chat more than once, somebody who was asked twice in private
wrong     turns that ended otherwise than people acted, bars out of order

On Telegram, where a message that may have arrived is not sent again, a word in its place counts as the message.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Collection
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.chaos import NO_LIMITS, Keeper
from tests.e2e.count import Count
from tests.e2e.places import GROUP, Books, DiscordPlace, Place, TelegramPlace, open_place, until_found
from tests.fakes.bot_process import STUB, environment_for, open_bot

LIMIT_S = 420.0
AGAIN_S = 4.0
MISSING = "may be missing here"
BARS = "\n".join(["[V:1]A2 c2 e2|[V:2]A,,6|"] * 4)


@dataclass
class Played(Count):
    """See the module."""

    players: int = 0
    bars: int = 0

    @property
    def done(self) -> str:
        return f"{self.players} players, {self.bars} bars"


class Ledger(Books):
    """What the bot's own tables say about the one chain there is."""

    def chain(self) -> tuple[str, str, int, str] | None:
        """Its id, stage, turn and score."""
        found = self.rows("SELECT id, stage, turn, piece FROM chains")
        return tuple(found[0]) if found else None  # type: ignore[return-value]

    def players(self) -> int:
        found = self.rows("SELECT count(*) FROM chain_players")
        return int(found[0][0]) if found else 0

    def writer(self, turn: int) -> int | None:
        """The place of whose turn it is, None if it has ended."""
        found = self.rows(f"SELECT place FROM chain_turns WHERE number = {turn} AND outcome IS NULL")
        return int(found[0][0]) if found else None

    def takes(self, turn: int) -> str | None:
        """Takes that were composed for a turn."""
        for id_, record in self.rows("SELECT id, record FROM pieces WHERE deleted IS NULL"):
            if ((json.loads(record).get("takes") or {}).get("turn")) == turn:
                return str(id_)
        return None

    def let_pass(self, chain: str) -> None:
        """The time of the turn that is on is over."""
        with closing(sqlite3.connect(self._file, timeout=60.0)) as database, database:
            database.execute("UPDATE chains SET due = 1.0 WHERE id = ?", (chain,))
            database.execute("UPDATE appointments SET due = 1.0 WHERE id = ?", (chain,))

    def offer(self, turn: int) -> str | None:
        """What tells the bars that somebody looks at from others."""
        found = self.rows(f"SELECT offer FROM chain_turns WHERE number = {turn} AND offer IS NOT NULL")
        return str(json.loads(found[0][0])["digest"]) if found and found[0][0] else None


async def play(
    platform: str, folder: Path, *, players: int, vanish: Collection[int], seed: int = 0, kills: bool = True
) -> Played:
    """A chain from the first word to the score. vanish: places of those who never answer. kills: at every change."""
    began = time.monotonic()
    random.seed(seed)
    async with open_place(platform, players) as (place, address):
        environment = environment_for(folder, **address, **NO_LIMITS, STUB_LOOK_AFTER_S="1")
        async with open_bot(STUB, environment, log=folder.with_suffix(".log")) as bot:
            keeper, books = Keeper(bot), Ledger(folder)
            tasks = [asyncio.create_task(keeper.run(), name="keeper")]
            if kills:
                tasks.append(asyncio.create_task(_kill_at_changes(books, keeper), name="killing"))
            try:
                async with asyncio.timeout(LIMIT_S):
                    await _take_part(place, books, players=players, vanish=vanish)
                    await until_found(lambda: books.on_their_way() == 0 or None, limit_s=LIMIT_S)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            played = _counted(place, books, players=players, vanish=vanish)
    played.kills, played.took_s = keeper.kills, time.monotonic() - began
    return played


async def _take_part(place: Place, books: Ledger, *, players: int, vanish: Collection[int]) -> None:
    while books.chain() is None:
        await _start(place, players)
        with suppress(TimeoutError):
            await until_found(books.chain, limit_s=_patience_s(place))
    chain = (await until_found(books.chain))[0]
    await until_found(lambda: place.texts() or None, limit_s=120)
    for number in range(1, players):
        while books.players() <= number:
            await place.press(number, f"v1:chainjoin:{chain}")
            with suppress(TimeoutError):
                await until_found(lambda number=number: books.players() > number or None, limit_s=AGAIN_S)
    while (found := books.chain()) is not None and found[1] != "over":
        turn = found[2]
        writer = books.writer(turn)
        if writer is None:
            await asyncio.sleep(0.1)
        elif writer in vanish:
            await asyncio.to_thread(books.let_pass, chain)
            await until_found(lambda turn=turn: books.writer(turn) is None or None, limit_s=120)
        elif turn % 2:
            await _take_one(place, books, chain, turn, writer)
        else:
            await _write(place, books, chain, turn, writer)
    await until_found(lambda: _is_made(books) or None, limit_s=180)


def _is_made(books: Ledger) -> bool:
    found = books.chain()
    return found is not None and bool(books.rows(f"SELECT 1 FROM pieces WHERE id = '{found[3]}'"))


async def _start(place: Place, players: int) -> None:
    if isinstance(place, DiscordPlace):
        await place.up()
        call = await place.fake.slash(
            place.people[0], place.channel, "chain start", style="chopin keyboard", key="Am", metre="3/4",
            players=players, turn="1 hours",
        )  # fmt: skip
        with suppress(TimeoutError):
            await place.fake.answered(call, timeout_s=AGAIN_S)
    elif isinstance(place, TelegramPlace):
        line = f'/chain@OurBot start chopin keyboard key=Am metre=3/4 players={players} turn="1 hours"'
        place.fake.say(place.people[0], line, chat=GROUP)


async def _take_one(place: Place, books: Ledger, chain: str, turn: int, writer: int) -> None:
    """Have takes composed, and choose the second."""
    while books.writer(turn) == writer:
        takes = books.takes(turn)
        verb = f"v1:chaintake:{takes}:2" if takes else f"v1:chaintakes:{chain}:{turn}"
        await place.press(writer, verb)
        with suppress(TimeoutError):
            await until_found(
                lambda takes=takes: books.takes(turn) != takes or books.writer(turn) is None or None, limit_s=AGAIN_S
            )


async def _write(place: Place, books: Ledger, chain: str, turn: int, writer: int) -> None:
    """Bars in words, and keep them."""
    while books.writer(turn) == writer:
        digest = books.offer(turn)
        if digest is not None:
            await place.press(writer, f"v1:chainkeep:{chain}:{turn}.{digest}")
        elif isinstance(place, DiscordPlace):
            await place.up()
            call = await place.fake.slash(place.people[writer], place.channel, "chain write", bars=BARS, chain=chain)
            with suppress(TimeoutError):
                await place.fake.answered(call, timeout_s=AGAIN_S)
        elif isinstance(place, TelegramPlace):
            place.fake.say(place.people[writer], f'/chain@OurBot write chain={chain} "{BARS}"', chat=GROUP)
        with suppress(TimeoutError):
            await until_found(
                lambda digest=digest: books.offer(turn) != digest or books.writer(turn) is None or None,
                limit_s=AGAIN_S if digest is not None else _patience_s(place),
            )


def _patience_s(place: Place) -> float:
    """What is said on Telegram is heard once the bot is there; what is said on Discord while it is not is lost."""
    return 4 * AGAIN_S if isinstance(place, DiscordPlace) else 120.0


async def _kill_at_changes(books: Ledger, keeper: Keeper) -> None:
    """As soon as another stage, player or turn can be seen in the tables."""
    seen: object = None
    while True:
        now = (books.chain(), books.players())
        if now != seen and now[0] is not None:
            seen = now
            await asyncio.sleep(random.uniform(0.0, 0.3))
            keeper.kill()
        await asyncio.sleep(0.05)


def _private(place: Place, person: int) -> list[str]:
    """What the bot has written to somebody alone."""
    if isinstance(place, DiscordPlace):
        talk = place.fake.private_talk(place.people[person])
        return [one.text for one in place.fake.messages(talk) if not one.deleted]
    assert isinstance(place, TelegramPlace)
    mine = place.fake.from_bot(place.people[person].id)
    return [str(one.get("text") or one.get("caption") or "") for one in mine]


def _counted(place: Place, books: Ledger, *, players: int, vanish: Collection[int]) -> Played:
    found = Played(place.name, players=books.players())
    turns = books.rows("SELECT number, place, outcome, first, bars FROM chain_turns ORDER BY number")
    music = json.loads(books.rows("SELECT music FROM chains")[0][0])
    found.bars = len(music["bars"])
    for number, at, outcome, *_ in turns:
        wanted = "slept" if at in vanish else "written"
        found.wrong += [] if outcome == wanted else [f"turn {number}: {outcome}, not {wanted}"]
    firsts = [(first, bars) for _, _, outcome, first, bars in turns if outcome == "written"]
    found.wrong += [] if [at for at, _ in firsts] == [1 + 4 * n for n in range(len(firsts))] else [f"bars: {firsts}"]
    found.wrong += [] if len(turns) == players else [f"{len(turns)} turns"]
    written = 4 * (players - len(vanish))
    found.lost += [] if found.bars == written else [f"{written - found.bars} bars"]
    texts = place.texts()
    found.in_words = sum(MISSING in text for text in texts)
    ends = [f"bars {first}–{first + 3}\\." for first, _ in firsts]
    counts = {
        f"written {words}": sum(bool(re.search(f"has written {words}", text)) for text in texts) for words in ends
    }
    counts["finished"] = sum("The chain is finished" in text for text in texts)
    slept = sum("did not answer in time" in text for text in texts)
    counts |= {f"slept {n}": int(slept > n) for n in range(len(vanish))}
    score = str((books.chain() or ("", "", 0, ""))[3])
    counts["score"] = sum(f"Stub {score}" in text for text in texts)
    absent = [what for what, count in counts.items() if not count]
    found.lost += absent[found.in_words :]
    found.doubled += [what for what, count in counts.items() if count > 1]
    found.doubled += [f"slept: {slept}"] if slept > len(vanish) else []
    for person in range(players):
        asked = Counter(re.findall(r"It is your turn: you write bars (\S+)\.", "\n".join(_private(place, person))))
        found.doubled += [f"player {person} was asked {count} times" for count in asked.values() if count > 1]
    jobs = Counter(
        row[0] for row in books.rows("SELECT person FROM jobs WHERE state = 'done' AND person LIKE '%chain.%'")
    )
    found.doubled += [f"{count} scores" for count in jobs.values() if count > 1]
    return found
