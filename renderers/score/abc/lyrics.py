"""Words under the notes: a `w:` line as syllables, and which note each belongs to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from renderers.score.abc.letters import read_letters

_TOKEN = re.compile(r"(?P<bar>\|)|(?P<hold>_)|(?P<skip>\*)|(?P<hyphen>-+)|(?P<text>(?:\\-|\\[^\s]|[^\s|_*\\-])+)|\s+")


@dataclass(frozen=True)
class Syllable:
    """One syllable as MusicXML has it. `syllabic`: single, begin, middle, end; `is_held`: a line follows."""

    text: str
    syllabic: str
    is_held: bool = False


def set_words(line: str, bars: Sequence[int]) -> tuple[list[Syllable | None], bool]:
    """The syllables of a `w:` line, one for each note or None; and whether all words found a note.

    bars: for every note the bar it stands in, counted from anywhere.
    """
    num_notes = len(bars)
    set_: list[Syllable | None] = [None] * num_notes
    place, last = 0, -1
    is_inside = is_lost = False
    for token in _TOKEN.finditer(line):
        kind = token.lastgroup
        if kind == "text":
            if place < num_notes:
                set_[place] = Syllable(_read(token[0]), "end" if is_inside else "single")
                last = place
            else:
                is_lost = True
            place, is_inside = place + 1, False
        elif kind == "hyphen":
            if is_inside:
                place += len(token[0])  # every further hyphen is a note without a syllable
                continue
            if last == place - 1 >= 0 and (held := set_[last]) is not None:
                set_[last] = Syllable(held.text, "middle" if held.syllabic == "end" else "begin", held.is_held)
            is_inside = True
            place += len(token[0]) - 1
        elif kind == "hold":
            if 0 <= last < num_notes and (held := set_[last]) is not None:
                set_[last] = Syllable(held.text, held.syllabic, is_held=True)
            place += 1
        elif kind == "skip":
            place += 1
        elif kind == "bar":
            place = _next_bar(bars, place)
    return set_, not is_lost


def _next_bar(bars: Sequence[int], place: int) -> int:
    """The first note of the next bar; the same place where a bar has just begun."""
    if place == 0 or place >= len(bars):
        return place
    if bars[place] != bars[place - 1]:
        return place
    return next((later for later in range(place, len(bars)) if bars[later] != bars[place]), len(bars))


def _read(text: str) -> str:
    return read_letters(text.replace("\\-", "-")).replace("~", " ").strip("`")
