"""`/print`, and the buttons below a PDF: a piece on paper as somebody wants it."""

from __future__ import annotations

from bot.chat.messages import Action
from bot.commands.command import Context
from bot.commands.pieces import find_piece, piece_or_newest, what_was_printed
from bot.commands.requests import ask
from bot.commands.wording import Facts
from bot.making.print_out import FORMS, PRINTS, SCORE, PrintOut
from bot.store import PieceView
from renderers.pages.printing import Printing, Size

CHOICES, SIZES = tuple(FORMS), tuple(Size)


async def handle_print(context: Context) -> None:
    """Without a piece the newest of one's own. Raises NoOwnPiece, NoSuchPiece, PieceIsGone."""
    options = context.options
    piece = await what_was_printed(context, await piece_or_newest(context, options.get("piece")))
    printing = Printing(size=Size(options.get("paper") or Size.A4), large=bool(options.get("large")))
    await _ask(context, piece, str(options.get("what") or SCORE), printing)


async def press_print(context: Context, action: Action) -> None:
    """What is printed belongs to whoever pressed. What the button does not know is the score as ever."""
    piece = await what_was_printed(context, await find_piece(context, action.target))
    await _ask(context, piece, *PRINTS.get(action.argument, (SCORE, Printing())))


async def _ask(context: Context, piece: PieceView, form: str, printing: Printing) -> None:
    await context.services.store.pieces.source(piece.id)
    bars = Facts(piece.record, context.services.catalogue).bars or 1
    await ask(context, PrintOut(piece=piece.id, form=form, printing=printing, length=bars))
