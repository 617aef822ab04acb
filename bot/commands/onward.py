"""`/continue`, `/rewrite`, `/vary` and their like: a piece, or music that somebody sends, taken further."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.chat.messages import Action
from bot.commands.changing import ABOUT
from bot.commands.command import Context
from bot.commands.files import fetch, plain_name
from bot.commands.hear import ask_whose_style
from bot.commands.pieces import find_piece, piece_or_newest
from bot.commands.requests import ask, longest
from bot.commands.sharing.words import check_music
from bot.making.interleaved import Interleaved, interleave
from bot.making.onward import style_in, task_for
from bot.store import PieceView
from generator.catalogue.style import Style
from generator.onward.asking import parse_bars, parse_how, work_on_piece
from generator.onward.brought import bring
from generator.onward.work import Kind
from renderers.score.files import ScoreFile

WITHIN = (Kind.REWRITE, Kind.VARY, Kind.SIMPLIFY, Kind.ENRICH)  # "bars" are those that change
USUAL_VOICES = "bach chorale"  # who sings what is harmonised, if nobody says


def handler(kind: Kind) -> Callable[[Context], Awaitable[None]]:
    """The command that does this kind of work."""

    async def handle(context: Context) -> None:
        """Read the music, and ask for the work. What cannot be worked on is said at once, and counts for nothing."""
        asked = _asked(context, kind)
        read, piece, name, own_style = await music_of(context)
        brought = await asyncio.to_thread(bring, read.abc)
        services = context.services
        work = work_on_piece(
            kind,
            brought,
            services.catalogue,
            own_style=own_style,
            most_bars=longest(context),
            **asked,
        )
        await ask(context, task_for(work, brought, piece=piece, name=name))

    return handle


async def press_onward(context: Context, action: Action) -> None:
    """The button below a piece: it is worked on as is usual; the new piece belongs to whoever pressed.

    Whose style a piece goes on in, the button's argument says; without one it is asked.
    """
    kind, words = Kind(action.verb), action.argument.replace("_", " ")
    piece = await find_piece(context, action.target)
    if kind is Kind.RESTYLE and not words:
        await ask_whose_style(context, piece)
        return
    words = words or (USUAL_VOICES if kind is Kind.HARMONISE else "")
    brought = await asyncio.to_thread(bring, (await read_piece(context, piece)).abc)
    work = work_on_piece(
        kind,
        brought,
        context.services.catalogue,
        style=context.services.catalogue.find(words) if words else None,
        own_style=style_in(piece.record),
        most_bars=longest(context),
    )
    await ask(context, task_for(work, brought, piece=piece.id))


def _asked(context: Context, kind: Kind) -> dict[str, Any]:
    """What the options say. Raises BadRequest, UnknownStyle."""
    options, catalogue = context.options, context.services.catalogue
    asked: dict[str, Any] = {"seed": options.get("seed")}
    if words := options.get("style") or (USUAL_VOICES if kind is Kind.HARMONISE else None):
        asked["style"] = catalogue.find(words)
    if kind in WITHIN and options.get("bars"):
        asked["first"], asked["last"] = parse_bars(str(options["bars"]))
    elif kind in (Kind.CONTINUE, Kind.RESTYLE):
        asked["bars"] = options.get("bars")
    if options.get("from") is not None:
        asked["first"] = options["from"]
    if options.get("theme"):
        asked["first"], asked["last"] = parse_bars(str(options["theme"]))
    if options.get("how"):
        asked["how"] = parse_how(str(options["how"]))
    if options.get("percent") is not None:
        asked["how_far"] = options["percent"] / 100
    return asked


async def music_of(context: Context) -> tuple[Interleaved, str, str, Style | None]:
    """What is worked on; the id of the piece, or "" and what the file is called; its style, where that is known."""
    file = context.options.get("file")
    if file is not None:
        content = await fetch(file)
        name = plain_name(file.name)
        read = await interleave(ScoreFile(name=name, content=content), context.services.reader)
        await check_music(context, read.abc, name)
        return read, "", name, None
    piece = await piece_or_newest(context, context.options.get("piece") or context.options.get(ABOUT))
    return await read_piece(context, piece), piece.id, "", style_in(piece.record)


async def read_piece(context: Context, piece: PieceView) -> Interleaved:
    source = await context.services.store.pieces.source(piece.id)
    return await interleave(source.abc, context.services.reader)
