"""What the critic says about a finished tune, as data: measured once, for choosing, for the report card and the record.

Not covered: measuring (`judge.py`), and what needs no style to be measured (`card.py`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

FEWEST_NOTES = 7  # of a run that counts as shared; of fewer, there are too many everywhere


class Near(StrEnum):
    """What human pieces have in common with a style."""

    STYLE = "style"
    PERIOD = "period"
    FAMILY = "family"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True)
class HumanReport:
    """A tune beside human pieces. near: how near these are to its style; see Near."""

    group: str
    pieces: int
    near: Near
    comparisons: tuple[Comparison, ...]

    @property
    def inside(self) -> int:
        """How many features are inside the middle 90 %."""
        return sum(comparison.inside for comparison in self.comparisons)

    def to_json(self) -> dict[str, Any]:
        """For the `.json` beside a piece; those outside come first."""
        outside_first = sorted(self.comparisons, key=lambda comparison: comparison.inside)
        return {
            "of": self.group,
            "pieces": self.pieces,
            "near": self.near,
            "inside": self.inside,
            "figures": [
                {
                    "name": one.name,
                    "unit": one.unit,
                    "value": float(f"{one.value:.4g}"),
                    "low": one.low,
                    "high": one.high,
                    "inside": one.inside,
                }
                for one in outside_first
            ],
        }


@dataclass(frozen=True, kw_only=True)
class Originality:
    """What a tune shares with the piece that it shares most with.

    notes: of the longest run shared, without what comes back in it; piece: its name, empty if no run is shared;
    bar: where the run begins in the tune, counted from 0; limit: up to how many notes human pieces share with each
    other, 99 of 100; of: which human pieces.
    """

    notes: int
    piece: str
    source: str
    licence: str
    bar: int
    limit: int
    of: str

    @property
    def copied(self) -> bool:
        """Whether the tune shares more than human pieces share with each other."""
        return self.notes > self.limit

    def to_json(self) -> dict[str, Any]:
        """All figures, for the `.json` beside a piece."""
        return {**asdict(self), "copied": self.copied}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the critic says about one candidate.

    seed: what it was composed with; liking: higher is nearer to human pieces of the style; human, originality: None if
    the judge has not looked; unplayable: what of it nobody can play (`playable.py`).
    """

    seed: int
    liking: float
    unplayable: int = 0
    human: HumanReport | None = None
    originality: Originality | None = None

    @property
    def copied(self) -> bool:
        """Whether it shares more with a training piece than real pieces do with each other."""
        return self.originality is not None and self.originality.copied

    @property
    def is_faulty(self) -> bool:
        """Whether it is to be composed again."""
        return self.copied or self.unplayable > 0

    @property
    def excess(self) -> int:
        """Shared notes beyond the limit."""
        return self.originality.notes - self.originality.limit if self.originality else 0

    def to_json(self) -> dict[str, Any]:
        """For the list of candidates in the `.json` beside a piece."""
        shared = self.originality
        return {
            "seed": self.seed,
            "liking": self.liking,
            "shared_notes": shared.notes if shared else 0,
            "limit": shared.limit if shared else 0,
            "copied": self.copied,
            "unplayable": self.unplayable,
        }
