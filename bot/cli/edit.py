"""`notabot edit FILE_OR_ID WORDS`: what is to be changed about music that there is, in one's own words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.onward import Piece, Seed, Tune
from bot.cli.options import ALL_FORMATS, Formats, Json, Out, client_language, parse_formats
from bot.cli.results import show_piece
from bot.cli.sources import find_music
from bot.cli.weights import settings_with_weights
from bot.errors import BadInput
from bot.making.files import open_piece_folder
from bot.platforms.terminal.progress import ProgressLine
from bot.texts import language_of


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
    formats: Formats = ALL_FORMATS,
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
        raise BadRequest(reason="no_edit", words=text[:60])
    folder = out or settings.out_dir
    source, file = find_music(piece, folder)

    async def work() -> None:
        from bot.making.edit import edit_source
        from bot.making.interleaved import interleave
        from bot.making.maker import describe_model
        from bot.making.onward import style_in
        from bot.making.workshop import Order, Workshop, no_source, open_renderer_for
        from generator.composer import SHIPPED_WEIGHTS, open_composer
        from generator.onward.asking import edit_of_music
        from generator.onward.brought import bring
        from generator.request import Progress

        with open_piece_folder(folder) as opened, ProgressLine(Console(stderr=True)) as line:
            line.show_step("reading ...")
            async with open_renderer_for(settings) as renderer:
                read = await interleave(file or source.abc, renderer, tune=tune)
                asked = edit_of_music(
                    said.steps, bring(read.abc), catalogue, own_style=style_in(source.record), seed=seed
                )
                line.show_step("loading the model ...")
                async with open_composer(settings) as composer:
                    workshop = Workshop(
                        composer=composer,
                        renderer=renderer,
                        catalogue=composer.catalogue,
                        model=describe_model(settings.weights or SHIPPED_WEIGHTS),
                        find_source=no_source,
                    )

                    def show(progress: Progress) -> None:
                        line.show_bar(progress.bar, progress.bars, remaining_s=progress.remaining_s)

                    language = language_of(client_language())
                    order = Order(formats=asked_formats, language=language, on_progress=show, on_step=line.show_step)
                    made = await edit_source(
                        replace(source, abc=read.abc), asked, workshop, order,
                        more={"missed": list(said.missed)}, remarks=read.remarks,
                    )  # fmt: skip
            written = opened.write(made.name, made.files, made.record)
            line.clear()
        show_piece(made, written, as_json=as_json)

    asyncio.run(work())


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
