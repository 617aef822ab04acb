"""Words under the notes: a `w:` line as syllables, and which note each belongs to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from renderers.score.abc.letters import read_letters

_TOKEN = re.compile(
    r"""
      (?P<bar>    \| )
    | (?P<hold>   _ )
    | (?P<skip>   \* )
    | (?P<alone>  (?<!\S)-+ )
    | (?P<hyphen> -+ )
    | (?P<text>   (?: \\- | \\[^\s] | [^\s|_*\\-] )+ )
    | \s+
    """,
    re.VERBOSE,
)


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
    words = _Words(bars)
    for token in _TOKEN.finditer(line):
        if token.lastgroup is not None:
            getattr(words, token.lastgroup)(token[0])
    return words.syllables, not words.is_lost


class _Words:
    """Walks along the notes; a method for each kind of token."""

    def __init__(self, bars: Sequence[int]) -> None:
        self.syllables: list[Syllable | None] = [None] * len(bars)
        self.is_lost = False
        self._bars = bars
        self._place, self._last = 0, -1  # of the next note, and of the last syllable
        self._is_inside = False  # a word

    def text(self, token: str) -> None:
        if self._place < len(self.syllables):
            self.syllables[self._place] = Syllable(_read(token), "end" if self._is_inside else "single")
            self._last = self._place
        else:
            self.is_lost = True
        self._place, self._is_inside = self._place + 1, False

    def hyphen(self, token: str) -> None:
        """The word goes on; every further hyphen is a note without a syllable."""
        self._go_on(len(token) - (not self._is_inside))

    def alone(self, token: str) -> None:
        """Behind a space every hyphen is a note without a syllable."""
        self._go_on(len(token))

    def _go_on(self, num_notes: int) -> None:
        self._place += num_notes
        held = self.syllables[self._last] if self._last >= 0 else None
        if held is not None and not self._is_inside:
            syllabic = "middle" if held.syllabic == "end" else "begin"
            self.syllables[self._last] = replace(held, syllabic=syllabic)
        self._is_inside = True

    def hold(self, _token: str) -> None:
        if self._last >= 0 and (held := self.syllables[self._last]) is not None:
            self.syllables[self._last] = replace(held, is_held=True)
        self._place += 1

    def skip(self, _token: str) -> None:
        self._place += 1

    def bar(self, _token: str) -> None:
        self._place = _next_bar(self._bars, self._place)


def _next_bar(bars: Sequence[int], place: int) -> int:
    """The first note of the next bar; the same place where a bar has just begun."""
    if place == 0 or place >= len(bars):
        return place
    if bars[place] != bars[place - 1]:
        return place
    return next((later for later in range(place, len(bars)) if bars[later] != bars[place]), len(bars))


def _read(text: str) -> str:
    return read_letters(text.replace("\\-", "-")).replace("~", " ").strip("`")
