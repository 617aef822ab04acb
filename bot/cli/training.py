"""`notabot train`: `prepare` a corpus, `pretrain`, `finetune` or `prefer` a network; doors to `generator.training`.

`export` and `bits` stand in `exporting.py`, `ship` in `shipping.py`.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from bot.cli import collecting, exporting, shipping
from bot.cli.options import Json
from bot.cli.renamed import tell_renamed
from bot.cli.results import show_text
from bot.cli.weights import weights_here
from bot.errors import BadInput
from bot.platforms.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from generator.training.prepare.ready import MendingReport
    from generator.training.prepare.report import Report

EXIT_STOPPED = 130
PRETRAIN = "pretrain"


class TrainGroup(TyperGroup):
    """`notabot train CORPUS FOLDER` was the name of `notabot train pretrain CORPUS FOLDER`; it works and says so."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the command that is meant before arguments that begin with none."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            tell_renamed("train CORPUS FOLDER", f"train {PRETRAIN} CORPUS FOLDER")
            args = [PRETRAIN, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=TrainGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="""Train a network, or teach one a style of your own: prepare a folder of scores, then fine-tune.

    [bold]Examples[/bold]

      notabot train prepare scores/doe --out doe.jsonl.xz --licence CC0 --composer "Doe, Jane" --period Romantic

      notabot train finetune doe.jsonl.xz runs/doe

      notabot train pretrain scores.jsonl.xz runs/first

      notabot train export runs/first/checkpoint.pt first.safetensors
    """,
)

Device = Annotated[str, typer.Option(help='"cpu", "cuda" or "mps".')]
Threads = Annotated[int | None, typer.Option(min=1, help="CPU threads. Default: as PyTorch likes.")]
Corpus = Annotated[
    Path, typer.Argument(metavar="CORPUS", help="A .jsonl or .jsonl.xz file, one piece a line.", show_default=False)
]


@app.command()
def pretrain(
    corpus: Corpus,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Checkpoints go here.", show_default=False)],
    plan: Annotated[Path | None, typer.Option(help="A .toml or .json file with the values of the plan.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change one value of the plan. May be repeated."),
    ] = None,
    start: Annotated[
        Path | None, typer.Option(metavar="WEIGHTS", help="What a new run begins with. Default: random weights.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Refuse a folder that holds a run already.")] = False,
    stop_after_s: Annotated[
        float, typer.Option(help="Stop after so many seconds; the same command goes on.")
    ] = math.inf,
    device: Device = "cpu",
    threads: Threads = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare batches.")] = 0,
    as_json: Json = False,
) -> None:
    """Train a network from nothing, or go on where FOLDER left off.

    Ctrl-C writes a checkpoint and leaves; the same command goes on from there.

    [bold]Examples[/bold]

      notabot train pretrain scores.jsonl.xz runs/first

      notabot train pretrain scores.jsonl.xz runs/large --device cuda --set hidden=512 --set budget_s=36000
    """
    from generator.training.commands import train as train_network

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    done = train_network(
        corpus,
        folder,
        plan=plan,
        options=parse_changes(changes or []),
        resume=not new,
        start=weights_here(start),
        device=device,
        threads=threads,
        workers=workers,
        stop_after_s=stop_after_s,
        announce=(lambda _line: None) if as_json else show_text,
    )
    show_text(json.dumps(done.to_json()) if as_json else done.line())
    if not done.finished and math.isinf(stop_after_s):
        raise typer.Exit(EXIT_STOPPED)


@app.command()
def cool(
    corpus: Corpus,
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Its cooled copy goes here.", show_default=False)],
    steps: Annotated[int, typer.Option(min=1, help="How many steps the rate takes to fall to zero.")] = 200,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change one value of the plan. May be repeated."),
    ] = None,
    device: Device = "cpu",
    threads: Threads = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare batches.")] = 0,
    as_json: Json = False,
) -> None:
    """Let a copy of a run that keeps its rate come to an end, to export it. The run itself may go on.

    [bold]Example[/bold]

      notabot train cool scores.jsonl.xz runs/long runs/long-cooled --steps 200 --set focus_share=0.8

      notabot train export runs/long-cooled/checkpoint.pt long.safetensors --corpus scores.jsonl.xz
    """
    from generator.training.commands import cool as cool_run

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    done = cool_run(
        corpus,
        run,
        folder,
        steps=steps,
        options=parse_changes(changes or []),
        device=device,
        threads=threads,
        workers=workers,
        announce=(lambda _line: None) if as_json else show_text,
    )
    show_text(json.dumps(done.to_json()) if as_json else done.line())
    if not done.finished:
        raise typer.Exit(EXIT_STOPPED)


@app.command()
def prepare(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="ABC, MusicXML, MEI, humdrum and MIDI files; or a corpus, .jsonl or .jsonl.xz, to be mended.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="CORPUS", help="A .jsonl or .jsonl.xz file.", show_default=False)],
    licence: Annotated[
        str | None, typer.Option(help='Under which the scores may be used: CC0, "public domain", "CC BY 4.0", private.')
    ] = None,
    period: Annotated[str | None, typer.Option(help="Of all pieces: Baroque, Classical, Romantic ...")] = None,
    composer: Annotated[str | None, typer.Option(help='Of all pieces, surname first: "Chopin, Frederic".')] = None,
    instrumentation: Annotated[str | None, typer.Option(help="Of all pieces: Keyboard, Chamber, Choral ...")] = None,
    source: Annotated[str | None, typer.Option(help="Where the scores come from, for attribution.")] = None,
    held_out: Annotated[float, typer.Option(help="Share of the pieces that is kept to judge by.")] = 0.1,
    workers: Annotated[int, typer.Option(min=1, help="Files that are read at the same time.")] = 1,
    limit_s: Annotated[float, typer.Option(min=1, help="Seconds that one file may take.")] = 120.0,
) -> None:
    """Make a corpus to train on from a folder of scores, and a report of what became of every file.

    Scores are mended: short notes beamed by the metre, pickups and endings put right, hands brought home to their
    staff, tempos counted in beats. A corpus that is there already is mended as well; it keeps its labels and its split.

    Labels come from catalogue.csv or catalogue.jsonl in FOLDER (columns file, period, composer, instrumentation, title,
    work, licence, source), from these options, from folders named Period/Composer/Instrumentation, or from the files.

    [bold]Example[/bold]

      notabot train prepare scores/doe --out doe.jsonl.xz --licence CC0 --composer "Doe, Jane" --period Romantic

      notabot train prepare scores.jsonl.xz --out mended.jsonl.xz --workers 4
    """
    from bot.making.scores import SCORE_READER
    from generator.training.prepare.folder import prepare_folder
    from generator.training.prepare.ready import mend_corpus
    from generator.training.prepare.writing import report_path

    said = {
        "licence": licence,
        "period": period,
        "composer": composer,
        "instrumentation": instrumentation,
        "source": source,
    }
    with ProgressLine(Console(stderr=True)) as line:
        report: Report | MendingReport
        if folder.name.endswith((".jsonl", ".jsonl.xz")):
            refuse_labels(said)
            report = mend_corpus(
                folder, out, workers=workers, progress=lambda done, rows: line.show_count("piece", done, rows)
            )
        else:
            report = prepare_folder(
                folder,
                out,
                reader=SCORE_READER,
                said=said,
                held_out_share=held_out,
                workers=workers,
                limit_s=limit_s,
                progress=lambda done, files: line.show_count("file", done, files),
            )
    for text in report.lines():
        show_text(text)
    show_text(f"{out} and {report_path(out)} written")


@app.command()
def finetune(
    corpus: Corpus,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Checkpoints and weights go here.", show_default=False)
    ],
    lora: Annotated[
        bool, typer.Option("--lora/--full", help="Learn a little beside the weights, or change all of them.")
    ] = True,
    rank: Annotated[int, typer.Option(min=1, help="How much is learned beside the weights.")] = 16,
    start: Annotated[
        Path | None, typer.Option(metavar="WEIGHTS", help="What to begin with. Default: the weights that ship.")
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="How long to learn.", show_default="4")] = None,
    replay: Annotated[
        Path | None,
        typer.Option(metavar="CORPUS", help="Learn from this corpus as well, so that nothing is forgotten."),
    ] = None,
    replay_share: Annotated[float, typer.Option(help="The share of the replayed corpus.")] = 0.3,
    plan: Annotated[Path | None, typer.Option(help="A .toml or .json file with the values of the plan.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change one value of the plan. May be repeated."),
    ] = None,
    stop_after_s: Annotated[
        float, typer.Option(help="Stop after so many seconds; the same command goes on.")
    ] = math.inf,
    device: Device = "cpu",
    threads: Threads = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare batches.")] = 0,
    as_json: Json = False,
) -> None:
    """Teach the model a style of your own, or go on where FOLDER left off.

    CORPUS comes from `notabot train prepare`. The weights in FOLDER know the new style beside the old ones: set
    NOTABOT_WEIGHTS to them, and the style can be asked for, here and in chats.

    [bold]Example[/bold]

      notabot train finetune doe.jsonl.xz runs/doe
    """
    from generator.training.finetune import finetune as finetune_network

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    options = parse_changes(changes or [])
    if minutes is not None:
        options["budget_s"] = 60.0 * minutes
    done = finetune_network(
        corpus,
        folder,
        start=weights_here(start),
        rank=rank if lora else 0,
        plan=plan,
        options=options,
        replay=replay,
        replay_share=replay_share,
        device=device,
        threads=threads,
        workers=workers,
        stop_after_s=stop_after_s,
        announce=(lambda _line: None) if as_json else show_text,
    )
    for text in [json.dumps(done.to_json())] if as_json else done.lines():
        show_text(text)
    if not done.finished and math.isinf(stop_after_s):
        raise typer.Exit(EXIT_STOPPED)


@app.command()
def prefer(
    votes: Annotated[
        Path,
        typer.Argument(metavar="VOTES", help="A .jsonl file, one vote between two pieces a line.", show_default=False),
    ],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The weights go here.", show_default=False)],
    corpus: Annotated[
        Path | None,
        typer.Option(metavar="CORPUS", help="Its held-out pieces say whether anything is forgotten."),
    ] = None,
    start: Annotated[
        Path | None, typer.Option(metavar="WEIGHTS", help="What to begin with. Default: the weights that ship.")
    ] = None,
    rank: Annotated[int, typer.Option(min=1, help="How much is learned beside the weights.")] = 8,
    epochs: Annotated[float, typer.Option(help="How often each vote is learnt from.")] = 3.0,
    rate: Annotated[float, typer.Option(help="The rate of the first step; it falls to zero.")] = 5e-4,
    beta: Annotated[float, typer.Option(help="The smaller, the further the network may go from what it was.")] = 0.1,
    device: Device = "cpu",
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Teach the model what people like better, from their votes between two pieces.

    It ends early if the model forgets other music or writes less various music. What a vote looks like:
    docs/TRAINING.md.

    [bold]Example[/bold]

      notabot train prefer votes.jsonl runs/liked --corpus scores.jsonl.xz
    """
    from generator.training.prefer import Preferences
    from generator.training.prefer import prefer as prefer_votes

    done = prefer_votes(
        votes,
        folder,
        start=weights_here(start),
        corpus=corpus,
        rank=rank,
        wanted=Preferences(epochs=epochs, rate=rate, beta=beta),
        device=device,
        threads=threads,
        announce=(lambda _line: None) if as_json else show_text,
    )
    for text in [json.dumps(done.to_json())] if as_json else done.lines():
        show_text(text)


app.command()(collecting.collect)
app.command()(exporting.export)
app.command()(exporting.bits)
app.add_typer(shipping.app, name="ship")


def refuse_labels(said: Mapping[str, str | None]) -> None:
    """A corpus says of each piece what it is. Raises BadInput."""
    if given := [name for name, value in said.items() if value is not None]:
        raise BadInput(reason="corpus_is_labelled", names=", ".join(f"--{name}" for name in given))


def parse_changes(changes: Sequence[str]) -> dict[str, Any]:
    """Turn ["hidden=512", "bf16=false"] into {"hidden": 512, "bf16": False}. Raises BadInput."""
    return {name: _parse_value(name, value) for name, value in map(_split, changes)}


def _parse_value(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise BadInput(reason="no_value", value=value, name=name) from error


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise BadInput(reason="not_name_and_value", value=text)
    return name, value
