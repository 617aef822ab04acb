"""`/hear`: a tune that somebody hums, sings or whistles, written down; the buttons below it read it otherwise.

A recording comes as a file of the command, as a voice message, or as what a command answers. What is heard becomes a
piece like one that was composed: it can be continued, restyled, harmonised.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.chat.messages import Action, Button, Reply, SentFile
from bot.commands.command import Context
from bot.commands.errors import HeardAlready, NoFile, NotAChoice, StaleButton
from bot.commands.files import fetch, plain_name
from bot.commands.pieces import find_piece
from bot.commands.requests import ask
from bot.errors import FileNotFetched
from bot.making.hear import CORRECTIONS, Hear, key_for_tune, listen
from bot.store import PieceView
from bot.texts import say, style_name
from renderers.errors import InputRefused
from renderers.score.files import RECORDING, ScoreFile, kind_of
from renderers.score.hum import ENDINGS
from renderers.score.hum.heard import Heard, read_as, read_otherwise
from renderers.score.hum.metre import METRES, metre_named

NEXT = ("continue", "restyle", "harmonise", "vary")
STYLES = (
    "bach keyboard",
    "mozart keyboard",
    "schubert keyboard",
    "chopin keyboard",
    "liszt keyboard",
    "debussy keyboard",
)


async def handle_hear(context: Context) -> None:
    """Listen to the file, and ask for what was heard to be drawn. What holds no tune is said at once."""
    file = context.options.get("file")
    if file is None:
        raise NoFile(reason="hear_terminal" if context.person.platform == "terminal" else "hear")
    content = await fetch(file)
    if kind_of(content).name != RECORDING:
        raise InputRefused(reason="no_recording", endings=" ".join(ENDINGS))
    await hear_content(context, file, content)


async def hear_content(context: Context, file: SentFile, content: bytes) -> None:
    """The same for a recording that was fetched."""
    if context.services.reader is None:
        raise FileNotFetched
    name = plain_name(file.name)
    heard = await listen(ScoreFile(name=name, content=content), context.services.reader)
    await ask(context, Hear(heard=read_as(heard, **_asked(context)), name=name))


def _asked(context: Context) -> dict[str, Any]:
    """What somebody knows better than any ear. Raises NotAChoice."""
    options = context.options
    key, metre = options.get("key"), options.get("metre")
    if metre is not None and metre_named(str(metre)) is None:
        raise NotAChoice(name="metre", value=str(metre), names=", ".join(each.name for each in METRES))
    return {
        "key": None if key is None else key_for_tune(key),
        "metre": None if metre is None else str(metre),
        "tempo": options.get("tempo"),
    }


async def press_otherwise(context: Context, action: Action) -> None:
    """The same notes read otherwise; the new piece belongs to whoever pressed."""
    piece = await find_piece(context, action.target)
    heard = _heard_in(piece)
    other = read_otherwise(heard, CORRECTIONS[action.verb])
    if other == heard:
        raise HeardAlready
    await ask(context, Hear(heard=other, name=str((piece.record.get("source") or {}).get("name", "")), piece=piece.id))


async def press_right(context: Context, action: Action) -> None:
    """It was heard rightly: what shall become of it."""
    piece, language = await find_piece(context, action.target), context.language
    buttons = [Button(say(f"button.{verb}", language), Action(verb, piece.id)) for verb in NEXT]
    buttons[0] = replace(buttons[0], style="primary")
    text = say("hummed.right", language, id=piece.id)
    await context.reply(Reply(text, buttons=(buttons,), private=True, language=language))


async def ask_whose_style(context: Context, piece: PieceView) -> None:
    """Buttons for styles that a piece can go on in."""
    language, catalogue = context.language, context.services.catalogue
    buttons = [
        Button(style_name(catalogue.find(words), language), Action("restyle", piece.id, words.replace(" ", "_")))
        for words in STYLES
    ]
    text = say("hummed.restyle", language, id=piece.id)
    await context.reply(Reply(text, buttons=(buttons[:3], buttons[3:]), private=True, language=language))


def _heard_in(piece: PieceView) -> Heard:
    """Raises StaleButton for a piece that nobody hummed."""
    try:
        return Heard.from_json(piece.record["heard"])
    except (KeyError, TypeError, ValueError) as error:
        raise StaleButton from error
