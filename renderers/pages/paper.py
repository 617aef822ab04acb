"""What pages are made of: a phone's screen, A4, Letter, and how large the music is on them.

Promises: plain values. Not covered: what somebody asks for (`printing.py`), and the engraving itself.
"""

import math
from dataclasses import dataclass, replace

from renderers.pages.printing import Printing, Size

PRINT_DPI = 150
POINTS = 72  # an inch
MM = 25.4  # an inch
STAFF_PX = 72  # from the lowest to the highest line, at verovio's 100 %
STAFF_AND_ROOM = 2.1  # a staff and the room to the next, in staves
TITLE_ROOM_PX = 150
LARGE_STAFF_MM = 10.2  # the least in large print is 10
LARGE_TEXT = 1.35  # beside that of other print: 18 points for a composer's name
MARGIN_MM = 15.24


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A page: width, height and margins in pixels. `trimmed` cuts it off below the music.

    zoom: how large the music is beside that on a phone. least_scale: how small it may be, in verovio's percent.
    legible_scale: the same, unless a line of all staves would be higher than the page then.
    text: how large titles are beside those on a phone. bare: without header and footer. tallest: how high a line of
    music may make a page that is trimmed.
    """

    width: int
    height: int
    margin: int
    trimmed: bool
    zoom: float = 1.0
    least_scale: int = 0
    legible_scale: int = 0
    text: float = 1.0
    bare: bool = False
    tallest: int = 0

    def smallest_scale(self, num_staves: int) -> int:
        """How small so many staves may be, in verovio's percent."""
        room_px = max(self.height, self.tallest) - 2 * self.margin - TITLE_ROOM_PX
        highest = math.floor(100 * room_px / (STAFF_PX * STAFF_AND_ROOM * max(1, num_staves)))
        return max(self.least_scale, min(self.legible_scale, highest))

    @property
    def width_pt(self) -> float:
        """How wide it is printed, in points."""
        return self.width * POINTS / PRINT_DPI


def scale_for(staff_mm: float) -> int:
    """The scale in percent at which a staff is as high in print."""
    return math.ceil(staff_mm / MM * PRINT_DPI / STAFF_PX * 100)


def _sheet(width_mm: float, height_mm: float) -> Paper:
    width, height, margin = (round(length / MM * PRINT_DPI) for length in (width_mm, height_mm, MARGIN_MM))
    return Paper(width=width, height=height, margin=margin, trimmed=False, zoom=0.8)


# A staff of 13 pixels where a picture is shown 400 wide: three from line to line. The whole screen of a phone that is
# held upright is 2.2 times as high as wide: an orchestra of 30 staves fills it.
PHONE = Paper(width=1080, height=1720, margin=36, trimmed=True, legible_scale=49, tallest=2480)
A4, LETTER = _sheet(210, 297), _sheet(215.9, 279.4)
SHEETS = {Size.A4: A4, Size.LETTER: LETTER}


def paper_for(printing: Printing) -> Paper:
    """What somebody wants it printed on."""
    sheet = SHEETS[printing.size]
    return replace(sheet, least_scale=scale_for(LARGE_STAFF_MM), text=LARGE_TEXT) if printing.large else sheet
