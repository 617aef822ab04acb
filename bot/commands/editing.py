"""`/edit` and words about a piece: "bars 5-8 calmer, end in major"; and what becomes of an edit: kept, undone, another.

An edit is a piece of its own, so nothing is lost whatever is decided. Only whose it is decides. An edit that was undone
is not meant any more when somebody speaks of their last piece: what it came from is. Decisions are kept in the piece's
record, and may teach a model only if the person said so; they are asked once.
Not covered: what words mean (`generator/onward/said.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.chat.messages import Action, Button, Reply
from bot.commands.changing import ABOUT, piece_meant
from bot.commands.command import Context
from bot.commands.errors import FileIsGone, NotYourEdit
from bot.commands.onward import music_of, read_piece
from bot.commands.pieces import find_piece, recall
from bot.commands.requests import ask
from bot.making.edit import KEPT, UNDONE, EditPiece, edit_task
from bot.making.onward import style_in
from bot.store import PieceView
from bot.texts import say
from generator.errors import BadRequest
from generator.onward.asking import edit_of_music
from generator.onward.brought import bring
from generator.onward.said import read_edit


async def handle_edit(context: Context) -> None:
    """What is said of a piece, of the newest one, or of music that somebody sends. Raises BadRequest."""
    words = str(context.options.get("words") or "")
    said = read_edit(words, context.services.catalogue)
    if said is None or not said.steps:
        raise BadRequest(reason="no_edit", words=words[:60])
    read, piece, name, own_style = await music_of(context)
    brought = await asyncio.to_thread(bring, read.abc)
    seed = context.options.get("seed")
    edit = edit_of_music(said.steps, brought, context.services.catalogue, own_style=own_style, seed=seed)
    await ask(context, edit_task(edit, brought, piece=piece, name=name, missed=said.missed))


async def edit_in_words(context: Context, words: str) -> bool:
    """Have the piece that is meant edited; False for words that ask for something else. Raises BadRequest."""
    said = read_edit(words, context.services.catalogue)
    if said is None or not (said.is_sure or context.options.get(ABOUT)):
        return False
    piece = await piece_meant(context)
    if piece is None:
        return False
    if not said.steps:
        raise BadRequest(reason="no_edit", words=", ".join(said.missed)[:60])
    brought = await asyncio.to_thread(bring, (await read_piece(context, piece)).abc)
    own_style = style_in(piece.record)
    edit = edit_of_music(said.steps, brought, context.services.catalogue, own_style=own_style)
    return await ask(context, edit_task(edit, brought, piece=piece.id, missed=said.missed))


# --- what becomes of it ----------------------------------------------------------------------------------------------


async def press_accept(context: Context, action: Action) -> None:
    """It is better so."""
    piece = await _own_edit(context, action.target)
    language = context.language
    text = say("edited.kept", language, id=piece.id, parent=str(piece.record.get("parent") or "–"))
    await _decide(context, piece, KEPT, Reply(text, private=True, language=language))


async def press_revert(context: Context, action: Action) -> None:
    """Back to what it came from, which is shown again."""
    piece = await _own_edit(context, action.target)
    language, parent = context.language, str(piece.record.get("parent") or "")
    text = say("edited.undone" if parent else "edited.undone_file", language, id=piece.id, parent=parent)
    await _decide(context, piece, UNDONE, Reply(text, private=True, language=language))
    if parent:
        await recall(context, parent)


async def press_other(context: Context, action: Action) -> None:
    """The same edit once more, with other notes. What it stands instead of stays to be had by its id."""
    piece = await _own_edit(context, action.target)
    job = await context.services.store.jobs.get(piece.id)
    if job is None or not isinstance(job.task, EditPiece):
        raise FileIsGone(id=piece.id)
    await ask(context, job.task.again(instead_of=piece.id))


async def _own_edit(context: Context, piece_id: str) -> PieceView:
    """Raises NoSuchPiece, PieceIsGone, NotYourEdit."""
    piece = await find_piece(context, piece_id)
    if piece.person != context.person.key:
        raise NotYourEdit(id=piece.id)
    return piece


async def _decide(context: Context, piece: PieceView, verdict: str, reply: Reply) -> None:
    """Write it down; the last decision counts. Whoever was never asked whether it may teach is asked now."""
    likes = context.likes
    choice = {
        "verdict": verdict,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "consent": bool(likes.learning),
    }
    await context.services.store.pieces.note(piece.id, choice=choice)
    if likes.learning is None:
        await context.services.store.people.change(context.person.key, learning=False)
        language = context.language
        reply = Reply(
            f"{reply.text}\n{say('edited.may_teach', language)}",
            buttons=(_consent(context),),
            private=True,
            language=language,
        )
    await context.reply(reply)


def _consent(context: Context) -> Sequence[Button]:
    language = context.language
    return (
        Button(say("button.may_teach", language), Action("set", argument="learning.teach")),
        Button(say("button.may_not_teach", language), Action("set", argument="learning.private")),
    )
