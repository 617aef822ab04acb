"""Two pages beside each other in one picture, each under a letter, so that neither comes first by more than its place.

Promises: both are as wide as each other, whatever size they came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageDraw

from renderers.pictures.lettering import write

PAGE_WIDTH = 1000  # each, in pixels
HEAD_PX, LETTER_PX = 84, 56
GUTTER = 40
PALE = 170


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
