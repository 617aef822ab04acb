"""The figures of an evaluation as they stand on the model card; what was not measured says so."""

from collections.abc import Mapping, Sequence
from typing import Any

UNMEASURED = "not measured"
Figures = Mapping[str, Any]


def bits(group: Figures | None) -> str:
    """Bits per character with three decimals."""
    return UNMEASURED if group is None else f"{group['bits_per_character']:.3f}"


def bits_in(group: Figures | None) -> str:
    """For example "1.086 (1.05–1.12)"; the interval where there is one."""
    if group is None or "interval" not in group:
        return bits(group)
    low, high = group["interval"]
    return f"{bits(group)} ({low:.2f}–{high:.2f})"


def number(value: Any) -> str:
    """A whole number with separators."""
    return UNMEASURED if value is None else f"{int(value):,}"


def number_in(figure: Sequence[float] | None, digits: int) -> str:
    """For example "1.28 (1.25–1.31)" from [value, low, high]."""
    if figure is None:
        return UNMEASURED
    value, low, high = figure
    return f"{value:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def percent(value: Any) -> str:
    """A share in percent."""
    return UNMEASURED if value is None else f"{100 * float(value):.1f} %"


def percent_in(figure: Sequence[float] | None, digits: int = 1) -> str:
    """For example "61.4 % (60.2–62.6)" from [share, low, high]."""
    if figure is None:
        return UNMEASURED
    value, low, high = (100 * part for part in figure)
    return f"{value:.{digits}f} % ({low:.{digits}f}–{high:.{digits}f})"
