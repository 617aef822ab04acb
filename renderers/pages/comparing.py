"""An old and a new excerpt side by side in one picture, with the bars that differ in colour.

The ABC is that of the new one; lines of the old one stand in it behind `%%was `, and each says which of its bars
differ: `%%changed 2 3`, counted from 1.
Not covered: more of each than one page; what a text without such lines looks like, which is refused.
"""

import io
import re
from collections.abc import Collection, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from renderers.errors import InputRefused
from renderers.pages.engraving import engrave
from renderers.pages.painting import paint
from renderers.pages.paper import Paper
from renderers.score.musicxml import convert

HALF = Paper(width=720, height=2400, margin=24, trimmed=True, zoom=0.75)
OLD, NEW = "#b45309", "#1d4ed8"  # told apart by those who see red and green alike, too
GUTTER, RULE = 24, "#9ca3af"
_WAS, _CHANGED = "%%was ", "%%changed "
_MEASURE = re.compile(r'<g (?=[^>]*class="measure")')


def draw_comparison(abc: str, *, fonts: Sequence[Path]) -> bytes:
    """The picture, as PNG. Raises InputRefused."""
    lines = abc.splitlines()
    old = [line.removeprefix(_WAS) for line in lines if line.startswith(_WAS)]
    new = [line for line in lines if not line.startswith(_WAS)]
    if not old:
        raise InputRefused
    halves = [_half(text, colour, fonts) for text, colour in ((old, OLD), (new, NEW))]
    pictures = [Image.open(io.BytesIO(half)).convert("RGB") for half in halves]
    width = sum(picture.width for picture in pictures) + GUTTER
    height = max(picture.height for picture in pictures)
    whole = Image.new("RGB", (width, height), "white")
    whole.paste(pictures[0], (0, 0))
    whole.paste(pictures[1], (pictures[0].width + GUTTER, 0))
    middle = pictures[0].width + GUTTER // 2
    ImageDraw.Draw(whole).line([(middle, GUTTER), (middle, height - GUTTER)], fill=RULE, width=2)
    out = io.BytesIO()
    whole.save(out, "PNG", optimize=True)
    return out.getvalue()


def _half(lines: Sequence[str], colour: str, fonts: Sequence[Path]) -> bytes:
    marks = next((line.removeprefix(_CHANGED) for line in lines if line.startswith(_CHANGED)), "")
    numbers = {int(word) for word in marks.split() if word.isdecimal()}
    conversion = convert("\n".join(line for line in lines if not line.startswith(_CHANGED)) + "\n")
    page = engrave(conversion.musicxml, title=conversion.title, composer="", paper=HALF)[0]
    return paint(coloured(page, numbers, colour), fonts=fonts)


def coloured(svg: str, measures: Collection[int], colour: str) -> str:
    """A page with some of its measures, counted from 1, in a colour."""
    number = 0

    def exchange(found: re.Match[str]) -> str:
        nonlocal number
        number += 1
        return f'{found[0]}color="{colour}" fill="{colour}" ' if number in measures else found[0]

    return _MEASURE.sub(exchange, svg)
