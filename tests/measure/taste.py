"""Voters of a hidden taste: do pieces please them more after `train prefer` than before?

    make measure NAME=taste ARGS="scores.jsonl.xz runs/taste"

A taste is a random direction among the features of the critic, each in its own spread over the pieces. Pieces of 8 bars
are composed, two of the same style are shown, and a voter likes the one that lies further along; the nearer they are,
the more often by mistake. From the votes a network learns; then both networks compose new pieces with the same seeds.
"""

import argparse
import asyncio
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.composer import SHIPPED_WEIGHTS
from generator.critic.features import FEATURES, measure
from generator.evaluation.pieces import ComposedPiece, Shelf, batch_settings, compose_all, fingerprint, requests_for
from generator.training.prefer import Preferences, prefer
from generator.training.votes import TEST_SHARE

STYLES = ("chopin keyboard", "schubert art song", "haydn chamber", "bach choral")
BARS, SEED, NEW_SEED = 8, 20_000, 30_000
SURENESS = 3.0  # a voter errs in one of twenty pairs that are one spread apart
# Of the header, or the same in all pieces of so few bars: nobody can write more of it.
NOT_TASTED = {"out_of_range", "empty_bars", "repeated_bars", "transposed_bars"}


@dataclass(frozen=True)
class Taste:
    """A direction among features: names, means and spreads over the pieces, weights."""

    names: tuple[str, ...]
    means: NDArray[np.float64]
    spreads: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def drawn(cls, pieces: Sequence[ComposedPiece], *, seed: int) -> "Taste":
        names = tuple(feature.name for feature in FEATURES if feature.name not in NOT_TASTED)
        table = np.array([_row(piece, names) for piece in pieces])
        spreads = np.nanstd(table, axis=0)
        weights = np.random.default_rng(seed).normal(size=len(names)) * (spreads > 1e-6)
        return cls(names, np.nanmean(table, axis=0), np.maximum(spreads, 1e-6), weights / np.linalg.norm(weights))

    def likes(self, piece: ComposedPiece) -> float:
        """How far a piece lies along the taste, in spreads; what is not known of it counts as usual."""
        return float(np.nan_to_num((_row(piece, self.names) - self.means) / self.spreads) @ self.weights)


def _row(piece: ComposedPiece, names: Sequence[str]) -> list[float]:
    values = measure(piece.tune)
    return [values[name] for name in names]


def votes_of(
    pieces: Sequence[ComposedPiece], liked: Sequence[float], count: int, *, seed: int
) -> list[dict[str, object]]:
    """So many votes between two pieces of one style."""
    rng = Random(seed)
    votes: list[dict[str, object]] = []
    spread = float(np.std(liked))
    while len(votes) < count:
        one, other = rng.sample(range(len(pieces)), 2)
        if pieces[one].style != pieces[other].style:
            continue
        surely = 1 / (1 + math.exp(-SURENESS * (liked[one] - liked[other]) / spread))
        style = pieces[one].style
        votes.append({
            "id": str(len(votes)),
            "style": [style.period, style.composer, style.instrumentation],
            "a": {"abc": pieces[one].abc, "seed": pieces[one].seed},
            "b": {"abc": pieces[other].abc, "seed": pieces[other].seed},
            "voter": str(len(votes)),
            "verdict": "a" if rng.random() < surely else "b",
        })  # fmt: skip
    return votes


def compose(folder: Path, weights: Path, count: int, *, seed: int) -> list[ComposedPiece]:
    """Pieces of all styles in turn, taken from the folder where they are."""
    styles = [load_catalogue().find(style) for style in STYLES]
    requests = requests_for(styles, count, seed=seed, candidates=1, bars=(BARS,))
    settings = batch_settings(Settings(weights=weights))
    shelf = Shelf(folder / fingerprint(weights)[:12])
    done = asyncio.run(compose_all(requests, settings=settings, shelf=shelf, progress=lambda _done, _all: None))
    return [piece for piece in done if not piece.failure]


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=taste", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pieces", type=int, default=120, help="that are voted on")
    parser.add_argument("--votes", type=int, default=500)
    parser.add_argument("--new", type=int, default=60, help="pairs composed anew")
    parser.add_argument("--taste", type=int, default=1, help="which taste")
    parser.add_argument("--rate", type=float, default=Preferences.rate)
    parser.add_argument("--epochs", type=float, default=Preferences.epochs)
    given = parser.parse_args(arguments)
    pieces = compose(given.folder / "pieces", SHIPPED_WEIGHTS, given.pieces, seed=SEED)
    taste = Taste.drawn(pieces, seed=given.taste)
    liked = [taste.likes(piece) for piece in pieces]
    votes = given.folder / "votes.jsonl"
    said = votes_of(pieces, liked, round(given.votes / (1 - TEST_SHARE)), seed=given.taste)
    votes.write_text("".join(json.dumps(vote) + "\n" for vote in said))
    done = prefer(
        votes,
        given.folder / f"taste-{given.taste}",
        corpus=given.corpus,
        wanted=Preferences(rate=given.rate, epochs=given.epochs),
        threads=1,
        announce=lambda line: print(line, flush=True),
    )
    print(*done.lines(), sep="\n", flush=True)
    before, after = (
        compose(given.folder / "pieces", weights, given.new, seed=NEW_SEED)
        for weights in (SHIPPED_WEIGHTS, done.weights)
    )
    by_seed = {piece.seed: taste.likes(piece) for piece in before}
    gains = [taste.likes(piece) - by_seed[piece.seed] for piece in after if piece.seed in by_seed]
    print(
        f"{sum(gain > 0 for gain in gains)} of {len(gains)} new pieces are preferred to those of the same seed before; "
        f"{np.mean(gains) / np.std(liked):+.2f} spreads"
    )
    return 0
