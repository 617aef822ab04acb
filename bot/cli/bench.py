"""`notabot bench`: how fast the engine is beside the reference algorithm."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from bot.cli.results import show_text
from bot.platforms.terminal.progress import ProgressLine


def bench(
    slots: Annotated[int, typer.Option(min=1, max=256, help="Pieces composed at the same time.")] = 16,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads for both.")] = 1,
    precision: Annotated[
        list[str] | None,
        typer.Option(help='Of the engine: "int8", "bf16" or "fp32". May be repeated. Default: int8, then bf16.'),
    ] = None,
    device: Annotated[str, typer.Option(help='"cpu" or "cuda".')] = "cpu",
) -> None:
    """Measure the engine beside the reference algorithm, on equal weights of NotaGen-small's size.

    [bold]Examples[/bold]

      notabot bench --slots 16

      notabot bench --precision fp32
    """
    from generator.evaluation.bench import run_bench

    for each in precision or ("int8", "bf16"):
        with ProgressLine(Console(stderr=True)) as line:
            line.show_step(f"measuring {each}, about half a minute on a free processor ...")
            result = run_bench(slots=slots, threads=threads, precision=each, device=device)
        for row in result.table().splitlines():
            show_text(row)
