"""Time: ticks, quarters, seconds, and grains, the fine whole numbers in which a score is counted.

A quarter has 10,080 grains, so that 32 parts of it, and thirds, fifths, sevenths and ninths are whole numbers.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

QUARTER = 10_080  # grains
USUAL_BPM = 120.0  # where the file does not say, as the format has it


@dataclass(frozen=True)
class Clock:
    """How fast a piece goes: (grain, quarters a minute), in order, the first at 0."""

    tempos: tuple[tuple[float, float], ...] = ((0.0, USUAL_BPM),)

    def grains_per_second(self, grain: float) -> float:
        """How many grains a second has at a place."""
        place = max(0, bisect_right(self.tempos, (grain, float("inf"))) - 1)
        return self.tempos[place][1] * QUARTER / 60


def clock_of(tempos: Sequence[tuple[int, float]], *, ticks_per_quarter: int) -> Clock:
    """The clock of a file's tempo events."""
    found: dict[float, float] = {0.0: USUAL_BPM}
    for tick, bpm in tempos:
        found[tick * QUARTER / ticks_per_quarter] = bpm
    return Clock(tuple(sorted(found.items())))


@lru_cache(maxsize=4096)
def whole_notes(grains: int) -> Fraction:
    """Grains as the fraction of a whole note that scores count in."""
    return Fraction(grains, 4 * QUARTER)


def grains(whole_notes: Fraction) -> int:
    """A fraction of a whole note in grains, to the nearest."""
    return round(whole_notes * 4 * QUARTER)


@lru_cache(maxsize=256)
def is_dotted(length: int) -> bool:
    """Whether so many grains are a dotted note value: three of a halved whole note."""
    third = length // 3
    return third * 3 == length and third > 0 and 4 * QUARTER % third == 0 and (4 * QUARTER // third).bit_count() == 1
