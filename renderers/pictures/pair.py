"""Two pages beside each other in one picture, each under a letter, so that neither comes first by more than its place.

Promises: both are as wide as each other, whatever size they came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageDraw, ImageOps

from renderers.pictures.lettering import write

PAGE_WIDTH = 1000  # each, in pixels
HEAD_PX, LETTER_PX = 84, 56
GUTTER = 40
PALE = 170
ROW_WIDTH, MARGIN_PX, LEAST_ROW_PX, ROOM_PX = 1200, 110, 160, 16


def draw_pair(pages: Sequence[bytes | None], *, letters: Sequence[str]) -> bytes:
    """A PNG. pages: PNGs; None, or one that cannot be read, leaves its place empty. letters: what stands above each."""
    halves = [_half(page) for page in pages]
    height = HEAD_PX + max((half.height for half in halves if half is not None), default=PAGE_WIDTH // 4)
    whole = Image.new("L", (PAGE_WIDTH * len(halves) + GUTTER * (len(halves) - 1), height), 255)
    for place, (half, letter) in enumerate(zip(halves, letters, strict=True)):
        left = place * (PAGE_WIDTH + GUTTER)
        write(whole, (left + PAGE_WIDTH // 2 - LETTER_PX // 3, 10), letter, size=LETTER_PX, width=PAGE_WIDTH, bold=True)
        if half is not None:
            whole.paste(half, (left, HEAD_PX))
        if place:
            middle = left - GUTTER // 2
            ImageDraw.Draw(whole).line((middle, GUTTER, middle, height - GUTTER), fill=PALE, width=3)
    content = BytesIO()
    whole.save(content, "PNG", optimize=True)
    return content.getvalue()


def _half(page: bytes | None) -> Image.Image | None:
    if page is None:
        return None
    with suppress(OSError):
        image = Image.open(BytesIO(page)).convert("L")
        height = max(1, round(image.height * PAGE_WIDTH / image.width))
        return image.resize((PAGE_WIDTH, height), Image.Resampling.LANCZOS)
    return None


def draw_rows(pages: Sequence[bytes | None], *, letters: Sequence[str]) -> bytes:
    """A PNG of short music below each other, without the empty part of its page, each beside its letter.

    All is as large as the others: the widest fills the picture.
    """
    found = [_trimmed(page) for page in pages]
    widest = max((row.width for row in found if row is not None), default=ROW_WIDTH)
    rows = [None if row is None else _scaled(row, ROW_WIDTH / widest) for row in found]
    heights = [max(LEAST_ROW_PX, row.height if row else 0) for row in rows]
    whole = Image.new("L", (MARGIN_PX + ROW_WIDTH + GUTTER, sum(heights) + GUTTER * (len(rows) + 1)), 255)
    top = GUTTER
    for row, letter, height in zip(rows, letters, heights, strict=True):
        write(whole, (GUTTER, top + height // 2 - LETTER_PX), letter, size=LETTER_PX, width=MARGIN_PX, bold=True)
        if row is not None:
            whole.paste(row, (MARGIN_PX, top))
        top += height + GUTTER
        if top < whole.height - GUTTER:
            line = top - GUTTER // 2
            ImageDraw.Draw(whole).line((GUTTER, line, whole.width - GUTTER, line), fill=PALE, width=3)
    content = BytesIO()
    whole.save(content, "PNG", optimize=True)
    return content.getvalue()


def _trimmed(page: bytes | None) -> Image.Image | None:
    """What stands on a page."""
    if page is None:
        return None
    with suppress(OSError):
        image = Image.open(BytesIO(page)).convert("L")
        box = ImageOps.invert(image).getbbox()
        if box is not None:
            left, upper, right, lower = box
            return image.crop((max(0, left - ROOM_PX), max(0, upper - ROOM_PX), right + ROOM_PX, lower + ROOM_PX))
    return None


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return image.resize(size, Image.Resampling.LANCZOS)
