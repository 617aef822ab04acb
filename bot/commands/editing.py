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

from bot.chat.messages import Action, Ask, Button, Reply
from bot.commands.changing import ABOUT, piece_meant
from bot.commands.command import Context
from bot.commands.consent import with_question
from bot.commands.errors import FileIsGone, NothingToUndo, NotYourEdit
from bot.commands.onward import music_of, read_piece
from bot.commands.pieces import find_piece, piece_or_newest, recall
from bot.commands.requests import ask
from bot.commands.sharing.words import check_music
from bot.commands.together import owns_line
from bot.making.edit import KEPT, UNDONE, EditPiece, edit_task
from bot.making.onward import style_in
from bot.store import PieceView
from bot.texts import clean, explain, say
from generator.errors import BadRequest
from generator.onward.asking import edit_of_music
from generator.onward.brought import bring
from generator.onward.by_hand import MOST_LINES, written_lines
from generator.onward.errors import NotRight
from generator.onward.said import read_edit, sounds_like_edit
from generator.onward.step import Does, Step
from generator.wishes.reading import read_wishes

MOST_LINE_CHARS, MOST_ECHO_CHARS = 400, 1500


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
    """Have the piece that is meant edited; False for words that ask for something else.

    Raises BadRequest, and NoOwnPiece for words that can only be about a piece, where there is none.
    """
    said = read_edit(words, context.services.catalogue)
    if said is None or not (said.is_sure or context.options.get(ABOUT)):
        return False
    piece = await piece_meant(context)
    if piece is None:
        if said.is_anchored or (said.is_sure and not _asks_for_one(context, words)):
            await piece_or_newest(context, None)
        return False
    if not said.steps:
        raise BadRequest(reason="no_edit", words=", ".join(said.missed)[:60])
    return await _edit_stored(context, piece, said.steps, said.missed)


async def refuse_edit(context: Context, words: str) -> bool:
    """Raises BadRequest for words that change the piece that is meant in a way that nobody here knows; else False."""
    if not sounds_like_edit(words) or _asks_for_one(context, words) or await piece_meant(context) is None:
        return False
    raise BadRequest(reason="no_edit", words=" ".join(words.split())[:60])


def _asks_for_one(context: Context, words: str) -> bool:
    """Whether the words may as well ask for a piece of their own."""
    return read_wishes(words, context.services.catalogue).sort in ("request", "offer")


# --- bars that are asked for -----------------------------------------------------------------------------------------


async def press_bars(context: Context, action: Action) -> None:
    """Which bars, and what of them: a form, or a question to be answered."""
    piece, language = await find_piece(context, action.target), context.language
    ask_for = Ask(
        action=Action("bars", piece.id),
        title=say("button.bars", language),
        label=say("edited.which_bars", language),
    )
    await context.ask(ask_for)


async def answer_bars(context: Context, action: Action, text: str) -> None:
    """Bars and wish, as "5-8 calmer". Raises BadRequest."""
    piece, catalogue = await find_piece(context, action.target), context.services.catalogue
    said = read_edit(text, catalogue)
    if said is None or not said.steps or all(step.first is None for step in said.steps):
        said = read_edit(f"bars {text}", catalogue) or said
    if said is None or not said.steps:
        raise BadRequest(reason="no_edit", words=" ".join(text.split())[:60])
    await _edit_stored(context, piece, said.steps, said.missed)


async def press_hand(context: Context, action: Action) -> None:
    """The ABC of the bars, to be changed. What does not fit into a form can be written all the same."""
    piece, language = await find_piece(context, action.target), context.language
    brought = await asyncio.to_thread(bring, (await read_piece(context, piece)).abc)
    ask_for = Ask(
        action=Action("hand", piece.id),
        title=say("button.hand", language),
        label=say("edited.your_bars", language),
        prefill=written_lines(brought.tune),
        is_long=True,
    )
    await context.ask(ask_for)


async def answer_hand(context: Context, action: Action, text: str) -> None:
    """Put the bars in. What is wrong is said with its place, and what was written with it, so that nothing is lost."""
    piece, language = await find_piece(context, action.target), context.language
    await check_music(context, text)
    try:
        await _edit_stored(context, piece, [Step(does=Does.HAND, aim=text)])
    except NotRight as error:
        said = "\n".join((explain(error, language) or "", "", clean_lines(text)))
        again = Button(say("button.hand", language), Action("hand", piece.id))
        await context.reply(Reply(said, buttons=((again,),), private=True, language=language))


async def _edit_stored(context: Context, piece: PieceView, steps: Sequence[Step], missed: Sequence[str] = ()) -> bool:
    brought = await asyncio.to_thread(bring, (await read_piece(context, piece)).abc)
    own_style = style_in(piece.record)
    edit = edit_of_music(steps, brought, context.services.catalogue, own_style=own_style)
    return await ask(context, edit_task(edit, brought, piece=piece.id, missed=missed))


def clean_lines(text: str) -> str:
    """What somebody wrote, as it can be shown."""
    return "\n".join(clean(line, limit=MOST_LINE_CHARS) for line in text.splitlines()[:MOST_LINES])[:MOST_ECHO_CHARS]


# --- what becomes of it ----------------------------------------------------------------------------------------------


async def handle_undo(context: Context) -> None:
    """Back to what the piece that is meant was made from. Raises NoOwnPiece, NothingToUndo, NotYourEdit ..."""
    piece = await piece_or_newest(context, context.options.get("piece") or context.options.get(ABOUT))
    if not can_undo(piece):
        raise NothingToUndo(id=piece.id)
    await press_revert(context, Action("revert", piece.id))


def can_undo(piece: PieceView) -> bool:
    """Whether a piece is a change of another, which can be gone back to."""
    record = piece.record
    changes = bool(record.get("edited") or record.get("worked") or record.get("merged") or record.get("transposed"))
    return changes and bool(record.get("parent") or record.get("came_from"))


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
    if piece.person != context.person.key and not await owns_line(context, piece):
        raise NotYourEdit(id=piece.id)
    return piece


async def _decide(context: Context, piece: PieceView, verdict: str, reply: Reply) -> None:
    """Write it down; the last decision counts. Whoever was never asked whether it may teach is asked now."""
    choice = {
        "verdict": verdict,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "consent": bool(context.likes.learning),
    }
    await context.services.store.pieces.note(piece.id, choice=choice)
    await context.reply(await with_question(context, reply))
