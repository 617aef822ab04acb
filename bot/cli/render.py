"""`notabot render`: any ABC file as MusicXML, pages, MIDI and audio."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.cli.options import Formats, Json, Out, parse_formats
from bot.cli.results import not_all_made, show_files
from bot.errors import BadInput
from bot.making.files import open_piece_folder, print_record
from bot.platforms.terminal.progress import ProgressLine
from renderers.formats import ABC, offered_formats

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from config.settings import Settings

MAX_FILE_BYTES = 1_000_000  # far above what the renderer accepts; keeps a video named .abc out of memory
_DEFAULT_FORMATS = ",".join(name for name in offered_formats() if name != ABC.name)  # that is there already


def render(
    file: Annotated[Path, typer.Argument(metavar="FILE.abc", help="A tune in ABC notation.", show_default=False)],
    formats: Formats = _DEFAULT_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Make pages, audio, MIDI and MusicXML of an ABC file.

    NotaGen's form, one line a bar with rests left out, is completed first.

    [bold]Examples[/bold]

      notabot render tune.abc

      notabot render tune.abc --formats pdf,mp3 --out ~/Music
    """
    from config.settings import load_settings

    asked_formats = parse_formats(formats)
    abc = load_abc(file)
    settings = load_settings()
    out = out or settings.out_dir
    if ABC.name in asked_formats and (out / f"{file.stem}{ABC.ending}").resolve() == file.resolve():
        raise BadInput(reason="would_replace", file=file, format=ABC.name)
    asyncio.run(_render(abc, settings, name=file.stem, formats=asked_formats, out=out, as_json=as_json))


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
    if b"\0" in content:
        raise BadInput(reason="not_text", file=file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # what old ABC collections are written in
    if not text.strip():
        raise BadInput(reason="empty", file=file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not any(line.startswith("K:") for line in text.split("\n")):
        raise BadInput(reason="no_key_line", file=file)
    return text


async def _render(abc: str, settings: Settings, *, name: str, formats: Sequence[str], out: Path, as_json: bool) -> None:
    """Render the text and put what could be made into `out`.

    Raises NotAllMade when the files are there and some formats are missing, RenderError when there is nothing.
    """
    from bot.making.workshop import open_renderer_for

    title, composer = title_and_composer(abc, name=name)
    with open_piece_folder(out) as folder, ProgressLine(Console(stderr=True)) as line:
        line.show_step("drawing ...")
        async with open_renderer_for(settings) as renderer:
            rendering = await renderer.render_most(with_all_rests(abc), formats, title=title, composer=composer)
        written = folder.write(name, rendering.files)
    if as_json:
        missing = {format_name: type(error).__name__ for format_name, error in rendering.missing.items()}
        record = {"title": title, "credit": composer, "files": [str(file.path) for file in written], "missing": missing}
        print(print_record(record))  # noqa: T201
    else:
        show_files(written)
    if rendering.missing:
        raise not_all_made(rendering.missing)


def with_all_rests(abc: str) -> str:
    """The tune with every voice in every bar if it is in NotaGen's form; any other text as it is."""
    from generator.errors import NotationError
    from generator.notation import complete_rests, parse_tune, strip_countdown

    try:
        return str(complete_rests(strip_countdown(parse_tune(abc))))
    except NotationError:
        return abc  # ABC as the rest of the world writes it: the renderer cleans it up


def title_and_composer(abc: str, *, name: str) -> tuple[str, str]:
    """The first T: and C: of the tune; the file's name where there is no title."""
    fields: dict[str, str] = {}
    for line in abc.splitlines():
        letter, colon, value = line.partition(":")
        if colon and letter in ("T", "C") and value.strip():
            fields.setdefault(letter, value.strip())
    return fields.get("T", name), fields.get("C", "")
