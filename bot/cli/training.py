"""`notabot train` and `export`: thin doors to `generator.training.commands`."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.results import show_text
from bot.errors import BadInput

EXIT_STOPPED = 130

Device = Annotated[str, typer.Option(help='"cpu", "cuda" or "mps".')]
Threads = Annotated[int | None, typer.Option(min=1, help="CPU threads. Default: as PyTorch likes.")]
Corpus = Annotated[
    Path, typer.Argument(metavar="CORPUS", help="A .jsonl or .jsonl.xz file, one piece a line.", show_default=False)
]


def train(
    corpus: Corpus,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Checkpoints go here.", show_default=False)],
    plan: Annotated[Path | None, typer.Option(help="A .toml or .json file with the values of the plan.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change one value of the plan. May be repeated."),
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Refuse a folder that holds a run already.")] = False,
    stop_after_s: Annotated[
        float, typer.Option(help="Stop after so many seconds; the same command goes on.")
    ] = math.inf,
    device: Device = "cpu",
    threads: Threads = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare batches.")] = 0,
) -> None:
    """Train a network, or go on where FOLDER left off.

    Ctrl-C writes a checkpoint and leaves; the same command goes on from there.

    [bold]Examples[/bold]

      notabot train scores.jsonl.xz runs/first

      notabot train scores.jsonl.xz runs/large --device cuda --set hidden=512 --set budget_s=36000
    """
    from generator.training.commands import train as train_network

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    done = train_network(
        corpus,
        folder,
        plan=plan,
        options=parse_changes(changes or []),
        resume=not new,
        device=device,
        threads=threads,
        workers=workers,
        stop_after_s=stop_after_s,
        announce=show_text,
    )
    show_text(done.line())
    if not done.finished and math.isinf(stop_after_s):
        raise typer.Exit(EXIT_STOPPED)


def export(
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="A run's .pt file.", show_default=False)],
    out: Annotated[Path, typer.Argument(metavar="FILE.safetensors", help="Where to write it.", show_default=False)],
    precision: Annotated[str, typer.Option(help='"fp32", "fp16" or "int8".')] = "int8",
    corpus: Annotated[Path | None, typer.Option(help="To name its sources and licences in the file.")] = None,
    hardware: Annotated[str, typer.Option(help="What it was trained on, in words.")] = "",
) -> None:
    """Write the network of a training run as a small file that `NOTABOT_WEIGHTS` can name.

    [bold]Example[/bold]

      notabot export runs/first/checkpoint.pt first.safetensors
    """
    from generator.training.commands import export as export_network

    if precision not in ("fp32", "fp16", "int8"):
        raise BadInput(f'There is no precision "{precision}". Choose fp32, fp16 or int8.')
    written = export_network(checkpoint, out, precision=precision, corpus=corpus, hardware=hardware)
    show_text(f"{written}: {written.stat().st_size:,} bytes")


def parse_changes(changes: Sequence[str]) -> dict[str, Any]:
    """Turn ["hidden=512", "bf16=false"] into {"hidden": 512, "bf16": False}. Raises BadInput."""
    return {name: _parse_value(name, value) for name, value in map(_split, changes)}


def _parse_value(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise BadInput(f'"{value}" is no value for {name}: write a number, true or false.') from error


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise BadInput(f'"{text}" has to be written as NAME=VALUE.')
    return name, value
