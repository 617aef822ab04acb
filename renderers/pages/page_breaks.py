"""How well the music fills its pages: a lone bar on the last line, or a lone line on the last page, looks forgotten.

Bars and systems (lines of music) are counted in verovio's page-based MEI, which costs a twentieth of drawing the pages.
"""

from collections.abc import Sequence

Layout = Sequence[Sequence[int]]  # the bars of each system on each page

_PAGE, _SYSTEM, _MEASURE = "<page ", "<system ", "<measure "


def measure_imbalance(pages: Layout) -> float:
    """0 when the last line is as full as the others and the last page as full as the first; up to 2 when not.

    pages: at least one.
    """
    bars = [num_bars for systems in pages for num_bars in systems]
    if len(bars) < 2:
        return 0.0
    mean_bars = sum(bars[:-1]) / len(bars[:-1])
    emptiness_of_line = max(0.0, 1 - bars[-1] / mean_bars) if mean_bars else 0.0
    emptiness_of_page = max(0.0, 1 - len(pages[-1]) / max(1, len(pages[0]))) if len(pages) > 1 else 0.0
    return emptiness_of_line + emptiness_of_page


def read_layout(mei: str) -> Layout:
    """The bars of each system on each page of a page-based MEI."""
    pages = mei.split(_PAGE)[1:]
    return [[system.count(_MEASURE) for system in page.split(_SYSTEM)[1:]] for page in pages]
