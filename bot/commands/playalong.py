"""`/playalong`: a recording of a piece to play along with: without one's part, slower, counted in, bars repeated."""

from __future__ import annotations

import re

from bot.commands.command import Context
from bot.commands.pieces import piece_or_newest
from bot.commands.requests import ask
from bot.commands.wording import Facts
from bot.making.playalong import FORMS, PlayAlong
from bot.making.reading import parse_loop
from renderers.sound.playing import USUAL_PERCENT, Playing

COUNTED_BARS = 1  # where somebody wants to play along and does not say
_BETWEEN = re.compile(r"\s*(?:[,;+&、，]|\band\b|\bund\b|和)\s*")


async def handle_playalong(context: Context) -> None:
    """Without options the piece is played at its tempo, counted in and with a click."""
    options = context.options
    piece = await piece_or_newest(context, options.get("piece"))
    wanted = {name: options[name] for name in ("without", "speed", "count_in", "click", "loop") if name in options}
    form = str(options.get("form") or FORMS[0])
    is_plain = not wanted and "form" not in options
    playing = Playing(
        without=tuple(filter(None, _BETWEEN.split(str(wanted.get("without") or "")))),
        percent=int(wanted.get("speed") or USUAL_PERCENT),
        count_in=int(wanted.get("count_in", COUNTED_BARS if wanted or is_plain else 0)),
        click=bool(wanted.get("click", is_plain)),
        loop=parse_loop(str(wanted.get("loop") or "")),
    )
    bars = Facts(piece.record, context.services.catalogue).bars or 1
    await ask(context, PlayAlong(piece=piece.id, playing=playing, form=form, length=bars))
