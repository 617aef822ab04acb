"""How well a predictor knows the held-out pieces, in bits per character.

Promises: every predictor is asked about the same characters (`held_out.py`). A network pays for every patch end as
well, without a character to its credit, so its figures are never flattered beside those of a predictor that has no
patches.
Not covered: what the composed music is like (`generator.critic`).
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from generator.guard.recall import Trust
from generator.model.network import Network
from generator.training.corpus import Row
from generator.training.held_out import WINDOW_PATCHES, held_out_lessons
from generator.training.intervals import Interval, ratio_interval
from generator.training.loss import corpus_loss
from generator.training.matches import questions_of, saved_nats


@dataclass(frozen=True)
class Score:
    """What some pieces cost: `nats` in all, for so many characters."""

    nats: float = 0.0
    characters: int = 0
    pieces: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.nats + other.nats, self.characters + other.characters, self.pieces + other.pieces)

    @property
    def bits_per_character(self) -> float:
        return self.nats / math.log(2) / max(1, self.characters)

    def to_json(self) -> dict[str, float]:
        bits = round(self.bits_per_character, 4)
        return {"bits_per_character": bits, "characters": self.characters, "pieces": self.pieces}


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Overall, and by instrumentation and by corpus (the largest first).

    interval: of the overall bits per character, had other works been held out; intervals: by instrumentation.
    """

    overall: Score
    by_instrumentation: dict[str, Score]
    by_corpus: dict[str, Score]
    interval: Interval
    intervals: dict[str, Interval]

    @classmethod
    def of(cls, rows: Sequence[Row], scores: Sequence[Score]) -> "Scores":
        kinds = [row["instrumentation"] for row in rows]
        by_kind = _grouped(kinds, scores)
        places = {kind: [place for place, one in enumerate(kinds) if one == kind] for kind in by_kind}
        return cls(
            overall=sum(scores, Score()),
            by_instrumentation=by_kind,
            by_corpus=_grouped([row.get("corpus", "unknown") for row in rows], scores),
            interval=_interval(rows, scores),
            intervals={
                kind: _interval([rows[i] for i in held], [scores[i] for i in held]) for kind, held in places.items()
            },
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "overall": {**self.overall.to_json(), "interval": _rounded(self.interval)},
            "by_instrumentation": {
                name: {**score.to_json(), "interval": _rounded(self.intervals[name])}
                for name, score in self.by_instrumentation.items()
            },
            "by_corpus": {name: score.to_json() for name, score in self.by_corpus.items()},
        }


def _interval(rows: Sequence[Row], scores: Sequence[Score]) -> Interval:
    """Of the bits per character, movements of a work drawn together."""
    if not scores:
        return 0.0, 0.0
    bits = [score.nats / math.log(2) for score in scores]
    return ratio_interval(bits, [score.characters for score in scores], groups=[row["work"] for row in rows])


def _rounded(interval: Interval) -> list[float]:
    return [round(bound, 4) for bound in interval]


def _grouped(names: Sequence[str], scores: Sequence[Score]) -> dict[str, Score]:
    groups: defaultdict[str, Score] = defaultdict(Score)
    for name, score in zip(names, scores, strict=True):
        groups[name] += score
    return dict(sorted(groups.items(), key=lambda item: -item[1].characters))


def score_network(
    network: Network,
    rows: Sequence[Row],
    *,
    bf16: bool = False,
    home: bool = False,
    trust: Trust | None = None,
    progress: Callable[[int], None] | None = None,
) -> Scores:
    """What the network pays for each of `rows`. home: see `held_out_lessons`. progress: called with the pieces done.

    trust: the network remembers what the piece has said before, as it does when it composes (`generator.guard.recall`).
    A network with a context shorter than 512 patches is judged by what fits.
    """
    limit = min(WINDOW_PATCHES, network.shape.context_patches)
    training = network.training
    network.eval()
    scores = []
    for lesson in held_out_lessons(rows, limit=limit, home=home, hearing=bool(network.shape.heard)):
        loss = corpus_loss(network, [lesson], bf16=bf16)
        saved = saved_nats(questions_of(network, lesson), trust) if trust else 0.0
        scores.append(Score(loss.nats.item() - saved, loss.characters, 1))
        if progress is not None:
            progress(len(scores))
    network.train(training)
    return Scores.of(rows, scores)


def untrained_like(network: Network, *, seed: int = 1) -> Network:
    """A network of the same size that has seen nothing."""
    fresh = Network(network.shape)
    fresh.init_weights(seed=seed)
    return fresh.to(next(iter(network.parameters())).device, torch.float32)
