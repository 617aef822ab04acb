"""Train a network from nothing, or go on from a checkpoint, within a budget of time.

Promises: a run can be stopped at any moment and resumed from its last checkpoint with nothing but the minutes since
lost; held-out pieces are never trained on.
Not covered: preparing the corpus (`corpus.py`), making the weights small (`generator.model.checkpoint`).
"""

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import torch

from generator.model.network import Network, Shape
from generator.training.corpus import Patches, Row, encode_tune, prompt_lines
from generator.training.loss import corpus_loss, pad_windows, window_loss
from generator.training.optimiser import Optimiser, clip_gradients, cosine_factor

log = logging.getLogger(__name__)
Transpose = Callable[[str, Random], str]
POOL_BATCHES = 24  # windows of this many batches are sorted by length together, to waste little on padding


@dataclass(frozen=True)
class Plan:
    """What a run is to do. Times in seconds; batch_patches counts patches in one step of the optimiser."""

    patch_layers: int = 6
    char_layers: int = 1
    hidden: int = 256
    context_patches: int = 512
    budget_s: float = 7200
    batch_patches: int = 2048
    peak_rate: float = 2e-3
    warmup_steps: int = 100
    original_key_share: float = 0.5
    evaluate_every_s: float = 600
    save_every_s: float = 120
    evaluated_pieces: int = 60
    seed: int = 1
    bf16: bool = True


class Windows:
    """An endless stream of batches: every piece once an epoch, a random cut and a random key each time."""

    def __init__(self, rows: Sequence[Row], plan: Plan, transpose: Transpose | None) -> None:
        self.rows, self.plan, self.transpose = rows, plan, transpose

    def draw(self, row: Row, rng: Random) -> Patches:
        abc = row["abc"]
        if self.transpose is not None and rng.random() >= self.plan.original_key_share:
            abc = self.transpose(abc, rng)
        return encode_tune(prompt_lines(row), abc).random_window(self.plan.context_patches, rng)

    def batches(self, epoch: int) -> Iterator[list[Patches]]:
        rng = Random(f"{self.plan.seed}/{epoch}")
        order = list(self.rows)
        rng.shuffle(order)
        pool: list[Patches] = []
        for row in order:
            pool.append(self.draw(row, rng))
            if sum(map(len, pool)) >= POOL_BATCHES * self.plan.batch_patches:
                yield from self.split(pool, rng)
                pool = []
        yield from self.split(pool, rng)

    def split(self, pool: list[Patches], rng: Random) -> list[list[Patches]]:
        """Batches of windows of similar length, in random order."""
        batches: list[list[Patches]] = [[]]
        for window in sorted(pool, key=len):
            if batches[-1] and len(window) * (len(batches[-1]) + 1) > self.plan.batch_patches:
                batches.append([])
            batches[-1].append(window)
        rng.shuffle(batches)
        return [batch for batch in batches if batch]


class Run:
    """The state of a training run: network, optimiser, time spent, epoch and step."""

    def __init__(self, plan: Plan, *, device: str = "cpu") -> None:
        self.plan, self.device = plan, device
        self.network = Network(Shape(plan.patch_layers, plan.char_layers, plan.hidden, plan.context_patches))
        self.network.init_weights(seed=plan.seed)
        self.network.to(device)
        self.optimiser = Optimiser(self.network, peak_rate=plan.peak_rate)
        self.elapsed_s, self.step, self.epoch, self.characters = 0.0, 0, 0, 0

    def save(self, path: Path) -> None:
        """Write a checkpoint to resume from; the old one is replaced only when the new one is whole."""
        part = path.with_suffix(".part")
        state = {
            "plan": asdict(self.plan),
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "progress": [self.elapsed_s, self.step, self.epoch, self.characters],
        }
        torch.save(state, part)
        part.replace(path)

    def resume(self, path: Path) -> None:
        """Take up the state that `save` wrote. Raises RuntimeError if the sizes differ."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        elapsed, self.step, self.epoch, self.characters = state["progress"]
        self.elapsed_s = float(elapsed)

    def train_step(self, batch: list[Patches]) -> float:
        """One step on a batch; returns its bits per character."""
        patches, mask = (tensor.to(self.device) for tensor in pad_windows(batch))
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.plan.bf16):
            loss = window_loss(self.network, patches, mask)
        (loss.nats / loss.predictions).backward()  # type: ignore[no-untyped-call]
        clip_gradients(self.network.parameters(), 1.0)
        progress = self.elapsed_s / self.plan.budget_s
        self.optimiser.step(cosine_factor(progress, step=self.step, warmup_steps=self.plan.warmup_steps))
        self.step += 1
        self.characters += loss.characters
        return loss.bits_per_character


def train(run: Run, rows: Sequence[Row], *, folder: Path, transpose: Transpose | None = None) -> None:
    """Train until the budget is spent, leaving `checkpoint.pt` and `log.jsonl` in `folder`."""
    plan = run.plan
    held_out = [row for row in rows if row["split"] == "held-out"]
    held_out = held_out[:: max(1, len(held_out) // plan.evaluated_pieces)]
    checks = [encode_tune(prompt_lines(row), row["abc"]).window(0, plan.context_patches) for row in held_out]
    windows = Windows([row for row in rows if row["split"] == "train"], plan, transpose)
    last_save = last_check = run.elapsed_s
    recent: list[float] = []
    while run.elapsed_s < plan.budget_s:
        clock = time.monotonic()
        for batch in windows.batches(run.epoch):
            recent.append(run.train_step(batch))
            now = time.monotonic()
            run.elapsed_s, clock = run.elapsed_s + now - clock, now
            finished = run.elapsed_s >= plan.budget_s
            if finished or run.elapsed_s - last_save >= plan.save_every_s:
                run.save(folder / "checkpoint.pt")
                last_save = run.elapsed_s
            if finished or run.elapsed_s - last_check >= plan.evaluate_every_s:
                bits = corpus_loss(run.network, checks, bf16=plan.bf16).bits_per_character
                report(run, folder, sum(recent) / len(recent), bits)
                recent, last_check, clock = [], run.elapsed_s, time.monotonic()
            if finished:
                return
        run.epoch += 1


def report(run: Run, folder: Path, train_bits: float, held_out_bits: float) -> None:
    entry = {
        "elapsed_s": round(run.elapsed_s),
        "step": run.step,
        "epoch": run.epoch,
        "characters": run.characters,
        "train_bpc": round(train_bits, 4),
        "held_out_bpc": round(held_out_bits, 4),
    }
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
    log.info("%s", entry)
