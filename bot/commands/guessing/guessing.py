"""`/guess`: the day's bars for whoever asks, their buttons, one's own score, and a chat that wants them every day.

Promises: what is guessed is told to whoever guessed alone; the day is that of the server's clock, in a private talk of
the person's. In a server those who manage it have the bars come every day; nobody is mentioned.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Action, Person, Reply
from bot.commands.access import server_key
from bot.commands.command import Context, Services
from bot.commands.errors import NoTimeToSubscribe, NotToday, StaleButton
from bot.commands.guessing.drawing import Bars
from bot.commands.guessing.telling import (
    composer_reply,
    line_of,
    outcome_reply,
    question_reply,
    score_text,
)
from bot.commands.sharing.words import own_name
from bot.commands.subscribing import STOP, address_now, check_manager, may_speak_there
from bot.commands.zones import zone_here
from bot.guesses.puzzles import CHOICES, Puzzle, day_of, is_on, puzzle_of, today
from bot.jobs import Kept
from bot.jobs.guessing import SUBJECT
from bot.making.post import Post
from bot.store import Appointment, Rhythm, Store, new_appointment, parse_clock
from bot.store.guesses import Guess
from bot.texts import Language, clean, known_language, say
from config.zones import zone
from generator.catalogue.catalogue import Catalogue

SCORE = frozenset(("score", "scores", "streak", "ergebnis", "punkte", "serie", "成绩", "成績", "得分"))
DAILY = frozenset(("daily", "subscribe", "täglich", "abonnieren", "每天", "每日", "订阅", "訂閱"))


async def handle_guess(context: Context) -> None:
    """Today's bars; or by its first word the score, every day, or no longer every day."""
    words = str(context.options.get("what") or "").strip()
    first, _, rest = words.partition(" ")
    if not words:
        await _show(context)
    elif first.casefold() in SCORE:
        await _score(context)
    elif first.casefold() in DAILY:
        await _subscribe(context, rest.strip())
    elif first.casefold() in STOP:
        await _stop(context)
    else:
        raise NoTimeToSubscribe(reason="guess", value=clean(words))


async def press_guess(context: Context, action: Action) -> None:
    """Which a human wrote, or which composer."""
    puzzle, argument = await _puzzle(context, action), action.argument
    guesses, person = context.services.jobs.guesses, context.person.key
    if argument in ("1", "2"):
        guess = await guesses.say_human(puzzle, int(argument), person=person)
        if guess.composer is None:
            await context.reply(composer_reply(puzzle, context.services.catalogue, context.language))
        else:
            await context.reply(await _outcome(context, puzzle, guess))
        return
    places = {f"c{place}": place for place in range(CHOICES)}
    if argument not in places:
        raise StaleButton
    guess = await guesses.say_composer(puzzle, puzzle.composers[places[argument]], person=person)
    await context.edit(await _outcome(context, puzzle, guess))


async def press_boast(context: Context, action: Action) -> None:
    """The line, for all who are there."""
    puzzle = await _puzzle(context, action)
    guess = await context.services.jobs.guesses.tell(puzzle, person=context.person.key)
    own = await context.services.store.guesses.of(context.person.key)
    name = own_name(context)
    line = line_of(puzzle, guess, own)
    await context.reply(Reply(f"{name}: {line}" if name else line, language=context.language))


async def _puzzle(context: Context, action: Action) -> Puzzle:
    """The one a button is about, if its day is still on somewhere: who was shown it in a server may answer in private.

    Raises StaleButton, NotToday.
    """
    day = day_of(action.target)
    if day is None:
        raise StaleButton
    if not is_on(day, now=context.services.jobs.guesses.now()):
        raise NotToday
    return puzzle_of(day, await context.services.store.guesses.secret())


def _today(context: Context) -> int:
    return today(zone_here(context), now=context.services.jobs.guesses.now())


async def _show(context: Context) -> None:
    services, language = context.services, context.language
    puzzle = puzzle_of(_today(context), await services.store.guesses.secret())
    guess = await services.jobs.guesses.look(puzzle, person=context.person.key)
    if guess is not None and guess.composer is not None:
        await context.reply(await _outcome(context, puzzle, guess))
        return
    files = await services.bars.attachments(puzzle, language) if services.bars is not None else ()
    await context.reply(question_reply(puzzle, files, language, private=True))
    if guess is not None:
        await context.reply(composer_reply(puzzle, services.catalogue, language))


async def _outcome(context: Context, puzzle: Puzzle, guess: Guess) -> Reply:
    store = context.services.store
    own, counts = await store.guesses.of(context.person.key), await store.guesses.counts(puzzle.day)
    language, can_tell = context.language, context.address.guild is not None
    return outcome_reply(puzzle, guess, own, counts, context.services.catalogue, language, can_tell=can_tell)


async def _score(context: Context) -> None:
    own, language = await context.services.store.guesses.of(context.person.key), context.language
    text = score_text(own, language, today=_today(context))
    title = say("guess.score_title", language)
    await context.reply(Reply(text, title=title, private=True, personal=True, language=language))


# --- every day --------------------------------------------------------------------------------------------------------


async def _subscribe(context: Context, clock: str) -> None:
    """In the place of an earlier hour. Raises NotManager, NoTimeToSubscribe."""
    await check_manager(context)
    try:
        hour, minute = parse_clock(clock.replace("：", ":").replace(".", ":"))
    except ValueError as error:
        raise NoTimeToSubscribe(reason="guess", value=clean(clock)) from error
    services, language = context.services, context.language
    rhythm = Rhythm(hour=hour, minute=minute, weekday=None, zone=zone_here(context))
    address = replace(context.address, message=None, token=None, token_expires=None, reply_to=None)
    data = {
        "address": address.to_json(),
        "places": list(context.here.places),
        "language": context.rules.language or language,
        "person": context.person.id,
    }
    due = rhythm.next_after(services.jobs.guesses.now())
    server = server_key(context.address)
    new = new_appointment(SUBJECT, due, data, person=context.person.key, server=server, rhythm=rhythm)
    for known in await _of_chat(context):
        await services.jobs.scheduler.remove(known.id)
    await services.jobs.scheduler.add(new)
    at = datetime.fromtimestamp(due, zone(rhythm.zone))
    values = {"at": rhythm.clock, "zone": rhythm.zone, "next": f"{at:%Y-%m-%d %H:%M}"}
    await context.reply(Reply(say("guess.comes_daily", language, **values), private=True, language=language))


async def _stop(context: Context) -> None:
    """Raises NotManager."""
    await check_manager(context)
    known, language = await _of_chat(context), context.language
    for one in known:
        await context.services.jobs.scheduler.remove(one.id)
    key = "guess.stopped" if known else "guess.came_not"
    await context.reply(Reply(say(key, language), private=True, language=language))


async def _of_chat(context: Context) -> list[Appointment]:
    table, here = context.services.store.appointments, context.address
    server = server_key(here)
    known = await (table.of(SUBJECT, server=server) if server else table.of(SUBJECT, person=context.person.key))
    return [one for one in known if address_now(one).chat == here.chat and address_now(one).topic == here.topic]


class DailyBars:
    """Has the bars told in chats whose hour has come."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def keep(self, connection: AsyncConnection, appointment: Appointment, now: float) -> Kept:
        """A `bot.jobs.scheduler.Keep`. The message and that its time is over are one commit."""
        guesses, data = self._services.jobs.guesses, appointment.data
        address = address_now(appointment)
        person = Person(address.platform, str(data["person"]))
        if appointment.rhythm is None or not await may_speak_there(
            self._services, person, address, data.get("places") or ()
        ):
            return Kept()
        await guesses.post(
            connection,
            chat=appointment.id,
            day=today(appointment.rhythm.zone, now=now),
            address=replace(address, person="", name=None),
            language=known_language(str(data["language"])),
        )
        return Kept(afterwards=guesses.posted)


class GuessPoster:
    """A `bot.jobs.ports.Poster`."""

    def __init__(self, store: Store, catalogue: Catalogue, bars: Bars) -> None:
        self._store, self._catalogue, self._bars = store, catalogue, bars

    async def reply(self, post: Post, language: Language) -> Reply | None:
        """The bars of the day that it is about."""
        puzzle = puzzle_of(post.serial, await self._store.guesses.secret())
        return question_reply(puzzle, await self._bars.attachments(puzzle, language), language, private=False)

    def admission(self, _post: Post, reply: Reply, /, *, is_there: bool) -> Reply:
        """`/guess` shows them again."""
        note = say("guess.may_be_missing", reply.language)
        return replace(reply, text=f"{reply.text}\n{note}") if is_there else Reply(note, language=reply.language)
