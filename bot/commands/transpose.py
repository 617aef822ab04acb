"""`/transpose`, and the button below a piece: to another key, by an interval, for an instrument.

A button names its way by what the command would be given: `by.-M2`, `to.3` (three sharps), `for.clarinet`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.messages import Action, Button, Reply
from bot.commands.command import Context, Suggestion
from bot.commands.errors import StaleButton
from bot.commands.pieces import find_piece, piece_or_newest
from bot.commands.requests import ask
from bot.commands.wording import Facts
from bot.making.transpose import Transpose, instrument_words
from bot.store import PieceView
from bot.texts import Language, say
from bot.texts.report import key_words
from generator.notation.keys import MAX_FIFTHS, Key, key_with_fifths, printable_fifths
from generator.notation.transpose import home_key
from generator.transposing.instruments import all_instruments, instrument_of
from generator.transposing.transposition import plan

STEPS = ("M2", "-M2", "P8", "-P8")
KEYS_OFFERED = 4
ROW_BUTTONS = 4
WAYS = ("to", "by", "for", "part")


async def handle_transpose(context: Context) -> None:
    """`/transpose`: without a piece the newest of one's own; without a way, buttons to choose from."""
    given = {name: str(context.options[name]) for name in WAYS if context.options.get(name)}
    piece = await piece_or_newest(context, context.options.get("piece"))
    abc = await _read(context, piece)
    if given:
        await _ask(context, piece, abc, given)
    else:
        await context.reply(_choice(piece, abc, context))


async def press_transpose(context: Context, action: Action) -> None:
    """The button below a piece: what can be done with it."""
    piece = await find_piece(context, action.target)
    await context.reply(_choice(piece, await _read(context, piece), context))


async def press_move(context: Context, action: Action) -> None:
    """One of the choices; the new piece belongs to whoever pressed."""
    way, _, value = action.argument.partition(".")
    piece = await find_piece(context, action.target)
    abc = await _read(context, piece)
    await _ask(context, piece, abc, {way: _words(way, value, _home(abc))})


async def suggest_instrument(context: Context, typed: str) -> Sequence[Suggestion]:
    """Instruments whose names hold what was typed."""
    named = [(instrument_words(each.id, context.language), each.name) for each in all_instruments()]
    wanted = typed.strip().casefold()
    return [Suggestion(words, name) for words, name in named if wanted in f"{words} {name}".casefold()]


async def _read(context: Context, piece: PieceView) -> str:
    """Its ABC. Raises SourceIsGone."""
    return (await context.services.store.pieces.source(piece.id)).abc


async def _ask(context: Context, piece: PieceView, abc: str, given: dict[str, str]) -> None:
    way = plan(abc, to=given.get("to"), by=given.get("by"), instrument=given.get("for"), part=given.get("part"))
    home = home_key(abc)
    key = key_with_fifths(printable_fifths(home.fifths + way.fifths), home.mode) if home else None
    bars = Facts(piece.record, context.services.catalogue).bars or 1
    await ask(context, Transpose(piece=piece.id, way=way, key=key, length=bars))


def _home(abc: str) -> Key:
    return home_key(abc) or Key("C")


def _words(way: str, value: str, home: Key) -> str:
    """What the command would be given. Raises StaleButton for what no button of ours says."""
    if way == "by" and value in STEPS:
        return value
    if way == "for":
        return instrument_of(value).name
    if way == "to" and value.removeprefix("-").isdecimal() and abs(int(value)) <= MAX_FIFTHS:
        return key_with_fifths(int(value), home.mode).name
    raise StaleButton


def _choice(piece: PieceView, abc: str, context: Context) -> Reply:
    language, home = context.language, _home(abc)
    buttons = [
        *(_button(piece, "by", step, say(f"transpose.{_step_name(step)}", language)) for step in STEPS),
        *(_key_button(piece, home, fifths, language) for fifths in _near_keys(home)),
        *(
            _button(piece, "for", each.id, instrument_words(each.id, language))
            for each in all_instruments()
            if each.offered
        ),
    ]
    rows = [buttons[start : start + ROW_BUTTONS] for start in range(0, len(buttons), ROW_BUTTONS)]
    text = say("transpose.question", language, id=piece.id, key=key_words(home, language))
    return Reply(text, title=say("transpose.title", language), buttons=rows, private=True, language=language)


def _button(piece: PieceView, way: str, value: str, label: str) -> Button:
    return Button(label[:80], Action("move", piece.id, f"{way}.{value}"))


def _key_button(piece: PieceView, home: Key, fifths: int, language: Language) -> Button:
    return _button(piece, "to", str(fifths), key_words(key_with_fifths(fifths, home.mode), language))


def _near_keys(home: Key) -> list[int]:
    """The simplest signatures but its own, in the order of sharps."""
    others = [fifths for fifths in range(-MAX_FIFTHS, MAX_FIFTHS + 1) if fifths != printable_fifths(home.fifths)]
    return sorted(sorted(others, key=lambda fifths: (abs(fifths), fifths))[:KEYS_OFFERED])


def _step_name(step: str) -> str:
    direction = "down" if step.startswith("-") else "up"
    return f"{direction}_{'octave' if step.endswith('P8') else 'step'}"
