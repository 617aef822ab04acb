"""How well the music fills its pages: a lone bar on the last line, or a lone line on the last page, looks forgotten.

Bars and systems (lines of music) are counted in verovio's SVG.
"""

from collections.abc import Sequence

_SYSTEM, _MEASURE = 'class="system"', 'class="measure"'


def measure_imbalance(pages: Sequence[str]) -> float:
    """0 when the last line is as full as the others and the last page as full as the first; up to 2 when not.

    pages: at least one, as SVG.
    """
    systems = [count_bars(page) for page in pages]
    bars = [num_bars for page in systems for num_bars in page]
    if len(bars) < 2:
        return 0.0
    mean_bars = sum(bars[:-1]) / len(bars[:-1])
    emptiness_of_line = max(0.0, 1 - bars[-1] / mean_bars) if mean_bars else 0.0
    emptiness_of_page = max(0.0, 1 - len(systems[-1]) / max(1, len(systems[0]))) if len(pages) > 1 else 0.0
    return emptiness_of_line + emptiness_of_page


def count_bars(page: str) -> list[int]:
    """The bars of each system on a page."""
    return [system.count(_MEASURE) for system in page.split(_SYSTEM)[1:]]
