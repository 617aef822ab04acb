"""Words that ask something of a piece that is there and say no more: "transpose it", "show me the notes", 给我看谱.

Not covered: what the words mean (`generator/wishes/errands.py`); words that edit it (`editing.py`) or have it composed
anew (`changing.py`).
"""

from __future__ import annotations

from bot.chat.messages import Action
from bot.commands.changing import piece_meant
from bot.commands.command import Context
from bot.commands.pieces import press_pdf
from bot.commands.transpose import press_transpose
from generator.wishes.errands import Errand, read_errand


async def run_errand(context: Context, words: str) -> bool:
    """Do what is asked of the piece that is meant; False if nothing is, or if there is no piece.

    Raises as the button or the command for it.
    """
    errand = read_errand(words)
    piece = await piece_meant(context) if errand is not None else None
    if errand is None or piece is None:
        return False
    if errand is Errand.NOTES:
        await press_pdf(context, Action("pdf", piece.id))
    else:
        await press_transpose(context, Action("transpose", piece.id))
    return True
