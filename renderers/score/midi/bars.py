"""The bars of a piece: where they begin, how long they are, what metre they are in; from the metres that a file states.

A pickup is told by a first bar in a shorter metre of its own, as notation programs write it; two short bars that make
a whole one, as at a repeat in the middle of a bar, are joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from renderers.errors import InputRefused
from renderers.limits import MAX_BARS
from renderers.score.abc.metres import Metre
from renderers.score.midi.clock import QUARTER, grains

USUAL_METRE = Metre((4,), 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar; `start`, `length` and `beat` in grains. It may be shorter than its metre: a pickup."""

    start: int
    length: int
    metre: Metre

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.start + self.length

    @property
    def beat(self) -> int:
        """What notes are grouped by: a quarter, or less, or three of the unit."""
        return beat_of(self.metre)

    @property
    def offset(self) -> int:
        """How far into its metre the bar begins: a pickup of one quarter in 4/4 begins behind three."""
        return max(0, metre_length(self.metre) - self.length)

    def beats(self) -> list[tuple[int, int]]:
        """(start, length) of each beat. A pickup ends with a beat, other bars begin with one."""
        starts, place = [], self.start - self.offset % self.beat
        while place < self.end:
            starts.append((place, self.beat))
            place += self.beat
        return starts


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch in one metre; `start` and `end` in grains."""

    start: int
    end: int
    metre: Metre


@lru_cache(maxsize=256)
def beat_of(metre: Metre) -> int:
    """The length of a beat in grains."""
    if metre.is_compound or (metre.beats == (3,) and metre.unit >= 8):
        return 3 * 4 * QUARTER // metre.unit
    return min(QUARTER, 4 * QUARTER // metre.unit)


@lru_cache(maxsize=256)
def metre_length(metre: Metre) -> int:
    """The length of a whole bar in grains."""
    return grains(metre.length or Fraction(1))


def sections_of(metres: Sequence[tuple[int, int, int]], *, ticks_per_quarter: int, end: int) -> list[Section]:
    """The stretches between the metres that a file states, to the end of the music."""
    starts: dict[int, Metre] = {0: USUAL_METRE}
    for tick, numerator, denominator in metres:
        exact = tick * QUARTER / ticks_per_quarter
        starts[round(exact / (QUARTER // 16)) * (QUARTER // 16)] = Metre((numerator,), denominator)
    in_order = sorted((start, metre) for start, metre in starts.items() if start < end)
    sections: list[Section] = []
    for place, (start, metre) in enumerate(in_order):
        stop = in_order[place + 1][0] if place + 1 < len(in_order) else end
        if sections and sections[-1].metre == metre:
            sections[-1] = replace(sections[-1], end=stop)
        else:
            sections.append(Section(start, stop, metre))
    return sections


def bars_of(sections: Sequence[Section]) -> list[Bar]:
    """All bars. Raises InputRefused where there are too many."""
    bars: list[Bar] = []
    for place, section in enumerate(sections):
        length = metre_length(section.metre)
        start, is_last = section.start, place == len(sections) - 1
        while start < section.end:
            stop = start + length if is_last else min(start + length, section.end)
            bars.append(Bar(start=start, length=stop - start, metre=section.metre))
            start = stop
            if len(bars) > MAX_BARS:
                raise InputRefused(reason="bars", limit=MAX_BARS)
    return _without_last_signature(_with_pickup(_joined(bars)))


def _joined(bars: list[Bar]) -> list[Bar]:
    """Two bars in short metres of their own that make a whole one of the metre around."""
    joined: list[Bar] = []
    place = 0
    while place < len(bars):
        bar = bars[place]
        if joined and place + 1 < len(bars):
            following, metre = bars[place + 1], joined[-1].metre
            is_short = metre not in (bar.metre, following.metre)
            goes_on = place + 2 >= len(bars) or bars[place + 2].metre == metre
            if is_short and goes_on and bar.length + following.length == metre_length(metre):
                joined.append(Bar(start=bar.start, length=bar.length + following.length, metre=metre))
                place += 2
                continue
        joined.append(bar)
        place += 1
    return joined


def _with_pickup(bars: list[Bar]) -> list[Bar]:
    """A first bar in a shorter metre than all that follow begins in the middle of a whole one."""
    if len(bars) > 1 and bars[0].metre != bars[1].metre and bars[0].length < metre_length(bars[1].metre):
        return [replace(bars[0], metre=bars[1].metre), *bars[1:]]
    return bars


def _without_last_signature(bars: list[Bar]) -> list[Bar]:
    """A last bar that is short by the pickup needs no metre of its own."""
    if len(bars) > 2 and bars[-1].metre != bars[-2].metre:
        whole = metre_length(bars[-2].metre)
        if bars[0].length < whole and bars[-1].length == whole - bars[0].length:
            return [*bars[:-1], replace(bars[-1], metre=bars[-2].metre)]
    return bars
