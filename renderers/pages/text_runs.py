"""The text within verovio's SVG: what is set from one place, in which style; and how long lines are broken."""

import re
import textwrap
import unicodedata
from dataclasses import dataclass, replace

from lxml import etree

from renderers.pages.fonts import TEXT_FAMILY

BOLD_CLASSES = frozenset({"ending", "fing", "reh", "tempo"})  # verovio's style sheet makes these bold, and those italic
ITALIC_CLASSES = frozenset({"dir", "dynam", "mNum"})
LABEL = "label"  # is never bold
STYLED_CLASSES = BOLD_CLASSES | ITALIC_CLASSES | {LABEL}
STYLED_BY = ("font-size", "font-family", "font-weight", "font-style", "text-anchor")

_BLANKS = re.compile(r"[ \t\r\n]+")  # SVG takes several for one; a no-break space stays
_JOINER = "\u2060"  # no width, and nowhere to break


def num_columns(text: str) -> int:
    """How long a line is, in letters; signs of Chinese, Japanese and Korean count double."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def wrap(text: str, max_columns: int) -> list[str]:
    """Lines of at most so many letters, broken at spaces where there are any."""
    spread = "".join(f"{char}{_JOINER}" if num_columns(char) == 2 else char for char in text)
    return [line.replace(_JOINER, "") for line in textwrap.wrap(spread, max_columns)]


def wrap_evenly(text: str, max_columns: int) -> list[str]:
    """As many lines as `wrap` makes, about as long as each other: no lone word on the last one."""
    lines = wrap(text, max_columns)
    if len(lines) < 2:
        return lines
    widths = range(num_columns(text) // len(lines), max_columns)
    return next((even for width in widths if len(even := wrap(text, width)) == len(lines)), lines)


@dataclass(frozen=True, kw_only=True)
class TextStyle:
    """How a run of letters looks. size: of an em, in the page's units; anchor: which end of it stands at its place."""

    size: float = 0.0
    family: str = TEXT_FAMILY
    bold: bool = False
    italic: bool = False
    anchor: str = "start"

    def under(self, element: etree._Element) -> "TextStyle":
        """The style of an element that stands in this one."""
        classes = set((element.get("class") or "").split())
        if not (classes & STYLED_CLASSES or any(name in element.attrib for name in STYLED_BY)):
            return self  # as most groups, which hold signs of music
        weight, slant, size = element.get("font-weight"), element.get("font-style"), element.get("font-size")
        return replace(
            self,
            size=float(size.removesuffix("px")) if size else self.size,
            family=element.get("font-family") or self.family,
            bold=weight == "bold" if weight else (self.bold or bool(classes & BOLD_CLASSES)) and LABEL not in classes,
            italic=slant == "italic" if slant else self.italic or bool(classes & ITALIC_CLASSES),
            anchor=element.get("text-anchor") or self.anchor,
        )


@dataclass
class Chunk:
    """Text that is set from one place, or around it, or up to it."""

    x: float
    y: float
    anchor: str
    runs: list[tuple[str, TextStyle]]

    def start(self, width: float) -> float:
        """Where its first letter stands, if it is so wide."""
        return self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]


def collect_text(element: etree._Element, outer: TextStyle, chunks: list[Chunk]) -> None:
    """Add what stands in an element. Each element with a place of its own begins a chunk."""
    style = outer.under(element)
    if element.get("x") or not chunks:
        chunks.append(Chunk(float(element.get("x") or 0), float(element.get("y") or 0), style.anchor, []))
    if element.text and style.size:  # verovio's indentation has size 0
        chunks[-1].runs.append((_BLANKS.sub(" ", element.text), style))
    for child in element.iterchildren(etree.Element):
        collect_text(child, style, chunks)
        if child.tail and style.size:
            chunks[-1].runs.append((_BLANKS.sub(" ", child.tail), style))
