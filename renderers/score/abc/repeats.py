"""Repeats and endings, completed as players complete them: a start sign that is missing, a second ending nobody marked.

Where a repeat has no start sign, it goes back to the end of the repeat before it, or to a double bar behind that (ABC
standard, 4.8); the first one goes back to the beginning, as all players have it. An ending reaches to the next sign
that is more than a plain barline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from renderers.score.abc.model import BarSign

SECTION_STYLES = ("light-light", "light-heavy", "heavy-light", "heavy-heavy")
MAX_ENDINGS = 20


@dataclass(slots=True)
class Marks:
    """What stands at the two ends of one measure."""

    starts: int = 0  # a repeat begins; how often it is played
    ends: int = 0
    ending: tuple[int, ...] = ()  # the numbers of an ending that begins here
    ending_text: str = ""
    ending_stopped: tuple[int, ...] = ()  # the numbers of one that ends here
    ending_stop: str = ""  # "stop" or "discontinue" where an ending ends
    left_style: str = ""
    right_style: str = ""
    right_fermata: bool = False


def resolve(signs: Sequence[BarSign], section_starts: frozenset[int] = frozenset()) -> list[Marks]:
    """The marks of every measure; signs[i] stands before measure i, the last one behind all.

    section_starts: measures at which a labelled part begins; no repeat reaches back over them.
    """
    marks = [Marks() for _ in signs[1:]]
    _draw(signs, marks)
    _complete_endings(signs, marks)
    _complete_starts(signs, marks, section_starts)
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


def _numbers(label: str) -> tuple[int, ...]:
    """`1,3` and `1-3` as numbers; none for a text."""
    found: list[int] = []
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", "" if '"' in label else label):
        found += range(int(first), min(int(last or first), int(first) + MAX_ENDINGS) + 1)
    return tuple(dict.fromkeys(number for number in found if 0 < number < 100))


def _complete_endings(signs: Sequence[BarSign], marks: list[Marks]) -> None:
    place = 0
    while place < len(marks):
        place = _read_group(place, signs, marks) if signs[place].ending else place + 1


def _read_group(place: int, signs: Sequence[BarSign], marks: list[Marks]) -> int:
    """The endings of one repeat, from the first one on. Returns the measure behind them."""
    next_number, first_length = 1, 0
    while place < len(marks) and signs[place].ending:
        label = signs[place].ending
        numbers = _numbers(label) or (next_number,)
        next_number = max(next_number, numbers[-1] + 1)
        end = _end_of_ending(place, signs)
        follows = end < len(marks) and bool(signs[end].ending)
        if not follows and first_length and not _is_section_end(signs[end]):
            end = min(end, place + first_length)  # what goes on behind it is the next section
        marks[place].ending = numbers
        marks[place].ending_text = label.strip('"') if '"' in label else ""
        marks[end - 1].ending_stopped = numbers
        is_closed = signs[end].ends or signs[end].starts or _is_section_end(signs[end])
        marks[end - 1].ending_stop = "stop" if is_closed else "discontinue"
        if follows and not signs[end].ends:
            marks[end - 1].ends = 2  # another ending follows, so this one leads back
        first_length = first_length or end - place
        if not follows and signs[end].ends:
            return _close_group(place, end, next_number, signs, marks)
        place = end
    return place


def _close_group(place: int, end: int, number: int, signs: Sequence[BarSign], marks: list[Marks]) -> int:
    """The last ending that is marked leads back itself: what follows is the next one, or it was none at all.

    Where a new repeat follows, and after endings of several numbers, it only says that the part ends.
    """
    if end < len(marks) and not signs[end].starts and len(marks[place].ending) == 1:
        marks[end].ending = marks[end].ending_stopped = (number,)
        marks[end].ending_stop = "discontinue"
        return end + 1
    if marks[place].ending == (1,) and end == len(marks):
        marks[place].ending, marks[end - 1].ending_stop = (), ""
    return end


def _end_of_ending(place: int, signs: Sequence[BarSign]) -> int:
    for end in range(place + 1, len(signs)):
        sign = signs[end]
        if sign.ends or sign.starts or sign.ending or _is_section_end(sign):
            return end
    return len(signs) - 1


def _is_section_end(sign: BarSign) -> bool:
    return sign.style in SECTION_STYLES


def _complete_starts(signs: Sequence[BarSign], marks: list[Marks], section_starts: frozenset[int]) -> None:
    section, is_open, has_repeated = 0, False, False
    for place, mark in enumerate(marks):
        if place in section_starts:
            section, is_open = place, False
        if mark.starts:
            section, is_open = place, True
        if mark.ends:
            if not is_open and section:
                marks[section].starts = mark.ends
            has_repeated = True
            is_open = place + 1 < len(marks) and bool(marks[place + 1].ending)  # the next ending belongs to it
            if not is_open:
                section = place + 1
        elif mark.ending_stop and not (place + 1 < len(marks) and marks[place + 1].ending):
            section, is_open = place + 1, False
        elif not is_open and has_repeated and _is_section_end(signs[place + 1]):
            section = place + 1
