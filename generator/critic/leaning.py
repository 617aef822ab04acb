"""What the network that ships writes less or more of than people do, so that what it seldom does can be chosen.

Of several candidates one that is as chromatic, or comes back to itself as often, as people's pieces is worth more than
its nearness to the middle of people's pieces says: most that the network writes lies on one side of that middle.
Promises: a feature that is not known counts as usual; no single feature decides.
Not covered: other weights, which lean elsewhere.

`generator/evaluation/leaning.py` makes the file, from composed pieces beside people's of the same styles and lengths.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from math import isnan
from pathlib import Path

LEANING_FILE = Path(__file__).parent / "leaning.json"
FURTHEST = 5.0  # spreads from the mean


@dataclass(frozen=True)
class Lean:
    """One feature: mean and spread of human pieces, and what a spread more of it is worth."""

    mean: float
    spread: float
    worth: float


@dataclass(frozen=True)
class Leaning:
    """By feature. weights: the SHA-256 of those whose leaning it is."""

    weights: str
    features: Mapping[str, Lean]

    def worth(self, measured: Mapping[str, float]) -> float:
        """How much more of people's music than of the network's is in a tune; the difference of two tunes counts."""
        return sum(
            lean.worth * max(-FURTHEST, min(FURTHEST, (value - lean.mean) / lean.spread))
            for name, lean in self.features.items()
            if lean.spread and not isnan(value := measured.get(name, lean.mean))
        )

    def to_json(self) -> str:
        """One line for each feature."""
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(asdict(lean))}" for name, lean in self.features.items())
        return f'{{"weights": {json.dumps(self.weights)},\n"features": {{\n{lines}\n}}}}\n'


def parse_leaning(text: str) -> Leaning:
    """What `to_json` wrote."""
    figures = json.loads(text)
    return Leaning(figures["weights"], {name: Lean(**lean) for name, lean in figures["features"].items()})


@cache
def shipped_leaning() -> Leaning:
    """That of the weights that ship, read once."""
    return parse_leaning(LEANING_FILE.read_text("ascii"))
