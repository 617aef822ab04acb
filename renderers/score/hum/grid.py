"""Where the notes of a hum fall in bars: every pace and metre is tried, each with the cheapest way through the notes.

A dynamic programme. Its state is where in the bar a note begins and how long the one before it was; a step to the next
note costs what songs make of such a length there (`songs.py`) and how far it lies from what was sung. A note that may
be none of its own (`notes.Voiced.own`) can be passed over, for a price. So tempo, metre, lengths and which notes there
are get decided together, each by what it means for the others.

Promises: the cheapest way of each metre, the likeliest first. Not covered: triplets; a tempo that changes by more than
what single notes may be off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renderers.score.hum.notes import Voiced
from renderers.score.hum.songs import QUARTER, Habit, Prices, habits

SLOWEST, FASTEST, NUM_PACES = 54.0, 156.0, 46  # quarters a minute
LEAST_USUAL, MOST_USUAL, EDGE_OCTAVES = 60.0, 140.0, 0.025  # beyond them a pace soon costs much
USUAL, OCTAVES_AROUND = 96.0, 0.4
ONSET_S, STRETCH = 0.034, 0.03  # how exactly somebody sings: a fixed part, and one of the length
MOST_MISFIT = 12.0  # in square deviations: a length that fits none is a breath that nobody counted
LAST_SOUNDS, LAST_SPREAD, LAST_MISFIT = 0.91, 0.13, 20.0  # how much of the last note sounds, and the logarithm's spread
LAST_SHARE = 0.3  # of what a length costs elsewhere: the last note may be long
MOST_PASSED_OVER, MOST_PASSING_PRICE = 3, 8.0

Places = npt.NDArray[np.int16]


@dataclass(frozen=True, kw_only=True)
class Way:
    """One reading. kept: which notes are notes; begin: where in its bar the first one is; quarter_s: of a quarter.

    steps: from one note to the next in sixteenths, and the length of the last.
    """

    price: float
    metre: str
    quarter_s: float
    begin: int
    kept: tuple[int, ...]
    steps: tuple[int, ...]


def find_ways(notes: Sequence[Voiced], *, quarter_s: float | None = None) -> list[Way]:
    """The best of each metre. notes: at least two; quarter_s: about how long a quarter is, where somebody said so."""
    paces = 60 / np.geomspace(SLOWEST, FASTEST, NUM_PACES) if quarter_s is None else np.array([quarter_s])
    unusual = _unusual(60 / paces) if quarter_s is None else np.zeros(1)
    ways = [_Search(notes, habit, paces, unusual).best() for habit in habits()]
    return sorted(ways, key=lambda way: way.price)


def _unusual(tempo: Prices) -> Prices:
    """What a tempo costs, in quarters a minute."""
    beyond = np.maximum(0, np.maximum(np.log2(tempo / MOST_USUAL), np.log2(LEAST_USUAL / tempo)))
    price: Prices = 0.5 * (np.log2(tempo / USUAL) / OCTAVES_AROUND) ** 2 + 0.5 * (beyond / EDGE_OCTAVES) ** 2
    return price


class _Search:
    """Of one metre. Arrays are (pace, place in the bar, length): a state's length is that of the note before it."""

    def __init__(self, notes: Sequence[Voiced], habit: Habit, paces: Prices, unusual: Prices) -> None:
        own = np.clip([note.own for note in notes], -30, 30)
        self.notes, self.habit, self.paces, self.unusual = notes, habit, paces, unusual
        self.keeping, self.passing = np.log1p(np.exp(-own)), np.log1p(np.exp(own))
        self.expected = paces[:, None] * habit.lengths / QUARTER
        self.came_from = (np.arange(habit.bar)[:, None] - habit.lengths) % habit.bar  # which place, to be here now
        self.goes_to = (np.arange(habit.bar)[:, None] + habit.lengths) % habit.bar
        self.before: list[Places] = []  # of each note, by the length that follows: the best length before it
        self.source: list[Places] = []  # the note that is the last one before it
        self.leaving: list[Prices] = []  # the price up to a note, with the length that follows

    def best(self) -> Way:
        """The cheapest way."""
        size = len(self.habit.lengths)
        reached = np.full((len(self.paces), self.habit.bar, size + 1), np.inf)
        reached[:, :, size] = self.habit.begin + self.habit.usual
        ends = []
        for number in range(len(self.notes)):
            if number:
                reached = self._arrive(number)
            self._leave(reached)
            passed = float(self.passing[number + 1 :].sum())
            if passed <= MOST_PASSING_PRICE:
                price = self._end(number) + reached.min(axis=2)[:, :, None] + passed
                pace, place, last = (int(each) for each in np.unravel_index(int(price.argmin()), price.shape))
                before = int(reached[pace, place].argmin())
                ends.append((float(price[pace, place, last]), number, (pace, place, before), last))
        return self._way(*min(ends))

    def _arrive(self, number: int) -> Prices:
        """The price of each state at a note, whichever note was the last one before."""
        shape = (len(self.paces), self.habit.bar, len(self.habit.lengths))
        best, source = np.full(shape, np.inf), np.zeros(shape, dtype=np.int16)
        passed = 0.0
        columns = np.arange(shape[2])
        for earlier in range(number - 1, max(-1, number - 2 - MOST_PASSED_OVER), -1):
            price = self.leaving[earlier][:, self.came_from, columns]
            price = price + (self._misfit(earlier, number) + passed + self.keeping[number])[:, None, :]
            source[price < best] = earlier
            best = np.minimum(best, price)
            passed += float(self.passing[earlier])
            if passed > MOST_PASSING_PRICE:
                break
        self.source.append(source)
        return np.concatenate((best, np.full((*shape[:2], 1), np.inf)), axis=2)

    def _misfit(self, earlier: int, number: int) -> Prices:
        gap = self.notes[number].start - self.notes[earlier].start
        away = np.abs(gap - self.expected) / (ONSET_S + STRETCH * gap)
        misfit: Prices = 0.5 * np.minimum(away**2, MOST_MISFIT) + 0.02 * away
        return misfit

    def _leave(self, reached: Prices) -> None:
        behind = reached[:, :, :, None] + self.habit.after
        self.before.append(behind.argmin(axis=2).astype(np.int16))  # of long hums there are many of them
        self.leaving.append(behind.min(axis=2) + self.habit.at)

    def _end(self, number: int) -> Prices:
        """What it costs that this note is the last one."""
        sounding_s = self.notes[-1].end - self.notes[number].start
        away = np.log(sounding_s / self.expected / LAST_SOUNDS) / LAST_SPREAD
        misfit = 0.5 * np.minimum(away**2, LAST_MISFIT)
        price: Prices = LAST_SHARE * self.habit.at + self.habit.end[self.goes_to] + misfit[:, None, :]
        return price + self.unusual[:, None, None]

    def _way(self, price: float, number: int, state: tuple[int, int, int], last: int) -> Way:
        """Back from the last note; state: its pace, place and the length before."""
        pace, place, length = state
        kept, steps = [number], [int(self.habit.lengths[last])]
        while number:
            step = int(self.habit.lengths[length])
            number = int(self.source[number - 1][pace, place, length])
            place = (place - step) % self.habit.bar
            length = int(self.before[number][pace, place, length])
            kept.append(number)
            steps.append(step)
        return Way(
            price=price,
            metre=self.habit.metre,
            quarter_s=float(self.paces[pace]),
            begin=place,
            kept=tuple(kept[::-1]),
            steps=tuple(steps[::-1]),
        )
