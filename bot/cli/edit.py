"""`notabot edit FILE_OR_ID WORDS`: what is to be changed about music that there is, in one's own words."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.onward import Piece, Seed, Tune
from bot.cli.options import USUAL_FORMATS, Formats, Json, Out, parse_formats
from bot.cli.weights import settings_with_weights
from bot.cli.working import Workbench
from bot.errors import BadInput

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from generator.catalogue.catalogue import Catalogue
    from generator.onward.said import Said


def edit(
    piece: Piece,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORDS", help="What is to be changed, with commas between.", show_default=False),
    ] = None,
    abc: Annotated[
        str | None,
        typer.Option(
            metavar="LINES",
            help='Bars that you have written, a line each: "5: [V:1]A2 c2 e2|". @FILE reads them from a file.',
        ),
    ] = None,
    bars: Annotated[
        str | None, typer.Option(metavar="BARS", help="Which bars the lines are, where they have no numbers.")
    ] = None,
    seed: Seed = None,
    tune: Tune = "",
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Change a piece in your own words. What they do not name stays as it is, note for note.

    Beside the piece a picture shows the bars that changed, as they were and as they are.

    [bold]Examples[/bold]

      notabot edit k3f9 "bars 5-8 calmer, end in major, left hand simpler"

      notabot edit song.mxl "transpose it to D, a bit faster"

      notabot edit k3f9 die letzten vier Takte anders

      notabot edit k3f9 --bars 5 --abc "[V:1]A2 c2 e2|[V:2]A,,6|"
    """
    from generator.catalogue.catalogue import load_catalogue
    from generator.errors import BadRequest
    from generator.onward.said import Said, read_edit
    from generator.onward.step import Does, Step

    asked_formats = parse_formats(formats)
    settings = settings_with_weights()
    catalogue = load_catalogue(settings.weights)
    text = " ".join(words or ())
    said = read_edit(text, catalogue)
    if abc is not None and not text:
        said = Said(steps=(Step(does=Does.HAND, aim=_lines(abc, bars)),))
    if said is None or not said.steps:
        if not text.strip():
            raise BadRequest(reason="no_edit_words")
        raise BadRequest(reason="no_edit", words=text[:60])
    workbench = Workbench.for_music(piece, settings, tune=tune, formats=asked_formats, out=out, as_json=as_json)
    asyncio.run(_edit(workbench, said, catalogue, seed))


async def _edit(workbench: Workbench, said: Said, catalogue: Catalogue, seed: int | None) -> None:
    from bot.making.edit import edit_source
    from bot.making.onward import style_in
    from generator.onward.asking import edit_of_music
    from generator.onward.brought import bring

    await workbench.work(
        lambda source: edit_of_music(
            said.steps, bring(source.abc), catalogue, own_style=style_in(source.record), seed=seed
        ),
        lambda source, asked, workshop, order, remarks: edit_source(
            source, asked, workshop, order, more={"missed": list(said.missed)}, remarks=remarks
        ),
    )


def _lines(abc: str, bars: str | None) -> str:
    """The lines with the numbers of their bars. Raises BadInput for a file that cannot be read."""
    from generator.onward.asking import parse_bars
    from generator.onward.by_hand import numbered

    if abc.startswith("@"):
        try:
            abc = Path(abc[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(reason="unreadable", file=abc[1:], why=getattr(error, "strerror", None) or "?") from error
    return numbered(abc, first=parse_bars(bars)[0]) if bars else abc
