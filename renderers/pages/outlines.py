"""Verovio's SVG in, the painting operators of PDF out: every line stays a line, so that a printer sees no pixels.

What is covered: what verovio engraves with, black on white: paths, polygons, polylines, rectangles, ellipses, signs of
the music font, and text. What is not: colours, and SVG by anybody else.

Signs are written once and used often: as forms, which all pages of a document share. Text stays text, in fonts that
are embedded (`embedded_fonts.py`); where `scripts.py` has drawn it, its letters say of which font they are.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from lxml import etree

from renderers.pages.embedded_fonts import EmbeddedFont, SetText
from renderers.pages.fonts import TEXT_FAMILY
from renderers.pages.scripts import LETTERS, read_letters
from renderers.pages.text_runs import Chunk, TextStyle, collect_text
from renderers.pages.typefaces import Typeface, text_faces

HREF = "{http://www.w3.org/1999/xlink}href"
ROUND = 0.5523  # where the handles of a quarter of a circle are
HIDDEN = "placeholder"  # verovio's style sheet hides this class
CAPS = {"butt": 0, "round": 1, "square": 2}
JOINS = {"miter": 0, "round": 1, "bevel": 2}

_TRANSFORM = re.compile(r"(translate|scale|rotate)\(([^)]*)\)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Form:
    """A form XObject: operators that are used by their name. They are in its own units."""

    name: str
    operators: str


class _OperatorPen(BasePen):  # type: ignore[misc]
    """Writes outlines as PDF operators; BasePen turns the quadratic curves of TrueType into cubic ones."""

    def __init__(self) -> None:
        super().__init__(None)
        self.operators: list[str] = []

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802  # BasePen says so
        self.operators.append(f"{_numbers(*point)} m")

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{_numbers(*point)} l")

    def _curveToOne(  # noqa: N802
        self, first: tuple[float, float], second: tuple[float, float], end: tuple[float, float]
    ) -> None:
        self.operators.append(f"{_numbers(*first, *second, *end)} c")

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h")


class Typesetter:
    """The fonts of a document, and the forms that its pages use."""

    def __init__(self) -> None:
        self.fonts: dict[Typeface, EmbeddedFont] = {}
        self.forms: dict[str, Form] = {}

    def form(self, key: str, draw: Callable[[], str]) -> str:
        """The name of the form for `key`. draw: gives its operators, the first time."""
        if key not in self.forms:
            self.forms[key] = Form(f"F{len(self.forms)}", draw())
        return self.forms[key].name

    def font(self, face: Typeface) -> EmbeddedFont:
        """The font as this document has it."""
        if face not in self.fonts:
            self.fonts[face] = EmbeddedFont(face, f"T{len(self.fonts)}")
        return self.fonts[face]

    def set_chunk(self, chunk: Chunk) -> Iterator[SetText]:
        """A piece of text, each run from where the one before ends. Letters that its font has not are left out."""
        rows: list[tuple[EmbeddedFont, float, float, list[int]]] = []
        width = 0.0
        for text, style in chunk.runs:
            font = self.font(_choose_face(style))
            signs = []
            start = width
            for char in text:
                sign = font.sign_for(char)
                if sign is not None:
                    font.use(sign, char)
                    signs.append(sign)
                    width += font.advance(sign) * style.size / font.upem
            rows.append((font, style.size, start, signs))
        start = chunk.start(width)
        for font, size, place, signs in rows:
            if signs:
                yield SetText(font=font, size=size, rows=[(start + place, chunk.y, signs)])

    def set_letters(self, written: str) -> Iterator[SetText]:
        """Text that is drawn already, letter by letter. written: as `scripts.py` writes it."""
        for (face, em), letters in groupby(read_letters(written), key=lambda letter: (letter.face, letter.em)):
            font, rows = self.font(face), []
            for letter in letters:
                font.use(letter.glyph, letter.text)
                rows.append((letter.x, letter.y, (letter.glyph,)))
            yield SetText(font=font, size=em, rows=rows)


def _choose_face(style: TextStyle) -> Typeface:
    """Of verovio's own fonts the one that comes next to it."""
    faces = text_faces()
    wanted = (
        (style.family, style.bold, style.italic),
        (style.family, False, False),
        (TEXT_FAMILY, style.bold, style.italic),
    )
    return Typeface(next(faces[key] for key in wanted if key in faces))


def outline_page(svg: str, typesetter: Typesetter, *, width: float) -> tuple[list[str | SetText], float]:
    """One page as PDF operators, and its height. width, height: of the paper, in points.

    Text is to be written down when all pages are there.
    """
    page = etree.fromstring(svg.encode(), etree.XMLParser(huge_tree=True))
    inner = page.find("{*}svg")
    assert inner is not None, "verovio puts the music into an SVG within the SVG, in units of its own"
    _, _, units_wide, units_high = _numbers_of(inner, "viewBox")
    scale = width / units_wide
    height = units_high * scale
    signs = {f"#{sign.get('id')}": sign for sign in page.iterfind("{*}defs/{*}g")}
    painter = _Painter(signs, typesetter)
    painter.paint(inner, TextStyle())
    return [f"{_numbers(scale, 0, 0, -scale, 0, height)} cm", *painter.operators], height


class _Painter:
    def __init__(self, signs: dict[str, etree._Element], typesetter: Typesetter) -> None:
        self._signs = signs
        self._typesetter = typesetter
        self.operators: list[str | SetText] = []

    def paint(self, element: etree._Element, style: TextStyle) -> None:
        """Paint an element and all that is in it."""
        for child in element.iterchildren(etree.Element):
            kind = str(child.tag).rpartition("}")[2]
            if HIDDEN in (child.get("class") or "").split() or child.get("visibility") == "hidden":
                continue
            matrix = "".join(f"{m} cm " for m in _matrices(child.get("transform")))
            if matrix:
                self.operators.append(f"q {matrix}")
            if kind == "g":
                self.paint(child, style.under(child))
            elif kind == "use":
                self.operators.append(f"/{self._sign(str(child.get(HREF)))} Do")
            elif kind == "text":
                self._paint_text(child, style)
            elif LETTERS in child.attrib:
                self.operators += self._typesetter.set_letters(child.attrib[LETTERS])
            elif kind in _OUTLINES:
                self.operators.append(f"{_pen_settings(child)} {_OUTLINES[kind](child)} {_paint_operator(child)}")
            if matrix:
                self.operators.append("Q")

    def _sign(self, reference: str) -> str:
        """The form of a sign of the music font. Its name ends in the page's own letters: "#E050-n3z3h6g"."""
        return self._typesetter.form(reference.partition("-")[0], partial(_sign_outline, self._signs[reference]))

    def _paint_text(self, text: etree._Element, style: TextStyle) -> None:
        chunks: list[Chunk] = []
        collect_text(text, style, chunks)
        for chunk in chunks:
            self.operators += self._typesetter.set_chunk(chunk)


def _pen_settings(element: etree._Element) -> str:
    dashes = _numbers(*_numbers_of(element, "stroke-dasharray"))
    cap, join = element.get("stroke-linecap") or "butt", element.get("stroke-linejoin") or "miter"
    return f"{element.get('stroke-width') or 1} w {CAPS[cap]} J {JOINS[join]} j [{dashes}] 0 d"


def _paint_operator(element: etree._Element) -> str:
    """Everything has an outline; lines have nothing else."""
    is_line = element.get("fill") == "none" or etree.QName(element).localname == "polyline"
    return "S" if is_line else "B"


def _path_outline(element: etree._Element) -> str:
    pen = _OperatorPen()
    parse_path(element.get("d") or "", pen)
    return " ".join(pen.operators)


def _sign_outline(sign: etree._Element) -> str:
    operators = []
    for path in sign.iterfind("{*}path"):
        matrix = "".join(f"{m} cm " for m in _matrices(path.get("transform")))
        operators.append(f"q {matrix}{_path_outline(path)} f Q")  # a seam of its own would make it bold on screens
    return " ".join(operators)


def _polyline_outline(element: etree._Element) -> str:
    numbers = _numbers_of(element, "points")
    corners = [_numbers(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    return " ".join([f"{corners[0]} m", *(f"{corner} l" for corner in corners[1:])])


def _polygon_outline(element: etree._Element) -> str:
    return f"{_polyline_outline(element)} h"


def _rect_outline(element: etree._Element) -> str:
    return f"{_numbers(*_numbers_of(element, 'x', 'y', 'width', 'height'))} re"


def _ellipse_outline(element: etree._Element) -> str:
    x, y, rx, ry = _numbers_of(element, "cx", "cy", "rx", "ry")
    kx, ky = rx * ROUND, ry * ROUND
    quarters = (
        (x + rx, y + ky, x + kx, y + ry, x, y + ry),
        (x - kx, y + ry, x - rx, y + ky, x - rx, y),
        (x - rx, y - ky, x - kx, y - ry, x, y - ry),
        (x + kx, y - ry, x + rx, y - ky, x + rx, y),
    )
    return " ".join([f"{_numbers(x + rx, y)} m", *(f"{_numbers(*quarter)} c" for quarter in quarters), "h"])


_OUTLINES = {
    "path": _path_outline,
    "polyline": _polyline_outline,
    "polygon": _polygon_outline,
    "rect": _rect_outline,
    "ellipse": _ellipse_outline,
}


def _matrices(transform: str | None) -> Iterator[str]:
    """`translate(10, 20) scale(0.72, 0.72)` as PDF matrices, in order."""
    for name, written in _TRANSFORM.findall(transform or ""):
        values = [float(number) for number in _NUMBER.findall(written)]
        if name == "translate":
            yield _numbers(1, 0, 0, 1, *values)
        elif name == "scale":
            yield _numbers(values[0], 0, 0, values[-1], 0, 0)
        else:
            yield from _rotation(*values)


def _rotation(degrees: float, x: float = 0.0, y: float = 0.0) -> Iterator[str]:
    """Clockwise, as the y axis points down, around a point."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    yield _numbers(1, 0, 0, 1, x, y)
    yield _numbers(cosine, sine, -sine, cosine, 0, 0)
    yield _numbers(1, 0, 0, 1, -x, -y)


def _numbers_of(element: etree._Element, *attributes: str) -> list[float]:
    """All numbers that the attributes hold."""
    return [float(number) for name in attributes for number in _NUMBER.findall(element.get(name) or "")]


def _numbers(*values: float) -> str:
    return " ".join(f"{value:.4f}".rstrip("0").rstrip(".") for value in values)
