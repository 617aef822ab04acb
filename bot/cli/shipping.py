"""`notabot train ship`: makes again, from a corpus, the files that come along with the code.

The doors are `generator.training.shipped` and `generator.evaluation`; each writes where the file belongs in the
repository unless --out names another place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.results import show_text
from bot.cli.weights import settings_with_weights, weights_here
from bot.errors import BadInput
from bot.platforms.terminal.progress import ProgressLine

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="""Make the files that come along with Notabot again: for its developers, from the corpus it was trained on.

    [bold]Examples[/bold]

      notabot train ship openings scores.jsonl.xz

      notabot train ship originality scores.jsonl.xz

      notabot train ship card runs/evaluation/figures.json
    """,
)

Corpus = Annotated[
    Path, typer.Argument(metavar="CORPUS", help="A .jsonl or .jsonl.xz file, one piece a line.", show_default=False)
]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write here. Default: where it lies in the code.")]
Processes = Annotated[int, typer.Option(min=1, help="Pieces that are measured at the same time.")]


@app.command()
def openings(
    corpus: Corpus,
    out: Out = None,
    taught: Annotated[
        Path | None,
        typer.Option(metavar="CORPUS", help="What the weights that ship were trained on. Default: the same corpus."),
    ] = None,
) -> None:
    """config/openings.json: how pieces of every style begin, and how many of them the weights were taught."""
    from generator.training.shipped.openings import OPENINGS_FILE, make_openings

    make_openings(corpus, out or OPENINGS_FILE, taught=taught, tell=show_text)


@app.command()
def bars(corpus: Corpus, out: Out = None) -> None:
    """config/bars.json: bars by people, CC0 or in the public domain, beside as many by the weights that ship.

    Ten minutes.
    """
    import hashlib

    from generator.composer import SHIPPED_WEIGHTS
    from generator.training.shipped.bars import BARS_FILE, make_bars

    settings = settings_with_weights()
    with SHIPPED_WEIGHTS.open("rb") as file:
        weights = hashlib.file_digest(file, "sha256").hexdigest()
    make_bars(corpus, out or BARS_FILE, settings=settings, tell=show_text, weights=weights)


@app.command()
def originality(corpus: Corpus, out: Out = None) -> None:
    """generator/weights/originality.npz: the melodies that pieces are compared with. Five minutes, 2 GB of memory."""
    from generator.critic.originality import INDEX_FILE
    from generator.training.shipped.originality import make_originality

    with ProgressLine(Console(stderr=True)) as line:
        make_originality(
            corpus,
            out or INDEX_FILE,
            tell=_beside(line),
            progress=lambda read: line.show_step(f"{read} pieces read ...") if read % 500 == 0 else None,
        )


@app.command()
def grades(corpus: Corpus, out: Out = None) -> None:
    """generator/critic/grades.json: how pieces by people are graded, by instrumentation. Two minutes."""
    from generator.critic.human import GRADES_FILE
    from generator.training.shipped.grades import make_grades

    with ProgressLine(Console(stderr=True)) as line:
        make_grades(
            corpus,
            out or GRADES_FILE,
            tell=_beside(line),
            progress=lambda done, rows: line.show_count("piece", done, rows),
        )


@app.command()
def manner(corpus: Corpus, out: Out = None) -> None:
    """generator/weights/manner.npz: what tells composers apart. Two minutes."""
    from generator.critic.manner import MANNER_FILE
    from generator.training.shipped.manner import make_manners

    with ProgressLine(Console(stderr=True)) as line:
        make_manners(
            corpus,
            out or MANNER_FILE,
            tell=_beside(line),
            progress=lambda done, rows: line.show_count("piece", done, rows),
        )


@app.command()
def leaning(
    corpus: Corpus,
    out: Out = None,
    folder: Annotated[Path, typer.Option(help="Pieces and measurements are kept here.")] = Path("runs/leaning"),
) -> None:
    """generator/critic/leaning.json: on which side of people's music the weights that ship lie. Four minutes."""
    from generator.critic.leaning import LEANING_FILE
    from generator.evaluation.leaning import make_leaning

    with ProgressLine(Console(stderr=True)) as line:
        make_leaning(
            corpus,
            out or LEANING_FILE,
            settings=settings_with_weights(),
            folder=folder,
            tell=_beside(line),
            progress=line.show_count,
        )


@app.command()
def humans(
    corpus: Corpus,
    out: Out = None,
    most: Annotated[int | None, typer.Option(min=1, help="Pieces of one style.", show_default="48")] = None,
    processes: Processes = 1,
) -> None:
    """generator/critic/human.json: what human pieces of every style measure."""
    from generator.critic.human import HUMAN_FILE
    from generator.training.shipped.humans import MOST_OF_A_STYLE, make_humans

    with ProgressLine(Console(stderr=True)) as line:
        make_humans(
            corpus,
            out or HUMAN_FILE,
            most_of_a_style=most or MOST_OF_A_STYLE,
            processes=processes,
            tell=_beside(line),
            progress=lambda done, count: line.show_count("piece", done, count),
        )


@app.command()
def card(
    figures: Annotated[
        Path, typer.Argument(metavar="FIGURES.json", help="What `notabot evaluate` wrote.", show_default=False)
    ],
    out: Out = None,
) -> None:
    """generator/weights/README.md: the model card, from figures that were measured before."""
    from generator.composer import SHIPPED_WEIGHTS
    from generator.evaluation.card import render_card

    path = out or SHIPPED_WEIGHTS.with_name("README.md")
    try:
        text = render_card(json.loads(figures.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadInput(reason="unreadable_figures", file=figures, why=error.strerror) from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(reason="no_figures", file=figures) from error
    path.write_text(text, encoding="utf-8")
    show_text(f"{path} written")


@app.command()
def presets(
    corpus: Corpus,
    weights: Annotated[Path | None, typer.Option(help="The weights. Default: those that ship.")] = None,
    rounds: Annotated[
        str, typer.Option(help="Pieces of each setting, and settings that go on, in each round.", metavar="P:S,...")
    ] = "2:10,4:4,10:1",
    families: Annotated[str | None, typer.Option(help="Of styles, separated by commas.", show_default="all")] = None,
    styles: Annotated[int, typer.Option(min=1, help="The best covered ones of each family.")] = 4,
    temperatures: Annotated[str, typer.Option(help="To be tried, separated by commas.")] = "0.8,1.0,1.1,1.2,1.4",
    top_ps: Annotated[str, typer.Option(help="To be tried, separated by commas.")] = "0.9,0.95,1.0",
    top_ks: Annotated[str, typer.Option(help="To be tried, separated by commas.")] = "9,0",
    guidances: Annotated[str, typer.Option(help="To be tried, separated by commas.")] = "0.0,1.0,2.0",
    most_patches: Annotated[
        float, typer.Option(min=1, help="Sampled for each that is accepted; a setting that needs more is out.")
    ] = 1.3,
    bars: Annotated[int, typer.Option(min=1, help="Of each piece.")] = 16,
    slots: Annotated[int, typer.Option(min=1, max=256, help="Pieces composed at the same time.")] = 16,
    seed: Annotated[int, typer.Option(min=0, help="Of the first piece; every setting has the same seeds.")] = 5000,
    folder: Annotated[Path, typer.Option(help="Measures of human pieces are kept here.")] = Path("runs/sweep"),
    out: Annotated[Path | None, typer.Option(help="Write all figures here as JSON, after every round.")] = None,
) -> None:
    """The lines of config/presets.toml: the sampling that composes most like people. Hours."""
    from generator.evaluation.sweep import FAMILIES, SweepPlan, sweep

    plan = SweepPlan(
        families=tuple(families.split(",")) if families else FAMILIES,
        styles=styles,
        temperatures=_numbers(temperatures),
        top_ps=_numbers(top_ps),
        top_ks=tuple(map(int, _numbers(top_ks))),
        guidances=_numbers(guidances),
        rounds=tuple(map(_round, rounds.split(","))),
        most_patches=most_patches,
        bars=bars,
        seed=seed,
    )
    asked = {"weights": weights_here(weights)} if weights else {}
    settings = settings_with_weights().model_copy(update={"slots": slots, "threads": 1, "precision": "int8", **asked})
    with ProgressLine(Console(stderr=True)) as line:
        sweep(
            corpus,
            settings=settings,
            folder=folder,
            plan=plan,
            out=out,
            tell=_beside(line),
            progress=lambda number, done, count: line.show_count(f"round {number}, piece", done, count),
        )


def _beside(line: ProgressLine) -> Callable[[str], None]:
    """Prints a result after taking the live line away."""

    def tell(text: str) -> None:
        line.clear()
        show_text(text)

    return tell


def _numbers(text: str) -> tuple[float, ...]:
    """The text "0.8,1.0" as numbers. Raises BadInput."""
    try:
        return tuple(map(float, text.split(",")))
    except ValueError as error:
        raise BadInput(reason="not_numbers", value=text) from error


def _round(text: str) -> tuple[int, int]:
    """The text "2:10" as two numbers. Raises BadInput."""
    pieces, colon, kept = text.partition(":")
    if not (colon and pieces.isdecimal() and kept.isdecimal() and int(pieces) and int(kept)):
        raise BadInput(reason="not_pieces_and_settings", value=text)
    return int(pieces), int(kept)
