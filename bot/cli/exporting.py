"""`notabot train export` and `notabot train bits`: what becomes of a trained network, and how much it has learnt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.options import Json, split_named_paths
from bot.cli.results import show_text
from bot.cli.weights import weights_here
from bot.errors import BadInput
from bot.platforms.terminal.progress import ProgressLine


def export(
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="A run's .pt file.", show_default=False)],
    out: Annotated[Path, typer.Argument(metavar="FILE.safetensors", help="Where to write it.", show_default=False)],
    precision: Annotated[str, typer.Option(help='"fp32", "fp16" or "int8".')] = "int8",
    corpus: Annotated[
        Path | None,
        typer.Option(help="To name its sources and licences in the file, and to learn from --recall-pieces of it."),
    ] = None,
    hardware: Annotated[str, typer.Option(help="What it was trained on, in words.")] = "",
    start: Annotated[Path | None, typer.Option(help="The weights that the run began with.")] = None,
    story: Annotated[str, typer.Option(help="What the figures of the run do not say, in words.")] = "",
    recall_pieces: Annotated[
        int | None,
        typer.Option(
            help="Pieces of the corpus that teach how far composed pieces may believe their own earlier bars; some "
            "minutes. Default: 300.",
            min=0,
        ),
    ] = None,
) -> None:
    """Write the network of a training run as a small file that `NOTABOT_WEIGHTS` can name.

    [bold]Example[/bold]

      notabot train export runs/first/checkpoint.pt first.safetensors
    """
    from generator.training.commands import export as export_network

    if precision not in ("fp32", "fp16", "int8"):
        raise BadInput(reason="no_such_precision", precision=precision)
    with ProgressLine(Console(stderr=True)) as line:
        written = export_network(
            checkpoint,
            out,
            precision=precision,
            corpus=corpus,
            hardware=hardware,
            start=start,
            story=story,
            recall_pieces=recall_pieces,
            progress=lambda done, count: line.show_count("piece", done, count),
        )
    show_text(f"{written}: {written.stat().st_size:,} bytes")


def bits(
    weights: Annotated[
        Path,
        typer.Argument(
            metavar="WEIGHTS", help="A .safetensors, .pth or .pt file, or a name like notagen-x.", show_default=False
        ),
    ],
    corpus: Annotated[
        Path, typer.Argument(metavar="CORPUS", help="A .jsonl or .jsonl.xz file, one piece a line.", show_default=False)
    ],
    compare: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FILE", help="Other weights beside it. May be repeated.")
    ] = None,
    baselines: Annotated[
        bool, typer.Option(help="A 6-gram, xz and an untrained network beside it, or none of them.")
    ] = True,
    added: Annotated[
        str | None, typer.Option(metavar="DATE", help="Ask about the held-out pieces with this date in `added` alone.")
    ] = None,
    bf16: Annotated[bool, typer.Option("--bf16", help="Compute in bfloat16.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write all figures here, as JSON.")] = None,
    device: Annotated[str, typer.Option(help='"cpu", "cuda" or "mps".')] = "cpu",
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads. Default: as PyTorch likes.")] = None,
    as_json: Json = False,
) -> None:
    """Measure how well a network knows the held-out pieces of a corpus, in bits per character.

    What it composes is judged by `notabot evaluate`.

    [bold]Example[/bold]

      notabot train bits first.safetensors scores.jsonl.xz --compare shipped=generator/weights/notabot.safetensors
    """
    from generator.evaluation.bits import measure_bits, report_lines

    others = split_named_paths(compare or [])
    with ProgressLine(Console(stderr=True)) as line:
        figures = measure_bits(
            weights_here(weights) or weights,
            corpus,
            compare=others,
            baselines=baselines,
            added=added,
            device=device,
            threads=threads,
            bf16=bf16,
            progress=lambda done, count: line.show_count("held-out piece", done, count),
        )
    text = json.dumps(figures, indent=2)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text + "\n", encoding="utf-8")
    show_lines([text] if as_json else report_lines(figures))


def show_lines(lines: Sequence[str]) -> None:
    """Print each as it is."""
    for line in lines:
        show_text(line)
