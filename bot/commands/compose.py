"""`/compose`: what a person wants in his own words, or a style in three fields; without any, buttons to choose with.

Everything a person may have mistyped is looked at before anything is accepted. A name that is only near is asked about,
where it is not clear that a piece is wanted one is offered by a button, and talk is answered as such.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.chat.messages import Button, Reply
from bot.commands.cascade import CASCADE, chosen_wish
from bot.commands.changing import ABOUT, change_piece, repeat_piece
from bot.commands.command import Context
from bot.commands.editing import edit_in_words, refuse_edit
from bot.commands.errands import run_errand
from bot.commands.errors import MissingOption
from bot.commands.interpreter import interpret
from bot.commands.offering import offer_words
from bot.commands.picker import CARRIED, open_picker, pick_style, write_wishes
from bot.commands.requests import ask_for_style, ask_for_wishes, most_bars
from bot.commands.sweeping import rate_answered
from bot.commands.words import SPOKEN
from bot.texts import clean, explain, say, style_name
from generator.errors import NotAWish
from generator.wishes.asked import options_of
from generator.wishes.door import checked
from generator.wishes.reading import read_wishes
from generator.wishes.scenes import is_available


async def handle_compose(context: Context) -> None:
    """Ask for a piece, or for the style of one."""
    options = {name: value for name, value in context.options.items() if name not in (SPOKEN, ABOUT)}
    if str(options.get("style") or "").strip():
        await _compose_words(context, options)
    elif any(str(options.get(name) or "").strip() for name in CASCADE):
        await ask_for_style(context, chosen_wish(context.services.catalogue, options), options)
    elif set(options) <= {*CARRIED, "style"}:
        await open_picker(context)
    else:  # a button is too small for a seed
        raise MissingOption(name="style", reason="style")


async def _compose_words(context: Context, options: Mapping[str, Any]) -> None:
    """What the words say; who plays and what else is said in fields of its own belongs to them."""
    words = " ".join(str(options[name]) for name in ("style", *CASCADE) if options.get(name))
    catalogue = context.services.catalogue
    if set(options) == {"style"} and await _is_of_a_piece(context, words):
        return
    offline = read_wishes(words, catalogue, is_request=not context.options.get(SPOKEN))
    if is_available() and offline.missed and not offline.moods:  # the first time it takes seconds, then tenths
        is_request = not context.options.get(SPOKEN)
        read = partial(read_wishes, words, catalogue, is_request=is_request, with_scenes=True)
        offline = await asyncio.to_thread(read)
    if offline.sort == "offer":
        await offer_words(context, words)
        return
    try:
        wishes = checked(await interpret(words, offline, catalogue, context.services.settings), words, catalogue)
    except NotAWish as error:
        if error.reason == "again" and await repeat_piece(context):
            return
        if error.reason not in ("near", "stranger"):
            raise
        await _ask_back(context, error, options)
        return
    await ask_for_wishes(context, wishes, options)


async def _is_of_a_piece(context: Context, words: str) -> bool:
    """Whether the words are about a piece that is there; then what they want of it is done."""
    if await rate_answered(context, words):
        return True
    for do in (edit_in_words, run_errand, change_piece, refuse_edit):
        if await do(context, words):
            return True
    return False


async def _ask_back(context: Context, error: NotAWish, options: Mapping[str, Any]) -> None:
    """Did you mean ...? A button for each, with what else was asked for."""
    catalogue, language = context.services.catalogue, context.language
    styles = {}
    if error.reason == "stranger":
        styles[error.values["style"]] = options
    for near in error.values.get("near", ()):
        meant = read_wishes(near.instead, catalogue, is_request=True)
        if meant.style is not None and meant.sort == "request":
            limit = most_bars(context.services.settings)
            styles.setdefault(meant.style, options_of(meant, catalogue, given=options, seed=0, most_bars=limit))
    if not styles:
        raise error
    buttons = [
        Button(style_name(style, language)[:80], pick_style(style, write_wishes(asked)))
        for style, asked in styles.items()
    ]
    if error.reason == "stranger":
        text = explain(error, language) or ""
    else:
        text = say("compose.near", language, words=clean(str(error.values["word"])), n=len(buttons))
    await context.reply(Reply(text, buttons=(tuple(buttons),), private=True, language=language))
