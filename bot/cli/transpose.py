"""`notabot transpose`: a piece or any file of notation in another key, or with a part for another instrument."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bot.cli.options import USUAL_FORMATS, Formats, Json, Out, parse_formats
from bot.cli.results import show_piece
from bot.cli.sources import MUSIC_OR_ID, find_music
from bot.making.files import open_piece_folder
from bot.platforms.terminal.progress import ProgressLine

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.making.workshop import Source
    from config.settings import Settings
    from renderers.score.files import ScoreFile


def transpose(
    piece: Annotated[
        str,
        typer.Argument(
            metavar="FILE_OR_ID",
            help=MUSIC_OR_ID,
            show_default=False,
        ),
    ],
    to: Annotated[
        str | None, typer.Option("--to", metavar="KEY", help='"Cm", "E flat major"; "C" alone keeps the mode.')
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="INTERVAL", help='"m3", "-M2", "octave", "minor third down", "+3".')
    ] = None,
    instrument: Annotated[
        str | None,
        typer.Option("--for", metavar="INSTRUMENT", help='Write a part for it: "clarinet", "horn in F", "viola clef".'),
    ] = None,
    part: Annotated[
        str | None, typer.Option(help='Which part --for means: its number, its name, "melody". Default: the first.')
    ] = None,
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Transpose a piece: to a key, by an interval, or with a part for an instrument, which sounds as before.

    The piece itself stays as it is; the new one has files and an id of its own.

    [bold]Examples[/bold]

      notabot transpose k3f9 --to Cm

      notabot transpose tune.abc --by "minor third down" --formats pdf,mp3

      notabot transpose k3f9 --for "alto sax" --part melody
    """
    from config.settings import load_settings

    asked_formats = parse_formats(formats)
    settings = load_settings()
    folder = out or settings.out_dir
    source, file = find_music(piece, folder)
    way = {"to": to, "by": by, "instrument": instrument, "part": part}
    asyncio.run(_transpose(source, file, way, settings, formats=asked_formats, out=folder, as_json=as_json))


async def _transpose(
    source: Source,
    file: ScoreFile | None,
    asked: Mapping[str, str | None],
    settings: Settings,
    *,
    formats: Sequence[str],
    out: Path,
    as_json: bool,
) -> None:
    """file: in another format than ABC, from which the tune of `source` is read first."""
    from bot.making.interleaved import interleave
    from bot.making.transpose import transpose_source
    from bot.making.workshop import Order, open_renderer_for
    from generator.transposing.transposition import plan

    way = plan(source.abc, **asked) if file is None else None  # what cannot be is said before anything is opened
    with open_piece_folder(out) as folder, ProgressLine(Console(stderr=True)) as line:
        order = Order(formats=formats, on_progress=lambda _: None, on_step=line.show_step)
        async with open_renderer_for(settings, formats) as renderer:
            remarks: Sequence[Mapping[str, Any]] = ()
            if file is not None:
                read = await interleave(file, renderer)
                source, remarks = replace(source, abc=read.abc), read.remarks
            piece = await transpose_source(source, way or plan(source.abc, **asked), renderer, order, remarks=remarks)
        written = folder.write(piece.name, piece.files, piece.record)
        line.clear()
    show_piece(piece, written, as_json=as_json)
