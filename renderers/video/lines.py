"""The lines of music of a score, each with the places of its note heads, measures and staves, in pixels.

Verovio's SVG says where everything stands; a note head is a sign of the music font, whose outline is measured once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import parse_path
from lxml import etree

from renderers.pages.engraving import engrave_lines
from renderers.score.note_ids import MEASURE
from renderers.video.shapes import Shape
from renderers.video.unisons import find_unisons

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
_MOVE = re.compile(r"translate\((-?[\d.]+), ?(-?[\d.]+)\)(?: scale\((-?[\d.]+))?")
_STAFF_LINE = re.compile(r"M(-?[\d.]+) (-?[\d.]+) L(-?[\d.]+) (-?[\d.]+)")


@dataclass(frozen=True)
class Box:
    """A rectangle, in pixels of its picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Its centre from left to right."""
        return (self.left + self.right) / 2

    def moved(self, x: float, y: float, zoom: float) -> "Box":
        """Larger, then shifted."""
        return Box(self.left * zoom + x, self.top * zoom + y, self.right * zoom + x, self.bottom * zoom + y)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of music. heads: by the id of a note. measures: of those that have a number, from the left, by it.

    staves: the first and the last line of its first and last staff, from the first barline to the last.
    only_heads: an SVG of nothing but the note heads.
    """

    svg: str
    only_heads: str
    width: int
    height: int
    heads: dict[str, Box]
    measures: dict[int, Box]
    staves: Box


def draw_lines(musicxml: str, shape: Shape) -> list[Line]:
    """The lines of a score whose notes have names, as wide as a video and as large as suits it. Raises InputRefused."""

    def rescale(scale: int, heights: Sequence[int]) -> int:
        usual, highest = sorted(heights)[len(heights) * 3 // 4], max(heights)
        fitting = [int(scale * shape.height / (number * usual)) for number in range(1, 1 + len(heights))]
        wanted = min([each for each in fitting if each >= shape.comfort] or fitting[:1])
        wanted = min(wanted, shape.largest, int(scale * shape.height / highest))
        return scale if abs(wanted - scale) <= 1 and highest <= shape.height else max(1, wanted)

    svgs = engrave_lines(musicxml, width=shape.width, margin=shape.margin, rescale=rescale)
    lines = [_read(svg) for svg in svgs]
    for names in find_unisons(musicxml):
        for line in lines:
            if box := next((line.heads[name] for name in names if name in line.heads), None):
                line.heads.update({name: box for name in names if name not in line.heads})
    return lines


def _read(svg: str) -> Line:
    page = etree.fromstring(svg.encode(), etree.XMLParser(huge_tree=True))
    width, height = (int(str(page.get(side)).removesuffix("px")) for side in ("width", "height"))
    inner = page.find(f"{SVG}svg")
    assert inner is not None, "verovio puts the page into it"
    zoom = width / float(str(inner.get("viewBox")).split()[2])
    margin = inner.find(f"{SVG}g")
    assert margin is not None, "verovio puts the music into it"
    x, y, _ = _transform(margin)
    outlines = {str(sign.get("id")): sign for sign in page.iterfind(f"{SVG}defs/{SVG}g")}
    heads = {
        str(note.get("id")): _around(boxes).moved(x * zoom, y * zoom, zoom)
        for note in _of_class(margin, "note")
        if (boxes := [_box_of_sign(use, outlines) for use in _signs(note)])
    }
    measures = [(str(measure.get("id")), _staves_of(measure)) for measure in _of_class(margin, "measure")]
    placed = {id_: box.moved(x * zoom, y * zoom, zoom) for id_, box in measures if box is not None}
    return Line(
        svg=svg,
        only_heads=_only_heads(page, margin),
        width=width,
        height=height,
        heads=heads,
        measures={
            int(id_.removeprefix(MEASURE)): box
            for id_, box in placed.items()
            if id_.startswith(MEASURE) and id_.removeprefix(MEASURE).isdecimal()
        },
        staves=_around(list(placed.values()) or [Box(0, 0, width, height)]),
    )


def _of_class(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (group for group in element.iter(f"{SVG}g") if name in (group.get("class") or "").split())


def _signs(note: etree._Element) -> Iterator[etree._Element]:
    for head in _of_class(note, "notehead"):
        yield from head.iter(f"{SVG}use")


def _box_of_sign(use: etree._Element, outlines: dict[str, etree._Element]) -> Box:
    """In units of the page."""
    x, y, zoom = _transform(use)
    sign = outlines.get(str(use.get(HREF)).removeprefix("#"))
    path = None if sign is None else sign.find(f"{SVG}path")
    left, low, right, high = _bounds("" if path is None else str(path.get("d")))
    return Box(x + left * zoom, y - high * zoom, x + right * zoom, y - low * zoom)  # the font counts upwards


@lru_cache(maxsize=64)
def _bounds(outline: str) -> tuple[float, float, float, float]:
    pen = BoundsPen(None)
    parse_path(outline, pen)
    return pen.bounds or (0.0, 0.0, 0.0, 0.0)


def _transform(element: etree._Element) -> tuple[float, float, float]:
    found = _MOVE.match(element.get("transform") or "")
    return (float(found[1]), float(found[2]), float(found[3] or 1)) if found else (0.0, 0.0, 1.0)


def _staves_of(measure: etree._Element) -> Box | None:
    lines = [
        tuple(map(float, found.groups()))
        for staff in _of_class(measure, "staff")
        for path in staff.iterchildren(f"{SVG}path")
        if (found := _STAFF_LINE.fullmatch(path.get("d") or ""))
    ]
    return _around([Box(left, top, right, bottom) for left, top, right, bottom in lines]) if lines else None


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _only_heads(page: etree._Element, margin: etree._Element) -> str:
    """The page without anything else; the page itself is not needed any more afterwards."""
    signs = [sign for note in _of_class(margin, "note") for sign in _signs(note)]
    for child in list(margin):
        margin.remove(child)
    margin.extend(signs)
    for style in list(page.iter(f"{SVG}style")):
        style.getparent().remove(style)  # type: ignore[union-attr]
    return etree.tostring(page, encoding="unicode")
