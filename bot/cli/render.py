"""`notabot render`: any file of notation, or a piece, as pages, audio, video, MIDI, MusicXML and ABC."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.cli.loading import load_score
from bot.cli.options import Formats, Json, Out, client_language, parse_formats
from bot.cli.playing import AT_TEMPO, Click, CountIn, Loop, Speed, Straight, Without, playing_of
from bot.cli.printing import USUAL_PAPER, LargePrint, Paper, WithParts, with_printed
from bot.cli.results import not_all_made, show_files, show_text
from bot.cli.sources import MUSIC_OR_ID, find_file, record_of
from bot.errors import BadInput
from bot.making.files import open_piece_folder, print_record
from bot.making.reading import has_title, with_all_rests
from bot.platforms.terminal.progress import ProgressLine
from bot.texts import FALLBACK, language_of
from bot.texts.remarks import remark_words
from renderers.formats import ABC, in_order, usual_formats
from renderers.pages.printing import Printing
from renderers.score.files import ScoreFile

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from config.settings import Settings
    from renderers.sound.playing import Playing

OTHERS = ""  # the formats that are meant where nobody says: all but the one that is there already


def render(
    music: Annotated[str, typer.Argument(metavar="FILE_OR_ID", help=MUSIC_OR_ID, show_default=False)],
    formats: Formats = OTHERS,
    out: Out = None,
    tune: Annotated[
        str, typer.Option(metavar="TUNE", help="Which tune of a book: its number or title.", show_default="the first")
    ] = "",
    as_json: Json = False,
    straight: Straight = False,
    without: Without = None,
    speed: Speed = AT_TEMPO,
    count_in: CountIn = 0,
    click: Click = False,
    loop: Loop = "",
    paper: Paper = USUAL_PAPER,
    large_print: LargePrint = False,
    parts: WithParts = False,
) -> None:
    """Make pages, audio, video, MIDI, MusicXML and ABC of a file of notation, or of a piece.

    The file is known by what is in it: ABC, MusicXML (.musicxml, .xml, .mxl), MEI, humdrum (.krn) or MIDI.
    NotaGen's form, one line a bar with rests left out, is completed first. What cannot be kept is said, with its line.

    [bold]Examples[/bold]

      notabot render tune.abc

      notabot render song.mxl --formats pdf,mp3 --out ~/Music

      notabot render book.abc --tune "Speed the plough"

      notabot render quartet.abc --formats mp3 --without viola --speed 80 --count-in 1 --loop 5-8

      notabot render k3f9 --formats mp4-roll

      notabot render quartet.abc --formats pdf --paper letter --large-print --parts
    """
    from config.settings import load_settings

    playing = playing_of(straight=straight, without=without, speed=speed, count_in=count_in, click=click, loop=loop)
    printing = Printing(size=paper, large=large_print)
    settings = load_settings()
    out = out or settings.out_dir
    file = find_file(music, out)
    score = load_score(file)
    there = ABC.name if isinstance(score, str) else None
    named = parse_formats(formats or ",".join(name for name in usual_formats() if name != there))
    asked_formats = with_printed(named, printing=printing, parts=parts)
    for row in in_order(asked_formats):
        if (out / f"{file.stem}{row.ending}").resolve() == file.resolve():
            raise BadInput(reason="would_replace", file=file, format=row.name)
    rendering = _render(
        score,
        settings,
        file=file,
        formats=asked_formats,
        out=out,
        tune=tune,
        as_json=as_json,
        playing=playing,
        printing=printing,
    )
    asyncio.run(rendering)


async def _render(
    score: str | ScoreFile,
    settings: Settings,
    *,
    file: Path,
    formats: Sequence[str],
    out: Path,
    tune: str,
    as_json: bool,
    playing: Playing,
    printing: Printing,
) -> None:
    """Render the score and put what could be made into `out`.

    Raises NotAllMade when the files are there and some formats are missing, RenderError when there is nothing.
    """
    from bot.making.colophon import colophon_of
    from bot.making.workshop import Filming, open_renderer_for

    name, language = file.stem, language_of(client_language())
    record = record_of(file)
    colophon = colophon_of(record, language, piece=str(record.get("id") or ""))
    title = name if isinstance(score, str) and not has_title(score) else ""
    source = with_all_rests(score) if isinstance(score, str) else score
    with open_piece_folder(out) as folder, ProgressLine(Console(stderr=True)) as line:
        line.show_step("drawing ...")
        async with open_renderer_for(settings, formats) as renderer:
            rendering = await renderer.render_most(
                source,
                formats,
                title=title,
                tune=tune,
                playing=playing,
                printing=replace(printing, colophon=colophon),
                tell=lambda done: line.show_step(Filming(done)),
            )
        written = folder.write(name, rendering.files)
    remarks = [remark_words(remark.to_json(), FALLBACK) for remark in rendering.remarks]
    if as_json:
        missing = {format_name: type(error).__name__ for format_name, error in rendering.missing.items()}
        record = {
            "title": rendering.title,
            "credit": rendering.composer,
            "files": [str(file.path) for file in written],
            "missing": missing,
            "remarks": remarks,
        }
        print(print_record(record))  # noqa: T201
    else:
        show_files(written)
        for remark in remarks:
            show_text(remark)
    if rendering.missing:
        raise not_all_made(rendering.missing)
