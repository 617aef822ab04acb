"""`notabot render`: any file of notation as pages, audio, MIDI, MusicXML and ABC."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.cli.options import Formats, Json, Out, parse_formats
from bot.cli.playing import AT_TEMPO, Click, CountIn, Loop, Speed, Straight, Without, playing_of
from bot.cli.results import not_all_made, show_files, show_text
from bot.errors import BadInput
from bot.making.files import open_piece_folder, print_record
from bot.making.reading import has_title, with_all_rests
from bot.platforms.terminal.progress import ProgressLine
from bot.texts import FALLBACK
from bot.texts.remarks import remark_words
from renderers.errors import InputRefused
from renderers.formats import ABC, in_order, usual_formats
from renderers.score.abc.letters import decode_bytes
from renderers.score.files import MAX_FILE_BYTES, ScoreFile, kind_of

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from config.settings import Settings
    from renderers.sound.playing import Playing

OTHERS = ""  # the formats that are meant where nobody says: all but the one that is there already


def render(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="ABC, MusicXML, MEI, humdrum or MIDI.", show_default=False)
    ],
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
) -> None:
    """Make pages, audio, MIDI, MusicXML and ABC of a file of notation.

    The file is known by what is in it: ABC, MusicXML (.musicxml, .xml, .mxl), MEI, humdrum (.krn) or MIDI.
    NotaGen's form, one line a bar with rests left out, is completed first. What cannot be kept is said, with its line.

    [bold]Examples[/bold]

      notabot render tune.abc

      notabot render song.mxl --formats pdf,mp3 --out ~/Music

      notabot render book.abc --tune "Speed the plough"

      notabot render quartet.abc --formats mp3 --without viola --speed 80 --count-in 1 --loop 5-8
    """
    from config.settings import load_settings

    playing = playing_of(straight=straight, without=without, speed=speed, count_in=count_in, click=click, loop=loop)
    score = load_score(file)
    there = ABC.name if isinstance(score, str) else None
    asked_formats = parse_formats(formats or ",".join(name for name in usual_formats() if name != there))
    settings = load_settings()
    out = out or settings.out_dir
    for row in in_order(asked_formats):
        if (out / f"{file.stem}{row.ending}").resolve() == file.resolve():
            raise BadInput(reason="would_replace", file=file, format=row.name)
    heard = _render(
        score, settings, name=file.stem, formats=asked_formats, out=out, tune=tune, as_json=as_json, playing=playing
    )
    asyncio.run(heard)


def load_score(file: Path) -> str | ScoreFile:
    """The ABC in a file, or the file itself if it is in another format. Raises BadInput, InputRefused."""
    content = _read(file)
    try:
        is_abc = kind_of(content).name == "abc"
    except InputRefused as error:
        if error.reason == "file_kind" and file.suffix.lower() == ABC.ending:
            raise BadInput(reason="no_key_line", file=file) from error
        raise
    return _with_plain_line_ends(content) if is_abc else ScoreFile(name=file.name, content=content)


def load_abc(file: Path) -> str:
    """The text of an ABC file, whatever its line ends and encoding. Raises BadInput."""
    text = _with_plain_line_ends(_read(file))
    if "\0" in text:
        raise BadInput(reason="not_text", file=file)
    if not any(line.startswith("K:") for line in text.split("\n")):
        raise BadInput(reason="no_key_line", file=file)
    return text


def _with_plain_line_ends(content: bytes) -> str:
    return decode_bytes(content).replace("\r\n", "\n").replace("\r", "\n")


def _read(file: Path) -> bytes:
    """The content. Raises BadInput."""
    if file.is_dir():
        raise BadInput(reason="is_folder", file=file)
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise BadInput(reason="no_such_file", file=file) from error
    except OSError as error:
        raise BadInput(reason="unreadable", file=file, why=error.strerror) from error
    if len(content) > MAX_FILE_BYTES:
        raise BadInput(reason="too_large", file=file)
    if not content.strip(b"\0 \t\r\n"):
        raise BadInput(reason="empty", file=file)
    return content


async def _render(
    score: str | ScoreFile,
    settings: Settings,
    *,
    name: str,
    formats: Sequence[str],
    out: Path,
    tune: str,
    as_json: bool,
    playing: Playing,
) -> None:
    """Render the score and put what could be made into `out`.

    Raises NotAllMade when the files are there and some formats are missing, RenderError when there is nothing.
    """
    from bot.making.workshop import open_renderer_for

    title = name if isinstance(score, str) and not has_title(score) else ""
    source = with_all_rests(score) if isinstance(score, str) else score
    with open_piece_folder(out) as folder, ProgressLine(Console(stderr=True)) as line:
        line.show_step("drawing ...")
        async with open_renderer_for(settings) as renderer:
            rendering = await renderer.render_most(source, formats, title=title, tune=tune, playing=playing)
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
