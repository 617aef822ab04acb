"""Teach a network that knows music a style of its own: a few dozen pieces, a few minutes on a processor.

With adapters (`lora.py`, the default) the network it begins with stays as it is and little is learned beside it;
without them all weights learn, at a low rate. Either way a checkpoint holds plain weights that everything else can
read, and the run goes on where it was left, as a pretraining run does.

Promises: the folder keeps the network that the run began with, so that it can be resumed when that file is gone; what
is exported is the network that did best on the held-out pieces, with the styles it was taught beside it.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from generator.catalogue.own_styles import OwnStyles, entries_of, load_own_styles, save_own_styles
from generator.errors import CheckpointError
from generator.model.checkpoint import load_network, save_network
from generator.model.metadata import HOME_KEY_SHARE, UNNAMED_SHARE
from generator.model.network import Network, Shape
from generator.training.augment import random_key
from generator.training.balance import mixed_weights
from generator.training.bits import score_network
from generator.training.commands import metadata_of, set_up_device, today
from generator.training.corpus import Corpus, Row, load_corpus
from generator.training.errors import PlanError, ResumeError
from generator.training.lora import AdapterOptimiser, adapter_weights, add_adapters, load_adapters, merged_weights
from generator.training.openings import collect, read_pieces
from generator.training.plan import SIZES, Plan, load_plan
from generator.training.pretrain import BEST, CHECKPOINT, PLAN, Run, load_trained, train

START, WEIGHTS = "start.safetensors", "weights.safetensors"
DEFAULT_RANK, HIGHEST_RANK = 16, 256
DEFAULT_REPLAY_SHARE = 0.3
NOT_TO_BE_PASSED_ON = "for yourself, not to be passed on: some pieces' licences do not let everybody use them"

# Found on 26 madrigals of Monteverdi: 17 steps with adapters cost 0.97 bits per character, 18 of all weights 1.02.
LORA_RATE = 2e-3
FULL_RATE = 4e-4
FINETUNING = Plan(
    budget_s=240.0,
    batch_patches=768,
    warmup_steps=10,
    original_key_share=0.6,
    evaluate_every_s=20.0,
    save_every_s=30.0,
    style_balance=0.5,
    keep_best=True,
)


def finetuning_plan(shape: Shape, *, rank: int, story: Mapping[str, str]) -> Plan:
    """What fine-tuning a network of this shape does if nobody says otherwise.

    story: of the network's training: what it was taught to read it is to read in its new styles as well.
    """
    return replace(
        FINETUNING,
        patch_layers=shape.patch_layers,
        char_layers=shape.char_layers,
        hidden=shape.hidden,
        context_patches=shape.context_patches,
        hearing=bool(shape.heard),
        peak_rate=LORA_RATE if rank else FULL_RATE,
        unnamed_share=float(story.get(UNNAMED_SHARE, 0)),
        home_key_share=float(story.get(HOME_KEY_SHARE, 0)),
    )


class FineTuning(Run):
    """A run that begins with a network. rank: of its adapters; 0 trains all weights."""

    def __init__(self, plan: Plan, start: Network, *, rank: int = DEFAULT_RANK, device: str = "cpu") -> None:
        super().__init__(plan, device=device)
        self.rank = rank
        self.network.load_state_dict(start.state_dict())
        if rank:
            add_adapters(self.network, rank, seed=plan.seed)
            self.optimiser = AdapterOptimiser(self.network, peak_rate=plan.peak_rate)

    def state(self) -> dict[str, Any]:
        """The checkpoint of a run, whose network is a plain one; the adapters beside it."""
        state = super().state()
        if self.rank:
            state |= {"network": merged_weights(self.network), "adapters": adapter_weights(self.network)}
            state.pop("average", None)  # of adapters nothing is averaged
        return state

    def load_weights(self, state: Mapping[str, Any]) -> None:
        """Take up what was learned. Raises ResumeError if the checkpoint is of another kind."""
        if bool(self.rank) != ("adapters" in state):
            raise ResumeError(reason="other_kind")
        if not self.rank:
            super().load_weights(state)
            return
        try:
            load_adapters(self.network, state["adapters"])
        except ValueError as error:
            raise ResumeError(reason="does_not_fit", why=error) from error

    @property
    def learned(self) -> int:
        """How many numbers are trained."""
        return sum(parameter.numel() for parameter in self.network.parameters() if parameter.requires_grad)


@dataclass(frozen=True, kw_only=True)
class FineTuned:
    """How a sitting of fine-tuning ended. before, after: held-out bits per character; learned_share: of all weights."""

    finished: bool
    resumed: bool
    weights: Path
    styles: tuple[str, ...]
    pieces: int
    held_out: int
    before: float
    after: float
    learned_share: float
    elapsed_s: float
    step: int
    left_out: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "weights": str(self.weights)}

    def lines(self) -> list[str]:
        """For a person to read."""
        end = "finished" if self.finished else "stopped; the same command goes on"
        left_out = "".join(f", {count} left out: {reason}" for reason, count in self.left_out.items())
        held_out = "1 piece" if self.held_out == 1 else f"{self.held_out} pieces"
        return [
            f"{end} after {self.step} steps, {self.elapsed_s:.0f} s, with {self.pieces} pieces{left_out}",
            f"{held_out} held out: {self.before:.3f} bits per character before, {self.after:.3f} after",
            f"styles: {', '.join(self.styles)}",
            f"To compose in them, set NOTABOT_WEIGHTS={self.weights.resolve()}",
        ]


def finetune(
    corpus: Path,
    folder: Path,
    *,
    start: Path | None = None,
    rank: int = DEFAULT_RANK,
    plan: Path | None = None,
    options: Mapping[str, Any] | None = None,
    replay: Path | None = None,
    replay_share: float = DEFAULT_REPLAY_SHARE,
    precision: str = "int8",
    device: str = "cpu",
    threads: int | None = None,
    workers: int = 0,
    stop_after_s: float = math.inf,
    announce: Callable[[str], None] = lambda _line: None,
) -> FineTuned:
    """Teach a network the pieces of a prepared corpus; go on where `folder` left off if it has a checkpoint.

    start: what a new run begins with, the weights that ship without it. rank: of the adapters, 0 trains all weights.
    plan, options: as in `commands.train`; the sizes are the start's. replay: a corpus of which a `replay_share` of the
    windows comes, so that what the network knew is not forgotten. Pieces of any licence are taken, and the weights say
    so. Writes WEIGHTS and its styles into the folder.
    Raises CorpusError, PlanError, ResumeError, BrokenRunError, CheckpointError.
    """
    started = time.monotonic()
    check_options(rank, replay_share)
    set_up_device(device, threads)
    pieces = load_corpus(corpus, any_licence=True)
    others = load_corpus(replay).train if replay is not None else ()
    begun = keep_start(start or shipped_weights(), folder)
    run = FineTuning(choose_plan(folder, plan, options or {}, begun.shape, rank=rank), begun, rank=rank, device=device)
    resumed = (folder / CHECKPOINT).exists()
    if resumed:
        run.resume(folder / CHECKPOINT)
    run.plan.save(folder / PLAN)
    announce(introduction(run, pieces, others))
    finished = train(
        run,
        (*pieces.rows, *others),
        folder=folder,
        transpose=random_key if run.plan.original_key_share < 1 else None,
        workers=workers,
        stop_after_s=stop_after_s - (time.monotonic() - started),
        weights=draw_weights(pieces.train, others, run.plan, replay_share),
    )
    weights = export_best(folder, pieces, precision=precision)
    held_out = pieces.held_out
    return FineTuned(
        finished=finished,
        resumed=resumed,
        weights=weights,
        styles=tuple(f"{composer} / {instrumentation}" for _, composer, instrumentation in styles_of(pieces.train)),
        pieces=len(pieces.train),
        held_out=len(held_out),
        before=score_network(begun, held_out).overall.bits_per_character,
        after=score_network(load_network(weights), held_out).overall.bits_per_character,
        learned_share=run.learned / sum(parameter.numel() for parameter in begun.parameters()),
        elapsed_s=run.elapsed_s,
        step=run.step,
        left_out=dict(pieces.left_out),
    )


def check_options(rank: int, replay_share: float) -> None:
    """Raises PlanError for what is not possible."""
    if not 0 <= rank <= HIGHEST_RANK:
        raise PlanError(reason="rank", high=HIGHEST_RANK)
    if not 0 < replay_share < 1:
        raise PlanError(reason="replay")


def shipped_weights() -> Path:
    """The weights that come with the program."""
    from generator.composer import SHIPPED_WEIGHTS

    return SHIPPED_WEIGHTS


def choose_plan(folder: Path, plan: Path | None, options: Mapping[str, Any], shape: Shape, *, rank: int) -> Plan:
    """The plan file if one is named, else that of the run in the folder, else the default; then the options.

    Sizes and ears are those of the network. Raises PlanError.
    """
    usual = finetuning_plan(shape, rank=rank, story=metadata_of(folder / START))
    saved = folder / PLAN
    base = load_plan(plan) if plan is not None else load_plan(saved) if saved.exists() else usual
    sizes = {name: getattr(shape, name) for name in SIZES}
    return replace(base.changed(options), **sizes, hearing=bool(shape.heard))


def introduction(run: FineTuning, pieces: Corpus, others: Sequence[Row]) -> str:
    """What is about to happen, in a few lines."""
    how = f"adapters of rank {run.rank}" if run.rank else "all weights"
    state = f"going on at step {run.step}" if run.step else "a new run"
    replayed = f", {len(others)} pieces replayed" if others else ""
    return (
        f"{len(pieces.train)} pieces to learn, {len(pieces.held_out)} held out{replayed}\n"
        f"{how}: {run.learned:,} numbers to train; {state}\n{run.plan}"
    )


def draw_weights(own: Sequence[Row], others: Sequence[Row], plan: Plan, share: float) -> list[float] | None:
    """How often each row is drawn; None where the plan alone says so."""
    return mixed_weights(own, others, balance=plan.style_balance, share=share) if others else None


def styles_of(rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """The styles that rows are of, by name."""
    return sorted({(row["period"], row["composer"], row["instrumentation"]) for row in rows})


# --- what stays in the folder ---------------------------------------------------------------------------------------


def keep_start(start: Path, folder: Path) -> Network:
    """The network that a run begins with; written into the folder at the first sitting, read from there later.

    Its story and its styles are kept with it. Raises CheckpointError.
    """
    kept = folder / START
    if not kept.exists():
        network = load_network(start)
        folder.mkdir(parents=True, exist_ok=True)
        save_own_styles(load_own_styles(start), kept)
        try:
            save_network(network, kept, precision="fp32", metadata=metadata_of(start))
        except OSError as error:
            raise CheckpointError(reason="not_written", path=kept, why=error) from error
    return load_network(kept)


def export_best(folder: Path, pieces: Corpus, *, precision: str) -> Path:
    """Write the best network of the run in the folder, and the styles it knows. Returns where the weights are."""
    best = folder / BEST
    network, state = load_trained(best if best.exists() else folder / CHECKPOINT)
    story = metadata_of(folder / START)
    elapsed_s, steps, _, characters = state["progress"]
    taught = "; ".join(f"{source} ({licence}): {count}" for source, licence, count in pieces.sources())
    story |= {
        "finetuned": today().isoformat(),
        "finetuned_seconds": str(round(elapsed_s)),
        "finetuned_steps": str(steps),
        "finetuned_characters": str(characters),
        "finetuned_sources": taught,
        "finetuned_styles": "; ".join(" / ".join(style) for style in styles_of(pieces.train)),
    }
    if pieces.private:
        story["licence"] = NOT_TO_BE_PASSED_ON
    out = folder / WEIGHTS
    save_network(network, out, precision=precision, metadata=story)
    save_own_styles(load_own_styles(folder / START).with_more(own_styles_of(pieces.train)), out)
    return out


def own_styles_of(rows: Sequence[Row]) -> OwnStyles:
    """The styles of rows that were trained on, and how their pieces open."""
    styles = styles_of(rows)
    return OwnStyles(entries_of(styles), collect(read_pieces(rows), styles))
