"""Many people vote at the same moment, some twice, and again for something else: how soon each is heard, and the count.

The chats are the fakes, over real sockets; the bot is the real one, but for composing and drawing. Heard is when the
press is acknowledged: Discord's callback, Telegram's answer to the query. A wave is over when the tables hold what each
has chosen. Counted after each, and in what is told at the end:

wrong     votes in the tables that nobody chose, or that were chosen and are not there; numbers that the result says
"""

from __future__ import annotations

import json
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.chaos import NO_LIMITS
from tests.e2e.places import (
    BY_HAND_S,
    GROUP,
    SETTLE_LIMIT_S,
    Books,
    DiscordPlace,
    Place,
    TelegramPlace,
    end_by_hand,
    lasting,
    lay_pieces,
    open_place,
    until_found,
)
from tests.fakes.bot_process import STUB, BotProcess, environment_for, open_bot

VERDICTS = ("a", "b", "both", "neither")
HEARD_LIMIT_S = 30.0
WAVES = 2


@dataclass
class Poll:
    """heard_s: of every press, until it was acknowledged; counted_s: of every wave, until all votes were written;
    spent_s: of every wave, what the bot used of a processor until then.
    """

    platform: str
    what: str
    voters: int
    heard_s: list[float] = field(default_factory=list)
    counted_s: list[float] = field(default_factory=list)
    spent_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def p99_s(self) -> float:
        return statistics.quantiles(self.heard_s, n=100)[98]

    def line(self) -> str:
        return (
            f"{self.platform:<9} {self.what}: {self.voters} voters, {len(self.heard_s)} presses: acknowledged p50 "
            f"{statistics.median(self.heard_s) * 1000:.0f} ms, p99 {self.p99_s * 1000:.0f} ms, longest "
            f"{max(self.heard_s) * 1000:.0f} ms; a wave is written down after {max(self.counted_s):.1f} s, which is "
            f"{max(self.spent_s):.2f} s of a processor; {len(self.wrong)} wrong counts"
        )


Press = tuple[int, str]  # who, and what their button holds


async def press_at_once(place: Place, presses: Sequence[Press]) -> list[float]:
    """All in one moment, each below the message that has the button; the seconds until each was acknowledged.

    One that is not within `HEARD_LIMIT_S` took so long.
    """
    if isinstance(place, DiscordPlace):
        posts = {button.get("custom_id"): one for one in place.fake.messages(place.channel) for button in one.buttons()}
        people = place.people
        calls = [await place.fake.send_custom_id(people[who], posts[data], data) for who, data in presses]
        with suppress(TimeoutError):
            await until_found(lambda: all(call.took_s is not None for call in calls) or None, limit_s=HEARD_LIMIT_S)
        return [HEARD_LIMIT_S if call.took_s is None else call.took_s for call in calls]
    assert isinstance(place, TelegramPlace)
    fake = place.fake
    shown = {button.get("callback_data"): message for message, button in fake.buttons(GROUP)}
    pressed = {fake.press_data(place.people[who], GROUP, shown[data], data): time.monotonic() for who, data in presses}
    with suppress(TimeoutError):
        await until_found(lambda: pressed.keys() <= fake.answers.keys() or None, limit_s=HEARD_LIMIT_S)
    heard = {call.values["callback_query_id"]: call.at for call in fake.sent("answerCallbackQuery")}
    return [heard.get(query, at + HEARD_LIMIT_S) - at for query, at in pressed.items()]


async def poll_all(platform: str, folder: Path, *, voters: int, entrants: int = 3, seed: int = 0) -> list[Poll]:
    """A challenge and a duel, on which the same people vote."""
    rng = random.Random(seed)
    async with open_place(platform, 1 + entrants + voters) as (place, address):
        pieces = await lay_pieces(folder, [place.key(number) for number in range(1, entrants + 1)])
        environment = environment_for(folder, **address, **NO_LIMITS)
        async with open_bot(STUB, environment, log=folder.with_suffix(".log")) as bot:
            books, people = Books(folder), range(1 + entrants, 1 + entrants + voters)
            return [
                await _poll_challenge(place, bot, books, pieces, people, rng),
                await _poll_duel(place, bot, books, people, rng),
            ]


Chosen = dict[str, Any]  # by whom, as the tables have it


async def _in_waves(
    place: Place,
    bot: BotProcess,
    poll: Poll,
    people: Sequence[int],
    buttons: dict[str, Any],
    rng: random.Random,
    kept: Callable[[], Chosen],
) -> Chosen:
    """Everybody at once, and every fourth twice; then everybody once more. What each pressed last.

    buttons: what the tables have of a vote, by what the button holds; kept: what they have now.
    """
    wanted: Chosen = {}
    for _ in range(WAVES):
        chosen = {who: rng.choice([*buttons]) for who in people}
        presses = [*chosen.items(), *((who, chosen[who]) for who in people if who % 4 == 0)]
        rng.shuffle(presses)
        began, spent_s = time.monotonic(), bot.processor_s()
        poll.heard_s += await press_at_once(place, presses)
        wanted = {place.key(who): buttons[data] for who, data in chosen.items()}
        with suppress(TimeoutError):
            await until_found(lambda wanted=wanted: kept() == wanted or None, limit_s=HEARD_LIMIT_S)
        poll.counted_s.append(time.monotonic() - began)
        poll.spent_s.append(bot.processor_s() - spent_s)
        there = kept()
        poll.wrong += [
            f"{who}: {there.get(who)}, not {wanted.get(who)}"
            for who in sorted(wanted.keys() | there)
            if there.get(who) != wanted.get(who)
        ]
    return wanted


# --- a challenge -----------------------------------------------------------------------------------------------------


async def _poll_challenge(
    place: Place, bot: BotProcess, books: Books, pieces: dict[str, str], people: Sequence[int], rng: random.Random
) -> Poll:
    poll = Poll(place.name, "challenge", len(people))
    challenge, entries = await _to_the_vote(place, books, pieces)
    buttons = {f"v1:vote:{challenge}:{number}": [number] for number in entries}

    def kept() -> Chosen:
        rows = books.rows("SELECT person, ballot FROM challenge_votes")
        return {person: json.loads(ballot) for person, ballot in rows}

    wanted = await _in_waves(place, bot, poll, people, buttons, rng, kept)
    await end_by_hand(place, books, "closed")
    result = await until_found(lambda: next((text for text in place.texts() if "Result: Contest" in text), None))
    counts = Counter(ballot[0] for ballot in wanted.values())
    said = {int(number): int(votes) for number, votes in re.findall(r"entry (\d+), (\d+) vote", result)}
    poll.wrong += [] if said == dict(counts) else [f"the result says {said}, voted was {dict(counts)}"]
    return poll


async def _to_the_vote(place: Place, books: Books, pieces: dict[str, str]) -> tuple[str, list[int]]:
    """A challenge that all who have a piece have entered, and all of whose entries are shown; its id and numbers."""
    await place.up()
    await place.create("Contest", until=lasting(BY_HAND_S), vote_until=lasting(BY_HAND_S))
    (challenge,) = await until_found(
        lambda: [str(row[0]) for row in books.rows("SELECT id FROM challenges WHERE stage = 'open'")] or None,
        limit_s=120,
    )
    await until_found(lambda: any("The challenge is open" in text for text in place.texts()) or None, limit_s=120)
    for number, piece in enumerate(pieces.values(), start=1):
        await place.press(number, f"v1:enter:{piece}:{challenge}")
    await _settled(books, "SELECT count(*) FROM challenge_entries", len(pieces))
    await end_by_hand(place, books, "voting")
    await until_found(lambda: books.on_their_way() == 0 or None, limit_s=SETTLE_LIMIT_S)
    return challenge, [int(row[0]) for row in books.rows("SELECT number FROM challenge_entries")]


async def _settled(books: Books, question: str, count: int) -> None:
    """An answer may come before what it is about is on the disk; not for long."""
    await until_found(lambda: books.rows(question) == [(count,)] or None, limit_s=HEARD_LIMIT_S)


# --- a duel ----------------------------------------------------------------------------------------------------------


async def _poll_duel(place: Place, bot: BotProcess, books: Books, people: Sequence[int], rng: random.Random) -> Poll:
    poll = Poll(place.name, "duel", len(people))
    duel = await hold_duel(place, books)
    buttons = {f"v1:duel:{duel}:{verdict}": verdict for verdict in VERDICTS}
    wanted = await _in_waves(
        place, bot, poll, people, buttons, rng, lambda: dict(books.rows("SELECT person, verdict FROM duel_votes"))
    )
    await place.press(0, f"v1:unveil:{duel}")
    text = await until_found(lambda: next((text for text in place.texts() if f"{len(people)} votes:" in text), None))
    counts = Counter(wanted.values())
    said = f"A {counts['a']}, B {counts['b']}, both {counts['both']}, neither {counts['neither']}"
    poll.wrong += [] if said in text else [f"{text!r} instead of {said!r}"]
    return poll


async def hold_duel(place: Place, books: Books, *, hours: int = 24) -> str:
    """Asked for by the organiser, until its pieces are shown; its id."""
    if isinstance(place, DiscordPlace):
        await place.up()
        await place.fake.slash(place.people[0], place.channel, "duel", style="chopin keyboard", bars=4, hours=hours)
    elif isinstance(place, TelegramPlace):
        place.fake.say(place.people[0], f"/duel@OurBot chopin keyboard bars=4 hours={hours}", chat=GROUP)
    known = await until_found(lambda: books.rows("SELECT id FROM duels ORDER BY created DESC") or None, limit_s=120)
    await until_found(lambda: books.on_their_way() == 0 or None, limit_s=SETTLE_LIMIT_S)
    return str(known[0][0])
