"""Finds the longest run of steps that some melodies share with any of many others.

How: windows of a few steps are numbered; windows of the sought melodies mark their numbers in a table, the others are
looked up in it, all at once. What has the same number and is the same is followed in both directions as far as it goes.
Promises: exact, but for runs that are shorter than a window, or in which hardly anything happens (fewer than three
different turns in every window), such as a repeated note or a trill.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.critic.judgement import FEWEST_NOTES
from generator.critic.originality_melody import SEPARATOR, TURN_STEPS, Places, Steps, count_notes, last_turns

WINDOW_STEPS = FEWEST_NOTES - 1
FEWEST_TURNS = 3  # different ones in a window worth looking up
AT_ONCE = 1 << 15  # windows that are numbered or looked up together: what is in between stays near the processor
MULTIPLIER = np.uint32(0x9E3779B1)  # odd, its bits well mixed: 2**32 divided by the golden ratio (Knuth)
NUMBER_BITS = 16  # the upper ones of 32; of many melodies there are millions of numbers

Numbers = NDArray[np.uint16]


@dataclass(frozen=True)
class Run:
    """A run of steps in both. start, end: in the sought melodies; place: where it begins in the others.

    notes: without what comes back in it.
    """

    start: int
    end: int
    place: int
    notes: int


class Searcher:
    """Many melodies, ready to be searched. steps: with separators, also before the first and after the last."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self._numbers = number_windows(steps)

    def longest_run(self, sought: Steps) -> Run | None:
        """The run with most notes that `sought` has in common with these melodies; None if there is none.

        Of several the earliest in `sought`, then the earliest here.
        """
        seen = last_turns(sought)
        starts, ends, places = self._runs(sought, _worth_looking_up(sought, seen))
        runs = (
            Run(start, end, place, count_notes(seen, start, end))
            for start, end, place in zip(starts.tolist(), ends.tolist(), places.tolist(), strict=True)
        )
        return max(runs, key=lambda run: run.notes, default=None)

    def _runs(self, sought: Steps, windows: Places) -> tuple[Places, Places, Places]:
        """Start, end and place of all runs that are not part of another."""
        here, there = _one_of_each_run(*self._same_windows(number_windows(sought)[windows], windows, sought))
        starts, places = here - self._same_steps(sought, here - 1, there - 1, -1), there
        places = there - (here - starts)
        ends = here + self._same_steps(sought, here, there, 1)
        long_enough = ends - here >= WINDOW_STEPS
        return outermost(starts[long_enough], ends[long_enough], places[long_enough])

    def _same_windows(self, numbers: Numbers, windows: Places, sought: Steps) -> tuple[Places, Places]:
        """All pairs of a window sought and a window here that are the same. numbers: of the windows."""
        table = np.zeros(1 << NUMBER_BITS, np.bool_)
        table[numbers] = True
        places = np.concatenate(
            [_marked(table, self._numbers, start) for start in range(0, max(1, len(self._numbers)), AT_ONCE)]
        )
        order = np.argsort(numbers, kind="stable")
        numbers, found = numbers[order], self._numbers[places]
        first, last = np.searchsorted(numbers, found, "left"), np.searchsorted(numbers, found, "right")
        counts = last - first
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        here, there = windows[order[np.repeat(first, counts) + within]], np.repeat(places, counts)
        for shift in range(WINDOW_STEPS):  # different windows may have the same number
            same = sought[here + shift] == self.steps[there + shift]
            here, there = here[same], there[same]
        return here, there

    def _same_steps(self, sought: Steps, here: Places, there: Places, direction: int) -> Places:
        """For each pair of places, how many steps from there on are the same in both."""
        lengths = np.zeros(len(here), np.int64)
        going = np.arange(len(here))
        while len(going):
            shift = direction * lengths[going]
            step = sought[here[going] + shift]
            going = going[(step == self.steps[there[going] + shift]) & (step != SEPARATOR)]
            lengths[going] += 1
        return lengths


def _marked(table: NDArray[np.bool_], numbers: Numbers, start: int) -> Places:
    """Which of the numbers from `start` on are marked in the table, by their places."""
    return np.flatnonzero(table.take(numbers[start : start + AT_ONCE], mode="clip")) + start


def number_windows(steps: Steps) -> Numbers:
    """A number for each window of WINDOW_STEPS steps, by where it begins; different windows seldom have the same."""
    count = max(len(steps) - WINDOW_STEPS + 1, 0)
    numbers = np.empty(count, np.uint16)
    for start in range(0, count, AT_ONCE):
        part = np.zeros(min(AT_ONCE, count - start), np.uint32)
        for shift in range(WINDOW_STEPS):
            part += steps[start + shift : start + shift + len(part)]
            part *= MULTIPLIER
            part ^= part >> np.uint32(15)
        part *= MULTIPLIER
        numbers[start : start + len(part)] = part >> np.uint32(32 - NUMBER_BITS)
    return numbers


def _worth_looking_up(steps: Steps, seen: Places) -> Places:
    """The windows within one melody in which enough happens. seen: as `last_turns` gives it."""
    count = max(len(steps) - WINDOW_STEPS + 1, 0)
    turns = np.zeros(count, np.int64)
    unbroken = np.ones(count, np.bool_)
    for shift in range(WINDOW_STEPS):
        unbroken &= steps[shift : shift + count] != SEPARATOR
    for shift in range(WINDOW_STEPS - TURN_STEPS + 1):
        turns += seen[shift : shift + count] < np.arange(count)
    return np.flatnonzero(unbroken & (turns >= FEWEST_TURNS))


def _one_of_each_run(here: Places, there: Places) -> tuple[Places, Places]:
    """The first pair of those that follow each other in both."""
    order = np.lexsort((here, there - here))
    here, there = here[order], there[order]
    follows = np.zeros(len(here), np.bool_)
    follows[1:] = (np.diff(here) == 1) & (np.diff(there) == 1)
    return here[~follows], there[~follows]


def outermost(starts: Places, ends: Places, places: Places) -> tuple[Places, Places, Places]:
    """The runs that are not part of another, by start; of equal ones that with the first place."""
    order = np.lexsort((places, -ends, starts))
    starts, ends, places = starts[order], ends[order], places[order]
    reach = np.maximum.accumulate(ends)
    new = np.ones(len(ends), np.bool_)
    new[1:] = ends[1:] > reach[:-1]
    return starts[new], ends[new], places[new]
