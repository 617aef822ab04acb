"""`notabot bench`: how fast the engine is beside the reference algorithm."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.results import show_text
from bot.platforms.terminal.progress import ProgressLine


def bench(
    slots: Annotated[
        list[int] | None,
        typer.Option(min=1, max=256, help="Pieces composed at the same time. May be repeated. Default: 16."),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads for both.")] = 1,
    precision: Annotated[
        list[str] | None,
        typer.Option(help='Of the engine: "int8", "bf16" or "fp32". May be repeated. Default: int8, then bf16.'),
    ] = None,
    device: Annotated[str, typer.Option(help='"cpu" or "cuda".')] = "cpu",
    size: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help='Of the network: "notagen-small", "notagen-x", or patch layers, character layers, hidden and context '
            'as in "12,3,768,512". May be repeated. Default: notagen-small.',
        ),
    ] = None,
    patches: Annotated[int, typer.Option(min=1, max=12, help="How many are timed at each length of context.")] = 3,
    out: Annotated[Path | None, typer.Option(help="Write all figures here as JSON, after every measurement.")] = None,
) -> None:
    """Measure the engine beside the reference algorithm, on equal random weights.

    [bold]Examples[/bold]

      notabot bench --slots 16

      notabot bench --precision fp32

      notabot bench --device cuda --size notagen-x --size notagen-small --slots 1 --slots 32 --out bench.json
    """
    from generator.evaluation.bench import contexts_of, parse_shape, run_bench

    shapes = [parse_shape(text) for text in size or ("notagen-small",)]
    results = []
    for shape, kind, count in product(shapes, precision or ("int8", "bf16"), slots or (16,)):
        with ProgressLine(Console(stderr=True)) as line:
            line.show_step(f"measuring {kind} with {count} slots; NotaGen-small takes half a minute ...")
            result = run_bench(
                shape,
                slots=count,
                contexts=contexts_of(shape),
                patches=patches,
                threads=threads,
                precision=kind,
                device=device,
            )
        for row in result.table().splitlines():
            show_text(row)
        results.append(result.to_json())
        if out is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
