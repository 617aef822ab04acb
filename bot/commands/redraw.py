"""The button that brings what could not be made of a piece the first time."""

from __future__ import annotations

from bot.chat.messages import Action
from bot.commands.command import Context
from bot.commands.pieces import find_piece
from bot.commands.requests import ask
from bot.commands.wording import Facts
from bot.making.redraw import Redraw


async def press_bring(context: Context, action: Action) -> None:
    """Have the piece drawn and played once more, for whoever pressed. Raises SourceIsGone and what `ask` raises."""
    piece = await find_piece(context, action.target)
    await context.services.store.pieces.source(piece.id)
    bars = Facts(piece.record, context.services.catalogue).bars or 1
    await ask(context, Redraw(piece=piece.id, length=bars))
