"""Metres: `4/4`, `C|`, `2+3/8`, `(2+3)/8`, `3/4+3/8`, none."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

MAX_BEATS = 64
UNITS = (1, 2, 4, 8, 16, 32, 64)

_PART = re.compile(r"\(?\s*(\d{1,3}(?:\s*[+ ]\s*\d{1,3}){0,7})\s*\)?\s*/\s*(\d{1,3})", re.ASCII)


@dataclass(frozen=True)
class Metre:
    """A metre. `beats` are its groups (2+3 is (2, 3)), `unit` what is counted; no beats: free."""

    beats: tuple[int, ...] = ()
    unit: int = 4
    symbol: str = ""  # "common", "cut"

    @cached_property
    def length(self) -> Fraction | None:
        """The length of a bar in whole notes; None in free metre."""
        return Fraction(sum(self.beats), self.unit) if self.beats else None

    @cached_property
    def is_compound(self) -> bool:
        """Whether it is counted in dotted beats, as 6/8, 9/8 and 12/8 are."""
        return len(self.beats) == 1 and self.beats[0] in (6, 9, 12, 15, 18) and self.unit >= 8

    @cached_property
    def unit_length(self) -> Fraction:
        """What `L:` is where nobody says: a sixteenth in metres below 3/4, else an eighth."""
        return Fraction(1, 16) if self.length is not None and self.length < Fraction(3, 4) else Fraction(1, 8)

    @cached_property
    def beat(self) -> Fraction:
        """The length of a beat in whole notes: where note values are split."""
        if self.is_compound:
            return Fraction(3, self.unit)
        return Fraction(1, self.unit)


FREE = Metre()
COMMON = Metre((4,), 4, "common")
CUT = Metre((2,), 2, "cut")
_BY_SYMBOL = {
    "C": COMMON, "c": COMMON, "C|": CUT, "c|": CUT, "C/": CUT, "c/": CUT, "C2": CUT, "": FREE, "none": FREE,
    "free": FREE, "frei": FREE, "libre": FREE,
}  # fmt: skip
_FRACTION = re.compile(r"(?<![\d+*/.-])\d{1,2}/\d{1,2}(?![\d+*/.])", re.ASCII)


def parse_metre(value: str) -> Metre | None:
    """Read the value of an `M:` field; None for a metre that cannot be drawn."""
    text = value.strip()
    if (known := _BY_SYMBOL.get(text, _BY_SYMBOL.get(text.lower()))) is not None:
        return known
    parts = [(sum(beats), beats, unit) for beats, unit in _parts(text)]
    units = [unit for _, _, unit in parts]
    if parts and all(unit in UNITS for unit in units):
        unit = lcm(*units)
        groups = tuple(beat * unit // own for _, beats, own in parts for beat in beats)
        if 1 <= sum(groups) <= MAX_BEATS and 0 not in groups:
            return Metre(groups, unit)
    return None


def find_metre(value: str) -> Metre | None:
    """The first metre in a text of more words, such as `FREI4/4` and `4/4 (march)`; None where there is none."""
    return next(filter(None, map(parse_metre, _FRACTION.findall(value))), None)


def _parts(text: str) -> list[tuple[tuple[int, ...], int]]:
    """The fractions that a metre adds up; none where it is something else."""
    found = []
    position = 0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            return []
        found.append((tuple(int(beat) for beat in re.findall(r"\d+", part[1])), int(part[2])))
        position = part.end()
        gap = re.match(r"\s*\+?\s*", text[position:])
        position += gap.end() if gap else 0
    return found
