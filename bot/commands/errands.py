"""Words that ask something of a piece and say no more: "transpose it", "the notes please", "undo", 给我看谱.

Not covered: what the words mean (`generator/wishes/errands.py`); words that edit it (`editing.py`) or have it composed
anew (`changing.py`).
"""

from __future__ import annotations

from bot.chat.messages import Action
from bot.commands.changing import piece_meant
from bot.commands.command import Context
from bot.commands.editing import can_undo, press_accept, press_other, press_revert
from bot.commands.pieces import press_pdf
from bot.commands.transpose import press_transpose
from bot.making.edit import EditPiece
from generator.wishes.errands import Errand, read_errand

PRESSES = {
    Errand.NOTES: ("pdf", press_pdf),
    Errand.TRANSPOSE: ("transpose", press_transpose),
    Errand.UNDO: ("revert", press_revert),
    Errand.KEEP: ("accept", press_accept),
    Errand.ANOTHER: ("other", press_other),
}
DECIDING = (Errand.UNDO, Errand.KEEP, Errand.ANOTHER)


async def run_errand(context: Context, words: str) -> bool:
    """Do what is asked of the piece that is meant; False if nothing is, or if there is no piece.

    Raises as the button or the command for it.
    """
    errand = read_errand(words)
    piece = await piece_meant(context) if errand is not None else None
    if errand is None or piece is None:
        return False
    if errand in DECIDING and not can_undo(piece):
        return False
    verb, press = PRESSES[errand]
    if errand is Errand.ANOTHER and verb not in EditPiece.buttons(piece.record):
        return False  # of a piece that was composed another is composed
    await press(context, Action(verb, piece.id))
    return True
