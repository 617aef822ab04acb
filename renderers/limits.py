"""How much music there may be: voices, bars, notes in a chord, the length of a note.

`MusicLimits` reads the music of a tune line by line and raises InputRefused at the first thing that no page could show,
or that might cost the converter or the engraver minutes or the process its life.
"""

import re
from collections import Counter

from renderers.errors import InputRefused

MAX_VOICES = 30
MAX_BARS = 2_000  # in one voice; the longest movements of real quartets have 1,500
MAX_CHORD_NOTES = 32
MAX_GRACE_NOTES = 64
MAX_TUPLET = 64
MAX_OCTAVE_MARKS = 5
MAX_DURATION = 512  # in unit lengths, above or below the line of the fraction
MAX_SLASHES = 6
MAX_OPEN_SLURS = 64

_TOKEN = re.compile(
    r"""
      (?P<text>        "[^"]*" | ![^!\s]*! | \+[^+\s]*\+ )
    | (?P<field>       \[ [A-Za-z]: [^\]]* \] )
    | (?P<bar>         \[? \|+ | \[ (?=[0-9]) )
    | (?P<chord>       \[ )
    | (?P<end_chord>   \] )
    | (?P<grace>       \{ )
    | (?P<end_grace>   \} )
    | (?P<tuplet>      \( [0-9]+ (?: :[0-9]* ){0,2} )
    | (?P<slur>        \( )
    | (?P<end_slur>    \) )
    | (?P<note>        [A-GXZa-gxyz] [',]* (?P<duration> [0-9]* /* [0-9]* ) )
    | (?P<long_chord>  (?<=\]) (?: [0-9]+ /* [0-9]* | /+ [0-9]* ) )
    """,
    re.VERBOSE | re.ASCII,
)
_DURATION = re.compile(r"([0-9]*)(/*)([0-9]*)", re.ASCII)


class MusicLimits:
    """Counts along while music is read. Bars are counted for each voice."""

    def __init__(self) -> None:
        self._voice = "1"
        self._voices: set[str] = set()
        self._num_bars: Counter[str] = Counter()
        self._num_notes = 0
        self._num_in_group = 0  # notes since the chord or the grace notes began
        self._group_limit: int | None = None
        self._num_open_slurs = 0

    def read_field(self, letter: str, value: str) -> None:
        """A field that stands on a line of its own."""
        if letter == "V":
            self._voice = value.split()[0]
            self._voices.add(self._voice)
            if len(self._voices) > MAX_VOICES:
                raise InputRefused(f"There are more than {MAX_VOICES} voices. Ask for a smaller ensemble.")

    def read(self, line: str) -> None:
        """A line of music. Raises InputRefused."""
        self._group_limit = None  # a chord goes on neither in the next line nor in the next bar
        for token in _TOKEN.finditer(line):
            handle = getattr(self, f"_{token.lastgroup}", None)
            if handle is not None:
                handle(token[0])

    def finish(self) -> None:
        """Raises InputRefused when there was no music at all."""
        if not self._num_notes:
            raise InputRefused("There is no music in this ABC. Write a header that ends in a K: line, then notes.")

    def _field(self, text: str) -> None:
        self.read_field(text[1], text[3:-1])

    def _bar(self, _text: str) -> None:
        self._count_bars(1)

    def _count_bars(self, num_bars: int) -> None:
        self._num_bars[self._voice] += num_bars
        self._num_open_slurs, self._group_limit = 0, None
        if self._num_bars[self._voice] > MAX_BARS:
            raise InputRefused(f"This piece has more than {MAX_BARS} bars. Ask for fewer.")

    def _chord(self, _text: str) -> None:
        self._num_in_group, self._group_limit = 0, MAX_CHORD_NOTES

    def _grace(self, _text: str) -> None:
        self._num_in_group, self._group_limit = 0, MAX_GRACE_NOTES

    def _end_chord(self, _text: str) -> None:
        self._group_limit = None

    _end_grace = _end_chord

    def _tuplet(self, text: str) -> None:
        numbers = [int(number[:4]) for number in text[1:].split(":") if number]
        if not 2 <= numbers[0] <= MAX_TUPLET or max(numbers) > MAX_TUPLET or 0 in numbers:
            raise InputRefused(f"{text[:20]} is not a tuplet that can be drawn. Use one such as (3 or (3:2:3.")

    def _slur(self, _text: str) -> None:
        self._num_open_slurs += 1
        if self._num_open_slurs > MAX_OPEN_SLURS:
            raise InputRefused("Too many slurs begin in one bar. Take some of them out.")

    def _note(self, text: str) -> None:
        self._num_notes += 1
        self._num_in_group += 1
        if self._group_limit is not None and self._num_in_group > self._group_limit:
            raise InputRefused(
                f"More than {self._group_limit} notes are crammed into one chord. Take some of them out."
            )
        marks = len(text) - len(text[1:].lstrip("',")) - 1
        if marks > MAX_OCTAVE_MARKS:
            raise InputRefused(f"The note {text[:10]} is too high or too low to be drawn. Choose another octave.")
        num_bars = _check_duration(text[1 + marks :], longest=MAX_BARS if text[0] in "ZX" else MAX_DURATION)
        if text[0] in "ZX":
            self._count_bars(num_bars)

    def _long_chord(self, text: str) -> None:
        _check_duration(text, longest=MAX_DURATION)


def _check_duration(text: str, *, longest: int) -> int:
    """The number above the fraction line. Raises InputRefused for zero, and for what no score could show."""
    match = _DURATION.fullmatch(text)
    assert match is not None, "the token says what a duration looks like"
    above, slashes, below = match.groups()
    numbers = [int(number[:6]) for number in (above, below) if number]
    if 0 in numbers or max(numbers, default=1) > longest or len(slashes) > MAX_SLASHES:
        raise InputRefused(f"{text[:20]} is not a note length that can be drawn. Use one such as 2 or 3/2.")
    return int(above or 1)
