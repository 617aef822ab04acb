"""`notabot bench`: how fast composing, starting and drawing are here, and the engine beside NotaGen's algorithm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bot.cli.results import show_text
from bot.errors import BadInput
from bot.platforms.terminal.progress import ProgressLine

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.bench.figure import Figure
    from bot.bench.report import Report
    from bot.bench.turns import Versions

BITS, PLOTS = "bits", "plots"


def bench(
    parts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PARTS]...",
            help='"composing" with the model that ships, one by one and 16 at once; "cold", the command from its '
            'start; "rendering"; "load", hundreds of small pieces by a tiny network, some given up; "engine", '
            'beside NotaGen\'s algorithm on equal random weights; "bits", what held-out music costs the model. '
            'Default: all, "bits" only with --corpus. "plots" measures nothing.',
        ),
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(help="The folder of another version's source: it takes turns with this one in all but engine."),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often everything but the engine is measured.")] = 1,
    pieces: Annotated[int, typer.Option(min=1, max=256, help="How many are composed in each turn.")] = 16,
    load_pieces: Annotated[int, typer.Option(min=1, max=100_000, help="How many are composed in load.")] = 200,
    corpus: Annotated[
        Path | None, typer.Option(help="Bits: a corpus, of whose held-out pieces is asked what they cost the model.")
    ] = None,
    corpus_pieces: Annotated[int, typer.Option(min=1, help="How many of them.")] = 6,
    slots: Annotated[
        list[int] | None,
        typer.Option(min=1, max=256, help="Engine: pieces composed at the same time. May be repeated. Default: 16."),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Engine: CPU threads for both.")] = 1,
    precision: Annotated[
        list[str] | None,
        typer.Option(help='Engine: "int8", "bf16" or "fp32". May be repeated. Default: int8, then bf16.'),
    ] = None,
    device: Annotated[str, typer.Option(help='Engine: "cpu" or "cuda".')] = "cpu",
    size: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help='Engine: of the network, "notagen-small", "notagen-x", or patch layers, character layers, hidden and '
            'context as in "12,3,768,512". May be repeated. Default: notagen-small.',
        ),
    ] = None,
    patches: Annotated[
        int, typer.Option(min=1, max=12, help="Engine: how many are timed at each length of context.")
    ] = 3,
    notagen: Annotated[
        Path | None,
        typer.Option(help="Engine: a checkout of NotaGen's repository, whose own code is timed, too."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Keep all figures here as JSON, after every part; what is in the file of other parts stays."),
    ] = None,
    plots: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Draw all figures here, those of earlier parts in --out, too; SVG."),
    ] = None,
) -> None:
    """Measure how fast pieces are composed, started and drawn here, beside another version if one is named.

    Processor time where nothing else is said, which other programs disturb little. Versions take turns.

    [bold]Examples[/bold]

      notabot bench

      notabot bench composing cold --before ../older --rounds 3 --out bench.json

      notabot bench bits --corpus scores.jsonl.xz --before ../older

      notabot bench load --load-pieces 2000

      notabot bench plots --out bench.json --plots pictures

      notabot bench engine --slots 16 --precision int8

      notabot bench engine --notagen ../NotaGen --precision int8

      notabot bench engine --device cuda --size notagen-x --slots 1 --slots 32 --out bench.json
    """
    from bot.bench.bits import measure_bits
    from bot.bench.cold import measure_cold
    from bot.bench.composing import measure_composing
    from bot.bench.rendering import measure_rendering
    from bot.bench.report import Report
    from bot.bench.turns import Versions

    asked = _Engine(slots, threads, precision, device, size, patches, notagen)
    versions = Versions.beside(before)

    def bits() -> list[Figure]:
        assert corpus is not None
        return measure_bits(versions, corpus, pieces=corpus_pieces)

    composing = partial(measure_composing, versions, rounds=rounds, pieces=pieces)
    cold, rendering = (
        partial(measure_cold, versions, rounds=rounds),
        partial(measure_rendering, versions, rounds=rounds),
    )
    kinds: dict[str, Callable[[Report], None]] = {
        "composing": lambda report: _measure(report, "composing", composing, doing="composing"),
        "cold": lambda report: _measure(report, "cold", cold, doing="starting"),
        "rendering": lambda report: _measure(report, "rendering", rendering, doing="drawing"),
        "load": lambda report: _load(report, versions, pieces=load_pieces),
        BITS: lambda report: _measure(report, BITS, bits, doing="reading human pieces"),
        "engine": lambda report: _engine(report, asked),
        PLOTS: lambda report: _plots(report, plots or Path(PLOTS)),
    }
    unknown = [part for part in parts or () if part not in kinds]
    if unknown:
        raise BadInput(reason="no_such_part", value=unknown[0], known=", ".join(kinds))
    if corpus is None and BITS in (parts or ()):
        raise BadInput(reason="no_corpus")
    if corpus is not None and not corpus.is_file():
        raise BadInput(reason="no_such_file", file=corpus)
    draws = plots is not None or PLOTS in (parts or ())
    if draws:
        from bot.bench.plots import check_plotter

        check_plotter(plots or Path(PLOTS))
    asked.check()
    report = Report(out)
    usual = [part for part in kinds if part != BITS or corpus is not None]
    # In this order, the engine last, however they are asked for: it holds gigabytes.
    measured = [part for part in usual if part in (parts or usual) and part != PLOTS]
    for part in measured:
        kinds[part](report)
    if draws:
        kinds[PLOTS](report)


def _measure(report: Report, part: str, measure: Callable[[], list[Figure]], *, doing: str) -> None:
    """A part that is a list of figures. doing: what is said meanwhile."""
    from bot.bench.figure import table

    with _saying(f"{doing} ..."):
        figures = measure()
    _show(table(figures))
    report.add(part, [figure.to_json() for figure in figures])


def _load(report: Report, versions: Versions, *, pieces: int) -> None:
    from bot.bench.figure import table
    from bot.bench.load import measure_load

    with _saying(f"composing {pieces} small pieces ..."):
        load = measure_load(versions, pieces=pieces)
    _show(table(load.figures))
    figures = [figure.to_json() for figure in load.figures]
    report.add("load", {"figures": figures, "memory_mib": load.memory_mib})


def _plots(report: Report, folder: Path) -> None:
    from bot.bench.plots import draw_plots

    drawn = draw_plots(report.parts, folder)
    if not drawn:
        raise BadInput(reason="nothing_to_plot")
    for path in drawn:
        show_text(str(path))


@dataclass(frozen=True)
class _Engine:
    """What was asked of the engine, as it was typed."""

    slots: Sequence[int] | None
    threads: int
    precision: Sequence[str] | None
    device: str
    size: Sequence[str] | None
    patches: int
    notagen: Path | None

    def check(self) -> None:
        """Raises BadRequest before anything is measured."""
        if self.notagen is not None:
            from generator.evaluation.notagen import load_notagen

            load_notagen(self.notagen)
        if self.size:
            from generator.evaluation.bench import parse_shape

            for text in self.size:
                parse_shape(text)


def _engine(report: Report, asked: _Engine) -> None:
    from generator.evaluation.bench import contexts_of, parse_shape, run_bench

    results: list[dict[str, Any]] = []
    shapes = [parse_shape(text) for text in asked.size or ("notagen-small",)]
    for shape, kind, count in product(shapes, asked.precision or ("int8", "bf16"), asked.slots or (16,)):
        with _saying(f"measuring {kind} with {count} slots; NotaGen-small takes a minute or two ..."):
            result = run_bench(
                shape,
                slots=count,
                contexts=contexts_of(shape),
                patches=asked.patches,
                threads=asked.threads,
                precision=kind,
                device=asked.device,
                notagen=asked.notagen,
            )
        _show(result.table())
        results.append(result.to_json())
        report.add("engine", results)


def _saying(what: str) -> ProgressLine:
    line = ProgressLine(Console(stderr=True))
    line.show_step(what)
    return line


def _show(text: str) -> None:
    for row in text.splitlines():
        show_text(row)
