"""Music of several in one picture, each with its letter, so that none comes first by more than its place.

Promises: pages beside each other are as wide as each other, whatever size they came in; rows below each other are drawn
at one scale.
"""

from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageDraw, ImageOps

from renderers.pictures.lettering import write

PAGE_WIDTH = 1000  # each, in pixels
HEAD_PX, LETTER_PX = 84, 56
GUTTER = 40  # in pixels, between two
PALE = 170
ROW_WIDTH, LEAST_ROW_PX = 1200, 160  # as wide, and at least as high, beside its letter
MARGIN_PX = 110  # where the letters of rows stand
ROOM_PX = 16  # white around what is cut out of a page


def draw_pair(pages: Sequence[bytes | None], *, letters: Sequence[str]) -> bytes:
    """A PNG. pages: PNGs; None, or one that cannot be read, leaves its place empty. letters: what stands above each."""
    found = [_opened(page) for page in pages]
    halves = [None if page is None else _scaled(page, PAGE_WIDTH / page.width) for page in found]
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
    return _png(whole)


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
    return _png(whole)


def _trimmed(page: bytes | None) -> Image.Image | None:
    """What stands on a page; None also for an empty one."""
    image = _opened(page)
    box = None if image is None else ImageOps.invert(image).getbbox()
    if image is None or box is None:
        return None
    left, upper, right, lower = box
    return image.crop((max(0, left - ROOM_PX), max(0, upper - ROOM_PX), right + ROOM_PX, lower + ROOM_PX))


def _opened(page: bytes | None) -> Image.Image | None:
    with suppress(OSError):
        return None if page is None else Image.open(BytesIO(page), formats=["PNG"]).convert("L")
    return None


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return image.resize(size, Image.Resampling.LANCZOS)


def _png(image: Image.Image) -> bytes:
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()
