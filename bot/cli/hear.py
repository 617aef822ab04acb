"""`notabot hear`: a tune that somebody hums, sings or whistles into a recording, written down."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bot.cli.loading import load_score
from bot.cli.options import USUAL_FORMATS, Formats, Json, Out, client_language, parse_formats
from bot.cli.results import show_piece
from bot.making.files import open_piece_folder
from bot.platforms.terminal.progress import ProgressLine
from bot.texts import language_of

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from config.settings import Settings
    from renderers.score.files import ScoreFile


def hear(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A recording: Ogg, MP3, M4A, WAV, FLAC or WebM.", show_default=False),
    ],
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help='The key, if you know it: "G", "Ebmaj", "Am". Default: by ear.')
    ] = None,
    metre: Annotated[str | None, typer.Option(metavar="METRE", help="2/4, 3/4, 4/4 or 6/8. Default: by ear.")] = None,
    tempo: Annotated[
        int | None, typer.Option(metavar="QUARTERS", help="About how many quarters a minute. Default: by ear.")
    ] = None,
    octave: Annotated[int, typer.Option(metavar="OCTAVES", help="Write it so much higher, or lower: 1, -1.")] = 0,
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Write down a tune that you hum, sing or whistle: pages, sound, MIDI, MusicXML and ABC.

    What comes of it is a piece like any other: notabot continue, restyle and harmonise go on from it.
    Needs the extra hum of this package.

    [bold]Examples[/bold]

      notabot hear tune.ogg

      notabot hear tune.m4a --key G --metre 3/4 --octave 1
    """
    from bot.making.hear import key_for_tune
    from config.settings import load_settings
    from generator.notation.keys import parse_key
    from renderers.errors import InputRefused
    from renderers.score.files import RECORDING, ScoreFile, kind_of
    from renderers.score.hum import ENDINGS
    from renderers.score.hum.metre import METRES

    names = [each.name for each in METRES]
    if metre is not None and metre not in names:
        from bot.commands.errors import NotAChoice

        raise NotAChoice(name="--metre", value=metre, names=", ".join(names))
    asked = {"key": key_for_tune(parse_key(key)) if key else None, "metre": metre, "tempo": tempo}
    try:
        source = load_score(file)
        is_recording = isinstance(source, ScoreFile) and kind_of(source.content).name == RECORDING
    except InputRefused as error:
        if error.reason not in ("file_other", "file_kind"):  # as too large: that is what is to be said
            raise
        raise InputRefused(reason="no_recording", endings=" ".join(ENDINGS)) from error
    if not isinstance(source, ScoreFile) or not is_recording:
        raise InputRefused(reason="no_recording", endings=" ".join(ENDINGS))
    settings, asked_formats = load_settings(), parse_formats(formats)
    asyncio.run(
        _hear(
            source,
            settings,
            asked,
            octave=octave,
            formats=asked_formats,
            out=out or settings.out_dir,
            as_json=as_json,
        )
    )


async def _hear(
    source: ScoreFile,
    settings: Settings,
    asked: dict[str, Any],
    *,
    octave: int,
    formats: Sequence[str],
    out: Path,
    as_json: bool,
) -> None:
    from bot.making.hear import Hear, listen
    from bot.making.workshop import Order, open_renderer_for
    from renderers.score.hum.heard import read_as, read_otherwise

    with open_piece_folder(out) as folder, ProgressLine(Console(stderr=True)) as line:
        line.show_step("listening ...")
        async with open_renderer_for(settings, formats) as renderer:
            heard = read_as(await listen(source, renderer), **asked)
            for _ in range(min(abs(octave), 8)):
                heard = read_otherwise(heard, "higher" if octave > 0 else "lower")
            order = Order(
                formats=formats,
                language=language_of(client_language()),
                on_progress=lambda _: None,
                on_step=line.show_step,
            )
            piece = await Hear(heard=heard, name=source.name).draw(renderer, order)
        written = folder.write(piece.name, piece.files, piece.record)
        line.clear()
    show_piece(piece, written, as_json=as_json)
