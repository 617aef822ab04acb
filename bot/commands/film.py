"""`/video`, and the buttons below a piece and its video: the page as it is played, or keys and what falls on them."""

from __future__ import annotations

from bot.chat.messages import Action
from bot.commands.command import Context
from bot.commands.pieces import find_piece, piece_or_newest
from bot.commands.requests import ask
from bot.commands.wording import Facts
from bot.making.film import OTHERWISE, PAGE, WIDE, Film
from bot.store import PieceView
from renderers.errors import InputRefused
from renderers.video.camera import check_camera
from renderers.video.shapes import LONGEST_MINUTES


async def handle_video(context: Context) -> None:
    """Without a piece the newest of one's own. Raises NoCamera, NoOwnPiece, NoSuchPiece, PieceIsGone, InputRefused."""
    piece = await piece_or_newest(context, context.options.get("piece"))
    view, shape = str(context.options.get("view") or PAGE), str(context.options.get("shape") or WIDE)
    await _ask(context, piece, view=view, shape=shape)


async def press_video(context: Context, action: Action) -> None:
    """The video belongs to whoever pressed."""
    await _ask(context, await find_piece(context, action.target), view=PAGE, shape=WIDE)


async def press_otherwise(context: Context, action: Action) -> None:
    """The other view of what a video shows, in the same shape."""
    piece = await find_piece(context, action.target)
    view = next(view for view, verb in OTHERWISE.items() if verb == action.verb)
    await _ask(context, piece, view=view, shape=str(piece.record.get("video") or WIDE))


async def _ask(context: Context, piece: PieceView, *, view: str, shape: str) -> None:
    check_camera()
    facts = Facts(piece.record, context.services.catalogue)
    if (facts.seconds or 0) > 60 * LONGEST_MINUTES:
        raise InputRefused(reason="long_video", limit=LONGEST_MINUTES)
    await context.services.store.pieces.source(piece.id)
    await ask(context, Film(piece=piece.id, length=facts.bars or 1, view=view, shape=shape))
