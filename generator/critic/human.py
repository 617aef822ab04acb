"""What is usual in human music of a style, and how near to it a tune is.

Promises: every style has something to be compared with; `liking` is always a number.
Not covered: quality. A dull piece can be usual in every respect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from generator.styles import Style


@dataclass(frozen=True)
class Comparison:
    """One feature of a tune beside the middle 90 % (low to high) of human pieces.

    of: which pieces and how many, for example "Chopin, Frederic / Keyboard (61 pieces)".
    """

    name: str
    unit: str
    value: float
    low: float
    high: float
    inside: bool
    of: str


class Humans:
    """Percentiles of human pieces. Made by `load_humans`."""

    def compare(self, measured: Mapping[str, float], style: Style) -> tuple[Comparison, ...]:
        """Every known feature beside the nearest group of human pieces that is large enough."""
        return ()

    def liking(self, measured: Mapping[str, float], style: Style) -> float:
        """How near the tune is to human pieces of the style: at most 0, higher is nearer, never NaN."""
        return 0.0


@cache
def load_humans() -> Humans:
    """The figures that ship, read once."""
    return Humans()
