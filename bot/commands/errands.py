"""Words that ask something of a piece that is there: "transpose it to G", "show me the notes", 移到G大调.

Not covered: what the words mean (`generator/wishes/errands.py`); words that have it composed anew (`changing.py`).
"""

from __future__ import annotations

from bot.chat.messages import Action
from bot.commands.changing import piece_meant
from bot.commands.command import Context
from bot.commands.pieces import press_pdf
from bot.commands.transpose import transpose_piece
from generator.wishes.errands import read_errand


async def run_errand(context: Context, words: str) -> bool:
    """Do what is asked of the piece that is meant; False if nothing is, or if there is no piece.

    Raises as the button or the command for it.
    """
    errand = read_errand(words)
    piece = await piece_meant(context) if errand is not None else None
    if errand is None or piece is None:
        return False
    if errand.kind == "notes":
        await press_pdf(context, Action("pdf", piece.id))
    else:
        given = {name: value for name, value in (("to", errand.to), ("by", errand.by)) if value}
        await transpose_piece(context, piece, given)
    return True
