"""What must hold of the model that ships, and whether it does.

Promises: a demand that was not measured is not met.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_BYTES = 24_000_000
Figures = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Demand:
    """One thing that must hold. value: what was measured, None if it was not; limit: in words; key: the card's row."""

    key: str
    what: str
    limit: str
    value: float | None
    met: bool


def demands(figures: Figures) -> list[dict[str, Any]]:
    """Every demand with what was measured."""
    valid = figures["validity"]
    return [
        asdict(demand)
        for demand in (
            _at_most("repair_cost", "patches sampled for each that was needed", 1.3, _first(valid["repair_cost"])),
            _below("bars_by_rule", "bars completed by rule", 0.01, _first(valid["bars_by_rule"])),
            _at_least("aligned", "pieces with all bars aligned", 1.0, _first(valid["aligned"])),
            _at_most(
                "bits", "held-out bits per character", 1.0, _at(figures, "held_out", "overall", "bits_per_character")
            ),
            _at_least(
                "period", "period heard right, of the classifier's own accuracy", 0.85, _of_its_own(figures, "period")
            ),
            _at_least(
                "composer",
                "composer heard right, of the classifier's own accuracy",
                0.6,
                _of_its_own(figures, "composer"),
            ),
            _at_most("copies", "pieces that copy", 0, _at(figures, "borrowing", "ours", "copies")),
            _at_most("speed", "seconds for 16 piano bars", 10, _at(figures, "speed", "median_s")),
            _at_most("bytes", "bytes of weights", MOST_BYTES, _at(figures, "weights", "bytes")),
        )
    ]


def _demand(key: str, what: str, words: str, value: float | None, holds: Callable[[float], bool]) -> Demand:
    return Demand(key=key, what=what, limit=words, value=value, met=value is not None and holds(value))


def _at_most(key: str, what: str, limit: float, value: float | None) -> Demand:
    return _demand(key, what, f"at most {limit:,}", value, lambda measured: measured <= limit)


def _below(key: str, what: str, limit: float, value: float | None) -> Demand:
    return _demand(key, what, f"below {limit:,}", value, lambda measured: measured < limit)


def _at_least(key: str, what: str, limit: float, value: float | None) -> Demand:
    return _demand(key, what, f"at least {limit:,}", value, lambda measured: measured >= limit)


def _of_its_own(figures: Figures, what: str) -> float | None:
    return _first(_at(figures, "classifiers", what, "of_its_own"))


def _at(figures: Any, *names: str) -> Any:
    """A figure deep inside, None if anything on the way is missing."""
    for name in names:
        figures = figures.get(name) if isinstance(figures, Mapping) else None
    return figures


def _first(figure: Any) -> float | None:
    return None if figure is None else float(figure[0])
