"""In whose manner a tune is written, among the composers with many pieces: by its short runs (`manner_runs.py`).

Promises: the same tune has the same manner; a composer who is not known is as far from every tune as from any other.
Not covered: who wrote it. It is for choosing among tunes that were meant to be alike, and hears its first bars.

`generator/training/shipped/manner.py` makes the file, from pieces trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generator.critic.manner_runs import Vector, count_runs
from generator.critic.note_table import tabulate
from generator.notation import Tune
from generator.notation.keys import read_key_field

MANNER_FILE = Path(__file__).parents[1] / "weights" / "manner.npz"
BARS = 24  # of the start of a tune
STEPS = 127  # a weight is one of so many on either side of nothing


@dataclass(frozen=True)
class Manners:
    """mean: (places,) of human pieces; weights: (places, composers) whole numbers; units: (composers,), one step."""

    composers: tuple[str, ...]
    mean: Vector
    weights: NDArray[np.int8]
    units: Vector

    def likeness(self, tune: Tune, composer: str) -> float:
        """How much of the composer's manner is in it: about 0 in pieces of others, more in the composer's own.

        0 for a composer who is not known.
        """
        if composer not in self.composers:
            return 0.0
        place = self.composers.index(composer)
        return float((vector_of(tune) - self.mean) @ self.weights[:, place] * self.units[place])

    def save(self, path: Path) -> None:
        """Write them whole or not at all."""
        draft = path.with_name(f".{path.name}")
        with draft.open("wb") as file:
            np.savez_compressed(
                file,
                composers=np.array(self.composers),
                mean=self.mean.astype(np.float32),
                weights=self.weights,
                units=self.units,
            )
        draft.replace(path)


def vector_of(tune: Tune) -> Vector:
    """The runs of the first bars of a tune: (places,)."""
    start = replace(tune, bars=tune.bars[:BARS])
    key_field = read_key_field(tune.header.key)
    key = key_field.key if key_field else None
    return count_runs(tabulate(start), tonic=key.pitch_class if key else 0)


def in_steps(composers: Sequence[str], mean: Vector, weights: Vector) -> Manners:
    """Weights, (places, composers), as whole numbers."""
    units = np.maximum(np.abs(weights).max(axis=0), 1e-12) / STEPS
    return Manners(tuple(composers), mean, np.round(weights / units).astype(np.int8), units)


def load_manners(path: Path = MANNER_FILE) -> Manners:
    """Read a file that `save` wrote."""
    with np.load(path) as stored:
        return Manners(
            tuple(map(str, stored["composers"])),
            stored["mean"].astype(np.float64),
            stored["weights"],
            stored["units"],
        )


@cache
def shipped_manners() -> Manners:
    """Those that ship, read once."""
    return load_manners()
