"""Words in a picture, in any script that the fonts of the pages have.

Not covered: letters that join, and lines from right to left with other words between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from bidi import algorithm
from PIL import Image, ImageDraw, ImageFont

from renderers.pages.fonts import TEXT_FAMILY
from renderers.pages.text_runs import num_columns, wrap
from renderers.pages.typefaces import CHINESE, Typecase, Typeface

MORE = "…"
NARROWEST = 0.3  # of its size, is a letter wide


def write(
    picture: Image.Image, place: tuple[int, int], text: str, *, size: int, width: int, bold: bool = False, ink: int = 0
) -> None:
    """One line of text, its upper left corner at `place`, cut off with dots where it is wider than `width` pixels."""
    draw = ImageDraw.Draw(picture)
    x, baseline = float(place[0]), place[1] + size
    for run, font in _runs(_fitting(text, size=size, width=width, bold=bold), size=size, bold=bold):
        draw.text((x, baseline), run, font=font, fill=ink, anchor="ls")
        x += font.getlength(run)


def _fitting(text: str, *, size: int, width: int, bold: bool) -> str:
    if length_of(text, size=size, bold=bold) <= width:
        return text
    while text and length_of(text + MORE, size=size, bold=bold) > width:
        text = text[:-1]
    return text.rstrip() + MORE


def length_of(text: str, *, size: int, bold: bool = False) -> float:
    """How wide a line of text is, in pixels."""
    return sum(font.getlength(run) for run, font in _runs(text, size=size, bold=bold))


def break_lines(text: str, *, size: int, width: int, bold: bool = False) -> list[str]:
    """Lines no wider than so many pixels, broken at spaces and between Chinese signs; words that are wider anywhere."""
    columns = max(1, min(num_columns(text), round(width / (size * NARROWEST))))
    lines = wrap(text, columns)
    while columns > 1 and any(length_of(line, size=size, bold=bold) > width for line in lines):
        columns -= 1
        lines = wrap(text, columns)
    return lines


def _runs(text: str, *, size: int, bold: bool) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
    """Neighbours that are written in one font; what no font has is left out."""
    shown = str(algorithm.get_display(text))
    case = Typecase(shown, family=TEXT_FAMILY, bold=bold, italic=False, eastern=CHINESE)
    run, before = "", None
    for char in shown:
        face = case.choose(char, before)
        if face is None:
            continue
        if face != before and run and before is not None:
            yield run, _font(before, size)
            run = ""
        run, before = run + char, face
    if run and before is not None:
        yield run, _font(before, size)


@cache
def _font(face: Typeface, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(face.path), size, index=face.index)
    if face.weight is not None:
        axes = font.get_variation_axes()
        font.set_variation_by_axes([_setting(axis, face.weight) for axis in axes])
    return font


def _setting(axis: Any, weight: int) -> float:
    """The usual of every axis but the weight."""
    name = axis["name"]
    return float(weight if name in (b"Weight", "Weight") else axis["default"])
