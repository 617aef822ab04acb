"""The fonts of a PDF: of each the signs that its pages use, and which letters these are, so that text can be searched.

HarfBuzz cuts the fonts down. A font of several weights is embedded in the one that is used; signs keep no names, and no
rules of how they are joined: whoever sets the text has done that (`scripts.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import uharfbuzz

from renderers.pages.pdf_document import PdfDocument
from renderers.pages.typefaces import Typeface, open_typeface

EM = 1000  # in which a PDF measures signs
SYMBOLIC, STEM = 4, 80  # it has an encoding of its own; what viewers want to know that have no such font
# Tables that only whoever sets text needs, and the signs' names.
DROPPED = ("GSUB", "GPOS", "GDEF", "STAT", "BASE", "DSIG", "VORG", "vhea", "vmtx", "FFTM", "gasp", "name", "kern")
TO_UNICODE = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Notabot def /CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange
{blocks} endcmap CMapName currentdict /CMap defineresource pop end end"""
_UNNAMEABLE = re.compile(r"[^A-Za-z0-9-]")
MOST_IN_A_BLOCK = 100  # lines of such a table


class EmbeddedFont:
    """One font in one weight. name: what pages call it."""

    def __init__(self, face: Typeface, name: str) -> None:
        self.name = name
        self._face = face
        self._font = open_typeface(face)
        self._letters: dict[int, str] = {}

    @property
    def is_used(self) -> bool:
        """Whether any page says something in it."""
        return bool(self._letters)

    @property
    def upem(self) -> int:
        """Its own units in an em."""
        units: int = self._font.face.upem
        return units

    def sign_for(self, char: str) -> int | None:
        """The number of the sign for a letter; None if there is none."""
        sign: int | None = self._font.get_nominal_glyph(ord(char))
        return sign

    def advance(self, sign: int) -> int:
        """How wide a sign is, in its own units."""
        wide: int = self._font.get_glyph_h_advance(sign)
        return wide

    def use(self, sign: int, letters: str) -> None:
        """A sign stands on a page for these letters, or for none if another one does."""
        if not self._letters.get(sign):
            self._letters[sign] = letters

    def code(self, sign: int) -> str:
        """What a page says for a sign that is used, once all pages have said what they use."""
        return f"{self._cut.old_to_new_glyph_mapping[sign]:04x}"

    @cached_property
    def _cut(self) -> uharfbuzz.SubsetPlan:
        wanted = uharfbuzz.SubsetInput()
        wanted.glyph_set.update(self._letters)
        wanted.flags = (
            uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
            | uharfbuzz.SubsetFlags.DOWNGRADE_CFF2
            | uharfbuzz.SubsetFlags.CFF_IDENTITY_CHARSET
        )
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in DROPPED)
        face = self._font.face
        if face.has_var_data:
            wanted.pin_all_axes_to_default(face)
            if self._face.weight is not None:
                wanted.pin_axis_location(face, "wght", self._face.weight)
        return uharfbuzz.SubsetPlan(face, wanted)

    def write(self, document: PdfDocument) -> int:
        """The number of the font in a document."""
        program = self._cut.execute().blob.data
        is_truetype = program[:4] != b"OTTO"
        named = self._font.face.get_name(uharfbuzz.OTNameIdPredefined.POSTSCRIPT_NAME) or self._face.path.stem
        called = f"/{_tag(sorted(self._letters))}+{_UNNAMEABLE.sub('', named)}"
        file = document.add_stream(program, f"/Length1 {len(program)}" if is_truetype else "/Subtype /OpenType")
        extents = self._font.get_font_extents("ltr")
        up, down = (round(value * EM / self.upem) for value in (extents.ascender, extents.descender))
        descriptor = document.add(
            f"<< /Type /FontDescriptor /FontName {called} /Flags {SYMBOLIC} /FontBBox [{-EM} {down} {2 * EM} {up}] "
            f"/ItalicAngle 0 /Ascent {up} /Descent {down} /CapHeight {up} /StemV {STEM} "
            f"/FontFile{'2' if is_truetype else '3'} {file} 0 R >>"
        )
        signs = sorted(self._cut.old_to_new_glyph_mapping.items(), key=lambda pair: pair[1])
        widths = " ".join(f"{new} [{self.advance(old) * EM / self.upem:.2f}]" for old, new in signs)
        kind = "/CIDFontType2 /CIDToGIDMap /Identity" if is_truetype else "/CIDFontType0"
        by_number = document.add(
            f"<< /Type /Font /Subtype {kind} /BaseFont {called} /FontDescriptor {descriptor} 0 R /W [{widths}] "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
        )
        table = document.add_stream(self._to_unicode())
        return document.add(
            f"<< /Type /Font /Subtype /Type0 /BaseFont {called} /Encoding /Identity-H "
            f"/DescendantFonts [{by_number} 0 R] /ToUnicode {table} 0 R >>"
        )

    def _to_unicode(self) -> str:
        lines = [
            f"<{self.code(sign)}> <{letters.encode('utf-16-be').hex()}>"
            for sign, letters in sorted(self._letters.items())
            if letters
        ]
        starts = range(0, len(lines), MOST_IN_A_BLOCK)
        blocks = (lines[start : start + MOST_IN_A_BLOCK] for start in starts)
        return TO_UNICODE.format(
            blocks="\n".join(f"{len(block)} beginbfchar {' '.join(block)} endbfchar" for block in blocks)
        )


@dataclass(frozen=True, kw_only=True)
class SetText:
    """Signs of a font on a page, which are written down when all pages have said what they use.

    size: of an em, in the page's units; signs: each row with the place where its first one stands; it is painted
    upside down, as the page's units go down.
    """

    font: EmbeddedFont
    size: float
    rows: Sequence[tuple[float, float, Sequence[int]]]

    def __str__(self) -> str:
        """As operators."""
        rows = " ".join(
            f"1 0 0 -1 {x:.2f} {y:.2f} Tm <{''.join(map(self.font.code, signs))}> Tj" for x, y, signs in self.rows
        )
        return f"BT /{self.font.name} {self.size:.2f} Tf {rows} ET"


def _tag(signs: Sequence[int]) -> str:
    """Six capitals that differ where what is embedded does."""
    number = 0
    for sign in signs:
        number = (number * 31 + sign + 1) % 26**6
    return "".join(chr(ord("A") + number // 26**place % 26) for place in range(6))
