"""A challenge with many entrants and voters, a bot that is killed again and again, and a count of what came of it.

The chats are the fakes, over real sockets; the bot is the real one. Everybody presses again until they are answered, as
people do. The pieces lie in the store before the bot starts, because here it is not asked for any. Counted at the end:

lost      entries and votes that were answered and are not in the tables, and messages that never came
doubled   messages about the same that stand in the chat more than once
wrong     what the result does not say although the votes do, a stage told of twice in the log
late_s    how long after its time, or after the bot was there again, the challenge closed

On Telegram, where a message that may have arrived is not sent again, a word in its place counts as the message.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.challenges.tally import tally
from tests.e2e.chaos import NO_LIMITS, Keeper
from tests.e2e.count import Count
from tests.e2e.places import (
    ANSWER_LIMIT_S,
    BY_HAND_S,
    LOOK_EVERY_S,
    SETTLE_LIMIT_S,
    Books,
    Place,
    all_of,
    end_by_hand,
    lasting,
    lay_pieces,
    open_place,
    until_found,
)
from tests.fakes.bot_process import STUB, environment_for, open_bot

PARTS = {  # what is told, by words of it
    "opened": r"The challenge is open",
    "voting": r"Time to vote",
    "ballot": r"These were all \d+ entries",
    "closed": r"Result: Contest",
}
ENTRY = re.compile(r"Entry (\d+) · Contest")
MISSING = "may be missing here"


@dataclass
class Outcome(Count):
    """See the module."""

    entries: int = 0
    votes: int = 0
    late_s: float = 0.0

    def line(self) -> str:
        return f"{super().line()}; closed {self.late_s:.1f} s after its time or the restart"

    @property
    def done(self) -> str:
        return f"{self.entries} entries, {self.votes} voters"


# --- the run ---------------------------------------------------------------------------------------------------------


async def hold(
    platform: str,
    folder: Path,
    *,
    entrants: int,
    voters: int,
    kills: int = 0,
    open_s: int = BY_HAND_S,
    vote_s: int = BY_HAND_S,
    seed: int = 0,
) -> Outcome:
    """A challenge from the first word to the result. kills: by chance, beside one at each change of stage.

    open_s, vote_s: if nothing is said, the organiser ends both when everybody is done, however slow the machine is.
    """
    rng, began = random.Random(seed), time.monotonic()
    people = 1 + entrants + voters
    async with open_place(platform, people) as (place, address):
        pieces = await lay_pieces(folder, [place.key(number) for number in range(1, entrants + 1)])
        environment = environment_for(folder, **address, **NO_LIMITS, STUB_LOOK_AFTER_S="1")
        async with open_bot(STUB, environment, log=folder.with_suffix(".log")) as bot:
            keeper, books = Keeper(bot), Books(folder)
            keeping = asyncio.create_task(keeper.run(), name="keeper")
            killing = asyncio.create_task(_kill_at_changes(books, keeper), name="killing")
            by_chance = asyncio.create_task(
                _kill_by_chance(keeper, rng, kills, within_s=open_s + vote_s), name="chance"
            )
            try:
                votes = await _take_part(
                    place, books, pieces, rng, people=people, entrants=entrants, open_s=open_s, vote_s=vote_s
                )
                by_hand = vote_s == BY_HAND_S
                back = time.time() if by_hand else await _until_over(place, books)
                if by_hand:  # what tells of a vote that is over is not sent any more
                    await until_found(lambda: books.on_their_way() == 0 or None, limit_s=SETTLE_LIMIT_S)
                    await end_by_hand(place, books, "closed")
                await by_chance
                await until_found(lambda: books.on_their_way() == 0 or None, limit_s=SETTLE_LIMIT_S)
            finally:
                for task in (killing, by_chance, keeping):
                    task.cancel()
                await asyncio.gather(killing, by_chance, keeping, return_exceptions=True)
            outcome = _counted(place, books, pieces, votes, back=back)
    outcome.kills, outcome.took_s = keeper.kills, time.monotonic() - began
    return outcome


async def _take_part(
    place: Place,
    books: Books,
    pieces: dict[str, str],
    rng: random.Random,
    *,
    people: int,
    entrants: int,
    open_s: int,
    vote_s: int,
) -> dict[str, int]:
    """Everybody enters, then everybody votes, some twice; the last answered vote of each."""
    await place.create("Contest", until=lasting(open_s), vote_until=lasting(vote_s))
    await until_found(lambda: books.stage() == "open" or None, limit_s=120)
    (challenge,) = (str(row[0]) for row in books.rows("SELECT id FROM challenges WHERE stage = 'open'"))
    await until_found(lambda: any(re.search(PARTS["opened"], text) for text in place.texts()) or None, limit_s=120)

    async def enter(number: int) -> None:
        """Until it is written down, as people press again who are not answered."""
        who = place.key(number)

        def is_in() -> bool:
            return bool(books.rows(f"SELECT 1 FROM challenge_entries WHERE person = '{who}'"))

        await _until(is_in, books, lambda: place.press(number, f"v1:enter:{pieces[who]}:{challenge}"), stage="open")

    await all_of([enter(number) for number in range(1, entrants + 1)])
    if open_s == BY_HAND_S:
        await end_by_hand(place, books, "voting")
    await until_found(lambda: books.stage() == "voting" or None, limit_s=min(open_s, 3600) + 120)
    entered = books.rows("SELECT person, number FROM challenge_entries")
    votes: dict[str, int] = {}

    async def vote(number: int) -> None:
        others = [int(entry) for person, entry in entered if person != place.key(number)]
        for entry in rng.sample(others, min(rng.choice((1, 1, 2)), len(others))):
            who = place.key(number)

            def is_counted(who: str = who, entry: int = entry) -> bool:
                found = books.rows(f"SELECT ballot FROM challenge_votes WHERE person = '{who}'")
                return bool(found) and json.loads(found[0][0]) == [entry]

            def press(entry: int = entry) -> Coroutine[Any, Any, None]:
                return place.press(number, f"v1:vote:{challenge}:{entry}")

            if await _until(is_counted, books, press, stage="voting"):
                votes[who] = entry

    await all_of([vote(number) for number in range(people - 1, 0, -1)])
    return votes


async def _until(
    is_done: Callable[[], bool], books: Books, press: Callable[[], Coroutine[Any, Any, None]], *, stage: str
) -> bool:
    """Press until it is done; False if the time for it is over."""
    while not is_done():
        if books.stage() != stage:
            return False
        await press()
        with suppress(TimeoutError):
            await until_found(lambda: is_done() or books.stage() != stage or None, limit_s=ANSWER_LIMIT_S)
    return True


async def _kill_at_changes(books: Books, keeper: Keeper) -> None:
    """As soon as a stage can be seen in the tables, and a moment later what tells of it is on its way."""
    seen = None
    while True:
        stage = books.stage()
        if stage != seen:
            seen = stage
            await asyncio.sleep(random.uniform(0.0, 0.3))
            while not keeper.kill():  # it is just being started again  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY_S)
        await asyncio.sleep(LOOK_EVERY_S)


async def _kill_by_chance(keeper: Keeper, rng: random.Random, kills: int, *, within_s: float) -> None:
    for moment in sorted(rng.uniform(0.1, 1.0) for _ in range(kills)):
        await asyncio.sleep(moment * within_s / max(1, kills))
        keeper.kill()


async def _until_over(place: Place, books: Books) -> float:
    """Wait for the end; the moment from which on it could have been closed: the bot was there and it was time."""
    (ends,) = (json.loads(row[0])["ends"] for row in books.rows("SELECT plan FROM challenges WHERE stage != 'draft'"))
    await asyncio.sleep(max(0.0, ends - time.time()))
    await place.up()
    back = max(ends, time.time())
    await until_found(lambda: books.stage() == "closed" or None, limit_s=120)
    return back


def _counted(place: Place, books: Books, pieces: dict[str, str], votes: dict[str, int], *, back: float) -> Outcome:
    found = Outcome(place.name)
    entered = dict(books.rows("SELECT person, number FROM challenge_entries"))
    ballots = {
        person: json.loads(ballot) for person, ballot in books.rows("SELECT person, ballot FROM challenge_votes")
    }
    found.entries, found.votes = len(entered), len(ballots)
    found.lost += [f"entry of {person}" for person in pieces if person not in entered]
    found.lost += [f"vote of {person}" for person, entry in votes.items() if ballots.get(person) != [entry]]
    found.wrong += [
        f"{person} voted for themselves" for person, ballot in ballots.items() if entered.get(person) in ballot
    ]
    found.wrong += [f"{person} has {ballot}" for person, ballot in ballots.items() if len(ballot) != 1]
    texts = place.texts()
    counts = Counter({name: sum(bool(re.search(words, text)) for text in texts) for name, words in PARTS.items()})
    counts.update(f"entry {number[1]}" for text in texts if (number := ENTRY.search(text)) and MISSING not in text)
    found.in_words = sum(MISSING in text for text in texts)
    wanted = [*PARTS, *(f"entry {number}" for number in entered.values())]
    absent = [name for name in wanted if not counts[name]]
    found.lost += absent[found.in_words :]
    found.doubled += [name for name, count in counts.items() if count > 1 and name != "opened"]
    stages = [row[0] for row in books.rows("SELECT what FROM challenge_log ORDER BY number")]
    stages = [stage for stage in stages if stage != "ended_early"]
    found.wrong += [] if stages == ["open", "voting", "closed"] else [f"log: {stages}"]
    standings = tally("one", ballots, {number: person for person, number in entered.items()})
    best = standings[0] if standings else None
    result = next((text for text in texts if re.search(PARTS["closed"], text) and MISSING not in text), "")
    if best is not None and result and f"entry {best.number}, {int(best.score)} vote" not in result:
        found.wrong.append(f"result: {result!r}, best: {best}")
    over = books.rows("SELECT over FROM challenges WHERE stage = 'closed'")
    found.late_s = max(0.0, float(over[0][0]) - back) if over else -1.0
    return found
