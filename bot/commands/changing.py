"""Words that change a piece, said in answer to it or right after it: "make it sadder", "langsamer", 换成小提琴.

The piece is composed anew, with what is changed, and the status says so.
Not covered: what the words mean (`generator/wishes/changing.py`); the buttons for the same (`card.py`); words about
single bars (`onward.py`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot.chat.messages import Action
from bot.commands.card import fitting
from bot.commands.command import Command, Context
from bot.commands.errors import FileIsGone
from bot.commands.pieces import composition_of, newest_standing
from bot.commands.requests import CARD, ask_to_compose, longest
from bot.errors import BadInput
from bot.making.compose import Compose
from bot.store.pieces import PieceView
from generator.errors import BadRequest
from generator.notation.keys import Key, parse_key
from generator.notation.tempos import read_tempo
from generator.request import sample_seed, sampling_for
from generator.wishes.asked import Note, notes_on
from generator.wishes.changing import Before, Change, read_change

ABOUT = "about"  # among the options: the piece that somebody answers
BELOW_PIECES = frozenset({"again", "hotter", "cooler", "details", "files", "delete", "accept", "star", CARD})
RIGHT_AFTER_S = 3600.0


def piece_in(buttons: Iterable[str]) -> str | None:
    """The piece that the buttons below a message of ours belong to, by what they send."""
    for pressed in buttons:
        with suppress(BadInput):
            action = Action.decode(pressed)
            if action.verb in BELOW_PIECES:
                return action.target
    return None


def takes_piece(command: Command) -> bool:
    """Whether a command is about a piece, so that it may answer one instead of naming it."""
    return any(option.name == "piece" for option in command.options)


async def change_piece(context: Context, words: str) -> bool:
    """Have the piece that is meant composed anew, with what the words change; False if they change none.

    Raises as `ask_to_compose`, which see, and BadRequest.
    """
    change = read_change(words, context.services.catalogue)
    piece = await piece_meant(context) if change is not None else None
    if change is None or piece is None:
        return False
    try:
        before = composition_of(piece)
    except FileIsGone:
        return False
    return await ask_to_compose(context, _changed(context, change, before, piece))


async def repeat_piece(context: Context) -> bool:
    """Have another one made like the piece that is meant, as its button does; False if there is none.

    Raises as `ask_to_compose`, which see.
    """
    piece = await piece_meant(context)
    if piece is None:
        return False
    try:
        before = composition_of(piece)
    except FileIsGone:
        return False
    return await ask_to_compose(context, before.again())


async def piece_meant(context: Context) -> PieceView | None:
    """The one that is answered; else the person's last, if that is not long ago."""
    pieces = context.services.store.pieces
    about = context.options.get(ABOUT)
    if about:
        piece = await pieces.get(str(about))
        return piece if piece is not None and piece.deleted is None else None
    last = next(iter(await pieces.of(context.person.key, limit=1)), None)
    is_recent = last is not None and time.time() - last.created <= RIGHT_AFTER_S
    return await newest_standing(context) if is_recent else None


def _changed(context: Context, change: Change, before: Compose, piece: PieceView) -> Compose:
    """Raises BadRequest."""
    catalogue, limit, request = context.services.catalogue, longest(context), before.request
    was = Before(
        style=request.style,
        bars=request.bars,
        players=request.players,
        key=request.key or _key_of(piece.record),
        tempo=request.tempo or _tempo_of(piece.record),
    )
    values = change.values(was, catalogue) | {"seed": sample_seed()}
    if (temperament := values.pop("temperament", None)) is not None or "style" in values:
        values["sampling"] = sampling_for(catalogue, values.get("style", request.style), temperament=temperament)
    values["bars"] = min(values.get("bars", request.bars), max(limit, request.bars))
    told = (note for note in notes_on(change.wishes, most_bars=limit) if note.kind not in ("open", "excluded"))
    return replace(
        before,
        request=fitting(request, values),
        parent=piece.id,
        way="changed",
        genre=change.wishes.genre or before.genre,
        notes=(Note("changed", change.said[:60], piece.id), *(_true(note, values) for note in told)),
    )


def _true(note: Note, values: Mapping[str, Any]) -> Note:
    """A word that compares, "sadder", has a tempo of its own: what the piece gets is said, counted from what it was."""
    if note.kind != "follows" or "tempo" not in values:
        return note
    told = (f"tempo.{values['tempo']}" if value.startswith("tempo.") else value for value in note.value.split())
    return replace(note, value=" ".join(told))


def _key_of(record: Mapping[str, Any]) -> Key | None:
    try:
        return parse_key(str(record["key"]))
    except (KeyError, BadRequest):
        return None


def _tempo_of(record: Mapping[str, Any]) -> int | None:
    """Quarter notes a minute, as the piece has them."""
    found = read_tempo(str((record.get("report_card") or {}).get("tempo") or "").rpartition('"')[2])
    return round(4 * found[0] * found[1]) if found is not None else None
