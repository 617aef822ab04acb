"""Lengths of notes: as ABC writes them, and as the note values that a page can show.

All lengths are fractions of a whole note.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm

from renderers.score.abc.metres import Metre

AS_WRITTEN = Fraction(1)  # what a length is times where no tuplet changes it
MAX_DOTS = 3
LONGEST, SHORTEST = Fraction(8), Fraction(1, 1024)
TYPES = {
    Fraction(8): "maxima",
    Fraction(4): "long",
    Fraction(2): "breve",
    Fraction(1): "whole",
    Fraction(1, 2): "half",
    Fraction(1, 4): "quarter",
    Fraction(1, 8): "eighth",
    **{Fraction(1, size): f"{size}{'nd' if size == 32 else 'th'}" for size in (16, 32, 64, 128, 256, 512, 1024)},
}
# Below this line of the fraction a length belongs to a tuplet: how many notes, in the time of how many.
_TUPLETS_OF = {3: (3, 2), 5: (5, 4), 7: (7, 4), 9: (9, 8), 11: (11, 8), 13: (13, 8), 15: (15, 8)}

_LENGTH = re.compile(r"(\d*)(/*)(\d*)", re.ASCII)


@dataclass(frozen=True)
class NoteValue:
    """What one sign on the page shows. `ratio`: sounding length over shown length, 1 outside tuplets."""

    type: str
    num_dots: int
    length: Fraction  # as it sounds
    ratio: Fraction = AS_WRITTEN


@lru_cache(maxsize=4096)
def parse_length(text: str) -> Fraction:
    """`3/2`, `/`, `//`, `3//`, `2`, and nothing, in unit lengths. A zero, which programs leave, is nothing."""
    match = _LENGTH.fullmatch(text)
    assert match is not None, "the token says what a length looks like"
    above, slashes, below = (number if number.strip("0") else "" for number in match.groups())
    if not slashes:
        return Fraction(int(above or 1))
    return Fraction(int(above or 1), int(below) * 2 ** (len(slashes) - 1) if below else 2 ** len(slashes))


@lru_cache(maxsize=4096)
def in_units(text: str, factor: str, above: int, below: int) -> Fraction:
    """The length in whole notes of what is written so, in a chord of that factor, where a unit is above/below."""
    return parse_length(text) * parse_length(factor) * Fraction(above, below)


class Total:
    """A sum of lengths. It is brought to its lowest terms when it is asked for alone: that takes most of adding."""

    def __init__(self) -> None:
        self._above, self._below = 0, 1

    def add(self, length: Fraction) -> None:
        """One more length."""
        above, below = length.as_integer_ratio()
        if self._below % below:
            common = lcm(self._below, below)
            self._above, self._below = self._above * (common // self._below), common
        self._above += above * (self._below // below)

    @property
    def length(self) -> Fraction:
        """All of them together."""
        return Fraction(self._above, self._below)


def total_of(lengths: Iterable[Fraction]) -> Fraction:
    """How long they last together."""
    total = Total()
    for length in lengths:
        total.add(length)
    return total.length


@lru_cache(maxsize=4096)
def single_value(length: Fraction) -> tuple[str, int] | None:
    """The type and dots of a length that one sign can show; None for others."""
    for num_dots in range(MAX_DOTS + 1):
        base = length * Fraction(2**num_dots, 2 ** (num_dots + 1) - 1)
        if base in TYPES:
            return TYPES[base], num_dots
    return None


def split_length(length: Fraction, metre: Metre, *, start: Fraction = Fraction(0)) -> tuple[NoteValue, ...]:
    """Note values that last so long together, to be tied. `start`: since the bar began.

    A length that no note values make up, such as a third of a quarter, is shown as part of a tuplet.
    """
    return one_value(length) or _split_length(length, metre, start)


def one_value(length: Fraction) -> tuple[NoteValue, ...] | None:
    """The one note value that is enough for a length wherever it stands; None for what takes several, or a tuplet."""
    return _one_value(*length.as_integer_ratio())


@lru_cache(maxsize=4096)
def _one_value(above: int, below: int) -> tuple[NoteValue, ...] | None:  # a fraction takes long to be looked up
    length = Fraction(above, below)
    single = single_value(length)
    if single is not None and (single[1] < MAX_DOTS or length < Fraction(1, 2)):
        return (NoteValue(*single, length),)
    return None


@lru_cache(maxsize=4096)
def _split_length(length: Fraction, metre: Metre, start: Fraction) -> tuple[NoteValue, ...]:
    factor = _odd_factor(length.denominator)
    if factor > 1:
        actual, normal = _TUPLETS_OF.get(factor, (factor, 1 << (factor.bit_length() - 1)))
        ratio = Fraction(normal, actual)
        return tuple(
            NoteValue(value.type, value.num_dots, value.length * ratio, ratio)
            for value in split_length(length / ratio, metre, start=start)
        )
    values = []
    for part in _parts(length, metre, start):
        found = single_value(part)
        assert found is not None, "parts are single note values"
        values.append(NoteValue(*found, part))
    return tuple(values)


def _odd_factor(number: int) -> int:
    while number % 2 == 0:
        number //= 2
    return number


def _parts(length: Fraction, metre: Metre, start: Fraction) -> list[Fraction]:
    """The longest notes first; to the next beat first where the note begins between beats."""
    parts: list[Fraction] = []
    to_beat = -start % metre.beat
    if to_beat and to_beat < length and single_value(to_beat):
        parts.append(to_beat)
        length -= to_beat
    beats = [metre.beat * count for count in (4, 2, 1)] if metre.is_compound else []
    while length > 0:
        part = next((beat for beat in beats if beat <= length), None) or _longest_below(length)
        parts.append(part)
        length -= part
    return parts


def _longest_below(length: Fraction) -> Fraction:
    """The longest single note, dotted at most once, that is not longer; at least the shortest there is."""
    sizes = (size * dots for size in TYPES for dots in (Fraction(3, 2), Fraction(1)))
    return next((size for size in sizes if size <= length), length if single_value(length) else SHORTEST)
