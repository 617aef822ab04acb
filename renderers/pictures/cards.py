"""Pieces below each other in one picture: a family tree, or a contact sheet. Each has its first line and some words.

What is promised: one width, which a telephone shows whole; what is too wide is cut off with dots. How many pieces there
may be is for the caller to bound: each takes `ROW_PX` of height.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from renderers.pictures.first_line import first_line
from renderers.pictures.lettering import write

WIDTH = 1080
MARGIN = 30
ROW_PX = 206
LINE_BOX = (500, 176)  # of the music, in pixels
STEP = 44  # to the right with every generation
MOST_STEPS = 8
GAP = 22
SIZES = (30, 25, 25, 25)  # of the lines of words
LEADING = 1.36
GREY, PALE = 110, 200


@dataclass(frozen=True, kw_only=True)
class Card:
    """One piece. page: its first page, None for one of which nothing may be seen. words: up to four lines.

    depth: generations below the first; parent: place of the card it comes from, None for none.
    marked: the one that was asked about.
    """

    words: Sequence[str]
    page: Path | bytes | None = None
    depth: int = 0
    parent: int | None = None
    marked: bool = False


def draw_cards(cards: Sequence[Card]) -> bytes:
    """A PNG, the cards from above in their order, a parent above its children."""
    picture = Image.new("L", (WIDTH, 2 * MARGIN + ROW_PX * len(cards)), 255)
    for number, card in enumerate(cards):
        if card.parent is not None:
            _join(picture, cards[card.parent], card, upper=card.parent, lower=number)
    for number, card in enumerate(cards):
        _draw(picture, card, number)
    content = BytesIO()
    picture.save(content, "PNG", optimize=True)
    return content.getvalue()


def _left(card: Card) -> int:
    return MARGIN + STEP * min(card.depth, MOST_STEPS)


def _top(number: int) -> int:
    return MARGIN + ROW_PX * number


def _join(picture: Image.Image, parent: Card, card: Card, *, upper: int, lower: int) -> None:
    """Down from the parent's left edge, then to the right."""
    x, y = _left(parent) + STEP // 2, _top(lower) + LINE_BOX[1] // 2
    draw = ImageDraw.Draw(picture)
    draw.line((x, _top(upper) + LINE_BOX[1], x, y), fill=GREY, width=3)
    draw.line((x, y, max(x, _left(card)), y), fill=GREY, width=3)


def _draw(picture: Image.Image, card: Card, number: int) -> None:
    left, top = _left(card), _top(number)
    width = LINE_BOX[0] - STEP * min(card.depth, MOST_STEPS) // 2
    box = (left, top, left + width, top + LINE_BOX[1])
    draw = ImageDraw.Draw(picture)
    draw.rectangle(box, fill=255, outline=0 if card.marked else PALE, width=5 if card.marked else 2)
    if card.page is not None:
        with suppress(OSError):  # a page that cannot be read leaves its place empty
            music = _music(card.page, width=width - 16, height=LINE_BOX[1] - 16)
            picture.paste(music, (left + 8, top + 8 + (LINE_BOX[1] - 16 - music.height) // 2))
    x, y = left + width + GAP, top + 4
    for line, (text, size) in enumerate(zip(card.words, SIZES, strict=False)):
        ink = 0 if line == 0 else GREY // 2
        write(picture, (x, y), text, size=size, width=WIDTH - MARGIN - x, bold=line == 0, ink=ink)
        y += round(size * LEADING)


def _music(page: Path | bytes, *, width: int, height: int) -> Image.Image:
    """As much of the beginning as fits: high enough to be read, cut off at the right."""
    line = first_line(page)
    scale = min(1.0, height / line.height, max(width / line.width, 0.62))
    line = line.resize(
        (max(1, round(line.width * scale)), max(1, round(line.height * scale))), Image.Resampling.LANCZOS
    )
    return line.crop((0, 0, min(width, line.width), line.height))
