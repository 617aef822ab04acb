"""How well the music fills its pages: a lone bar on the last line, or a lone line on the last page, looks forgotten.

Bars and systems (lines of music) are counted in verovio's page-based MEI, which costs a twentieth of drawing the pages.
"""

import math
from collections.abc import Sequence

ROOM_IN_LINES = 0.4  # of a line: so much of the last one finds a place in those before, which are not quite full
ROOM_ON_A_PAGE = 0.9  # of a line, as high as it is then

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


def expect_imbalance(pages: Layout, *, size: float) -> float:
    """What `measure_imbalance` will probably say when the music is smaller. size: of what it is now, at most 1.

    All bars are taken to be as wide as the mean, so it errs by .2 in the median, but where it sees no gain there is
    hardly ever one. pages: at least one.
    """
    bars = [num_bars for systems in pages for num_bars in systems]
    if not any(bars[:-1]):
        return 0.0
    mean_bars = sum(bars[:-1]) / len(bars[:-1])
    length = (len(bars) - 1 + min(1.0, bars[-1] / mean_bars)) * size  # in lines
    num_lines = max(1, math.ceil(length - ROOM_IN_LINES))
    emptiness_of_line = min(1.0, max(0.0, num_lines - length))
    lines_of_page = max(1, math.floor(len(pages[0]) / size + ROOM_ON_A_PAGE))
    if len(pages) < 2 or num_lines <= lines_of_page:
        return emptiness_of_line
    return emptiness_of_line + 1 - (num_lines % lines_of_page or lines_of_page) / lines_of_page


def read_layout(mei: str) -> Layout:
    """The bars of each system on each page of a page-based MEI."""
    pages = mei.split(_PAGE)[1:]
    return [[system.count(_MEASURE) for system in page.split(_SYSTEM)[1:]] for page in pages]
