"""Endings: how far each reaches, which one nobody marked, and what the last one says about the part before it.

An ending reaches to the next sign that is more than a plain barline. Where one leads back that is the last, what
follows is the next ending; where a new repeat follows, the part is played once more before it (`Marks.played_again`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from renderers.score.abc.marks import Marks, is_section_end
from renderers.score.abc.model import BarSign

MAX_ENDINGS = 20


def _numbers(label: str) -> tuple[int, ...]:
    """`1,3` and `1-3` as numbers; none for a text."""
    found: list[int] = []
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", "" if '"' in label else label):
        found += range(int(first), min(int(last or first), int(first) + MAX_ENDINGS) + 1)
    return tuple(dict.fromkeys(number for number in found if 0 < number < 100))


def complete_endings(signs: Sequence[BarSign], marks: list[Marks]) -> None:
    """Give every labelled measure its ending, from its label to where it ends."""
    place = 0
    while place < len(marks):
        place = _read_group(place, signs, marks) if signs[place].ending else place + 1


def _read_group(place: int, signs: Sequence[BarSign], marks: list[Marks]) -> int:
    """The endings of one repeat, from the first one on. Returns the measure behind them."""
    first, next_number, first_length = place, 1, 0
    while place < len(marks) and signs[place].ending:
        label = signs[place].ending
        numbers = _numbers(label) or (next_number,)
        end = _end_of_ending(place, signs)
        follows = end < len(marks) and bool(signs[end].ending)
        if follows:  # what two of them claim is the second one's
            claimed = _numbers(signs[end].ending)
            numbers = tuple(number for number in numbers if number not in claimed) or numbers
        next_number = max(next_number, numbers[-1] + 1)
        if not follows and first_length and not is_section_end(signs[end]):
            end = min(end, place + first_length)  # what goes on behind it is the next section
        marks[place].ending = numbers
        marks[place].ending_text = label.strip('"') if '"' in label else ""
        marks[end - 1].ending_stopped = numbers
        is_closed = signs[end].ends or signs[end].starts or is_section_end(signs[end])
        marks[end - 1].ending_stop = "stop" if is_closed else "discontinue"
        if follows and not signs[end].ends:
            marks[end - 1].ends = 2  # another ending follows, so this one leads back
        first_length = first_length or end - place
        if not follows and signs[end].ends:
            return _close_group(first, place, end, next_number, signs, marks)
        place = end
    return place


def _close_group(first: int, place: int, end: int, number: int, signs: Sequence[BarSign], marks: list[Marks]) -> int:
    """The last ending that is marked leads back itself: what follows is the next one, or it was none at all.

    Where a new repeat follows, the part comes once more before it. The last of several endings, if it has several
    numbers, only says that the part ends.
    """
    is_over = first != place and len(marks[place].ending) > 1
    if end < len(marks) and signs[end].starts and not is_over:
        marks[end - 1].first_ending = first
        if marks[place].ending == (1,):  # played once: no sign is needed
            marks[place].ending, marks[end - 1].ending_stopped, marks[end - 1].ending_stop = (), (), ""
        if len(marks[place].ending) < 2:
            marks[end - 1].ends = 0
        return end
    if end < len(marks) and not signs[end].starts and not is_over:
        marks[end].ending = marks[end].ending_stopped = (number,)
        marks[end].ending_stop = "discontinue"
        return end + 1
    if marks[place].ending == (1,) and end == len(marks):
        marks[place].ending, marks[end - 1].ending_stop = (), ""
    return end


def _end_of_ending(place: int, signs: Sequence[BarSign]) -> int:
    for end in range(place + 1, len(signs)):
        sign = signs[end]
        if sign.ends or sign.starts or sign.ending or is_section_end(sign):
            return end
    return len(signs) - 1
