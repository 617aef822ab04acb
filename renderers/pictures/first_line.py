"""The first line of music of an engraved page: all its staves from side to side, without title and composer.

Found in the picture itself, so pages of any age and maker will do. Not covered: pages without staff lines; of those the
upper part is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

DARK = 200  # a line that falls between two rows of the picture is light grey on both
LINE_SHARE = 0.6  # of the page's width that a staff line crosses
STAFF_GAP_PX = 40  # lines closer together than this are of one staff
ROOM_PX = 46  # above and below: ledger lines, slurs, dynamics
MOST_ROOM_PX = 130  # above, where a sign, such as the tempo, would be cut through
WITHOUT_STAVES = 0.2  # of the height that is taken then

Rows = list[tuple[int, int]]


def first_line(page: Path | bytes) -> Image.Image:
    """The picture, in grey. page: a PNG as `renderers.pages` makes it. Raises OSError for what is none."""
    image = Image.open(BytesIO(page) if isinstance(page, bytes) else page).convert("L")
    dark = np.asarray(image) < DARK
    staves = _staves(dark)
    if not staves:
        return image.crop((0, 0, image.width, max(1, round(image.height * WITHOUT_STAVES))))
    last = _last_of_system(dark, staves)
    top, bottom = staves[0][0], staves[last][1]
    below = staves[last + 1][0] if last + 1 < len(staves) else image.height
    inked = np.asarray(dark.any(axis=1))
    upper = _blank_row(inked, range(max(0, top - ROOM_PX), max(0, top - MOST_ROOM_PX), -1))
    lower = _blank_row(inked, range(min(bottom + ROOM_PX, (bottom + below) // 2), (bottom + below) // 2))
    return image.crop((0, upper, image.width, lower + 1))


def _blank_row(inked: np.ndarray, rows: range) -> int:
    """The first of these rows where nothing stands, so that no sign is cut through; else the first of all."""
    return next((row for row in rows if not inked[row]), rows.start)


def _staves(dark: np.ndarray) -> Rows:
    """First and last row of each staff, from above."""
    rows = np.flatnonzero(dark.mean(axis=1) > LINE_SHARE)
    staves: Rows = []
    for row in rows.tolist():
        if staves and row - staves[-1][1] < STAFF_GAP_PX:
            staves[-1] = staves[-1][0], row
        else:
            staves.append((row, row))
    return staves


def _last_of_system(dark: np.ndarray, staves: Sequence[tuple[int, int]]) -> int:
    """Which staff is the last that a line at the left holds together with the first."""
    last = 0
    left = int(np.flatnonzero(dark[staves[0][0]])[0])
    for number, (upper, lower) in enumerate(pairwise(staves), 1):
        between = dark[upper[1] : lower[0], max(0, left - 60) : left + 8]
        if not between.all(axis=0).any():
            break
        last = number
    return last
