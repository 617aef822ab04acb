"""`notabot render`: any ABC file as MusicXML, pages, MIDI and audio."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.cli.options import Formats, Json, Out, parse_formats
from bot.cli.results import not_all_made, show_files, show_text
from bot.errors import BadInput
from bot.making.files import open_piece_folder, print_record
from bot.platforms.terminal.progress import ProgressLine
from bot.texts import FALLBACK
from bot.texts.remarks import remark_words
from renderers.formats import ABC, offered_formats
from renderers.score.abc.letters import decode_bytes
from renderers.score.abc.rows import is_interleaved

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from config.settings import Settings

MAX_FILE_BYTES = 1_000_000  # far above what the renderer accepts; keeps a video named .abc out of memory
_DEFAULT_FORMATS = ",".join(name for name in offered_formats() if name != ABC.name)  # that is there already


def render(
    file: Annotated[Path, typer.Argument(metavar="FILE.abc", help="A tune in ABC notation.", show_default=False)],
    formats: Formats = _DEFAULT_FORMATS,
    out: Out = None,
    tune: Annotated[
        str, typer.Option(metavar="TUNE", help="Which tune of a book: its number or title.", show_default="the first")
    ] = "",
    as_json: Json = False,
) -> None:
    """Make pages, audio, MIDI and MusicXML of an ABC file.

    NotaGen's form, one line a bar with rests left out, is completed first. What cannot be kept is said, with its line.

    [bold]Examples[/bold]

      notabot render tune.abc

      notabot render tune.abc --formats pdf,mp3 --out ~/Music

      notabot render book.abc --tune "Speed the plough"
    """
    from config.settings import load_settings

    asked_formats = parse_formats(formats)
    abc = load_abc(file)
    settings = load_settings()
    out = out or settings.out_dir
    if ABC.name in asked_formats and (out / f"{file.stem}{ABC.ending}").resolve() == file.resolve():
        raise BadInput(reason="would_replace", file=file, format=ABC.name)
    asyncio.run(_render(abc, settings, name=file.stem, formats=asked_formats, out=out, tune=tune, as_json=as_json))


def load_abc(file: Path) -> str:
    """The text of the file, whatever its line ends and encoding. Raises BadInput."""
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
    text = decode_bytes(content)
    if "\0" in text:
        raise BadInput(reason="not_text", file=file)
    if not text.strip():
        raise BadInput(reason="empty", file=file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not any(line.startswith("K:") for line in text.split("\n")):
        raise BadInput(reason="no_key_line", file=file)
    return text


async def _render(
    abc: str, settings: Settings, *, name: str, formats: Sequence[str], out: Path, tune: str, as_json: bool
) -> None:
    """Render the text and put what could be made into `out`.

    Raises NotAllMade when the files are there and some formats are missing, RenderError when there is nothing.
    """
    from bot.making.workshop import open_renderer_for

    title = "" if has_title(abc) else name
    with open_piece_folder(out) as folder, ProgressLine(Console(stderr=True)) as line:
        line.show_step("drawing ...")
        async with open_renderer_for(settings) as renderer:
            rendering = await renderer.render_most(with_all_rests(abc), formats, title=title, tune=tune)
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


def with_all_rests(abc: str) -> str:
    """The tune with every voice in every bar if it is in NotaGen's form; any other text as it is.

    A line for each voice is no such form, although it begins with a voice as well.
    """
    from generator.errors import NotationError
    from generator.notation import complete_rests, parse_tune, strip_countdown

    if not is_interleaved([line for line in abc.splitlines() if line.startswith("[")]):
        return abc
    try:
        return str(complete_rests(strip_countdown(parse_tune(abc))))
    except NotationError:
        return abc  # ABC as the rest of the world writes it: the renderer reads it


def has_title(abc: str) -> bool:
    """Whether the text names any tune in it."""
    return any(line.startswith("T:") and line[2:].strip() for line in abc.splitlines())
