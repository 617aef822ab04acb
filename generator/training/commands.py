"""The doors of training from nothing and of writing small weights: what `notabot train` calls.

Each takes paths and plain values and returns something to print; errors are `GeneratorError`s with a sentence.
"""

import math
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import torch

from generator.errors import CheckpointError
from generator.guard.recall import RECALL
from generator.model.checkpoint import PRECISIONS, load_network, save_network
from generator.model.devices import find_device
from generator.model.metadata import HOME_KEY_SHARE, UNNAMED_SHARE, read_metadata
from generator.model.network import Network
from generator.training.augment import random_key
from generator.training.corpus import Corpus, load_corpus
from generator.training.errors import PlanError, ResumeError
from generator.training.grow import can_grow, grow
from generator.training.matches import learn_trust
from generator.training.plan import Plan, load_plan
from generator.training.pretrain import CHECKPOINT, PLAN, Run, load_state, load_trained
from generator.training.pretrain import train as train_run

RECALL_PIECES = 300  # on 60 held-out pieces they save 0.103 bits; numbers learnt from those very pieces save 0.104
COOLING_STEPS = 200


@dataclass(frozen=True, kw_only=True)
class Trained:
    """How a sitting of a training run ended."""

    finished: bool
    resumed: bool
    checkpoint: Path
    elapsed_s: float
    step: int
    characters: int
    left_out: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "checkpoint": str(self.checkpoint)}

    def line(self) -> str:
        """For a person to read."""
        end = "finished" if self.finished else "stopped; the same command goes on"
        pieces = "".join(f", {count} pieces left out: {reason}" for reason, count in self.left_out.items())
        return f"{end} after {self.step} steps, {self.elapsed_s:.0f} s, {self.characters:,} characters{pieces}"


def train(
    corpus: Path,
    folder: Path,
    *,
    plan: Path | None = None,
    options: Mapping[str, Any] | None = None,
    resume: bool = True,
    start: Path | None = None,
    device: str = "cpu",
    threads: int | None = None,
    workers: int = 0,
    stop_after_s: float = math.inf,
    announce: Callable[[str], None] = lambda _line: None,
) -> Trained:
    """Train a network on a corpus; go on where `folder` left off if it has a checkpoint.

    plan: a .toml or .json file; without one a resumed run keeps its plan and a new one takes the defaults.
    options: values that differ from the plan (those that are None do not). Sizes cannot change in a resumed run.
    resume: False refuses a folder that has a checkpoint instead.
    start: weights that a new run begins with instead of random ones (`.pth`, `.safetensors`, `.pt`), of the plan's
    sizes or with fewer patch layers; a resumed run has no use for them.
    workers: processes that prepare batches. stop_after_s: leave after this many seconds of wall time, to be resumed
    later. announce: called with a few lines.
    Raises CorpusError, PlanError, ResumeError, BrokenRunError, CheckpointError.
    """
    started = time.monotonic()
    set_up_device(device, threads)
    checkpoint = folder / CHECKPOINT
    resumed = checkpoint.exists()
    if resumed and not resume:
        raise ResumeError(reason="run_already", folder=folder)
    chosen = choose_plan(folder, plan, options or {}, resumed=resumed)
    pieces = load_corpus(corpus)
    run = Run(chosen, device=device)
    if resumed:
        run.resume(checkpoint)
    elif start is not None:
        start_from(run, start)
    folder.mkdir(parents=True, exist_ok=True)
    chosen.save(folder / PLAN)
    announce(introduction(run, pieces, resumed=resumed))
    rest_s = stop_after_s - (time.monotonic() - started)
    keys = random_key if chosen.original_key_share < 1 else None
    finished = train_run(run, pieces.rows, folder=folder, transpose=keys, workers=workers, stop_after_s=rest_s)
    return Trained(
        finished=finished,
        resumed=resumed,
        checkpoint=checkpoint,
        elapsed_s=run.elapsed_s,
        step=run.step,
        characters=run.characters,
        left_out=dict(pieces.left_out),
    )


def cool(
    corpus: Path,
    run: Path,
    folder: Path,
    *,
    steps: int = COOLING_STEPS,
    options: Mapping[str, Any] | None = None,
    device: str = "cpu",
    threads: int | None = None,
    workers: int = 0,
    stop_after_s: float = math.inf,
    announce: Callable[[str], None] = lambda _line: None,
) -> Trained:
    """Let the rate of a copy of a run fall to zero, in `folder`: what can be exported. The run itself may go on.

    run: the folder of a run that keeps its rate (`cooldown_share` in its plan); going on in `folder` if that was begun.
    steps: how many more the copy makes. options: other values of the plan, `focus_share` for one.
    Raises what `train` raises.
    """
    source, checkpoint = run / CHECKPOINT, folder / CHECKPOINT
    if steps < 1:
        raise PlanError(reason="outside", name="steps", limits="at least 1")
    changes: dict[str, Any] = {}
    if not checkpoint.exists():
        state = load_state(source)
        folder.mkdir(parents=True, exist_ok=True)
        Plan().changed(state["plan"]).save(folder / PLAN)
        shutil.copyfile(source, checkpoint)
        end = int(state["progress"][1]) + steps
        averaged = min(int(state["plan"].get("average_steps", 0)), max(1, steps // 5))
        changes = {"budget_steps": end, "cooldown_share": steps / end, "average_steps": averaged, **(options or {})}
    return train(
        corpus,
        folder,
        options=changes,
        device=device,
        threads=threads,
        workers=workers,
        stop_after_s=stop_after_s,
        announce=announce,
    )


def start_from(run: Run, weights: Path) -> None:
    """Give a new run the weights of another network, which may have fewer patch layers (`grow.py`).

    Raises ResumeError if the sizes differ otherwise.
    """
    network = load_network(weights)
    if not can_grow(network.shape, run.plan.shape):
        raise ResumeError(reason="other_shape", path=weights, shape=network.shape, planned=run.plan.shape)
    grow(network, run.network)


def choose_plan(folder: Path, plan: Path | None, options: Mapping[str, Any], *, resumed: bool) -> Plan:
    """The plan file if one is named, else the plan of the run in `folder`, else the defaults; then the options."""
    saved = folder / PLAN
    if plan is not None:
        base = load_plan(plan)
    elif resumed and saved.exists():
        base = load_plan(saved)
    elif resumed:
        base = Plan().changed(load_trained(folder / CHECKPOINT)[1]["plan"])
    else:
        base = Plan()
    return base.changed(options)


def introduction(run: Run, corpus: Corpus, *, resumed: bool) -> str:
    """What is about to happen, in a few lines."""
    parameters = sum(parameter.numel() for parameter in run.network.parameters())
    left_out = "".join(f"\nleft out: {count} ({reason})" for reason, count in corpus.left_out.items())
    return (
        f"{run.plan}\n{parameters:,} parameters on {run.device}, {len(corpus.train)} pieces to train on, "
        f"{len(corpus.held_out)} held out{left_out}"
        + (f"\ngoing on at step {run.step}, {run.elapsed_s:.0f} s" if resumed else "")
    )


def export(
    checkpoint: Path,
    out: Path,
    *,
    precision: str = "int8",
    corpus: Path | None = None,
    hardware: str = "",
    start: Path | None = None,
    story: str = "",
    recall_pieces: int | None = None,
    extra: Mapping[str, str] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _count: None,
) -> Path:
    """A trained network as a small `.safetensors`, with the story of its training as metadata.

    checkpoint: the `.pt` of a run, or a `.safetensors`, whose metadata is kept. precision: "fp32", "fp16" or "int8".
    corpus: what it was trained on, for the sources and licences. hardware: what it was trained on, in words. start: the
    weights that the run began with, whose story belongs to it. story: what the figures do not say, in words.
    recall_pieces: so many pieces of the corpus teach how far composed pieces may believe their own earlier bars
    (`matches.py`), RECALL_PIECES if nothing is said; 0, or no corpus: what the checkpoint says of that stays as it is.
    progress: called with the pieces that have taught, and with their number.
    Raises ResumeError, CorpusError, CheckpointError, PlanError.
    """
    if out.suffix != ".safetensors":
        raise CheckpointError(reason="not_safetensors", name=out.name)
    if precision not in PRECISIONS:
        raise CheckpointError(reason="export_precision", value=precision, known=", ".join(PRECISIONS))
    asked = RECALL_PIECES if recall_pieces is None else recall_pieces
    if asked < 0:
        raise PlanError(reason="memory_pieces", value=asked)
    network, metadata = load_with_story(checkpoint)
    if hardware:
        metadata["hardware"] = hardware
    if start is not None:
        metadata["start"] = story_in_words(start)
    if story:
        metadata["story"] = story
    if corpus is not None:
        pieces = load_corpus(corpus)
        metadata["sources"] = "; ".join(f"{source} ({licence}): {count}" for source, licence, count in pieces.sources())
        if asked:
            count = min(asked, len(pieces.train))
            trust = learn_trust(
                network.eval(),
                pieces.train,
                pieces=count,
                home=writes_at_home(metadata),
                progress=lambda done: progress(done, count),
            )
            metadata[RECALL] = trust.to_text()
    out.parent.mkdir(parents=True, exist_ok=True)
    save_network(network, out, precision=precision, metadata={**metadata, **(extra or {})})
    return out


def story_in_words(weights: Path) -> str:
    """How these weights were trained, in a few words."""
    network, story = load_with_story(weights)
    trained = ", ".join(f"{int(story[name]):,} {name}" for name in ("steps", "characters", "seconds") if name in story)
    return f"weights with {network.shape.patch_layers} patch layers" + (f", trained for {trained}" if trained else "")


def load_with_story(checkpoint: Path) -> tuple[Network, dict[str, str]]:
    """A trained network and the story of its training."""
    if checkpoint.suffix != ".pt":
        return load_network(checkpoint), metadata_of(checkpoint)
    network, state = load_trained(checkpoint)
    elapsed_s, steps, epoch, characters = state["progress"]
    return network, {
        "date": today().isoformat(),
        "seconds": str(round(elapsed_s)),
        "steps": str(steps),
        "epochs": str(epoch),
        "characters": str(characters),
        "seed": str(state["plan"]["seed"]),
        "batch_patches": str(state["plan"]["batch_patches"]),
        "original_key_share": str(state["plan"]["original_key_share"]),
        **{
            share: str(state["plan"].get(share, 0.0))
            for share in (UNNAMED_SHARE, HOME_KEY_SHARE, "focus_share", "fill_share")
        },
        "licence": "CC-BY-SA-4.0",
    }


def writes_at_home(metadata: Mapping[str, str]) -> bool:
    """Whether the network reads and writes best in C major and A minor."""
    return float(metadata.get(HOME_KEY_SHARE, 0)) > 0


def metadata_of(path: Path) -> dict[str, str]:
    """What the file says about its training; empty for files that say nothing."""
    return dict(read_metadata(path)) if path.suffix == ".safetensors" else {}


def set_up_device(device: str, threads: int | None) -> None:
    """Pin the number of CPU threads; let a GPU multiply in TF32 what is not in bfloat16 already. Raises BadRequest."""
    if threads is not None:
        torch.set_num_threads(threads)
    if find_device(device).type == "cuda":
        torch.set_float32_matmul_precision("high")


def today() -> date:
    return datetime.now(UTC).date()
