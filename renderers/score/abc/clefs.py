"""Clefs, in the words of `K:` and `V:` lines: names, lines, octave marks."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Clef:
    """A clef. `line` counts from the lowest; None for percussion and where no clef is drawn.

    octave_change: how many octaves the little figure moves the notes.
    """

    sign: str  # as MusicXML has it: G, F, C, percussion, none
    line: int | None = None
    octave_change: int = 0

    @property
    def middle(self) -> int | None:
        """The note on the middle line, in steps above middle C; None where there is none."""
        if self.line is None:
            return None
        of_sign = {"G": 4, "F": -4, "C": 0}[self.sign]
        return of_sign + 2 * (3 - self.line)


TREBLE = Clef("G", 2)
PERCUSSION = Clef("percussion")

_NAMES = {
    "treble": ("G", 2),
    "alto": ("C", 3),
    "tenor": ("C", 4),
    "bass": ("F", 4),
    "baritone": ("F", 3),
    "mezzosoprano": ("C", 2),
    "mezzo": ("C", 2),
    "soprano": ("C", 1),
    "g": ("G", 2),
    "f": ("F", 4),
    "c": ("C", 3),
}
_CLEF = re.compile(
    r"(?P<name>treble|alto|tenor|bass|baritone|mezzosoprano|mezzo|soprano|perc(?:ussion)?|none|[GFCPgfc])"
    r"(?P<line>[1-5])?(?P<sign>[+^_-])?(?P<size>8|15)?(?:va|vb)?",
    re.ASCII,
)


def parse_clef(text: str) -> Clef | None:
    """A clef such as treble, bass3, G2, alto, treble-8, perc, none; None for other words."""
    clef = _CLEF.fullmatch(text) or _CLEF.fullmatch(text.lower())
    if clef is None or (clef["sign"] and not clef["size"]):
        return None
    name = clef["name"]
    if name.startswith(("perc", "P")):
        return PERCUSSION
    if name == "none":
        return Clef("none")
    sign, line = _NAMES[name.lower()]
    octaves = {"8": 1, "15": 2}.get(clef["size"] or "", 0)
    if clef["sign"] is None:  # "treble8" does not say which way; players of ABC pass over it
        octaves = 0
    elif clef["sign"] in "-_":
        octaves = -octaves
    return Clef(sign, int(clef["line"] or line), octaves)
