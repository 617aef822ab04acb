"""`/subscribe`: a piece a day or a week for a chat, at its own hour.

Promises: at each time one piece, over restarts and changes of the clock; it counts for whoever subscribed and for the
server, as any other. Where a quota is used up, or the bot may not speak any more, that piece is left out, and the next
comes at its time. In a server or group those who manage it subscribe. Nobody is mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Action, Address, Button, Person, Reply
from bot.commands.access import is_admin, may_use, server_key
from bot.commands.command import Context, Services
from bot.commands.errors import NoSuchSubscription, NotAllowed, NoTimeToSubscribe, NotManager, TooManySubscriptions
from bot.commands.requests import check_length, task_for_wishes
from bot.commands.zones import zone_here
from bot.jobs import DailyQuota, Draining, Kept, Refused
from bot.making.compose import Compose
from bot.making.kinds import read_task, write_task
from bot.making.task import Showing
from bot.store import Appointment, Rhythm, new_appointment, parse_clock
from bot.texts import Language, clean, known_language, say
from config.zones import zone
from generator.request import sample_seed
from generator.wishes.door import wishes_for

SUBJECT = "subscription"
MOST_IN_A_CHAT = 5
AGAIN_AFTER_S, GIVEN_UP_AFTER_S = 300.0, 6 * 3600.0  # where there was no room in the queue


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EVERY_DAY = _words("daily every day each täglich jeden tag 每天 每日 天天")
EVERY_WEEK = _words("weekly week wöchentlich jede woche 每周 每週 每星期")
WEEKDAYS = (
    _words("monday mondays mon montag montags mo 周一 星期一 週一 每周一 每週一"),
    _words("tuesday tuesdays tue dienstag dienstags di 周二 星期二 週二 每周二 每週二"),
    _words("wednesday wednesdays wed mittwoch mittwochs mi 周三 星期三 週三 每周三 每週三"),
    _words("thursday thursdays thu donnerstag donnerstags do 周四 星期四 週四 每周四 每週四"),
    _words("friday fridays fri freitag freitags fr 周五 星期五 週五 每周五 每週五"),
    _words("saturday saturdays sat samstag samstags sa 周六 星期六 週六 每周六 每週六"),
    _words("sunday sundays sun sonntag sonntags so 周日 星期日 週日 周天 每周日 每週日"),
)
BETWEEN = _words("at on um am a the every each jeden jede at: 在 uhr")
LIST, STOP = frozenset(("", "list", "liste", "列表")), frozenset(("stop", "end", "stopp", "停止"))
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}[:：.]\d{2})(?!\d)\s*(?:uhr\b)?", re.IGNORECASE)


async def handle_subscribe(context: Context) -> None:
    """Subscribe, list, or stop, by the words."""
    words = str(context.options.get("what") or "").strip()
    first, _, rest = words.partition(" ")
    if words.casefold() in LIST:
        await context.reply(await _list(context))
    elif first.casefold() in STOP:
        await context.reply(await _stop(context, rest.strip().lower().removeprefix("#")))
    else:
        await _subscribe(context, words)


async def press_unsubscribe(context: Context, action: Action) -> None:
    """The button below a list."""
    await context.edit(await _stop(context, action.target))


# --- by words ---------------------------------------------------------------------------------------------------------


async def _subscribe(context: Context, words: str) -> None:
    """Raises NotManager, NoTimeToSubscribe, TooManySubscriptions, NotAWish, UnknownStyle, BadRequest."""
    await check_manager(context)
    rhythm, what = read_rhythm(words, zone_here(context))
    services, language = context.services, context.language
    task = task_for_wishes(context, wishes_for(what, services.catalogue), {})
    check_length(context, task)
    if len(await _of_chat(context)) >= MOST_IN_A_CHAT:
        raise TooManySubscriptions(limit=MOST_IN_A_CHAT)
    address = replace(context.address, message=None, token=None, token_expires=None, reply_to=None)
    showing = Showing(pages=context.likes.pages, audio=context.likes.audio)
    data = {
        "task": write_task(task, showing),
        "address": address.to_json(),
        "places": list(context.here.places),
        "language": language,
        "person": context.person.id,
    }
    appointment = new_appointment(
        SUBJECT,
        rhythm.next_after(datetime.now().timestamp()),
        data,
        person=context.person.key,
        server=server_key(context.address),
        rhythm=rhythm,
    )
    await services.jobs.scheduler.add(appointment)
    text = say("subscribe.done", language, what=_line(context, appointment), next=_next(appointment, language))
    title, buttons = say("subscribe.title", language), _buttons([appointment], language)
    await context.reply(Reply(text, title=title, buttons=buttons, language=language))


def read_rhythm(words: str, zone_name: str) -> tuple[Rhythm, str]:
    """When it comes, and what: "every Friday at 18:00 bach chorale". Raises NoTimeToSubscribe."""
    clock = _CLOCK.search(words)
    if clock is None:
        raise NoTimeToSubscribe(value=clean(words))
    said = [word.strip(",，").casefold() for word in words[: clock.start()].split()]
    try:
        hour, minute = parse_clock(clock[1])
    except ValueError as error:
        raise NoTimeToSubscribe(value=clean(words)) from error
    days = [day for word in said for day, names in enumerate(WEEKDAYS) if word in names]
    strange = [word for word in said if not any(word in names for names in (*WEEKDAYS, EVERY_DAY, EVERY_WEEK, BETWEEN))]
    is_weekly = bool(days) or any(word in EVERY_WEEK for word in said)
    if strange or len(days) > 1 or not (is_weekly or any(word in EVERY_DAY for word in said)):
        raise NoTimeToSubscribe(value=clean(words))
    weekday = (days[0] if days else datetime.now(zone(zone_name)).weekday()) if is_weekly else None
    rhythm = Rhythm(hour=hour, minute=minute, weekday=weekday, zone=zone_name)
    return rhythm, words[clock.end() :].strip(" ,，:：")


async def _stop(context: Context, wanted: str) -> Reply:
    """Raises NotManager, NoSuchSubscription."""
    await check_manager(context)
    language, own = context.language, await _of_chat(context)
    if not wanted and len(own) > 1:
        return await _list(context)
    found = next((one for one in own if not wanted or one.id == wanted), None)
    if found is None or not await context.services.jobs.scheduler.remove(found.id):
        raise NoSuchSubscription(id=clean(wanted, limit=20) or "–")
    return Reply(say("subscribe.stopped", language, what=_line(context, found)), language=language)


async def _list(context: Context) -> Reply:
    language, own = context.language, await _of_chat(context)
    if not own:
        return Reply(say("subscribe.none", language), private=True, language=language)
    lines = [f"{one.id} · {_line(context, one)} · {_next(one, language)}" for one in own]
    title = say("subscribe.title", language)
    return Reply("\n".join(lines), title=title, buttons=_buttons(own, language), private=True, language=language)


async def _of_chat(context: Context) -> list[Appointment]:
    table, here = context.services.store.appointments, context.address
    server = server_key(here)
    known = await (table.of(SUBJECT, server=server) if server else table.of(SUBJECT, person=context.person.key))
    there = [Address.from_json(one.data["address"]) for one in known]
    return [
        one
        for one, place in zip(known, there, strict=True)
        if place.platform == here.platform and (place.guild == here.guild if server else place.chat == here.chat)
    ]


async def check_manager(context: Context) -> None:
    """Raises NotManager: what comes every day is for those to decide who answer for the place."""
    if server_key(context.address) is None or is_admin(context.services.settings, context.person):
        return
    if not await context.here.is_managed():
        raise NotManager


def _line(context: Context, appointment: Appointment) -> str:
    """For example "every Friday at 18:00 (Europe/Berlin) · Bach chorale · 16 bars"."""
    rhythm, language = appointment.rhythm, context.language
    assert rhythm is not None
    values: dict[str, Any] = {"at": rhythm.clock, "zone": rhythm.zone}
    if rhythm.weekday is None:
        when = say("subscribe.daily", language, **values)
    else:
        when = say("subscribe.weekly", language, day=say(f"weekday.{rhythm.weekday}", language), **values)
    task, _ = read_task(appointment.data["task"])
    return f"{when} · {task.describe(context.services.catalogue, language)}"


def _next(appointment: Appointment, language: Language) -> str:
    assert appointment.rhythm is not None
    at = datetime.fromtimestamp(appointment.due, zone(appointment.rhythm.zone))
    return say("subscribe.next", language, at=f"{at:%Y-%m-%d %H:%M}")


def _buttons(own: Sequence[Appointment], language: Language) -> list[list[Button]]:
    return [
        [Button(say("button.unsubscribe", language, id=one.id), Action("unsubscribe", one.id), "danger")] for one in own
    ]


# --- at its time ------------------------------------------------------------------------------------------------------


class Subscriptions:
    """Asks for the pieces whose time has come."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def keep(self, connection: AsyncConnection, appointment: Appointment, now: float) -> Kept:
        """A `bot.jobs.scheduler.Keep`. The job and that its time is over are one commit."""
        jobs, data = self._services.jobs, appointment.data
        since = float(data.get("since") or appointment.due)
        done = {name: value for name, value in data.items() if name != "since"}
        address = address_now(appointment)
        person = Person(address.platform, str(data["person"]))
        if not await may_speak_there(self._services, person, address, data.get("places") or ()):
            return Kept(data=done)
        task, showing = read_task(data["task"])
        if isinstance(task, Compose):
            task = replace(task, request=replace(task.request, seed=sample_seed()))
        try:
            accepted = await jobs.accept_within(
                connection,
                task,
                person=person,
                address=address,
                language=known_language(str(data["language"])),
                event_key=f"{SUBJECT}:{appointment.id}:{since:.0f}",
                showing=showing,
            )
        except (DailyQuota, Draining, Refused) as refusal:
            is_over = isinstance(refusal, DailyQuota) or now - since > GIVEN_UP_AFTER_S
            return Kept(data=done) if is_over else Kept(due=now + AGAIN_AFTER_S, data={**done, "since": since})
        return Kept(data=done, afterwards=lambda: jobs.committed(accepted))


async def may_speak_there(services: Services, person: Person, address: Address, places: Sequence[str]) -> bool:
    """Whether the bot still may, for this person and by the server's rules."""
    try:
        await may_use(services, person, address)
    except NotAllowed:
        return False
    server = server_key(address)
    allowed = (await services.store.servers.rules(server)).channels if server else ()
    return not allowed or not places or bool(set(allowed) & set(places))


def address_now(appointment: Appointment) -> Address:
    """Where it goes; a group that got another id since is found under that."""
    address = Address.from_json(appointment.data["address"])
    guild = None if appointment.server is None else appointment.server.partition(":")[2]
    if guild is None or guild == address.guild:
        return address
    return replace(address, guild=guild, chat=guild if address.chat == address.guild else address.chat)
