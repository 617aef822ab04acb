"""From a wish to an accepted job and the first message about it. Everything that composes goes through here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from bot.chat.messages import Action, Button, Reply
from bot.commands.command import Context
from bot.commands.errors import ImpossibleKey, ImpossibleMetre, OutOfLimits
from bot.commands.wording import describe_wish
from bot.making.wish import Wish, wish_for
from bot.store import PersonSettings
from bot.texts import Language, clean, duration, say
from config.settings import Settings
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.errors import BadRequest
from generator.notation.keys import parse_key
from generator.notation.limits import parse_metre

USUAL_BARS = 16
SAMPLING = ("temperature", "top_k", "top_p", "guidance")


async def ask_for_style(context: Context, style: Style, options: Mapping[str, Any]) -> bool:
    """Have a piece of the style made, with what the options and the person's settings say."""
    services = context.services
    likes = await services.store.people.settings(context.person.key)
    key, metre, tempo = options.get("key"), options.get("metre"), options.get("tempo")
    wish = wish_for(
        services.catalogue,
        style,
        bars=options.get("bars") or usual_bars(likes, services.settings),
        seed=options.get("seed"),
        key=parse_key(key).abc if key else None,
        metre=str(parse_metre(metre)) if metre else None,
        tempo=tempo,
        temperament=options.get("temperament") or likes.temperament,
        **{name: options.get(name) for name in SAMPLING},
    )
    services.catalogue.opening(style, rng=Random(wish.seed), key=wish.key, metre=wish.metre, tempo=wish.tempo)
    return await ask(context, wish)


def usual_bars(likes: PersonSettings, settings: Settings) -> int:
    """How long a piece is if nobody says."""
    return min(likes.bars or USUAL_BARS, most_bars(settings))


def check_music(options: Mapping[str, Any]) -> None:
    """Raises ImpossibleKey, ImpossibleMetre."""
    try:
        if options.get("key"):
            parse_key(options["key"])
    except BadRequest as error:
        raise ImpossibleKey(value=clean(options["key"]), message=str(error)) from error
    try:
        if options.get("metre"):
            parse_metre(options["metre"])
    except BadRequest as error:
        raise ImpossibleMetre(value=clean(options["metre"]), message=str(error)) from error


async def ask(context: Context, wish: Wish) -> bool:
    """Have a piece made; False if this very event has asked before. Raises what `Jobs.accept` raises, OutOfLimits."""
    services = context.services
    limit = most_bars(services.settings)
    if wish.bars > limit:
        raise OutOfLimits(name="bars", value=wish.bars, low="1", high=str(limit))
    likes = await services.store.people.settings(context.person.key)
    wish = replace(wish, pages=likes.pages, audio=likes.audio)
    accepted = await services.jobs.accept(
        person=context.person,
        address=context.address,
        language=context.language,
        wish=wish,
        event_key=context.event_key,
    )
    if accepted.again:
        return False
    reply = waiting_reply(
        accepted.job,
        wish,
        services.catalogue,
        context.language,
        place=accepted.place,
        expected_s=accepted.expected_s,
        paused=accepted.paused,
    )
    message = await context.reply(reply)
    if message is not None:
        await services.jobs.placed(accepted.job, replace(context.address, message=message))
    return True


def most_bars(settings: Settings) -> int:
    """The longest piece that may be asked for in a chat."""
    return min(settings.chat_max_bars, settings.max_bars)


def waiting_reply(
    job: str,
    wish: Wish,
    catalogue: Catalogue,
    language: Language,
    *,
    place: int,
    expected_s: float | None,
    paused: bool = False,
) -> Reply:
    """Accepted: what, which place in the queue, how long it will take."""
    if paused:
        state = say("status.paused", language)
    elif place == 0:
        state = say("status.starting", language)
    else:
        state = say("status.waiting", language, place=place)
    if expected_s is not None and not paused:
        state += " · " + say("status.expected", language, time=duration(expected_s, language))
    return Reply(
        f"{describe_wish(wish, catalogue, language)}\n{state}",
        title=say("status.accepted", language),
        buttons=(cancel_row(job, language),),
        language=language,
    )


def cancel_row(job: str, language: Language) -> tuple[Button, ...]:
    """The button that ends a job."""
    return (Button(say("button.cancel", language), Action("cancel", job), "danger"),)
