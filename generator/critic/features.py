"""Everything that is measured about a tune to hold it against human music, as numbers with names.

Promises: `measure` gives every feature of FEATURES, NaN where it cannot be known, and "bars", how long the tune is.
Where a feature bears the name of a published one, its formula is the published one.
Not covered: whether a value is good. `human.py` says what is usual in a style.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

from generator.notation import Tune


@dataclass(frozen=True)
class Feature:
    """One measurable thing. about: what it is in one line, with its source."""

    name: str
    unit: str
    about: str


FEATURES: tuple[Feature, ...] = (
    Feature("pitch_class_entropy", "bits", "entropy of pitch classes over all notes (MuSpy)"),
)


def measure(tune: Tune) -> dict[str, float]:
    """Every feature of a tune by name, NaN where it cannot be known; also "bars", its length."""
    return {feature.name: nan for feature in FEATURES} | {"bars": float(len(tune.bars))}
