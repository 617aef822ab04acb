"""Train a network from nothing, or go on from a checkpoint, within a budget of time or steps.

Promises: a run can be stopped at any moment (a signal, a power cut) and resumed from its last checkpoint with nothing
but the minutes since lost; held-out pieces are never trained on. With a budget in steps, on the same CPU with the same
number of threads, the same plan gives the same weights, resumed or not. With a budget in seconds the rate depends on
the clock, so two runs differ.
Not covered: what is trained on (`corpus.py`), making the weights small (`generator.model.checkpoint`).
"""

import json
import logging
import math
import time
from collections.abc import Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

import torch

from generator.model.network import Network
from generator.training.balance import planned_weights
from generator.training.corpus import Row, prompt_lines
from generator.training.errors import BrokenRunError, ResumeError
from generator.training.lessons import Lesson, stack_lessons, study_tune
from generator.training.loss import batch_loss, corpus_loss
from generator.training.optimiser import Average, Optimiser, clip_gradients, cosine_factor, plateau_factor
from generator.training.plan import SIZES, Plan
from generator.training.progress import open_progress
from generator.training.stopping import stop_on_signals
from generator.training.windows import Position, Transpose, Windows

log = logging.getLogger(__name__)
CHECKPOINT, BEST, LOG, PLAN = "checkpoint.pt", "best.pt", "log.jsonl", "plan.json"
GRADIENT_LIMIT = 1.0


class Run:
    """The state of a training run: network, optimiser, time spent, step, and the place in the stream of batches."""

    def __init__(self, plan: Plan, *, device: str = "cpu") -> None:
        self.plan, self.device = plan, torch.device(device)
        self.network = Network(plan.shape)
        self.network.init_weights(seed=plan.seed)
        self.network.to(self.device)
        if not plan.patch_level_learns:
            for name, parameter in self.network.named_parameters():
                parameter.requires_grad_(not name.startswith("patch_"))
        self.optimiser = Optimiser(self.network, peak_rate=plan.peak_rate, weight_decay=plan.weight_decay)
        self.average: Average | None = None
        self.elapsed_s, self.step, self.characters = 0.0, 0, 0
        self.position = Position()
        self.best_bits = math.inf

    @property
    def share_done(self) -> float:
        """How much of the budget is spent, 0 to 1."""
        plan = self.plan
        return min(1.0, self.step / plan.budget_steps if plan.budget_steps else self.elapsed_s / plan.budget_s)

    @property
    def finished(self) -> bool:
        return self.share_done >= 1

    def save(self, path: Path) -> None:
        """Write a checkpoint to resume from; the old one is replaced only when the new one is whole."""
        part = path.with_suffix(".part")
        torch.save(self.state(), part)
        part.replace(path)

    def state(self) -> dict[str, Any]:
        """All that a checkpoint holds."""
        return {
            "plan": asdict(self.plan),
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "progress": [self.elapsed_s, self.step, self.position.epoch, self.characters],
            "position": list(astuple(self.position)),
            "best_bits": self.best_bits,
            **({} if self.average is None else {"average": self.average.state_dict()}),
        }

    def load_weights(self, state: Mapping[str, Any]) -> None:
        """Take up the network of a checkpoint."""
        self.network.load_state_dict(state["network"])

    def resume(self, path: Path) -> None:
        """Take up the state that `save` wrote. Raises ResumeError if it is unreadable or the sizes differ."""
        state = load_state(path, device=self.device)
        saved = state["plan"]
        differing = [
            f"{name} {saved.get(name, False)}, not {getattr(self.plan, name)}"
            for name in (*SIZES, "hearing")
            if self.differs(saved, name)
        ]
        if differing:
            raise ResumeError(reason="other_network", path=path, differing="; ".join(differing))
        self.load_weights(state)
        self.optimiser.load_state_dict(state["optimiser"])
        if self.plan.average_steps and "average" in state:
            self.average = Average(self.network, self.plan.average_steps)
            self.average.load_state_dict(state["average"])
        elapsed, self.step, epoch, self.characters = state["progress"]
        self.elapsed_s = float(elapsed)
        # Checkpoints without a position begin the epoch again.
        self.position = Position(*state.get("position", (epoch, 0, 0)))
        self.best_bits = float(state.get("best_bits", math.inf))
        drawn_by = ("seed", "pool_pieces", "style_balance", "focus_share", "focus_styles", "fill_share")
        now = asdict(self.plan)
        if any(saved.get(name, getattr(Plan, name)) != now[name] for name in drawn_by):
            self.position = Position(epoch)  # the pools are others now, a place in them means nothing

    def differs(self, saved: Mapping[str, Any], name: str) -> bool:
        return bool(saved.get(name, getattr(Plan, name)) != getattr(self.plan, name))

    @property
    def rate_factor(self) -> float:
        """Share of the peak rate that the next step takes."""
        plan, done = self.plan, self.share_done
        if not plan.cooldown_share:
            return cosine_factor(done, step=self.step, warmup_steps=plan.warmup_steps)
        share = plan.cooldown_share
        return plateau_factor(done, step=self.step, warmup_steps=plan.warmup_steps, cooldown_share=share)

    def train_step(self, lessons: Sequence[Lesson]) -> float:
        """One step on a batch; returns its bits per character. Raises BrokenRunError if the loss is no number."""
        batch = stack_lessons(lessons).to(self.device)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.plan.bf16):
            loss = batch_loss(self.network, batch)
        bits = loss.bits_per_character
        if not math.isfinite(bits):
            raise BrokenRunError(reason="loss", loss=bits, step=self.step)
        (loss.nats / loss.predictions).backward()  # type: ignore[no-untyped-call]
        clip_gradients(self.network.parameters(), GRADIENT_LIMIT)
        self.optimiser.step(self.rate_factor)
        self._take_average()
        self.step += 1
        self.characters += loss.characters
        return bits

    def _take_average(self) -> None:
        if self.plan.average_steps:
            if self.average is None:
                self.average = Average(self.network, self.plan.average_steps)
            self.average.take(self.network)

    def averaged(self) -> Network | None:
        """The network with its averaged weights, if they are averaged."""
        if self.average is None:
            return None
        network = Network(self.plan.shape).to(self.device).eval()
        network.load_state_dict(self.average.weights)
        return network


def load_state(path: Path, *, device: torch.device | str = "cpu") -> dict[str, Any]:
    """What `Run.save` wrote. Raises ResumeError if the file is none of ours."""
    try:
        state = torch.load(path, map_location=device, weights_only=True)
    except Exception as error:  # torch.load raises half a dozen kinds
        raise ResumeError(reason="unreadable", path=path) from error
    if not isinstance(state, dict) or not {"plan", "network", "optimiser", "progress"} <= state.keys():
        raise ResumeError(reason="no_checkpoint", path=path)
    return state


def load_trained(path: Path, *, device: str = "cpu") -> tuple[Network, dict[str, Any]]:
    """The network of a checkpoint, with its averaged weights if it has any, and its state. Raises ResumeError."""
    state = load_state(path, device=device)
    network = Network(Plan().changed(state["plan"]).shape)
    network.load_state_dict(state["average"]["weights"] if "average" in state else state["network"])
    return network.to(device), state


def train(
    run: Run,
    rows: Sequence[Row],
    *,
    folder: Path,
    transpose: Transpose | None = None,
    workers: int = 0,
    stop_after_s: float = math.inf,
    weights: Sequence[float] | None = None,
) -> bool:
    """Train until the budget is spent, leaving `checkpoint.pt` and `log.jsonl` in `folder`; True if it is spent.

    weights: how often each row that is trained on is drawn; as the plan's style_balance says without them.
    A signal, or `stop_after_s` seconds of wall time, end it earlier, with a checkpoint saved, but not before one step.
    Raises BrokenRunError.
    """
    if run.finished:
        return True
    folder.mkdir(parents=True, exist_ok=True)
    checks = [row for row in rows if row["split"] == "held-out"]
    trained_on = [row for row in rows if row["split"] == "train"]
    weights = weights or planned_weights(trained_on, run.plan)
    windows = Windows(trained_on, run.plan, transpose, workers=workers, weights=weights)
    watch = _Watch(run, folder, held_out_checks(checks, run.plan))
    deadline = time.monotonic() + stop_after_s
    try:
        with stop_on_signals() as stop, closing(windows.batches(run.position)) as stream, open_progress() as progress:
            for batch, behind in stream:
                bits = run.train_step(batch)
                run.position = behind
                watch.step_done(bits)
                progress.show(run.share_done, watch.text(bits), elapsed_s=run.elapsed_s)
                if run.finished or stop.requested or time.monotonic() >= deadline:
                    break
    except BrokenProcessPool as error:
        raise BrokenRunError(reason="helper_died") from error
    watch.save()
    return run.finished


def held_out_checks(rows: Sequence[Row], plan: Plan) -> list[Lesson]:
    """Windows of evenly spread held-out pieces to look at during the run: the beginning of each."""
    chosen = rows[:: max(1, len(rows) // plan.evaluated_pieces)]
    studied = (study_tune(prompt_lines(row), row["abc"], hearing=plan.hearing) for row in chosen)
    return [piece.window(0, plan.context_patches) for piece in studied]


class _Watch:
    """Keeps the time, saves and evaluates when due."""

    def __init__(self, run: Run, folder: Path, checks: Sequence[Lesson]) -> None:
        self.run, self.folder, self.checks = run, folder, checks
        self.clock = time.monotonic()
        self.last_save_s = run.elapsed_s
        self.first_s, self.first_characters = run.elapsed_s, run.characters
        self.recent: list[float] = []

    def step_done(self, bits: float) -> None:
        """Count the time since the last step, and do what is due."""
        run, plan, before = self.run, self.run.plan, self.run.elapsed_s
        self.recent.append(bits)
        self.clock, run.elapsed_s = time.monotonic(), before + time.monotonic() - self.clock
        if run.finished or run.elapsed_s - self.last_save_s >= plan.save_every_s:
            self.save()
        # Due at multiples of the interval, so that a run in many short sittings is evaluated as often as in one.
        if run.finished or run.elapsed_s // plan.evaluate_every_s > before // plan.evaluate_every_s:
            self.evaluate()
            self.clock = time.monotonic()

    def save(self) -> None:
        self.run.save(self.folder / CHECKPOINT)
        self.last_save_s = self.run.elapsed_s

    def text(self, bits: float) -> str:
        """The figures of the moment, for a person to read."""
        seconds = max(1e-9, self.run.elapsed_s - self.first_s)
        speed = (self.run.characters - self.first_characters) / seconds
        return f"step {self.run.step}, {bits:.3f} bits per character, {speed:,.0f} characters/s"

    def evaluate(self) -> None:
        """Append the state of the run to the log."""
        run = self.run
        network = run.averaged() or run.network
        held_out = corpus_loss(network, self.checks, bf16=run.plan.bf16).bits_per_character
        entry = {
            "elapsed_s": round(run.elapsed_s),
            "step": run.step,
            "epoch": run.position.epoch,
            "characters": run.characters,
            "train_bpc": round(sum(self.recent) / len(self.recent), 4),
            "held_out_bpc": round(held_out, 4),
        }
        self.recent = []
        with (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        if run.plan.keep_best and held_out < run.best_bits:
            run.best_bits = held_out
            run.save(self.folder / BEST)
        log.info("%s", entry)
