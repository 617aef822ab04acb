"""Repeats, completed as players complete them: a start sign that is missing, a number of times that one end leaves out.

Where a repeat has no start sign, it goes back to the end of the repeat before it, or to a double bar behind that (ABC
standard, 4.8); the first one goes back to the beginning, as all players have it.
"""

from __future__ import annotations

from collections.abc import Sequence

from renderers.score.abc.endings import complete_endings
from renderers.score.abc.marks import Marks, is_section_end
from renderers.score.abc.model import BarSign


def resolve(signs: Sequence[BarSign], section_starts: frozenset[int] = frozenset()) -> list[Marks]:
    """The marks of every measure; signs[i] stands before measure i, the last one behind all.

    section_starts: measures at which a labelled part begins; no repeat reaches back over them.
    """
    marks = [Marks() for _ in signs[1:]]
    _draw(signs, marks)
    complete_endings(signs, marks)
    _Starts(signs, marks).complete(section_starts)
    return marks


def _draw(signs: Sequence[BarSign], marks: list[Marks]) -> None:
    """What is written, as it is written."""
    for place, sign in enumerate(signs):
        if place < len(marks):
            marks[place].starts = sign.starts
        if place:
            before = marks[place - 1]
            before.ends, before.right_style, before.right_fermata = sign.ends, sign.style, sign.has_fermata
        elif sign.style in ("heavy-light", "light-heavy"):
            marks[0].left_style = "heavy-light" if not sign.starts else ""


class _Starts:
    """Walks along the measures and knows where a repeat that ends here would have begun."""

    def __init__(self, signs: Sequence[BarSign], marks: list[Marks]) -> None:
        self._signs = signs
        self._marks = marks
        self._section = 0
        self._is_open = False  # a start sign stands at the section
        self._has_repeated = False

    def complete(self, section_starts: frozenset[int]) -> None:
        """Give every repeat its start, and nothing a start that leads nowhere."""
        for place, mark in enumerate(self._marks):
            if place in section_starts:
                self._begin(place)
            if mark.starts:
                self._begin(place, is_open=True)
            if mark.first_ending is not None:
                self._play_again(place)
            if mark.ends and self._signs[place + 1].needs_start and not self._is_open:
                mark.ends = 0
            self._pass(place, mark)

    def _begin(self, place: int, *, is_open: bool = False) -> None:
        self._section, self._is_open = place, is_open

    def _play_again(self, place: int) -> None:
        """The part that ends at a place comes once more up to its endings."""
        marks = self._marks
        marks[place].played_again = range(self._section, marks[place].first_ending or 0)
        if not any(mark.ends for mark in marks[self._section : place + 1]):
            marks[self._section].starts = 0  # nothing leads back to it any more

    def _pass(self, place: int, mark: Marks) -> None:
        """What the right end of a measure means for those behind it."""
        is_ending_next = place + 1 < len(self._marks) and bool(self._marks[place + 1].ending)
        is_section_end_here = is_section_end(self._signs[place + 1]) and not is_ending_next  # `||1` is no end
        is_section_over = not self._is_open and self._has_repeated and is_section_end_here
        if mark.ends:
            self._repeat(mark)
            if is_ending_next:  # it belongs to the same repeat
                self._is_open = True
            else:
                self._begin(place + 1)
        elif is_section_over or (mark.ending_stop and not is_ending_next):
            self._begin(place + 1)

    def _repeat(self, mark: Marks) -> None:
        """A repeat ends. More than twice is what both ends have to say."""
        start = self._marks[self._section]
        mark.ends = min(mark.ends, start.starts if self._is_open and start.starts else 2)
        if not self._is_open and self._section:
            start.starts = mark.ends
        self._has_repeated = True
