"""A figure: what was seen in every round, of us and of another version by turns."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """now, before: one number for each round, in the unit; of `before` none where no other version took part."""

    name: str
    unit: str
    now: tuple[float, ...]
    before: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        """Of what was seen of us."""
        return statistics.median(self.now)

    @property
    def ratio(self) -> float | None:
        """The median of ours divided by the other's in each round."""
        pairs = [ours / theirs for ours, theirs in zip(self.now, self.before, strict=False) if theirs]
        return statistics.median(pairs) if pairs else None

    def to_json(self) -> dict[str, Any]:
        """Everything by name, with the ratio."""
        return {**asdict(self), "ratio": self.ratio}


def table(figures: Iterable[Figure]) -> str:
    """To read: a line for each."""
    lines = [f"{'':<58} {'now':>12} {'before':>12} {'now / before':>13}"]
    for figure in figures:
        before = number(statistics.median(figure.before), figure.unit) if figure.before else ""
        ratio = f"{figure.ratio:.3f}" if figure.ratio is not None else ""
        lines.append(f"{figure.name:<58} {number(figure.median, figure.unit):>12} {before:>12} {ratio:>13}".rstrip())
    return "\n".join(lines)


def number(value: float, unit: str) -> str:
    """Four digits that count at most: "0.412 s", "0.5529 bits", "203 MiB"."""
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.4g} {unit}"
