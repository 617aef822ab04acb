"""What goes wrong around challenges: a clock that jumps, two that end at once, and people and places that go away.

The chats are the fakes, over real sockets; the bot is the real one, but for composing and drawing, and its clock is put
by a file. One bot lives through all of it:

summer   the night of the change to summer time in the challenges' zone: two that end in the same second
jumps    the clock an hour ahead and back, while pieces and while votes are taken, and after the end
erased   the organiser has all data erased while people vote
deleted  the channel (on Telegram the topic) in which it is told of goes while it is on; its organiser moves it
expelled the bot is thrown out before the vote and invited again, and once more before the end

Each is to end with its result, told once, with all entries and votes; each list names what does not hold.
"""

from __future__ import annotations

import json
import re
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.e2e.chaos import NO_LIMITS
from tests.e2e.places import (
    GROUP,
    SETTLE_LIMIT_S,
    Books,
    DiscordPlace,
    Place,
    TelegramPlace,
    lay_pieces,
    open_place,
    until_found,
)
from tests.fakes.bot_process import STUB, environment_for, open_bot
from tests.fakes.telegram import Fault

ORGANISER, FIRST, SECOND, VOTER, MANAGER = range(5)
ENTRANTS = (ORGANISER, FIRST, SECOND)
ZONE = "Europe/Berlin"
START = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # half an hour before clocks there are put from two to three
HOUR_S = 3600.0
LATEST_S = 5.0
LIMIT_S = 120.0
QUIET_S = 1.5  # in which what should not happen would have happened
TOPIC = 42
TOLD = {"opened": "The challenge is open", "voting": "Time to vote", "ballot": "These were all", "result": "Result: "}


@dataclass
class Upset:
    """One of them, and what did not hold. late_s: how long after its time a stage came, at the most."""

    platform: str
    what: str
    wrong: list[str] = field(default_factory=list)
    late_s: float = 0.0

    def line(self) -> str:
        return f"{self.platform:<9} {self.what:<8} {len(self.wrong)} wrong; stages {self.late_s:.1f} s after their time"

    @property
    def clean(self) -> bool:
        return not self.wrong and self.late_s <= LATEST_S


@dataclass(frozen=True, kw_only=True)
class World:
    """A running bot. clock: the file that says by how much its clock is wrong."""

    place: Place
    books: Books
    clock: Path
    pieces: dict[str, str]

    def put(self, moment: datetime | float) -> None:
        """The bot's clock says so from now on."""
        at = moment.timestamp() if isinstance(moment, datetime) else moment
        self.clock.write_text(repr(at - time.time()))

    def now(self) -> float:
        return time.time() + float(self.clock.read_text())

    def jump(self, seconds: float) -> None:
        self.put(self.now() + seconds)

    def challenge(self, theme: str) -> tuple[str, str, dict[str, Any], float | None]:
        """Its id, stage, plan and end."""
        for id_, stage, plan, over in self.books.rows(
            "SELECT id, stage, plan, over FROM challenges WHERE stage != 'draft'"
        ):
            if json.loads(plan)["theme"] == theme:
                return id_, stage, json.loads(plan), over
        return "", "", {}, None

    async def until(self, theme: str, stage: str) -> None:
        await until_found(lambda: self.challenge(theme)[1] == stage or None, limit_s=LIMIT_S)

    async def told(self) -> None:
        """Until nothing is on its way."""
        await until_found(lambda: self.books.on_their_way() == 0 or None, limit_s=SETTLE_LIMIT_S)


async def upset_all(platform: str, folder: Path, *, only: tuple[str, ...] = ()) -> list[Upset]:
    """All of them, or those named; one after the other."""
    async with open_place(platform, 5) as (place, address):
        pieces = await lay_pieces(folder, [place.key(who) for who in ENTRANTS])
        clock = folder.with_suffix(".clock")
        clock.write_text(repr(START.timestamp() - time.time()))
        environment = environment_for(
            folder, **address, **NO_LIMITS, STUB_CLOCK=str(clock), STUB_MINUTE_S="6", STUB_LOOK_AFTER_S="1"
        )
        async with open_bot(STUB, environment, log=folder.with_suffix(".log")) as bot:
            world = World(place=place, books=Books(folder), clock=clock, pieces=pieces)
            await place.up()
            found = []
            for what, play in UPSETS.items():
                if not only or what in only:
                    found.append(Upset(platform, what))
                    try:
                        await play(world, found[-1])
                    except TimeoutError as error:
                        found[-1].wrong.append(f"it took too long: {traceback.extract_tb(error.__traceback__)[1].line}")
                    found[-1].wrong += [] if bot.is_running and bot.starts == 1 else ["the bot died"]
            log = folder.with_suffix(".log").read_text(errors="replace")
            found[-1].wrong += [line[:200] for line in log.splitlines() if "unexpected" in line or "Traceback" in line]
            return found


# --- the upsets ------------------------------------------------------------------------------------------------------


async def _summer(world: World, upset: Upset) -> None:
    times = {"zone": ZONE, "until": "2027-03-28 03:01", "vote_until": "2027-03-28 03:05"}
    for theme in ("Alpha", "Beta"):
        await _begin(world, theme, **times)
        await _enter(world, theme)
    world.put(datetime(2027, 3, 28, 0, 59, 58, tzinfo=UTC))
    await _stays(world, upset, Alpha="open", Beta="open")
    world.put(datetime(2027, 3, 28, 1, 0, 59, tzinfo=UTC))  # one minute past three there
    for theme in ("Alpha", "Beta"):
        await world.until(theme, "voting")
    await world.told()
    await _vote(world, "Alpha", FIRST)
    await _vote(world, "Beta", SECOND)
    world.put(datetime(2027, 3, 28, 1, 4, 59, tzinfo=UTC))
    for theme in ("Alpha", "Beta"):
        await world.until(theme, "closed")
    await world.told()
    _result(world, upset, "Alpha", FIRST)
    _result(world, upset, "Beta", SECOND)


async def _jumps(world: World, upset: Upset) -> None:
    await _begin(world, "Gamma", until="2 hours", vote_until="2 hours")
    await _enter(world, "Gamma")
    for seconds in (HOUR_S, -HOUR_S, -HOUR_S, HOUR_S):
        world.jump(seconds)
        await _stays(world, upset, Gamma="open")
    world.put(world.challenge("Gamma")[2]["closes"] - 1)
    await world.until("Gamma", "voting")
    await _vote(world, "Gamma", FIRST)
    for seconds in (-HOUR_S, HOUR_S, HOUR_S, -HOUR_S):
        world.jump(seconds)
        await _stays(world, upset, Gamma="voting")
    await world.told()
    world.put(world.challenge("Gamma")[2]["ends"] - 1)
    await world.until("Gamma", "closed")
    world.jump(-HOUR_S)
    await _stays(world, upset, Gamma="closed")
    await world.place.press(SECOND, f"v1:vote:{world.challenge('Gamma')[0]}:2")
    await _stays(world, upset, Gamma="closed")
    await world.told()
    _result(world, upset, "Gamma", FIRST)


async def _erased(world: World, upset: Upset) -> None:
    await _begin(world, "Delta", until="2 hours", vote_until="2 hours")
    await _enter(world, "Delta", ENTRANTS)
    await _to_the_vote(world, "Delta")
    await _vote(world, "Delta", FIRST)
    challenge, who = world.challenge("Delta")[0], world.place.key(ORGANISER)
    await world.place.press(ORGANISER, f"v1:vote:{challenge}:{_number(world, challenge, SECOND)}")
    await _erase(world.place, ORGANISER)
    for table in ("challenge_entries", "challenge_votes"):
        theirs = f"SELECT 1 FROM {table} WHERE person = '{who}'"
        await until_found(lambda theirs=theirs: not world.books.rows(theirs) or None, limit_s=LIMIT_S)
    await _stays(world, upset, Delta="voting")
    world.put(world.challenge("Delta")[2]["ends"] - 1)
    await world.until("Delta", "closed")
    await world.told()
    _result(world, upset, "Delta", FIRST)
    named = [row for row in world.books.rows("SELECT organiser FROM challenges") if row[0] == who]
    upset.wrong += [f"{len(named)} challenges still name who was erased"] if named else []
    text = next((text for text in world.place.texts() if "Result: Delta" in text), "")
    upset.wrong += [] if "2 entries" in text else [f"Delta: {text!r}"]


async def _deleted(world: World, upset: Upset) -> None:
    """It is told of in another place, which goes."""
    elsewhere, close, general = await _another_place(world.place)
    other = replace(world, place=elsewhere)
    await _begin(other, "Epsilon", until="2 hours", vote_until="2 hours")
    await _enter(other, "Epsilon")
    await world.told()
    await close()
    await _to_the_vote(other, "Epsilon")
    here = replace(world, place=general)
    challenge = world.challenge("Epsilon")[0]
    await _say(general, ORGANISER, f"challenge move challenge={challenge}")
    await until_found(lambda: _count(here, "Epsilon", "ballot") or None, limit_s=LIMIT_S)
    await _vote(here, "Epsilon", FIRST)
    world.put(world.challenge("Epsilon")[2]["ends"] - 1)
    await world.until("Epsilon", "closed")
    await world.told()
    _result(here, upset, "Epsilon", FIRST, opened=int(isinstance(general, TelegramPlace)))  # a topic is in its group


async def _expelled(world: World, upset: Upset) -> None:
    await _begin(world, "Zeta", until="2 hours", vote_until="2 hours")
    await _enter(world, "Zeta")
    await world.told()
    await _expel(world.place)
    await _to_the_vote(world, "Zeta")
    upset.wrong += ["told where the bot is not"] if _count(world, "Zeta", "voting") else []
    await _invite(world.place)
    await until_found(lambda: _count(world, "Zeta", "ballot") or None, limit_s=LIMIT_S)
    await world.told()
    await _vote(world, "Zeta", FIRST)
    await _expel(world.place)
    world.put(world.challenge("Zeta")[2]["ends"] - 1)
    await world.until("Zeta", "closed")
    await world.told()
    await _invite(world.place)
    await until_found(lambda: _count(world, "Zeta", "result") or None, limit_s=LIMIT_S)
    await world.told()
    _result(world, upset, "Zeta", FIRST)


UPSETS: dict[str, Callable[[World, Upset], Awaitable[None]]] = {
    "summer": _summer,
    "jumps": _jumps,
    "deleted": _deleted,
    "expelled": _expelled,
    "erased": _erased,  # the last, since its organiser has no piece afterwards
}


# --- what people do --------------------------------------------------------------------------------------------------


async def _begin(world: World, theme: str, **options: str) -> None:
    await world.place.create(theme, **options)
    await world.until(theme, "open")
    await until_found(lambda: _count(world, theme, "opened") or None, limit_s=LIMIT_S)


async def _enter(world: World, theme: str, people: tuple[int, ...] = (FIRST, SECOND)) -> None:
    challenge = world.challenge(theme)[0]
    for who in people:
        key = world.place.key(who)
        entered = f"SELECT 1 FROM challenge_entries WHERE challenge = '{challenge}' AND person = '{key}'"
        while not world.books.rows(entered):
            await world.place.press(who, f"v1:enter:{world.pieces[key]}:{challenge}")
            with suppress(TimeoutError):
                await until_found(lambda entered=entered: world.books.rows(entered) or None, limit_s=LATEST_S)


def _number(world: World, challenge: str, whose: int) -> int:
    key = world.place.key(whose)
    rows = world.books.rows(
        f"SELECT number FROM challenge_entries WHERE challenge = '{challenge}' AND person = '{key}'"
    )
    return int(rows[0][0])


async def _vote(world: World, theme: str, whose: int) -> None:
    """For the entry of somebody."""
    challenge, key = world.challenge(theme)[0], world.place.key(VOTER)
    voted = f"SELECT 1 FROM challenge_votes WHERE challenge = '{challenge}' AND person = '{key}'"
    while not world.books.rows(voted):
        await world.place.press(VOTER, f"v1:vote:{challenge}:{_number(world, challenge, whose)}")
        with suppress(TimeoutError):
            await until_found(lambda: world.books.rows(voted) or None, limit_s=LATEST_S)


async def _to_the_vote(world: World, theme: str) -> None:
    world.put(world.challenge(theme)[2]["closes"] - 1)
    await world.until(theme, "voting")
    await world.told()


async def _say(place: Place, who: int, line: str) -> None:
    """A command with options as words."""
    path, _, words = line.partition(" challenge=")
    if isinstance(place, DiscordPlace):
        call = await place.fake.slash(place.people[who], place.channel, path, challenge=words)
        await place.fake.answered(call, timeout_s=LIMIT_S)
        return
    assert isinstance(place, TelegramPlace)
    name, _, rest = path.partition(" ")
    place.fake.say(place.people[who], f"/{name}@OurBot {rest} challenge={words}", chat=place.chat)


async def _erase(place: Place, who: int) -> None:
    if isinstance(place, DiscordPlace):
        asked = await place.fake.slash(place.people[who], place.channel, "mydata erase")
        shown = await place.fake.response(asked, timeout_s=LIMIT_S)
        button = next(
            each for each in shown.buttons() if ":erase:" in each["custom_id"] and ":no" not in each["custom_id"]
        )
        await place.fake.send_custom_id(place.people[who], shown, button["custom_id"])
        return
    assert isinstance(place, TelegramPlace)
    person = place.people[who]
    place.fake.say(person, "/mydata erase")

    def question() -> tuple[int, str] | None:
        held = ((message, button.get("callback_data", "")) for message, button in place.fake.buttons(person.id))
        return next((one for one in held if ":erase:" in one[1]), None)

    message, data = await until_found(question, limit_s=LIMIT_S)
    place.fake.press_data(person, person.id, message, data)


async def _another_place(place: Place) -> tuple[Place, Callable[[], Awaitable[None]], Place]:
    """A place beside the others, how it is closed for good, and where people are then."""
    if isinstance(place, DiscordPlace):
        channel = await place.fake.channel(place.fake.guilds[0], "contests")
        elsewhere = DiscordPlace(place.fake, channel, 0)
        elsewhere.people = place.people
        return elsewhere, lambda: place.fake.remove_channel(channel), place
    assert isinstance(place, TelegramPlace)
    place.fake.group(GROUP - 1, "Forum", forum=True).managers.add(place.people[ORGANISER].id)
    elsewhere, general = place.at(GROUP - 1, TOPIC), place.at(GROUP - 1)

    async def close() -> None:
        gone = Fault("status", 400, "Bad Request: message thread not found", chat=GROUP - 1, times=9999, topic=TOPIC)
        place.fake.fail("*", gone)

    return elsewhere, close, general


async def _expel(place: Place) -> None:
    if isinstance(place, DiscordPlace):
        await place.fake.expel(place.fake.guilds[0])
        return
    assert isinstance(place, TelegramPlace)
    chat = place.fake.chats[GROUP]
    chat.closed = "Forbidden: bot was kicked from the supergroup chat"
    place.fake.put_bot(place.people[MANAGER], chat, "member", "kicked")


async def _invite(place: Place) -> None:
    if isinstance(place, DiscordPlace):
        await place.fake.invite(place.fake.guilds[0])
        return
    assert isinstance(place, TelegramPlace)
    chat = place.fake.chats[GROUP]
    chat.closed = None
    place.fake.put_bot(place.people[MANAGER], chat, "left", "member")


# --- what came of it -------------------------------------------------------------------------------------------------


async def _stays(world: World, upset: Upset, **stages: str) -> None:
    """For as long as a change would take."""
    until_s = time.monotonic() + QUIET_S
    while time.monotonic() < until_s:
        for theme, stage in stages.items():
            if (now := world.challenge(theme)[1]) != stage:
                upset.wrong.append(f"{theme} is {now}, not {stage}")
                return
        with suppress(TimeoutError):
            await until_found(lambda: None, limit_s=0.3)


def _count(world: World, theme: str, part: str) -> int:
    """In how many public messages something is told of a challenge."""
    words = f"{TOLD[part]}{theme}" if part == "result" else TOLD[part]
    return sum(theme in text and words in text for text in world.place.texts())


def _result(world: World, upset: Upset, theme: str, winner: int, *, opened: int = 1) -> None:
    """The one vote there is counts, all is told once, nothing is lost."""
    challenge, stage, plan, over = world.challenge(theme)
    upset.wrong += [] if stage == "closed" else [f"{theme} is {stage}"]
    upset.late_s = max(upset.late_s, (over or 0.0) - plan["ends"])
    wanted = dict.fromkeys(TOLD, 1) | {"opened": opened}
    there = {part: _count(world, theme, part) for part in TOLD}
    upset.wrong += [f"{theme}: {part} told {there[part]} times" for part in TOLD if there[part] != wanted[part]]
    entered = world.books.rows(f"SELECT person FROM challenge_entries WHERE challenge = '{challenge}' AND state = 'in'")
    upset.wrong += [] if len(entered) == 2 else [f"{theme}: {len(entered)} entries"]
    number = _number(world, challenge, winner)
    text = next((text for text in world.place.texts() if f"{TOLD['result']}{theme}" in text), "")
    upset.wrong += [] if re.search(rf"entry {number}, 1 vote\b", text) else [f"{theme}: {text!r}"]
    log = [
        row[0]
        for row in world.books.rows(f"SELECT what FROM challenge_log WHERE challenge = '{challenge}' ORDER BY number")
    ]
    stages = [what for what in log if what != "moved"]
    upset.wrong += [] if stages == ["open", "voting", "closed"] else [f"{theme}: log {stages}"]
