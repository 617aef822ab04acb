"""Text in other scripts than verovio's font has: measured before the page is engraved, drawn as outlines afterwards.

Verovio takes each letter that it does not know for an o, and whoever paints the page has no sign for it. So such text
goes through verovio as a stand-in of the same width: one letter that says which text is meant, then filling. Afterwards
the text itself is shaped (letters that join, marks above and below, right to left where it is written so) and takes
the place of the stand-in, as paths; so pictures and PDF look alike. Each path says which letters it is made of.

What is not covered: text from top to bottom, and letters that no font has: they are left out.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import uharfbuzz
from bidi import algorithm
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from lxml import etree

from renderers.pages.text_runs import Chunk, TextStyle, collect_text
from renderers.pages.typefaces import Typecase, Typeface, eastern_index, is_at_home, open_typeface

FIRST_STAND_IN, LAST_STAND_IN = 0xF0000, 0xFFFFD  # private code points
UNKNOWN_EM = 0.5  # as wide as an o
TALL = ((0.333, "Ï"), (0.278, "j"))  # letters as tall and as deep as those of other scripts, so wide in em
FILLING = ((UNKNOWN_EM, "\U00100000"), (0.278, "i"))
BIDI_CONTROLS = {ord(char): None for char in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}

LETTERS = "data-letters"  # the attribute of a path that says which letters it draws

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True)
class SetLetter:
    """A sign and where it stands, in units of the page, from the beginning of the line or of the page.

    em: the size of one, in the same units. text: what it stands for; "" where another one does.
    """

    face: Typeface
    glyph: int
    x: float
    y: float
    em: float
    text: str


class OtherScripts:
    """The foreign texts of one score: `stand_in` before, `draw` after it is engraved."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._eastern = 0

    def stand_in(self, document: etree._Element) -> None:
        """Put stand-ins into an MEI document."""
        places = [(element, where) for element in document.iter(etree.Element) for where in ("text", "tail")]
        foreign = [
            (element, where, text)
            for element, where in places
            if (written := getattr(element, where)) and not is_at_home(text := unicodedata.normalize("NFC", written))
        ]
        self._eastern = eastern_index(text for _, _, text in foreign)
        for element, where, text in foreign[: LAST_STAND_IN - FIRST_STAND_IN]:
            setattr(element, where, self._stand_in(_SPACES.sub(" ", text.translate(BIDI_CONTROLS))))

    def _stand_in(self, text: str) -> str:
        self._texts.append(text)
        _, width = self._set_line([(text, TextStyle(size=1.0))])
        filling = ""
        left = width - UNKNOWN_EM
        for most, choice in ((1, TALL), (None, FILLING)):
            for wide, char in choice:
                count = max(0, int(left / wide)) if most is None else int(left >= wide)
                filling += char * count
                left -= count * wide
        return chr(FIRST_STAND_IN + len(self._texts) - 1) + filling

    def draw(self, svg: str) -> str:
        """The page with outlines in place of stand-ins."""
        if not self._texts:
            return svg
        page = etree.fromstring(svg.encode(), etree.XMLParser(huge_tree=True))
        self._draw_within(page, TextStyle())
        return etree.tostring(page, encoding="unicode")

    def _draw_within(self, element: etree._Element, style: TextStyle) -> None:
        for child in element.iterchildren(etree.Element):
            kind = etree.QName(child).localname
            if kind in ("g", "svg"):
                self._draw_within(child, style.under(child))
            elif kind == "text" and any(_is_stand_in(char) for char in "".join(child.itertext())):
                element.replace(child, self._outlined(child, style))

    def _outlined(self, text: etree._Element, style: TextStyle) -> etree._Element:
        """A `<text>` as a group of paths."""
        chunks: list[Chunk] = []
        collect_text(text, style, chunks)
        group = etree.Element(f"{{{etree.QName(text).namespace}}}g")
        group.tail = text.tail
        for chunk in chunks:
            letters, width = self._set_line([(self._meant(run), style) for run, style in chunk.runs])
            start = chunk.start(width)
            placed = [replace(letter, x=start + letter.x, y=chunk.y - letter.y) for letter in letters]
            outlines = " ".join(map(_outline, placed))
            if outlines:
                path = etree.SubElement(group, f"{{{etree.QName(text).namespace}}}path", d=outlines)
                path.attrib.update({"style": "stroke:none", LETTERS: _write_letters(placed)})
        return group

    def _meant(self, run: str) -> str:
        """What stands for what."""
        if not run or not _is_stand_in(run[0]):
            return run
        return self._texts[ord(run[0]) - FIRST_STAND_IN]

    def _set_line(self, runs: list[tuple[str, TextStyle]]) -> tuple[list[SetLetter], float]:
        """All signs of a line, from left to right, and its width."""
        letters: list[SetLetter] = []
        width = 0.0
        for text, face, style, is_rightward in self._in_visual_order(runs):
            shaped, advance = _shape(text, face, style.size, width, is_rightward=is_rightward)
            letters += shaped
            width += advance
        return letters, width

    def _in_visual_order(self, runs: list[tuple[str, TextStyle]]) -> Iterator[tuple[str, Typeface, TextStyle, bool]]:
        """Pieces of one font, style and direction, from left to right. Unicode's rule L2."""
        levels = _levels("".join(text for text, _ in runs))
        pieces: list[tuple[str, Typeface, TextStyle, int]] = []
        place = 0
        for text, style in runs:
            case = Typecase(text, family=style.family, bold=style.bold, italic=style.italic, eastern=self._eastern)
            face: Typeface | None = None
            for char, level in zip(text, levels[place : place + len(text)], strict=True):
                face = case.choose(char, face)
                if face is None:
                    continue
                if pieces and pieces[-1][1:] == (face, style, level):
                    pieces[-1] = (pieces[-1][0] + char, face, style, level)
                else:
                    pieces.append((char, face, style, level))
            place += len(text)
        for level in range(max((piece[3] for piece in pieces), default=0), 0, -1):
            pieces = _turned(pieces, level)
        for text, face, style, level in pieces:
            yield text, face, style, level % 2 == 0


def _is_stand_in(char: str) -> bool:
    return FIRST_STAND_IN <= ord(char) <= LAST_STAND_IN


def _levels(text: str) -> list[int]:
    """How deep each letter stands in text of the other direction: odd from right to left. Unicode's algorithm."""
    storage = algorithm.get_empty_storage()
    storage["base_level"] = algorithm.get_base_level(text)
    storage["base_dir"] = ("L", "R")[storage["base_level"]]
    algorithm.get_embedding_levels(text, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    levels = [char["level"] for char in storage["chars"]]
    return levels if len(levels) == len(text) else [storage["base_level"]] * len(text)


def _turned(
    pieces: list[tuple[str, Typeface, TextStyle, int]], level: int
) -> list[tuple[str, Typeface, TextStyle, int]]:
    """With every row of pieces turned round that stand at this level or deeper."""
    turned: list[tuple[str, Typeface, TextStyle, int]] = []
    row: list[tuple[str, Typeface, TextStyle, int]] = []
    for piece in pieces:
        if piece[3] >= level:
            row.append(piece)
        else:
            turned += [*reversed(row), piece]
            row = []
    return [*turned, *reversed(row)]


def _shape(text: str, face: Typeface, em: float, start: float, *, is_rightward: bool) -> tuple[list[SetLetter], float]:
    """The signs of a piece of text, and how wide it is. em, start: in units of the page."""
    font = open_typeface(face)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "ltr" if is_rightward else "rtl"
    uharfbuzz.shape(font, buffer, {})
    scale = em / font.face.upem
    letters = []
    x = start
    ends = dict(pairwise([*sorted({info.cluster for info in buffer.glyph_infos}), len(text)]))
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if info.codepoint:
            letters.append(
                SetLetter(
                    face=face,
                    glyph=info.codepoint,
                    x=x + position.x_offset * scale,
                    y=position.y_offset * scale,
                    em=em,
                    text=text[info.cluster : ends.pop(info.cluster, info.cluster)],
                )
            )
        x += position.x_advance * scale
    return letters, x - start


def _outline(letter: SetLetter) -> str:
    font = open_typeface(letter.face)
    scale = letter.em / font.face.upem
    pen = SVGPathPen(None, ntos=lambda number: f"{number:.1f}".rstrip("0").rstrip("."))
    font.draw_glyph_with_pen(letter.glyph, TransformPen(pen, (scale, 0, 0, -scale, letter.x, letter.y)))
    outline: str = pen.getCommands()
    return outline


def _write_letters(letters: Sequence[SetLetter]) -> str:
    return json.dumps(
        [
            [str(one.face.path), one.face.index, one.face.weight, one.glyph, one.x, one.y, one.em, one.text]
            for one in letters
        ]
    )


def read_letters(written: str) -> Iterator[SetLetter]:
    """The letters that a path says it is made of."""
    for path, index, weight, glyph, x, y, em, text in json.loads(written):
        yield SetLetter(face=Typeface(Path(path), index, weight), glyph=glyph, x=x, y=y, em=em, text=text)
