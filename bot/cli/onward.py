"""`notabot continue`, `rewrite`, `vary` and their like: music that there is, taken further."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.options import USUAL_FORMATS, Formats, Json, Out, parse_formats
from bot.cli.sources import MUSIC_OR_ID
from bot.cli.weights import settings_with_weights
from bot.cli.working import Workbench

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from generator.catalogue.catalogue import Catalogue

Piece = Annotated[str, typer.Argument(metavar="FILE_OR_ID", help=MUSIC_OR_ID, show_default=False)]
InStyle = Annotated[
    str | None,
    typer.Option("--style", metavar="WORDS", help='Under which style: "liszt keyboard". Default: that of the piece.'),
]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same bars. Default: a random one.")]
Tune = Annotated[str, typer.Option(metavar="TUNE", help="Which tune of a book: its number or title.")]
Bars = Annotated[str, typer.Option("--bars", metavar="BARS", help='Which bars: "5-8", or one: "7".')]
Among = Annotated[str | None, typer.Option("--bars", metavar="BARS", help='Only among these: "9-16". Default: all.')]


def go_on(
    piece: Piece,
    bars: Annotated[int, typer.Option(help="How many new bars.")] = 8,
    from_bar: Annotated[
        int | None,
        typer.Option(metavar="BAR", help="The first new bar; what stood there is left out. Default: behind the last."),
    ] = None,
    style: InStyle = None,
    seed: Seed = None,
    tune: Tune = "",
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Write further bars behind those of a piece, which stay as they are.

    [bold]Examples[/bold]

      notabot continue k3f9 --bars 8

      notabot continue song.mxl --bars 16 --from-bar 9

      notabot continue theme.mid --style "schubert keyboard"
    """
    asked = {"bars": bars, "first": from_bar, "style": style, "seed": seed}
    _make("continue", piece, asked, tune=tune, formats=formats, out=out, as_json=as_json)


def rewrite(
    piece: Piece,
    bars: Bars,
    style: InStyle = None,
    seed: Seed = None,
    tune: Tune = "",
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Write some bars anew, so that they lead to those behind them. All others stay as they are.

    [bold]Examples[/bold]

      notabot rewrite k3f9 --bars 5-8

      notabot rewrite sonata.musicxml --bars 7 --seed 3
    """
    asked = {"range": bars, "style": style, "seed": seed}
    _make("rewrite", piece, asked, tune=tune, formats=formats, out=out, as_json=as_json)


def vary(
    piece: Piece,
    how_far: Annotated[
        float, typer.Option("--how-far", help="Which share of the bars changes, above 0 and up to 1.")
    ] = 0.5,
    how: Annotated[
        str, typer.Option(help="every-second-bar, same-harmony (the chords stay), same-rhythm, or ornament.")
    ] = "every-second-bar",
    bars: Among = None,
    style: InStyle = None,
    seed: Seed = None,
    tune: Tune = "",
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Vary a piece: a share of its bars becomes new ones that fit between the others, which stay as they are.

    [bold]Examples[/bold]

      notabot vary k3f9 --how-far 0.3

      notabot vary theme.abc --how same-rhythm
    """
    asked = {"how_far": how_far, "how": how, "range": bars, "style": style, "seed": seed}
    _make("vary", piece, asked, tune=tune, formats=formats, out=out, as_json=as_json)


def restyle(
    piece: Piece,
    style: Annotated[str, typer.Option("--style", metavar="WORDS", help='For example "liszt keyboard".')],
    bars: Annotated[int, typer.Option(help="How many new bars behind the theme.")] = 8,
    theme: Annotated[
        str | None, typer.Option("--theme", metavar="BARS", help='Which bars are the theme: "1-4". Default: 8 at most.')
    ] = None,
    seed: Seed = None,
    tune: Tune = "",
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Begin a piece with the theme of another and go on in a style. The theme and who plays stay as they are.

    [bold]Examples[/bold]

      notabot restyle k3f9 --style "liszt keyboard"

      notabot restyle invention.mxl --style "chopin keyboard" --theme 1-4 --bars 12
    """
    asked = {"bars": bars, "range": theme, "style": style, "seed": seed}
    _make("restyle", piece, asked, tune=tune, formats=formats, out=out, as_json=as_json)


def harmonise(
    piece: Piece,
    style: Annotated[
        str, typer.Option("--style", metavar="WORDS", help='Whose voices, and who sings or plays: "bach chorale".')
    ] = "bach chorale",
    seed: Seed = None,
    tune: Tune = "",
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Keep the melody of a piece, note for note, and write other voices below it.

    [bold]Examples[/bold]

      notabot harmonise tune.abc

      notabot harmonise k3f9 --style "mozart keyboard"
    """
    asked = {"style": style, "seed": seed}
    _make("harmonise", piece, asked, tune=tune, formats=formats, out=out, as_json=as_json)


def simplify(
    piece: Piece,
    bars: Among = None,
    tune: Tune = "",
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Make a piece easier: no ornaments, one note at a time above, thinner chords and calmer figures below.

    [bold]Examples[/bold]

      notabot simplify k3f9

      notabot simplify sonata.mxl --bars 1-16
    """
    _make("simplify", piece, {"range": bars}, tune=tune, formats=formats, out=out, as_json=as_json)


def enrich(
    piece: Piece,
    bars: Among = None,
    tune: Tune = "",
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Make a piece richer: chord notes below the melody, octaves in the bass, broken chords.

    [bold]Examples[/bold]

      notabot enrich k3f9

      notabot enrich minuet.abc --bars 9-16
    """
    _make("enrich", piece, {"range": bars}, tune=tune, formats=formats, out=out, as_json=as_json)


def _make(
    kind: str, piece: str, asked: Mapping[str, Any], *, tune: str, formats: str, out: Path | None, as_json: bool
) -> None:
    """What was asked for is read before the model is loaded."""
    from generator.catalogue.catalogue import load_catalogue
    from generator.onward.asking import parse_bars, parse_how

    asked_formats = parse_formats(formats)
    settings = settings_with_weights()
    catalogue = load_catalogue(settings.weights)
    given = {name: value for name, value in asked.items() if value is not None}
    if "range" in given:
        given["first"], given["last"] = parse_bars(given.pop("range"))
    if "how" in given:
        given["how"] = parse_how(given["how"])
    if "style" in given:
        given["style"] = catalogue.find(given["style"])
    workbench = Workbench.for_music(piece, settings, tune=tune, formats=asked_formats, out=out, as_json=as_json)
    asyncio.run(_work(workbench, kind, given, catalogue))


async def _work(workbench: Workbench, kind: str, given: Mapping[str, Any], catalogue: Catalogue) -> None:
    from bot.making.onward import style_in, work_on_source
    from generator.onward.asking import work_on_piece
    from generator.onward.brought import bring
    from generator.onward.work import Kind

    await workbench.work(
        lambda source: work_on_piece(
            Kind(kind),
            bring(source.abc),
            catalogue,
            own_style=style_in(source.record),
            most_bars=workbench.settings.max_bars,
            **given,
        ),
        lambda source, work, workshop, order, remarks: work_on_source(source, work, workshop, order, remarks=remarks),
    )
