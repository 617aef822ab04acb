"""Two accounts whose clients send what no button holds: changed, foreign, old and made-up presses and forms, thousands.

The chats are the fakes, over real sockets; the bot is the real one, but for composing and drawing. There is a challenge
to vote on that one of the two has entered, an open one, one that is over, a duel that is on and one that is unveiled, a
chain of two others, and a piece that somebody shared. Only our own guards are tried: what is sent does no harm to
anything but them. Counted at the end:

wrong     votes for oneself, twice, by nobody or after the end; what others own that has changed; a bot that died
errors    answers that say that something went wrong, and what the log says of it
silent    presses that were not acknowledged
"""

from __future__ import annotations

import json
import random
import string
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.commands.running import CHAIN_ACTIONS, CHALLENGE_ACTIONS, SHARING_ACTIONS
from tests.e2e.chaos import NO_LIMITS
from tests.e2e.places import (
    BY_HAND_S,
    GROUP,
    SETTLE_LIMIT_S,
    Books,
    DiscordPlace,
    Place,
    TelegramPlace,
    lasting,
    lay_pieces,
    open_place,
    until_found,
)
from tests.e2e.votes import VERDICTS, hold_duel
from tests.fakes.bot_process import STUB, environment_for, open_bot
from tests.fakes.discord.interactions import MODAL_SUBMIT

ORGANISER, FIRST, SECOND, ENTRANT, STRANGER = range(5)
AT_ONCE = 40
ANSWER_LIMIT_S = 60.0
DATA_CHARS = 64
VERBS = sorted(
    CHALLENGE_ACTIONS
    | CHAIN_ACTIONS
    | SHARING_ACTIONS
    | {"duel", "unveil", "recall", "details", "keep", "guess", "sure"}
)
FORMS = ("takedown", "chainwrite", "report", "edit", "rewrite", "nothing")
ODD = (
    "",
    "0",
    "-1",
    "1.2.3",
    "1.1.1",
    "00",
    "９",
    "1e9",
    "999999",
    "9999999",
    "no",
    "A",
    "a b",
    "'",
    ";",
    "\u202e",
    "é",
    "𝄞",
)
KEPT = {  # what nobody but its owner may change
    "challenges": "SELECT id, stage, plan, organiser FROM challenges ORDER BY id",
    "entries of others": "SELECT challenge, number, person, piece, state FROM challenge_entries WHERE person {others}",
    "votes that are over": "SELECT * FROM challenge_votes WHERE challenge = '{over}' ORDER BY person",
    "votes of others": "SELECT * FROM challenge_votes WHERE person {others} ORDER BY challenge, person",
    "duels": "SELECT id, person, ends, unveiled, nameless FROM duels ORDER BY id",
    "duel votes that are over": "SELECT * FROM duel_votes WHERE duel = '{unveiled}' ORDER BY person",
    "duel votes of others": "SELECT * FROM duel_votes WHERE person {others} ORDER BY duel, person",
    "chains": "SELECT id, stage, turn, music FROM chains",
    "players": "SELECT chain, place, person, state FROM chain_players",
    "pieces of others": "SELECT id, person, deleted FROM pieces WHERE person {others} ORDER BY id",
    "what is shown": "SELECT id, piece, person, state FROM exhibits ORDER BY id",
    "what may not be shown": "SELECT * FROM takedowns",
    "people": "SELECT key FROM people WHERE key {others} ORDER BY key",
}


@dataclass
class Forged:
    """See the module."""

    platform: str
    presses: int = 0
    forms: int = 0
    votes: int = 0
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    took_s: float = 0.0

    def line(self) -> str:
        return (
            f"{self.platform:<9} {self.presses} presses and {self.forms} forms by two accounts, {self.took_s:.0f} s: "
            f"{len(self.wrong)} wrong, {len(self.errors)} errors, {len(self.silent)} not acknowledged; "
            f"{self.votes} votes of theirs stand"
        )

    @property
    def clean(self) -> bool:
        return not (self.wrong or self.errors or self.silent)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Ids of what there is. voting, opened, over: challenges; on, unveiled: duels; entries: of voting, by person."""

    voting: str
    opened: str
    over: str
    on: str
    unveiled: str
    chain: str
    shared: str
    pieces: tuple[str, ...]
    people: tuple[str, ...]


async def forge(platform: str, folder: Path, *, presses: int, seed: int = 0) -> Forged:
    """presses: how many, in all; a tenth as many forms besides."""
    rng, began = random.Random(seed), time.monotonic()
    found = Forged(platform)
    async with open_place(platform, 5) as (place, address):
        pieces = await lay_pieces(folder, [place.key(who) for who in (FIRST, SECOND, ENTRANT)])
        log = folder.with_suffix(".log")
        environment = environment_for(folder, **address, **NO_LIMITS, STUB_MINUTE_S="1")
        async with open_bot(STUB, environment, log=log) as bot:
            books = Books(folder)
            scene = await _set(place, books, pieces)
            before = _kept(books, place, scene)
            await _send_all(place, scene, found, rng, presses)
            with suppress(TimeoutError):
                await until_found(lambda: books.on_their_way() == 0 or None, limit_s=SETTLE_LIMIT_S)
            found.wrong += [
                f"{what} changed" for what, rows in _kept(books, place, scene).items() if rows != before[what]
            ]
            found.wrong += _votes(books, place, scene, found)
            found.wrong += [] if bot.is_running and bot.starts == 1 else ["the bot died"]
        lines = log.read_text(errors="replace").splitlines()
        found.errors += [line[:200] for line in lines if "unexpected" in line or "Traceback" in line]
    found.took_s = time.monotonic() - began
    return found


# --- the scene -------------------------------------------------------------------------------------------------------


async def _set(place: Place, books: Books, pieces: dict[str, str]) -> Scene:
    await place.up()
    ids = []
    for theme in ("Over", "Voting", "Opened"):
        ids.append(await _begin(place, books, theme))
        if theme == "Opened":
            break
        for who, piece in zip((FIRST, SECOND, ENTRANT), pieces.values(), strict=True):
            await _until_there(
                place, books, who, f"v1:enter:{piece}:{ids[-1]}", f"challenge_entries WHERE challenge = '{ids[-1]}'"
            )
        await _end(place, books, ids[-1], "voting")
        await _until_there(
            place, books, ORGANISER, f"v1:vote:{ids[-1]}:1", f"challenge_votes WHERE challenge = '{ids[-1]}'"
        )
        if theme == "Over":
            await _end(place, books, ids[-1], "closed")
    over, voting, opened = ids
    unveiled = await hold_duel(place, books)
    await _until_there(place, books, FIRST, f"v1:duel:{unveiled}:a", "duel_votes")
    await place.press(ORGANISER, f"v1:unveil:{unveiled}")
    await until_found(lambda: books.rows("SELECT 1 FROM duels WHERE unveiled IS NOT NULL") or None)
    on = await _another_duel(place, books, unveiled)
    await _until_there(place, books, FIRST, f"v1:duel:{on}:b", "duel_votes")
    chain = await _chain(place, books)
    shared = await _share(place, books, pieces[place.key(FIRST)])
    await until_found(lambda: books.on_their_way() == 0 or None, limit_s=SETTLE_LIMIT_S)
    return Scene(
        voting=voting, opened=opened, over=over, on=on, unveiled=unveiled, chain=chain, shared=shared,
        pieces=tuple(pieces.values()), people=tuple(place.key(who) for who in range(5)),
    )  # fmt: skip


async def _begin(place: Place, books: Books, theme: str) -> str:
    known = {row[0] for row in books.rows("SELECT id FROM challenges WHERE stage != 'draft'")}
    await place.create(theme, until=lasting(BY_HAND_S), vote_until=lasting(BY_HAND_S))
    new = await until_found(
        lambda: (
            [row[0] for row in books.rows("SELECT id FROM challenges WHERE stage = 'open'") if row[0] not in known]
            or None
        ),
        limit_s=120,
    )
    await until_found(lambda: any(theme in text for text in place.texts()) or None, limit_s=120)
    return str(new[0])


async def _end(place: Place, books: Books, challenge: str, stage: str) -> None:
    await place.end(challenge)
    await until_found(
        lambda: books.rows(f"SELECT 1 FROM challenges WHERE id = '{challenge}' AND stage = '{stage}'") or None
    )


async def _until_there(place: Place, books: Books, who: int, data: str, where: str) -> None:
    count = f"SELECT count(*) FROM {where}"
    before = books.rows(count)
    await place.press(who, data)
    await until_found(lambda: books.rows(count) != before or None)


async def _another_duel(place: Place, books: Books, known: str) -> str:
    while (found := await hold_duel(place, books)) == known:
        await until_found(lambda: len(books.rows("SELECT id FROM duels")) > 1 or None, limit_s=120)
    return found


async def _chain(place: Place, books: Books) -> str:
    if isinstance(place, DiscordPlace):
        await place.fake.slash(
            place.people[ORGANISER], place.channel, "chain start", style="chopin keyboard", players=2
        )
    elif isinstance(place, TelegramPlace):
        place.fake.say(place.people[ORGANISER], "/chain@OurBot start chopin keyboard players=2", chat=GROUP)
    ((chain,),) = await until_found(lambda: books.rows("SELECT id FROM chains") or None)
    await place.press(FIRST, f"v1:chainjoin:{chain}")
    await until_found(lambda: books.rows("SELECT 1 FROM chains WHERE stage = 'playing'") or None)
    return str(chain)


async def _share(place: Place, books: Books, piece: str) -> str:
    if isinstance(place, DiscordPlace):
        await place.fake.slash(place.people[FIRST], place.channel, "share", piece=piece)
    elif isinstance(place, TelegramPlace):
        place.fake.say(place.people[FIRST], f"/share@OurBot piece={piece}", chat=GROUP)
    ((exhibit,),) = await until_found(lambda: books.rows("SELECT id FROM exhibits") or None)
    return str(exhibit)


# --- what is sent ----------------------------------------------------------------------------------------------------


def forged(scene: Scene, seen: Sequence[str], rng: random.Random) -> str:
    """What a client may put into a button: right, nearly right, or nothing of ours."""
    targets = (scene.voting, scene.opened, scene.over, scene.on, scene.unveiled, scene.chain, scene.shared)
    ids = (*targets, *scene.pieces, "nobody", *ODD)
    arguments = (*map(str, range(1, 5)), *VERDICTS, *targets, "1.2.1", "2.1.0", "3.3.3", "1.3.9", "no", *ODD)
    kind = rng.randrange(6)
    if kind == 0 and seen:
        data = rng.choice(seen)
    elif kind == 1 and seen:
        data = _bent(rng.choice(seen), rng)
    elif kind == 2:
        data = "".join(rng.choice(string.printable[:94] + ":.~v1") for _ in range(rng.randint(1, DATA_CHARS)))
    else:
        verb = rng.choice((*VERBS, "vote", "duel", "unvote", "enter", "better"))
        target = rng.choice([each for each in ids if verb != "sure" or each not in scene.pieces[2:]])
        data = f"v1:{verb}:{target}:{rng.choice(arguments)}" if rng.random() < 0.8 else f"v1:{verb}:{target}"
        data = _bent(data, rng) if rng.random() < 0.2 else data
    return data.encode()[:DATA_CHARS].decode(errors="ignore") or "?"


def _bent(data: str, rng: random.Random) -> str:
    at = rng.randrange(len(data) + 1)
    return rng.choice(
        (
            data[:at],
            data[:at] + rng.choice(ODD) + data[at:],
            data.upper(),
            data.replace("v1", rng.choice(("v0", "v2", "V1", ""))),
            data + ":" + rng.choice(ODD),
            data + "~" + rng.choice(("", "000000", "zz")),
            data[:at] + data[at + 1 :],
            data[::-1],
            data * 2,
        )
    )


async def _send_all(place: Place, scene: Scene, found: Forged, rng: random.Random, presses: int) -> None:
    while found.presses < presses:
        seen = _seen(place)
        many = [(rng.choice((ENTRANT, STRANGER)), forged(scene, seen, rng)) for _ in range(AT_ONCE)]
        many += rng.choices(many, k=AT_ONCE // 4)  # twice in the same moment
        found.presses += len(many)
        send = _press_discord if isinstance(place, DiscordPlace) else _press_telegram
        await send(place, many, found, rng)
        if isinstance(place, DiscordPlace):
            await _submit(place, scene, found, rng)


def _seen(place: Place) -> list[str]:
    """What buttons hold that anybody here can see, those of old messages too; but for what makes new pieces."""
    if isinstance(place, DiscordPlace):
        every = [str(each.get("custom_id")) for one in place.fake.messages(place.channel) for each in one.buttons()]
    else:
        assert isinstance(place, TelegramPlace)
        every = [str(button.get("callback_data")) for _, button in place.fake.buttons(GROUP)]
    return [data for data in every if data.split(":")[1:2] and data.split(":")[1] in VERBS and "sure" not in data]


async def _press_discord(place: Place, many: Sequence[tuple[int, str]], found: Forged, rng: random.Random) -> None:
    assert isinstance(place, DiscordPlace)
    posts = [
        one for one in place.fake.messages(place.channel) if one.seen_only_by is None and one.author is place.fake.bot
    ]
    own = {str(each.get("custom_id")): one for one in posts for each in one.buttons()}
    calls = [
        (data, await place.fake.send_custom_id(place.people[who], own.get(data) or rng.choice(posts), data))
        for who, data in many
    ]
    await _heard(place, calls, found)


async def _heard(place: DiscordPlace, calls: Sequence[tuple[str, Any]], found: Forged) -> None:
    for data, call in calls:
        try:
            await place.fake.answered(call, timeout_s=ANSWER_LIMIT_S)
        except TimeoutError:
            found.silent.append(data)
    for data, call in calls:
        with suppress(TimeoutError):
            await until_found(lambda call=call: call.messages or call.ack_type != 6 or None, limit_s=2.0)
        found.errors += [f"{data!r}: {one.text}" for one in call.messages if "reference" in one.text]


async def _submit(place: DiscordPlace, scene: Scene, found: Forged, rng: random.Random) -> None:
    """Forms that nobody opened."""
    posts = [one for one in place.fake.messages(place.channel) if one.seen_only_by is None]
    calls = []
    for _ in range(AT_ONCE // 10):
        verb, target = rng.choice((*FORMS, *VERBS)), rng.choice((scene.chain, scene.voting, *scene.pieces, *ODD))
        data = f"v1:{verb}:{target}:{rng.choice(ODD)}"[:DATA_CHARS]
        value = "".join(rng.choice(string.printable) for _ in range(rng.randint(0, 300)))
        fields = [{"type": 4, "custom_id": rng.choice(("words", "other")), "value": value}]
        form = {"custom_id": data, "components": [{"type": 1, "components": fields}]}
        who = place.people[rng.choice((ENTRANT, STRANGER))]
        calls.append(
            (data, await place.fake._interact(MODAL_SUBMIT, who, place.channel, form, source=rng.choice(posts)))
        )
    found.forms += len(calls)
    await _heard(place, calls, found)


async def _press_telegram(place: Place, many: Sequence[tuple[int, str]], found: Forged, rng: random.Random) -> None:
    assert isinstance(place, TelegramPlace)
    fake = place.fake
    posts = [one["message_id"] for one in fake.from_bot(GROUP)]
    own = {str(button.get("callback_data")): message for message, button in fake.buttons(GROUP)}
    pressed = {
        fake.press_data(place.people[who], GROUP, own.get(data) or rng.choice([*posts, 999_999]), data): data
        for who, data in many
    }
    with suppress(TimeoutError):
        await until_found(lambda: pressed.keys() <= fake.answers.keys() or None, limit_s=ANSWER_LIMIT_S)
    found.silent += [data for query, data in pressed.items() if query not in fake.answers]
    said = {data: str(fake.answers.get(query, {}).get("text") or "") for query, data in pressed.items()}
    found.errors += [f"{data!r}: {text}" for data, text in said.items() if "reference" in text]
    found.errors += [text for _, _, text in fake.whispers if "reference" in text]


# --- what came of it -------------------------------------------------------------------------------------------------


def _kept(books: Books, place: Place, scene: Scene) -> dict[str, list[tuple[Any, ...]]]:
    others = "IN (" + ", ".join(f"'{place.key(who)}'" for who in (ORGANISER, FIRST, SECOND)) + ")"
    values = {"others": others, "over": scene.over, "unveiled": scene.unveiled}
    return {what: books.rows(question.format(**values)) for what, question in KEPT.items()}


def _votes(books: Books, place: Place, scene: Scene, found: Forged) -> list[str]:
    """What is wrong with the two accounts' votes."""
    two = {place.key(ENTRANT), place.key(STRANGER)}
    entries = {
        (challenge, number): person
        for challenge, number, person in books.rows("SELECT challenge, number, person FROM challenge_entries")
    }
    wrong = []
    for challenge, person, ballot in books.rows("SELECT challenge, person, ballot FROM challenge_votes"):
        numbers = json.loads(ballot)
        found.votes += person in two
        wrong += [] if len(numbers) == 1 else [f"{person} has {numbers}"]
        wrong += [f"{person} voted for themselves" for one in numbers if entries.get((challenge, one)) == person]
        wrong += [f"{person} voted for nothing" for one in numbers if (challenge, one) not in entries]
        wrong += [f"{person} voted on {challenge}"] if person in two and challenge != scene.voting else []
    for duel, person, verdict in books.rows("SELECT duel, person, verdict FROM duel_votes"):
        found.votes += person in two
        wrong += [] if verdict in VERDICTS else [f"{person} said {verdict!r}"]
        wrong += [f"{person} voted on {duel}, which is over"] if person in two and duel == scene.unveiled else []
    return wrong
