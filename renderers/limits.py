"""How much music there may be: voices, bars, notes in a chord, the length of a note.

The reader asks here while it reads; each question raises InputRefused at the first thing that would make the reader or
the engraver run for minutes, or draw off the page.
"""

import re
from collections import Counter
from fractions import Fraction
from functools import lru_cache

from renderers.errors import InputRefused

MAX_CHARS = 200_000  # of a tune
MAX_LINE_CHARS = 20_000
MAX_VOICES = 30
MAX_BARS = 2_000  # in one voice; the longest movements of real quartets have 1,500
MAX_NOTES = 80_000  # in all voices; the longest quartets have 20,000
MAX_BAR_NOTES = 2_000  # of one voice: the engraver's time grows with the square
MAX_CHORD_NOTES = 32
MAX_GRACE_NOTES = 64
MAX_TUPLET = 64
MAX_TUPLET_DEPTH = 4
MAX_OCTAVE_MARKS = 5
MAX_LENGTH_NUMBER = 512  # in unit lengths, above or below the line of the fraction
MAX_SLASHES = 6
MAX_OPEN_SLURS = 64
MAX_LAYERS = 8
FINEST = 1024
LONGEST, SHORTEST = 64, Fraction(1, FINEST)  # whole notes

_LENGTH = re.compile(r"([0-9]*)(/*)([0-9]*)", re.ASCII)


class MusicLimits:
    """Counts along while a tune is read."""

    def __init__(self) -> None:
        self._voices: set[str] = set()
        self._num_bars: Counter[str] = Counter()
        self._num_notes = 0

    def count_voice(self, voice: str) -> None:
        """Another voice, or one that is known."""
        self._voices.add(voice)
        if len(self._voices) > MAX_VOICES:
            raise InputRefused(reason="voices", limit=MAX_VOICES)

    def count_bars(self, voice: str, num_bars: int = 1) -> None:
        """Bars of one voice."""
        self._num_bars[voice] += num_bars
        if self._num_bars[voice] > MAX_BARS:
            raise InputRefused(reason="bars", limit=MAX_BARS)

    def count_notes(self, num_notes: int, *, in_bar: int) -> None:
        """More notes; in_bar: how many notes and rests the bar has with them."""
        self._num_notes += num_notes
        if self._num_notes > MAX_NOTES:
            raise InputRefused(reason="notes", limit=MAX_NOTES)
        if in_bar > MAX_BAR_NOTES:
            raise InputRefused(reason="bar_notes", limit=MAX_BAR_NOTES)


def check_line(text: str) -> None:
    """One line of the file."""
    if len(text) > MAX_LINE_CHARS:
        raise InputRefused(reason="line", limit=MAX_LINE_CHARS)


@lru_cache(maxsize=4096)
def check_length(text: str, *, longest: int = MAX_LENGTH_NUMBER) -> None:
    """The length of a note as it is written. Some no score could show."""
    match = _LENGTH.fullmatch(text)
    assert match is not None, "the token says what a length looks like"
    above, slashes, below = match.groups()
    numbers = [int(number[:6]) for number in (above, below) if number]
    if max(numbers, default=1) > longest or len(slashes) > MAX_SLASHES:
        raise InputRefused(reason="note_length", text=text[:20])


def check_value(length: Fraction, line: int) -> None:
    """The length of a note in whole notes, when all has been multiplied."""
    above, below = length.as_integer_ratio()
    if above > LONGEST * below or above * FINEST < below:
        raise InputRefused(reason="duration", line=line)


def check_crowd(num_notes: int, most: int) -> None:
    """The notes of one chord, or of one group of grace notes."""
    if num_notes > most:
        raise InputRefused(reason="crammed", limit=most)


def check_octave(marks: str, note: str) -> None:
    """The commas or apostrophes behind a note."""
    if len(marks) > MAX_OCTAVE_MARKS:
        raise InputRefused(reason="octave", text=note[:10])


def check_tuplet(text: str, numbers: list[int]) -> None:
    """The numbers of a tuplet as they are written."""
    if not numbers or not 2 <= numbers[0] <= MAX_TUPLET or max(numbers) > MAX_TUPLET or 0 in numbers:
        raise InputRefused(reason="tuplet", text=text[:20])


def check_tuplet_depth(num_open: int, text: str) -> None:
    """Tuplets inside each other."""
    if num_open >= MAX_TUPLET_DEPTH:
        raise InputRefused(reason="tuplet", text=text)


def check_open_slurs(num_open: int) -> None:
    """Slurs that have begun and not yet ended."""
    if num_open > MAX_OPEN_SLURS:
        raise InputRefused(reason="slurs")


def check_layers(num_layers: int) -> None:
    """What sounds together in one bar of one voice."""
    if num_layers > MAX_LAYERS:
        raise InputRefused(reason="overlays", limit=MAX_LAYERS)
