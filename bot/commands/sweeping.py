"""`/sweep`: which settings suit a style for this person, found by marks from 1 to 5 on contact sheets.

A sheet's marks stand with its pieces, so they outlive everything but these; only whose sheet it is marks, goes on and
ends. A sheet is gone on from once, however often that is asked. What is found is kept as the person's preset for the
style, is said with every piece that is composed so, and can be taken back.
Not covered: which settings are tried (`generator/catalogue/sweeping.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.messages import Action, Button, Reply
from bot.commands.access import acts_for
from bot.commands.changing import ABOUT
from bot.commands.command import Context
from bot.commands.errors import MissingOption, NotYourSweep, StaleButton
from bot.commands.picker import style_digits
from bot.commands.pieces import find_piece
from bot.commands.requests import ask, check_length, task_for_wishes
from bot.commands.showing import stars_row
from bot.making.presets import preset_key, style_of
from bot.making.several import USUAL
from bot.making.sweep import Sweep, found_words, is_stars, kept_of, rated_in, sampling_words, sweep_for, sweep_in
from bot.store import PieceView
from bot.texts import Language, say, style_name
from generator.catalogue.style import Style
from generator.catalogue.sweeping import best_of
from generator.wishes.door import wishes_for
from generator.wishes.marks import marks_in, reads_marks

USUAL_BARS = 8  # short enough to hear six
SHEETS_LOOKED_AT = 50
WALKING = "w"  # behind a mark: what is pressed asks for the next one in its place
OPTIONS = ("n", "rate")
FORGET_IN_A_ROW, MOST_FORGET = 2, 8


async def handle_sweep(context: Context) -> None:
    """A first sheet, marks for the last one, or, without a word, what was found before.

    Raises MissingOption, NotAWish, UnknownStyle, BadRequest, and what `ask` raises.
    """
    words, marks = (str(context.options.get(name) or "").strip() for name in ("style", "rate"))
    about = context.options.get(ABOUT)
    if marks:
        sheet = await find_piece(context, str(about)) if about else await _newest_sheet(context)
        await rate_in_words(context, sheet, marks)
    elif words:
        await _begin(context, words)
    else:
        await _show_presets(context)


async def _begin(context: Context, words: str) -> None:
    wishes = wishes_for(words, context.services.catalogue)
    options = {name: value for name, value in context.options.items() if name not in ("style", ABOUT, *OPTIONS)}
    if wishes.bars is None and wishes.form is None and wishes.chords is None:
        options.setdefault("bars", USUAL_BARS)
    first = task_for_wishes(context, wishes, options)
    check_length(context, first)
    await ask(context, sweep_for(first, count=int(context.options.get("n") or USUAL)))


async def _newest_sheet(context: Context) -> PieceView:
    own = await context.services.store.pieces.of(context.person.key, SHEETS_LOOKED_AT)
    sheet = next((piece for piece in own if piece.record.get("kind") == Sweep.kind), None)
    if sheet is None:
        raise MissingOption(name="style", reason="sweep")
    return sheet


# --- marks -----------------------------------------------------------------------------------------------------------


async def press_rate(context: Context, action: Action) -> None:
    """Ask for marks, piece by piece. argument: from which one on, where a question is asked again."""
    sheet = await _own_sheet(context, action.target)
    stars = await _stars_of(context, sheet)
    if action.argument:
        number = int(action.argument) if action.argument.isdecimal() else 0
        await context.edit(_question(sheet, stars, number, context.language))
    else:
        await context.reply(_question(sheet, stars, _unrated(sheet, stars) or 1, context.language))


async def press_stars(context: Context, action: Action) -> None:
    """A mark for one piece, below it or in the question."""
    mark, is_walking = action.argument[:1], action.argument[1:] == WALKING
    if not mark.isdecimal() or not is_stars(int(mark)) or action.argument[1:] not in ("", WALKING):
        raise StaleButton
    piece = await find_piece(context, action.target)
    of = piece.record.get("sweep") or {}
    sheet = await _own_sheet(context, str(of.get("sheet") or ""))
    await context.services.store.pieces.note(piece.id, stars=int(mark))
    reply = await _next_question(context, sheet)
    await (context.edit(reply) if is_walking else context.reply(reply))


async def rate_answered(context: Context, words: str) -> bool:
    """Marks in answer to a sheet or to one of its pieces; False for anything else. Raises BadRequest."""
    about = context.options.get(ABOUT)
    if not about or not (reads_marks(words) or words.strip().isdecimal()):
        return False
    piece = await context.services.store.pieces.get(str(about))
    if piece is None or not (piece.record.get("sweep") or sweep_in(piece.record)):
        return False
    if of := piece.record.get("sweep"):
        sheet = await find_piece(context, str(of.get("sheet") or ""))
        place = next((at for at, row in enumerate(_rows(sheet), 1) if row["id"] == piece.id), None)
        await rate_in_words(context, sheet, f"{place}={words}" if words.strip().isdecimal() else words)
    else:
        await rate_in_words(context, piece, words)
    return True


async def rate_in_words(context: Context, sheet: PieceView, words: str) -> None:
    """Marks for several pieces at once. Raises BadRequest for what is none."""
    sheet = await _own_sheet(context, sheet.id)
    for id_, mark in _marks_by_id(words, sheet).items():
        await context.services.store.pieces.note(id_, stars=mark)
    await context.reply(await _next_question(context, sheet))


def _marks_by_id(words: str, sheet: PieceView) -> dict[str, int]:
    """Raises BadRequest."""
    ids = [str(row["id"]) for row in _rows(sheet)]
    return {ids[place - 1]: mark for place, mark in marks_in(words, count=len(ids)).items()}


async def _own_sheet(context: Context, sheet: str) -> PieceView:
    """Raises NoSuchPiece, PieceIsGone, StaleButton for what is no sheet, NotYourSweep."""
    piece = await find_piece(context, sheet)
    if sweep_in(piece.record) is None:
        raise StaleButton
    if not await acts_for(context, piece.person):
        raise NotYourSweep
    return piece


async def _stars_of(context: Context, sheet: PieceView) -> dict[str, int]:
    """The marks of its pieces, by their ids; those of deleted ones are gone."""
    pieces = await context.services.store.pieces.some([str(row["id"]) for row in _rows(sheet)])
    marks = {id_: piece.record.get("stars") for id_, piece in pieces.items()}
    return {id_: mark for id_, mark in marks.items() if mark is not None and is_stars(mark)}


def _rows(sheet: PieceView) -> Sequence[Mapping[str, object]]:
    return sheet.record.get("sheet") or ()


def _unrated(sheet: PieceView, stars: Mapping[str, int]) -> int | None:
    """The place of the first piece without a mark."""
    return next((at for at, row in enumerate(_rows(sheet), 1) if row["id"] not in stars), None)


# --- what is asked ---------------------------------------------------------------------------------------------------


async def _next_question(context: Context, sheet: PieceView) -> Reply:
    stars = await _stars_of(context, sheet)
    place = _unrated(sheet, stars)
    language = context.language
    return _rated_all(sheet, stars, language) if place is None else _question(sheet, stars, place, language)


def _question(sheet: PieceView, stars: Mapping[str, int], place: int, language: Language) -> Reply:
    """How somebody likes one piece. Raises StaleButton where there is none."""
    rows = _rows(sheet)
    if not 1 <= place <= len(rows):
        raise StaleButton
    row = rows[place - 1]
    id_, title = str(row["id"]), str(row.get("title") or "")
    question = say("sweep.question", language, number=place, n=len(rows), title=title)
    lines = [question, str(row.get("figure") or ""), _marks(rows, stars, language)]
    buttons = [
        stars_row(id_, argument=WALKING),
        [Button(say("button.open", language, n=place), Action("recall", id_))],
        *_ways_on(sheet, stars, language),
    ]
    return Reply("\n".join(filter(None, lines)), buttons=buttons, private=True, language=language)


def _rated_all(sheet: PieceView, stars: Mapping[str, int], language: Language) -> Reply:
    asked = sweep_in(sheet.record)
    key = "sweep.rated_last" if asked is not None and asked.is_last else "sweep.rated"
    text = "\n".join((_marks(_rows(sheet), stars, language), say(key, language)))
    again = Button(say("button.rate_again", language), Action("rate", sheet.id, "1"))
    buttons = [*_ways_on(sheet, stars, language), [again]]
    return Reply(text, buttons=buttons, private=True, language=language)


def _marks(rows: Sequence[Mapping[str, object]], stars: Mapping[str, int], language: Language) -> str:
    """For example "1: ★★★★ · 2: –"."""
    marks = {str(row["id"]): "★" * stars.get(str(row["id"]), 0) or "–" for row in rows}
    told = (say("sweep.mark", language, number=at, stars=mark) for at, mark in enumerate(marks.values(), 1))
    return " · ".join(told)


def _ways_on(sheet: PieceView, stars: Mapping[str, int], language: Language) -> list[list[Button]]:
    """Narrower, or enough; nothing before the first mark."""
    asked = sweep_in(sheet.record)
    if asked is None or not (stars or asked.rated):
        return []
    narrower = Button(say("button.round", language), Action("round", sheet.id), "primary")
    enough = Button(say("button.settle", language), Action("settle", sheet.id))
    return [[enough] if asked.is_last else [narrower, enough]]


# --- on, and to an end -----------------------------------------------------------------------------------------------


async def press_round(context: Context, action: Action) -> None:
    """The next sheet, around what was liked best. Raises what `ask` raises."""
    sheet = await _own_sheet(context, action.target)
    asked, stars = sweep_in(sheet.record), await _stars_of(context, sheet)
    rated = rated_in(sheet.record, stars)
    if asked is None or asked.is_last or not rated:
        raise StaleButton
    jobs = context.services.store.jobs
    number = 0
    while (job := await jobs.of_event(f"sweep:{sheet.id}:{number}")) and job.state in ("failed", "cancelled"):
        number += 1
    if job is None and await ask(
        context, asked.following(rated, parent=sheet.id), event_key=f"sweep:{sheet.id}:{number}"
    ):
        return
    language = context.language
    text = say("sweep.already", language, id=job.id if job is not None else sheet.id)
    await context.reply(Reply(text, private=True, language=language))


async def press_settle(context: Context, action: Action) -> None:
    """What suits the style is said in a sentence, and kept."""
    sheet = await _own_sheet(context, action.target)
    asked, language = sweep_in(sheet.record), context.language
    rated = rated_in(sheet.record, await _stars_of(context, sheet))
    found = best_of(rated, asked.first.request.sampling) if asked is not None else None
    if asked is None or found is None:
        raise StaleButton
    style = context.services.catalogue.complete(asked.first.request.style)
    text = found_words(found, style, asked.number, language)
    if not found.is_clear:
        await context.reply(Reply(text, private=True, language=language))
        return
    await context.services.store.people.keep_preset(context.person.key, preset_key(style), kept_of(found))
    kept = say("sweep.kept", language)
    undo = Button(say("button.unsettle", language), Action("unsettle", argument=style_digits(style)))
    await context.reply(Reply(f"{text}\n{kept}", buttons=((undo,),), private=True, language=language))


# --- what is kept ----------------------------------------------------------------------------------------------------


async def press_unsettle(context: Context, action: Action) -> None:
    """The style is composed as is usual again."""
    language = context.language
    for key in context.likes.presets:
        style = _style(context, key)
        if style_digits(style) == action.argument:
            await context.services.store.people.keep_preset(context.person.key, key, None)
            text = say("sweep.forgotten", language, style=style_name(style, language))
            await context.edit(Reply(text, private=True, language=language))
            return
    raise StaleButton


async def _show_presets(context: Context) -> None:
    """Raises MissingOption where nothing is kept."""
    presets, language = context.likes.presets, context.language
    if not presets:
        raise MissingOption(name="style", reason="sweep")
    styles = [(_style(context, key), values) for key, values in presets.items()]
    lines = [
        say("sweep.preset", language, style=style_name(style, language), settings=sampling_words(values, language))
        for style, values in styles
    ]
    forget = [
        Button(
            say("button.forget_preset", language, style=style_name(style, language))[:80],
            Action("unsettle", argument=style_digits(style)),
        )
        for style, _ in styles[-MOST_FORGET:]
    ]
    rows = [forget[start : start + FORGET_IN_A_ROW] for start in range(0, len(forget), FORGET_IN_A_ROW)]
    title = say("sweep.presets", language)
    text = "\n".join(lines[-MOST_FORGET:])
    await context.reply(Reply(text, title=title, buttons=rows, private=True, personal=True, language=language))


def _style(context: Context, key: str) -> Style:
    return context.services.catalogue.complete(style_of(key))
