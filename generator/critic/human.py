"""What is usual in human music of a style, and how near to it a tune is.

Promises: every style has something to be compared with; `liking` is always a number.
Not covered: quality. A dull piece can be usual in every respect.

The figures come from `generator/training/shipped`, `humans.py` for features and `grades.py` for grades: excerpts of 8,
16 and 32 bars of pieces trained on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import isclose, isnan
from pathlib import Path
from statistics import fmean
from typing import Any

from config.files import load_toml
from generator.catalogue.style import Style
from generator.critic.features import FEATURES, SIDES, Feature
from generator.critic.grade import GRADES
from generator.critic.judgement import Comparison, HumanReport, Near

HUMAN_FILE, GRADES_FILE = Path(__file__).parent / "human.json", Path(__file__).parent / "grades.json"
LENGTHS_BARS = (8, 16, 32)
PERCENTILES = (5, 25, 50, 75, 95)
SPREAD = ("low", "lower", "middle", "upper", "high")  # what a spread calls them
FEWEST_PIECES = 20  # of fewer, percentiles say little
ALL = "all pieces"
ROUNDING = 5e-3  # percentiles are written with three digits
MAX_ODDNESS = 9.0  # three times as far from the middle half as the 95th percentile: beyond, worse is not stranger
MISSING = 2.0
GRADE_WEIGHT = 0.5  # of the grades in liking; the sides of music have the rest
LEAST_SHARE_OF_RANGE = 0.05  # of the middle 90 % of all pieces
LEAST_TAIL = 0.015


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Percentiles 5, 25, 50, 75 and 95 of one feature."""

    low: float
    lower: float
    middle: float
    upper: float
    high: float

    def contains(self, value: float) -> bool:
        """Whether a value is inside the middle 90 %."""
        return self.low <= value <= self.high or any(
            isclose(value, limit, rel_tol=ROUNDING, abs_tol=ROUNDING**2) for limit in (self.low, self.high)
        )

    def oddness(self, value: float, least_tail: float) -> float:
        """0 inside the middle half, 1 at the 5th and 95th percentile, beyond with the square; at most MAX_ODDNESS.

        least_tail: no smaller distance from a quartile to the percentile beyond it is believed.
        """
        beyond, tail = max((value - self.upper, self.high - self.upper), (self.lower - value, self.lower - self.low))
        return min((max(beyond, 0) / max(tail, least_tail)) ** 2, MAX_ODDNESS)


@dataclass(frozen=True)
class Group:
    """Human pieces of one kind and length. spreads: by feature; those that are seldom known are left out."""

    name: str
    bars: int
    pieces: int
    spreads: Mapping[str, Spread]

    @property
    def title(self) -> str:
        """For a person: "Chopin, Frederic / Keyboard"."""
        return self.name.rpartition(" | ")[2]


class Humans:
    """Percentiles of human pieces. Made by `load_humans`.

    groups: by name, each in several lengths; there is one of all pieces. grades: the same of the grades, by
    instrumentation; none: nothing is graded.
    """

    def __init__(
        self, groups: Mapping[str, Sequence[Group]], grades: Mapping[str, Sequence[Group]] | None = None
    ) -> None:
        self.groups, self.grades = groups, grades or {}
        self.least_tails = {
            name: max(LEAST_SHARE_OF_RANGE * (spread.high - spread.low), LEAST_TAIL)
            for groups in (self.groups, self.grades)
            if ALL in groups
            for name, spread in groups[ALL][0].spreads.items()
        }

    def group(self, style: Style, bars: float) -> Group:
        """The nearest pieces: of the style, else of its instruments in its period, else of its family, else all.

        Of several lengths the one nearest to `bars`.
        """
        lengths = next(self.groups[name] for name in group_names(style) if name in self.groups)
        return min(lengths, key=lambda group: abs(group.bars - bars))

    def compare(self, measured: Mapping[str, float], style: Style) -> tuple[Comparison, ...]:
        """Every feature that is known of the tune and of the nearest group of human pieces that is large enough."""
        group = self.group(style, measured["bars"])
        of = f"{group.title} ({group.pieces} pieces)"
        return tuple(
            Comparison(
                name=feature.name,
                unit=feature.unit,
                value=value,
                low=spread.low,
                high=spread.high,
                inside=spread.contains(value),
                of=of,
            )
            for feature in FEATURES
            if not isnan(value := measured[feature.name]) and (spread := group.spreads.get(feature.name))
        )

    def report(self, measured: Mapping[str, float], style: Style) -> HumanReport:
        """What `compare` says, to be shown."""
        group = self.group(style, measured["bars"])
        near = group_names(style)[group.name]
        return HumanReport(group.title, group.pieces, near, self.compare(measured, style))

    def liking(self, measured: Mapping[str, float], style: Style) -> float:
        """How near the tune is to human pieces of the style: 0 to -MAX_ODDNESS, higher is nearer, never NaN.

        Minus the oddness of the features, mean of each side of music, then of all sides: rhythm has many features, the
        ending few, and both are heard; half of it is that of the grades. Nothing is gained in the middle half, so that
        the best is not the most average.
        """
        spreads = self.group(style, measured["bars"]).spreads
        sides = [self._side(features, measured, spreads) for features in SIDES.values()]
        liking = -fmean(fmean(side) for side in sides if side)
        # Nobody misses a raised seventh in major.
        known = {name: value for name, value in measured.items() if not isnan(value)}
        if grades := self._side(GRADES, known, self._grade_spreads(style, measured["bars"])):
            liking -= GRADE_WEIGHT * (fmean(grades) + liking)
        return liking

    def _grade_spreads(self, style: Style, bars: float) -> Mapping[str, Spread]:
        lengths = self.grades.get(style.instrumentation) or self.grades.get(ALL) or ()
        return min(lengths, key=lambda group: abs(group.bars - bars)).spreads if lengths else {}

    def _side(
        self, features: Iterable[Feature], measured: Mapping[str, float], spreads: Mapping[str, Spread]
    ) -> list[float]:
        """How odd each feature is that is known of human pieces and was looked at."""
        return [
            self.oddness(feature.name, measured[feature.name], spreads)
            for feature in features
            if feature.name in spreads and feature.name in measured
        ]

    def oddness(self, name: str, value: float, spreads: Mapping[str, Spread]) -> float:
        """How odd the value of a feature is; MISSING for one that most human pieces have and the tune has not."""
        return MISSING if isnan(value) else spreads[name].oddness(value, self.least_tails.get(name, LEAST_TAIL))


def group_names(style: Style) -> dict[str, Near]:
    """The groups of human pieces that a style belongs to, the nearest first, and how near they are."""
    family = style.family or _families().get(style.instrumentation, "unknown")
    return {
        f"{style.period} | {style.composer} / {style.instrumentation}": Near.STYLE,
        f"{style.period} / {style.instrumentation}": Near.PERIOD,
        f"{family} of all periods": Near.FAMILY,
        ALL: Near.ALL,
    }


@cache
def _families() -> dict[str, str]:
    return {entry["name"]: entry["family"] for entry in load_toml("words.toml")["instrumentations"]}


@cache
def load_humans() -> Humans:
    """The figures that ship, read once."""
    groups, grades = (parse_groups(json.loads(file.read_text("ascii"))) for file in (HUMAN_FILE, GRADES_FILE))
    return Humans(groups, grades)


def parse_groups(figures: Mapping[str, Any]) -> dict[str, tuple[Group, ...]]:
    """The groups of a `human.json`."""
    names = figures["features"]
    return {
        group: tuple(
            Group(group, int(bars), entry["pieces"], _parse_spreads(names, entry["percentiles"]))
            for bars, entry in lengths.items()
        )
        for group, lengths in figures["groups"].items()
    }


def _parse_spreads(names: Iterable[str], rows: Iterable[Sequence[float] | None]) -> dict[str, Spread]:
    """Percentiles by feature."""
    return {
        name: Spread(**dict(zip(SPREAD, row, strict=True)))
        for name, row in zip(names, rows, strict=True)
        if row is not None
    }
