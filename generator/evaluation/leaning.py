"""Makes `generator/critic/leaning.json`: on which side of people's music the weights that ship lie.

Pieces are composed with one candidate each, in the best covered styles, and measured beside several times as many
excerpts of people's in the same styles and lengths. The worth of the features is the direction that tells them apart
best (Fisher), much shrunk towards the plain difference of means.
Not covered: what takes two features together to be told apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np

from config.settings import Settings
from generator.composer import SHIPPED_WEIGHTS
from generator.critic.features import FEATURES, SIDES
from generator.critic.leaning import LEANING_FILE, Lean, Leaning
from generator.evaluation.excerpts import Excerpt, draw_like
from generator.evaluation.frechet import Scale
from generator.evaluation.measuring import Measurer
from generator.evaluation.pieces import Shelf, batch_settings, best_covered, compose_all, fingerprint, requests_for
from generator.training.corpus import load_corpus
from generator.training.intervals import Numbers

PIECES, STYLES, SETS = 120, 20, 4  # SETS: of as many pieces by people
SEED = 60_000  # no evaluation asks for these
SHRINKING = 1.0  # of a feature's variance, which is about 1
# People write some more of it than the network, which is held back from it; nobody wants more of it for that.
FAULTS = frozenset({"parallels", "silence", "empty_bars", "out_of_range", "wide_chords"})
LEANED = tuple(
    place
    for place, feature in enumerate(FEATURES)
    if feature.name not in FAULTS and feature not in SIDES["ending"]  # a piece ends on its tonic, whatever people do
)


def make_leaning(
    corpus: Path,
    out: Path = LEANING_FILE,
    *,
    settings: Settings,
    folder: Path,
    pieces: int = PIECES,
    tell: Callable[[str], None],
    progress: Callable[[str, int, int], None] = lambda _what, _done, _count: None,
) -> None:
    """Compose, measure and write `out`. folder: keeps pieces and measurements. Raises CorpusError, CheckpointError."""
    rows = load_corpus(corpus).train
    styles = best_covered(rows, STYLES, weights=settings.weights)
    requests = requests_for(styles, pieces, seed=SEED, candidates=1)
    made = asyncio.run(
        compose_all(
            requests,
            settings=batch_settings(settings),
            shelf=Shelf(folder / "pieces"),
            progress=lambda done, count: progress("composed piece", done, count),
        )
    )
    ours = [Excerpt(piece.style, piece.name, piece.abc) for piece in made if not piece.failure]
    asked = [(piece.style, piece.bars_asked) for piece in made]
    theirs = [excerpt for drawn in draw_like(asked, rows, sets=SETS, seed=SEED) for excerpt in drawn]
    measurer = Measurer(folder)
    composed = measurer.measure(ours, progress=lambda done, count: progress("composed piece measured,", done, count))
    people = measurer.measure(theirs, progress=lambda done, count: progress("human piece measured,", done, count))
    weights = fingerprint(settings.weights or SHIPPED_WEIGHTS)
    leaning = Leaning(weights, learn_leaning(people.features, composed.features))
    out.write_text(leaning.to_json(), encoding="ascii")
    tell(f"{len(composed)} composed pieces beside {len(people)} by people, {len(leaning.features)} features in {out}")


def learn_leaning(people: Numbers, composed: Numbers) -> dict[str, Lean]:
    """Both (pieces, features), NaN where unknown. The worth of composed pieces has a spread of 1."""
    people, composed = people[:, LEANED], composed[:, LEANED]
    scale = Scale.of(people)
    theirs, ours = scale.apply(people), scale.apply(composed)
    apart = theirs.mean(axis=0) - ours.mean(axis=0)
    within = (np.cov(theirs, rowvar=False) + np.cov(ours, rowvar=False)) / 2
    worth = np.linalg.solve(within + SHRINKING * np.eye(len(within)), apart)
    worth /= max(float((ours @ worth).std()), 1e-12)
    return {
        FEATURES[place].name: Lean(*(float(f"{value:.4g}") for value in values))
        for place, *values in zip(LEANED, scale.mean, scale.spread, worth, strict=True)
    }
