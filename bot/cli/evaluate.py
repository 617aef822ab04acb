"""`notabot evaluate`: the figures of the model card, the card, and samples that a person can open; and `music`.

The figures are `generator.evaluation`'s; drawing and sounding the samples is what this module adds, since the generator
does not know the renderers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from bot.cli.evaluate_music import music
from bot.cli.options import split_named_paths
from bot.cli.results import show_text
from bot.cli.weights import settings_with_weights, weights_here
from bot.platforms.terminal.progress import ProgressLine
from renderers.formats import ABC, PAGES, SMALL_AUDIO

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from config.settings import Settings
    from generator.evaluation.figures import Evaluation
    from generator.evaluation.pieces import ComposedPiece

BEST, WORST = 3, 2
MOST_BARS = 16
MAX_SAMPLES_BYTES = 3_000_000
SAMPLE_PREFIXES = ("best_", "worst_")
_SAMPLE_FORMATS = (ABC.name, PAGES.name, SMALL_AUDIO.name)
_SAMPLE_FILES = (ABC.ending, PAGES.page_ending(1), SMALL_AUDIO.ending)  # of a long score the first page

MODEL = "model"


class EvaluateGroup(TyperGroup):
    """`notabot evaluate CORPUS` is `notabot evaluate model CORPUS`, the commonest of them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [MODEL, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=EvaluateGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="""Judge a network: every figure of the model card, or the music beside human music.

    [bold]Examples[/bold]

      notabot evaluate scores.jsonl.xz --card generator/weights/README.md

      notabot evaluate music scores.jsonl.xz --pieces 10
    """,
)
app.command(name="music")(music)


@app.command(name=MODEL)
def evaluate(
    corpus: Annotated[
        Path, typer.Argument(metavar="CORPUS", help="A .jsonl or .jsonl.xz file, one piece a line.", show_default=False)
    ],
    weights: Annotated[Path | None, typer.Option(help="The weights. Default: those that ship.")] = None,
    pieces: Annotated[int, typer.Option(help="How many pieces to compose.")] = 400,
    styles: Annotated[int, typer.Option(min=1, help="Over how many styles, the best covered first.")] = 20,
    candidates: Annotated[
        int | None,
        typer.Option(help="Compose so many for each piece, keep the best liked. Default: as NOTABOT_CANDIDATES says."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the first piece; the others count up from it.")] = 1000,
    humans: Annotated[
        int | None, typer.Option(min=1, help="Learn from about so many human pieces. Default: all; fewer are quicker.")
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help="Other weights beside it, in bits per character. May be repeated."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the figures here, as JSON. Default: figures.json in the folder below.")
    ] = None,
    card: Annotated[
        Path | None, typer.Option(help="Write the model card here, and samples into a folder beside it.")
    ] = None,
    folder: Annotated[
        Path, typer.Option(help="Pieces and measurements are kept here; the same command goes on with them.")
    ] = Path("runs/evaluation"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Compose everything again.")] = False,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads. Default: as NOTABOT_THREADS says.")] = None,
) -> None:
    """Compose many pieces and measure them beside human ones: every figure of the model card.

    Takes a quarter of an hour or so on two processors. Ctrl-C loses nothing: the same command goes on.

    [bold]Examples[/bold]

      notabot evaluate scores.jsonl.xz --card generator/weights/README.md

      notabot evaluate scores.jsonl.xz --weights first.safetensors --pieces 40 --compare shipped=notabot.safetensors
    """
    from generator.evaluation.figures import EvaluationPlan, write_json
    from generator.evaluation.figures import evaluate as evaluate_weights

    others = split_named_paths(compare or [])
    settings = _settings(settings_with_weights(), weights=weights_here(weights), threads=threads)
    plan = EvaluationPlan(
        pieces=pieces,
        styles=styles,
        seed=seed,
        candidates=settings.candidates if candidates is None else candidates,
        humans=humans,
    )
    with ProgressLine(Console(stderr=True)) as line:

        def tell(what: str, done: int, count: int) -> None:
            if count:
                line.show_count(what, done, count)
            else:
                line.show_step(f"{what} ...")

        done = evaluate_weights(
            corpus, settings=settings, folder=folder, plan=plan, compare=others, fresh=fresh, tell=tell
        )
        figures_file = out or folder / "figures.json"
        write_json(figures_file, done.figures)
        if card is not None:
            line.show_step("drawing the samples ...")
            done.figures["samples"] = asyncio.run(make_samples(done, settings, folder=card.parent / "samples"))
            write_json(figures_file, done.figures)
            _write_card(card, done.figures)
    for demand in done.figures["must_hold"]:
        measured = "not measured" if demand["value"] is None else f"{demand['value']:.4g}"
        show_text(f"{'met    ' if demand['met'] else 'NOT MET'}  {demand['what']}: {measured} ({demand['limit']})")


def _settings(settings: Settings, *, weights: Path | None, threads: int | None) -> Settings:
    """What was asked for in place of what is set."""
    asked: dict[str, Any] = {"weights": weights, "threads": threads}
    return settings.model_copy(update={name: value for name, value in asked.items() if value is not None})


def _write_card(path: Path, figures: dict[str, Any]) -> None:
    from generator.evaluation.card import render_card

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_card(figures), encoding="utf-8")


async def make_samples(done: Evaluation, settings: Settings, *, folder: Path) -> list[dict[str, Any]]:
    """Draw and sound the pieces that the critic likes best and least, in place of older samples.

    Returns a line for each: rank, style, bars, seed, liking, files. A sample that would make the folder too large is
    left out.
    """
    from bot.making.workshop import open_renderer_for

    liking = {one["name"]: one["liking"] for one in done.figures["pieces"]}
    _empty(folder)
    samples, written_bytes = [], 0
    async with open_renderer_for(settings) as renderer:
        for rank, piece in choose_samples(done.by_liking):
            made = await renderer.render(piece.abc, _SAMPLE_FORMATS, title=piece.title, composer=piece.credit)
            stem = f"{rank.replace(' ', '_')}_{piece.name}"
            files = {stem + Path(f"x{ending}").suffix: made[ending] for ending in _SAMPLE_FILES if ending in made}
            sample_bytes = sum(map(len, files.values()))
            if written_bytes + sample_bytes > MAX_SAMPLES_BYTES:
                continue
            written_bytes += sample_bytes
            for name, content in files.items():
                (folder / name).write_bytes(content)
            samples.append(
                {
                    "rank": rank,
                    "style": piece.style.name,
                    "bars": piece.bars_asked,
                    "seed": piece.seed,
                    "liking": liking[piece.name],
                    "files": sorted(files),
                }
            )
    return sorted(samples, key=lambda sample: str(sample["rank"]))


def _empty(folder: Path) -> None:
    """Make room for new samples; whatever else is in the folder stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.name.startswith(SAMPLE_PREFIXES):
            old.unlink()


def choose_samples(by_liking: Sequence[ComposedPiece]) -> list[tuple[str, ComposedPiece]]:
    """("best 1", piece), ("worst 1", piece) ...: best and worst in turn, each of another style where there are enough.

    Of short pieces, if there are any: their first page is all of the score, and their sound is a small file.
    """
    short = [piece for piece in by_liking if piece.bars_asked <= MOST_BARS] or by_liking
    best = _of_different_styles(short, BEST)
    worst = _of_different_styles([piece for piece in reversed(short) if piece not in best], WORST)
    ranked = [
        (place, name, piece) for name, row in (("best", best), ("worst", worst)) for place, piece in enumerate(row)
    ]
    return [(f"{name} {place + 1}", piece) for place, name, piece in sorted(ranked, key=lambda one: one[:2])]


def _of_different_styles(pieces: Sequence[ComposedPiece], count: int) -> list[ComposedPiece]:
    first = {piece.style: piece for piece in reversed(pieces)}
    return [piece for piece in pieces if first[piece.style] is piece][:count]
