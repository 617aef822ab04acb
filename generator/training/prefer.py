"""Teach a network what people prefer: direct preference optimisation (DPO) on pairs of pieces, beside the weights.

For each vote the network is to find the chosen piece likelier, by comparison with the network it began with, than the
rejected one (Rafailov et al. 2023, arXiv:2305.18290). Plain DPO lets both become unlikely as long as the gap grows; a
penalty on a chosen piece that becomes less likely than it was forbids that (DPO-positive, Pal et al. 2024,
arXiv:2402.13228). Only low-rank adapters learn (`lora.py`). NotaGen ranks by CLaMP 2 where votes of people stand here.

Promises: what the network knew and how various it writes are looked at again and again; as soon as either suffers, the
run ends with what it had before. What is written are plain weights.
Not covered: where votes come from (`votes.py`), and whether people agree: compose anew and ask them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from generator.catalogue.own_styles import load_own_styles, save_own_styles
from generator.model.checkpoint import save_network
from generator.model.network import Network
from generator.training.augment import at_home
from generator.training.commands import metadata_of, set_up_device, today, writes_at_home
from generator.training.corpus import Row, load_corpus, prompt_lines
from generator.training.errors import PlanError
from generator.training.finetune import HIGHEST_RANK, START, WEIGHTS, keep_start, shipped_weights
from generator.training.held_out import held_out_lessons
from generator.training.lessons import Lesson, stack_lessons, study_tune
from generator.training.lora import AdapterOptimiser, adapter_weights, add_adapters, load_adapters, merged_weights
from generator.training.loss import batch_loss, mean_entropy
from generator.training.votes import Pair, Votes, load_votes

DEFAULT_RANK = 8
HELD_OUT_PIECES = 24
CHECKS = 6  # how often it is looked at what became of the rest


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """How votes are learnt from.

    beta: how far the network may go from what it was; the smaller, the further. penalty: on a chosen piece that becomes
    less likely. pairs_a_step, epochs, rate: as everywhere. most_bits: how many times as many held-out bits it may cost;
    least_variety: how much of the entropy of what it would write has to stay.
    """

    beta: float = 0.1
    penalty: float = 10.0
    pairs_a_step: int = 32
    epochs: float = 3.0
    rate: float = 5e-4
    most_bits: float = 1.01
    least_variety: float = 0.95
    seed: int = 1
    bf16: bool = True

    def check(self) -> None:
        """Raises PlanError for what is not possible."""
        for name in ("beta", "epochs", "rate"):
            if not getattr(self, name) > 0:
                raise PlanError(reason="outside", name=name, limits="above 0")
        if self.penalty < 0:
            raise PlanError(reason="outside", name="penalty", limits="at least 0")


@dataclass(frozen=True, eq=False)
class Read:
    """A piece as the network reads it, and how likely the first network found it (log probability, nats)."""

    lesson: Lesson
    before: float


class Judged(NamedTuple):
    """One pair."""

    chosen: Read
    rejected: Read


class State(NamedTuple):
    """What became of the network. agrees: with how many of the votes that test; bits: a character of held-out pieces;
    variety: bits of entropy a character of these.
    """

    agrees: float
    bits: float
    variety: float

    @property
    def in_words(self) -> str:
        return f"{self.agrees:.0%} of the tests agree, {self.bits:.3f} bits held out, variety {self.variety:.3f}"


@dataclass(frozen=True, kw_only=True)
class Preferred:
    """How it went. stopped: why it ended early, empty if it did not."""

    weights: Path
    votes: int
    test_votes: int
    steps: int
    before: State
    after: State
    stopped: str
    elapsed_s: float
    left_out: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        states = {name: getattr(self, name)._asdict() for name in ("before", "after")}
        return {**asdict(self), **states, "weights": str(self.weights)}

    def lines(self) -> list[str]:
        """For a person to read."""
        left_out = "".join(f", {count} left out: {reason}" for reason, count in self.left_out.items())
        end = f"stopped after {self.steps} steps, since {self.stopped}" if self.stopped else f"{self.steps} steps"
        return [
            f"{end}, {self.elapsed_s:.0f} s, {self.votes} votes{left_out}",
            f"{self.test_votes} other votes: agrees with {self.after.agrees:.0%}",
            f"held-out pieces: {self.before.bits:.3f} bits per character before, {self.after.bits:.3f} after; "
            f"variety {self.after.variety / self.before.variety:.0%} of what it was",
            f"To compose with it, set NOTABOT_WEIGHTS={self.weights.resolve()}",
        ]


def prefer(
    votes: Path,
    folder: Path,
    *,
    start: Path | None = None,
    corpus: Path | None = None,
    rank: int = DEFAULT_RANK,
    wanted: Preferences | None = None,
    precision: str = "int8",
    device: str = "cpu",
    threads: int | None = None,
    announce: Callable[[str], None] = lambda _line: None,
) -> Preferred:
    """Learn from votes, beginning with `start` (the weights that ship without it); writes WEIGHTS into the folder.

    corpus: held-out pieces of it say whether something is forgotten; without one the chosen pieces of the votes that
    test do. Raises CorpusError, PlanError, CheckpointError.
    """
    began, wanted = time.monotonic(), wanted or Preferences()
    wanted.check()
    if not 1 <= rank <= HIGHEST_RANK:
        raise PlanError(reason="rank", high=HIGHEST_RANK)
    set_up_device(device, threads)
    said = load_votes(votes)
    network = keep_start(start or shipped_weights(), folder).to(device)
    home = writes_at_home(metadata_of(folder / START))
    school = School(network, said, rows=_held_out_rows(said, corpus), home=home, rank=rank, wanted=wanted)
    announce(f"{len(school.to_learn)} votes to learn from, {len(school.to_test)} to test; rank {rank}, {wanted}")
    before = school.state()
    announce(f"before: {before.in_words}")
    stopped, after = school.learn(before, announce)
    story = metadata_of(folder / START) | {
        "preferred": today().isoformat(),
        "preferred_votes": str(len(school.to_learn)),
        "preferred_steps": str(school.steps),
        "preferred_how": f"{wanted}",
    }
    weights = folder / WEIGHTS
    plain = Network(network.shape)
    plain.load_state_dict(merged_weights(network))
    save_network(plain, weights, precision=precision, metadata=story)
    save_own_styles(load_own_styles(folder / START), weights)
    return Preferred(
        weights=weights,
        votes=len(school.to_learn),
        test_votes=len(school.to_test),
        steps=school.steps,
        before=before,
        after=after,
        stopped=stopped,
        elapsed_s=time.monotonic() - began,
        left_out=dict(said.left_out),
    )


def _held_out_rows(votes: Votes, corpus: Path | None) -> list[Row]:
    """What may not be forgotten: evenly from the held-out pieces of a corpus, else the chosen ones of the tests."""
    if corpus is None:
        return [pair.rows()[0] for pair in votes.to_test][:HELD_OUT_PIECES]
    held_out = load_corpus(corpus).held_out
    return list(held_out[:: max(1, len(held_out) // HELD_OUT_PIECES)])[:HELD_OUT_PIECES]


class School:
    """A network with adapters among pairs that it learns from."""

    def __init__(
        self, network: Network, votes: Votes, *, rows: Sequence[Row], home: bool, rank: int, wanted: Preferences
    ) -> None:
        self.network, self.wanted, self.steps = network, wanted, 0
        self._read: dict[tuple[str, ...], Read] = {}  # a piece has many votes
        self.to_learn = [self._judged(pair, home=home) for pair in votes.to_learn]
        self.to_test = [self._judged(pair, home=home) for pair in votes.to_test]
        shape = network.shape
        self.held_out = list(held_out_lessons(rows, limit=shape.context_patches, home=home, hearing=bool(shape.heard)))
        add_adapters(network, rank, seed=wanted.seed)
        self.optimiser = AdapterOptimiser(network, peak_rate=wanted.rate)

    def _judged(self, pair: Pair, *, home: bool) -> Judged:
        """A pair as the network reads it, and what it thinks of it before it has learnt anything."""
        return Judged(*(self._read_row(row, home=home) for row in pair.rows()))

    @torch.no_grad()
    def _read_row(self, row: Row, *, home: bool) -> Read:
        key = (*prompt_lines(row), row["abc"])
        if key not in self._read:
            lesson = _lesson_of(row, self.network, home=home)
            self._read[key] = Read(lesson, self._log_probability(lesson).item())
        return self._read[key]

    def _log_probability(self, lesson: Lesson) -> Tensor:
        """Of a piece behind its tune header, in nats."""
        device = self.network.char_table.device
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=self.wanted.bf16):
            return -batch_loss(self.network, stack_lessons([lesson]).to(device)).nats

    @torch.no_grad()
    def _gains(self, pieces: Iterable[Read]) -> dict[Read, Tensor]:
        """By how many nats each piece is likelier than it was."""
        return {one: self._log_probability(one.lesson) - one.before for one in dict.fromkeys(pieces)}

    def learn(self, before: State, announce: Callable[[str], None]) -> tuple[str, State]:
        """Go through the pairs; why it ended early, and what became of the network."""
        good, state = adapter_copy(self.network), before
        order = list(self._order())
        every = max(1, len(order) // CHECKS)
        for number, pairs in enumerate(order, start=1):
            self._step(pairs, share_left=1 - (number - 1) / len(order))
            if number % every and number != len(order):
                continue
            now = self.state()
            announce(f"step {number} of {len(order)}: {now.in_words}")
            if why := self._why_to_stop(before, now):
                load_adapters(self.network, good)
                return why, state
            good, state, self.steps = adapter_copy(self.network), now, number
        return "", state

    def _order(self) -> Iterator[list[Judged]]:
        """The pairs of each step, for as many epochs as are wanted."""
        rng, size = Random(self.wanted.seed), self.wanted.pairs_a_step
        left = round(self.wanted.epochs * len(self.to_learn))
        while left > 0:
            pairs = rng.sample(self.to_learn, len(self.to_learn))[:left]
            left -= len(pairs)
            yield from (pairs[first : first + size] for first in range(0, len(pairs), size))

    def _step(self, pairs: Sequence[Judged], *, share_left: float) -> None:
        """One step of the optimiser. Each piece is gone through once, however many of the pairs it is in, and alone, so
        that little memory is needed: first how much is to be gained by it, then its gradient.
        """
        gains = {piece: gain.requires_grad_() for piece, gain in self._gains(chain.from_iterable(pairs)).items()}
        losses = [preference_loss(gains[one.chosen], gains[one.rejected], wanted=self.wanted) for one in pairs]
        torch.stack(losses).mean().backward()  # type: ignore[no-untyped-call]
        for piece, gain in gains.items():
            if gain.grad is not None and gain.grad != 0:
                (self._log_probability(piece.lesson) * gain.grad).backward()  # type: ignore[no-untyped-call]
        for part in self.optimiser.parts:
            for group in part.param_groups:
                group["lr"] = self.wanted.rate * share_left
            torch.nn.utils.clip_grad_norm_([p for group in part.param_groups for p in group["params"]], 1.0)
            part.step()
            part.zero_grad()

    def _why_to_stop(self, before: State, now: State) -> str:
        """What suffers too much, in words; nothing if all is well."""
        if not now.bits <= before.bits * self.wanted.most_bits:
            return f"held-out pieces cost {now.bits / before.bits - 1:.1%} more"
        if not now.variety >= before.variety * self.wanted.least_variety:
            return f"variety fell to {now.variety / before.variety:.0%}"
        return ""

    @torch.no_grad()
    def state(self) -> State:
        """Agreement with the votes that test, and what became of held-out pieces."""
        device = self.network.char_table.device
        gains = self._gains(chain.from_iterable(self.to_test))
        agreeing = sum(bool(gains[pair.chosen] > gains[pair.rejected]) for pair in self.to_test)
        nats = entropy = 0.0
        characters = predictions = 0
        for lesson in self.held_out:
            batch = stack_lessons([lesson]).to(device)
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=self.wanted.bf16):
                loss, opened = batch_loss(self.network, batch), mean_entropy(self.network, batch)
            nats, characters = nats + loss.nats.item(), characters + loss.characters
            entropy += opened * loss.predictions
            predictions += loss.predictions
        bits = nats / math.log(2) / max(1, characters)
        return State(agreeing / max(1, len(self.to_test)), bits, entropy / max(1, predictions))


def adapter_copy(network: Network) -> dict[str, Tensor]:
    """What was learned so far, to go back to."""
    return {name: tensor.clone() for name, tensor in adapter_weights(network).items()}


def preference_loss(chosen: Tensor, rejected: Tensor, *, wanted: Preferences) -> Tensor:
    """chosen, rejected: by how many nats likelier than before."""
    margin = chosen - rejected - wanted.penalty * F.relu(-chosen)
    return -F.logsigmoid(wanted.beta * margin)


def _lesson_of(row: Row, network: Network, *, home: bool) -> Lesson:
    """A piece from its head on; prompt and tune header were not the network's choice and do not count."""
    abc, more = at_home(row) if home else (row["abc"], [])
    studied = study_tune([*prompt_lines(row), *more], abc, hearing=bool(network.shape.heard))
    lesson = studied.window(0, network.shape.context_patches)
    scored = np.ones(len(lesson), bool)
    scored[: len(studied.tune.header)] = False
    return replace(lesson, scored=scored)
