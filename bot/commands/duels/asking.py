"""`/duel`: asks for two pieces of one request, or sets two that are there against each other; or shows the ratings.

Without `against` the two have different seeds. With it they differ in that alone, and have the same seed: a temperament
or numbers ("wild", "temperature 1.3"), another style, or other weights where whoever runs the bot has named some.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.chat.messages import Reply
from bot.commands.command import Context, Suggestion
from bot.commands.completing import suggest_style
from bot.commands.duels.telling import ratings_text
from bot.commands.errors import FileIsGone, MissingOption, NotTwoPieces
from bot.commands.pieces import find_piece
from bot.commands.preferences import TEMPERAMENT_CHOICES
from bot.commands.requests import SAMPLING, ask, check_length, task_for_wishes
from bot.commands.sharing.words import check_piece
from bot.duels.ratings import rate
from bot.making.compose import Compose
from bot.making.duel import USUAL_HOURS, Duel, Entrant
from bot.making.workshop import NoRival
from bot.texts import clean, languages, say
from config.letters import fold
from generator.request import MAX_SEED, sample_seed, sampling_for
from generator.wishes.door import wishes_for
from renderers.formats import ABC

WEIGHTS = frozenset(("weights", "model", "gewichte", "modell", "权重", "權重", "模型"))
RATINGS = frozenset(
    ("ratings", "rating", "scores", "wertung", "wertungen", "rangliste", "排名", "评分", "評分", "排行")
)
_NUMBER = re.compile(r"(?P<name>temperature|top_k|top_p|guidance)\s*[=: ]\s*(?P<value>\d+(?:[.,]\d+)?)\s*,?\s*")
_NO_NUMBER = re.compile(r"\s*(?:temperature|top_k|top_p|guidance)\s*[=:]?\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"(?:\s|,|;|#|\bvs\b|\band\b|\bund\b|和|与|與)+")


async def handle_duel(context: Context) -> None:
    """Raises MissingOption, NotTwoPieces, NoSuchPiece, NotAWish, UnknownStyle, BadRequest, and what `ask` raises."""
    options = dict(context.options)
    words, against = str(options.pop("style", "") or "").strip(), str(options.pop("against", "") or "").strip()
    pieces, hours = str(options.pop("pieces", "") or "").strip(), int(options.pop("hours", None) or USUAL_HOURS)
    if words.casefold() in RATINGS:
        await _show_ratings(context)
        return
    if pieces:
        entrants = await _named(context, pieces)
    elif words:
        entrants = _composed(context, words, against, options)
    else:
        raise MissingOption(name="style", reason="duel")
    await ask(context, Duel(entrants=entrants, hours=hours))


async def suggest_against(context: Context, typed: str) -> list[Suggestion]:
    """Temperaments, weights where there are others, then styles."""
    language = context.language
    named = [Suggestion(say(f"choice.{name}", language), name) for name in TEMPERAMENT_CHOICES]
    if context.services.settings.rival_weights is not None:
        named.append(Suggestion(say("duel.other_weights", language), "weights"))
    fitting = [one for one in named if typed.strip().casefold() in f"{one.label} {one.value}".casefold()]
    return [*fitting, *await suggest_style(context, typed)] if typed.strip() else fitting


async def _named(context: Context, words: str) -> tuple[Entrant, Entrant]:
    """Two that are there."""
    ids = [word for word in _BETWEEN.split(words.lower()) if word]
    if len(set(ids)) != 2 or len(ids) != 2:
        raise NotTwoPieces(value=clean(words))
    first, second = [await find_piece(context, id_) for id_ in ids]
    for piece in (first, second):
        if piece.file(ABC.ending) is None:
            raise FileIsGone(id=piece.id)
        await check_piece(context, piece)
    return Entrant(piece=first.id), Entrant(piece=second.id)


def _composed(context: Context, words: str, against: str, options: Mapping[str, Any]) -> tuple[Entrant, Entrant]:
    catalogue = context.services.catalogue
    seed = sample_seed() if options.get("seed") is None else int(options["seed"])
    asked = {**options, "seed": seed}
    first = task_for_wishes(context, wishes_for(words, catalogue), asked)
    if not against:
        request = replace(first.request, seed=(seed + 1) % MAX_SEED)
        second = replace(first, request=request)
    elif against.casefold() in WEIGHTS:
        return _between_weights(context, first)
    elif _NO_NUMBER.fullmatch(against):
        raise MissingOption(name="against", reason="number")
    elif (setting := _setting(against)) is not None:
        second = _with_setting(context, first, setting)
    else:
        second = task_for_wishes(context, wishes_for(against, catalogue), asked)
    for task in (first, second):
        check_length(context, task)
    return Entrant(task=first), Entrant(task=second)


def _between_weights(context: Context, task: Compose) -> tuple[Entrant, Entrant]:
    """The same request and seed, once with each weights. Raises NoRival."""
    if context.services.settings.rival_weights is None:
        raise NoRival
    check_length(context, task)
    return Entrant(task=task), Entrant(task=task, rival=True)


def _with_setting(context: Context, first: Compose, setting: Mapping[str, Any]) -> Compose:
    """The same, with another temperament or other numbers. Numbers stand beside those of the first."""
    request, numbers = first.request, {name: value for name, value in setting.items() if name in SAMPLING}
    if "temperament" in setting:
        sampling = sampling_for(
            context.services.catalogue, request.style, temperament=setting["temperament"], **numbers
        )
    else:
        sampling = replace(request.sampling, **numbers)
    return replace(first, request=replace(request, sampling=sampling))


def _setting(words: str) -> dict[str, Any] | None:
    """A temperament by its name in any language, or numbers; None for other words."""
    folded = fold(words)
    for name in TEMPERAMENT_CHOICES:
        if folded in {name, *(fold(say(f"choice.{name}", language)) for language in languages())}:
            return {"temperament": None if name == "style" else name}
    numbers: dict[str, Any] = {}
    position = 0
    text = words.casefold().strip()
    while position < len(text):
        found = _NUMBER.match(text, position)
        if found is None:
            return None
        value = float(found["value"].replace(",", "."))
        numbers[found["name"]] = int(value) if found["name"] == "top_k" else value
        position = found.end()
    return numbers or None


async def _show_ratings(context: Context) -> None:
    language, store = context.language, context.services.store
    votes = await store.duels.votes()
    ratings = {kind: await asyncio.to_thread(rate, found) for kind, found in votes.items()}
    text = ratings_text(ratings, context.services.catalogue, language)
    await context.reply(Reply(text, title=say("duel.ratings_title", language), private=True, language=language))
