"""`notabot sweep`: which settings suit a style, found by marks for the pieces of contact sheets in a folder.

Promises: marks stand in the pieces' own files, so a sweep can be gone on with at any time; of a sheet there is one
next one. What is found is kept beside what the program keeps for itself, and `notabot compose` goes by it.
Not covered: which settings are tried (`generator.catalogue.sweeping`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bot.cli.options import USUAL_FORMATS, Formats, Out, client_language, parse_formats
from bot.cli.results import show_files, show_text
from bot.cli.sources import Record, records_in
from bot.cli.weights import settings_with_weights
from bot.cli.working import workshop_of
from bot.errors import BadInput
from bot.making.files import PieceFolder, open_piece_folder
from bot.platforms.terminal.progress import ProgressLine
from bot.texts import language_of, say, style_name
from renderers.formats import PAGES

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.making.sweep import Sweep
    from config.settings import Settings
    from generator.catalogue.catalogue import Catalogue

USUAL_BARS = 8


def sweep(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORDS|ID", help="A style, or the id of a sheet to go on from.", show_default=False),
    ] = None,
    rate: Annotated[
        str | None, typer.Option(metavar="MARKS", help='Marks from 1 to 5 for a sheet: "4 2 5 1", or "1=4 3=5".')
    ] = None,
    done: Annotated[bool, typer.Option("--done", help="Say what suits the style, and keep it.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Forget what was found for a style.")] = False,
    n: Annotated[int, typer.Option("--n", min=2, max=6, help="How many pieces on a sheet.")] = 4,
    bars: Annotated[int | None, typer.Option(help="How many bars. Default: as the words say, or 8.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same pieces.")] = None,
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
) -> None:
    """Find out with marks which settings suit a style: sheet by sheet, nearer to what you like, ten at most.

    Without words it shows what was found before.

    [bold]Examples[/bold]

      notabot sweep chopin keyboard

      notabot sweep k3f9 --rate "4 2 5 1"

      notabot sweep m2x7 --rate "3 5 4 4" --done

      notabot sweep --forget chopin keyboard
    """
    from generator.catalogue.catalogue import load_catalogue

    asked_formats = parse_formats(formats)
    settings = settings_with_weights()
    catalogue, text = load_catalogue(settings.weights), " ".join(words or ())
    folder = out or settings.out_dir
    if forget:
        _forget(text, catalogue, settings)
    elif not text:
        _show_found(catalogue, settings)
    elif rate is not None or done:
        with open_piece_folder(folder) as place:
            _go_on(_sheet(text, folder), place, settings, catalogue, asked_formats, rate=rate, done=done)
    else:
        with open_piece_folder(folder) as place:
            _make(_first(text, catalogue, n=n, bars=bars, seed=seed), place, settings, asked_formats)


def _first(words: str, catalogue: Catalogue, *, n: int, bars: int | None, seed: int | None) -> Sweep:
    """Raises NotAWish, UnknownStyle, BadRequest."""
    from bot.making.compose import Compose
    from bot.making.sweep import sweep_for
    from generator.request import MAX_BARS, Request, sample_seed, sampling_for
    from generator.wishes.asked import options_of
    from generator.wishes.door import wishes_for

    wishes = wishes_for(words, catalogue)
    assert wishes.style is not None, "a request has a style"
    seed = sample_seed() if seed is None else seed
    given = {"bars": bars} if bars is not None else {}
    asked = options_of(wishes, catalogue, given=given, seed=seed, most_bars=MAX_BARS)
    temperament = asked.pop("temperament", None)
    usual = 16 if asked.get("form") or asked.get("chords") else USUAL_BARS
    request = Request(
        style=wishes.style,
        players=wishes.players,
        seed=seed,
        bars=asked.pop("bars", usual),
        sampling=sampling_for(catalogue, wishes.style, temperament=temperament),
        **asked,
    )
    return sweep_for(Compose(request=request, genre=wishes.genre), count=n)


# --- going on --------------------------------------------------------------------------------------------------------


def _go_on(
    sheet: Record,
    place: PieceFolder,
    settings: Settings,
    catalogue: Catalogue,
    formats: Sequence[str],
    *,
    rate: str | None,
    done: bool,
) -> None:
    """Take the marks, then make the next sheet or come to an end. Raises BadInput, BadRequest."""
    from bot.making.sweep import rated_in, sweep_in

    asked = sweep_in(sheet)
    assert asked is not None, "it was found as a sheet"
    records = records_in(place.path)
    if rate is not None:
        _note_marks(rate, sheet, records, place)
    stars = {id_: record["stars"] for id_, record in records.items() if "stars" in record}
    rated = rated_in(sheet, stars)
    following = next((one for one in records.values() if one.get("parent") == sheet["id"] and "asked" in one), None)
    if not rated:
        raise BadInput(reason="no_marks", id=sheet["id"])
    if done or asked.is_last:
        _settle(asked, rated, settings, catalogue)
    elif following is not None:
        show_text(say("sweep.already_here", language_of(client_language()), id=following["id"]))
    else:
        _make(asked.following(rated, parent=str(sheet["id"])), place, settings, formats)


def _note_marks(words: str, sheet: Record, records: Mapping[str, Record], place: PieceFolder) -> None:
    """Raises BadRequest."""
    from generator.wishes.marks import marks_in

    rows = sheet["sheet"]
    for number, mark in marks_in(words, count=len(rows)).items():
        record = records.get(str(rows[number - 1]["id"]))
        if record is not None:
            record["stars"] = mark
            place.write(str(record["name"]), {}, record)


def _settle(asked: Sweep, rated: Sequence[Any], settings: Settings, catalogue: Catalogue) -> None:
    from bot.making.presets import keep_preset, preset_key
    from bot.making.sweep import found_words, kept_of
    from generator.catalogue.sweeping import best_of

    language = language_of(client_language())
    style = catalogue.complete(asked.first.request.style)
    found = best_of(rated, asked.first.request.sampling)
    assert found is not None, "there are marks"
    show_text(found_words(found, style, asked.number, language))
    if found.is_clear:
        keep_preset(settings.data_dir, preset_key(style), kept_of(found))
        show_text(say("sweep.kept", language))


def _forget(words: str, catalogue: Catalogue, settings: Settings) -> None:
    from bot.making.presets import keep_preset, preset_key

    style, language = catalogue.find(words), language_of(client_language())
    keep_preset(settings.data_dir, preset_key(style), None)
    show_text(say("sweep.forgotten", language, style=style_name(style, language)))


def _show_found(catalogue: Catalogue, settings: Settings) -> None:
    """Raises BadInput where nothing was found."""
    from bot.making.presets import load_presets, style_of
    from bot.making.sweep import sampling_words

    language, presets = language_of(client_language()), load_presets(settings.data_dir)
    if not presets:
        raise BadInput(reason="no_sweep")
    for key, values in presets.items():
        style = style_name(catalogue.complete(style_of(key)), language)
        show_text(say("sweep.preset", language, style=style, settings=sampling_words(values, language)))


# --- sheets in a folder ----------------------------------------------------------------------------------------------


def _sheet(named: str, folder: Path) -> Record:
    """The sheet with this id. Raises BadInput."""
    from bot.making.sweep import sweep_in

    record = records_in(folder).get(named.strip().lower().removeprefix("#"))
    if record is None or sweep_in(record) is None:
        raise BadInput(reason="no_such_sheet", id=named[:40], folder=folder)
    return record


def _make(task: Sweep, place: PieceFolder, settings: Settings, formats: Sequence[str]) -> None:
    asyncio.run(_make_sheet(task, place, settings, formats))


async def _make_sheet(task: Sweep, place: PieceFolder, settings: Settings, formats: Sequence[str]) -> None:
    """The pieces first, the sheet last: whoever sees the sheet sees all of them."""
    from bot.making.workshop import Order, open_renderer_for
    from generator.composer import open_composer

    language = language_of(client_language())
    wanted = tuple(dict.fromkeys((PAGES.name, *formats)))  # the sheet shows their first lines
    with ProgressLine(Console(stderr=True)) as line:
        line.show_step("loading the model ...")
        async with open_composer(settings) as composer, open_renderer_for(settings, formats) as renderer:
            order = Order(
                formats=wanted,
                language=language,
                on_progress=lambda told: line.show_bar(told.bar, told.bars, remaining_s=told.remaining_s),
                on_step=line.show_step,
            )
            sheet = await task.make(workshop_of(composer, renderer, settings), order)
        for piece in sheet.others:
            place.write(piece.name, piece.files, piece.record)
        written = place.write(sheet.name, sheet.files, sheet.record)
        line.clear()
    show_text(str(sheet.record["title"]), style="bold")
    for row in sheet.record["sheet"]:
        show_text("  ".join(str(row[name]) for name in ("id", "title", "figure")))
    show_files(written)
    example = " ".join(str(mark) for mark in (4, 2, 5, 1, 3, 2)[: len(sheet.record["sheet"])])
    show_text(f'notabot sweep {sheet.record["id"]} --rate "{example}"')
