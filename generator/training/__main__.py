"""`python -m generator.training`: train, evaluate and export on a machine that has PyTorch and little else.

The `notabot` command offers the same with more comfort.
"""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from generator.errors import GeneratorError
from generator.training import commands
from generator.training.plan import Plan


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 done, 2 a mistake that a sentence explains, 3 stopped before the end of the budget."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    given = build_parser().parse_args(arguments)
    try:
        return int(given.act(given))
    except GeneratorError as error:
        say(f"{error}", sys.stderr)
        return 2


def build_parser() -> argparse.ArgumentParser:
    """Three commands; every value of a plan is an option of `train`."""
    parser = argparse.ArgumentParser(prog="python -m generator.training", description=__doc__)
    kinds = parser.add_subparsers(required=True, metavar="train | evaluate | export")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--device", default="cpu")
    shared.add_argument("--threads", type=int)

    train = kinds.add_parser("train", parents=[shared], help="train, or go on where FOLDER left off")
    train.add_argument("corpus", type=Path)
    train.add_argument("folder", type=Path)
    train.add_argument("--plan", type=Path, help="a .toml or .json file with the values below")
    train.add_argument("--workers", type=int, default=0, help="processes that prepare batches")
    train.add_argument("--stop-after-s", type=float, default=float("inf"), help="leave then, to be resumed")
    train.add_argument("--new", action="store_true", help="refuse a folder that holds a run already")
    train.add_argument("--start", type=Path, help="weights that a new run begins with")
    for field in fields(Plan):
        kind: dict[str, Any] = {"type": type(field.default)}
        if field.type is bool:
            kind = {"action": argparse.BooleanOptionalAction}
        train.add_argument("--" + field.name.replace("_", "-"), default=None, **kind)
    train.set_defaults(act=run_train)

    evaluate = kinds.add_parser("evaluate", parents=[shared], help="held-out bits per character")
    evaluate.add_argument("weights", type=Path)
    evaluate.add_argument("corpus", type=Path)
    evaluate.add_argument("--compare", type=named_path, action="append", default=[], metavar="NAME=FILE")
    evaluate.add_argument("--no-baselines", action="store_true")
    evaluate.add_argument("--bf16", action="store_true")
    evaluate.add_argument("--out", type=Path, help="write the figures here as well")
    evaluate.set_defaults(act=run_evaluate)

    export = kinds.add_parser("export", help="a trained network as small .safetensors")
    export.add_argument("checkpoint", type=Path)
    export.add_argument("out", type=Path)
    export.add_argument("--precision", choices=("fp32", "fp16", "int8"), default="int8")
    export.add_argument("--corpus", type=Path, help="to name its sources in the file")
    export.add_argument("--hardware", default="", help="what it was trained on, in words")
    export.add_argument("--start", type=Path, help="the weights that the run began with")
    export.add_argument("--story", default="", help="what the figures of the run do not say, in words")
    export.add_argument(
        "--recall-pieces",
        type=int,
        default=commands.RECALL_PIECES,
        help="pieces of the corpus that teach how far composed pieces may believe their own earlier bars; 0: none",
    )
    export.set_defaults(act=run_export)
    return parser


def run_train(given: argparse.Namespace) -> int:
    done = commands.train(
        given.corpus,
        given.folder,
        plan=given.plan,
        options={field.name: getattr(given, field.name) for field in fields(Plan)},
        resume=not given.new,
        start=given.start,
        device=given.device,
        threads=given.threads,
        workers=given.workers,
        stop_after_s=given.stop_after_s,
        announce=say,
    )
    say(done.line())
    return 0 if done.finished else 3


def run_evaluate(given: argparse.Namespace) -> int:
    figures = commands.evaluate(
        given.weights,
        given.corpus,
        compare=dict(given.compare),
        baselines=not given.no_baselines,
        device=given.device,
        threads=given.threads,
        bf16=given.bf16,
    )
    text = json.dumps(figures, indent=2)
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    say(text)
    return 0


def run_export(given: argparse.Namespace) -> int:
    out = commands.export(
        given.checkpoint,
        given.out,
        precision=given.precision,
        corpus=given.corpus,
        hardware=given.hardware,
        start=given.start,
        story=given.story,
        recall_pieces=given.recall_pieces,
    )
    say(f"{out}: {out.stat().st_size:,} bytes")
    return 0


def named_path(text: str) -> tuple[str, Path]:
    """Split `baseline=FILE` into the name and the path."""
    name, _, path = text.partition("=")
    if not path:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FILE")
    return name, Path(path)


def say(text: str, stream: Any = None) -> None:
    (stream or sys.stdout).write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
