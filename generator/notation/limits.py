"""Metres and tempos: how they are read, and how far they may go.

Promises: there is one grammar of metres, for tunes (`read_metre_field`) and for what a person asks (`parse_metre`).
Tunes are read generously; what is asked has to be something that the network knows and that players can count.
Not covered: keys (`keys.py`); tempo words such as Allegro.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from generator.errors import BadRequest, NotationError

MAX_BEATS = 32
BEAT_UNITS = (1, 2, 4, 8, 16, 32)
TUNES_BEAT_UNITS = (*BEAT_UNITS, 64)
TEMPO_MIN, TEMPO_MAX = 20, 300  # quarter notes a minute

_NAMED_METRES = {"C": (4, 4), "c": (4, 4), "C|": (2, 2), "c|": (2, 2)}
_METRE = re.compile(r"([0-9]{1,3})\s*/\s*([0-9]{1,3})")


@dataclass(frozen=True)
class Metre:
    """A time signature such as 3/4."""

    numerator: int
    denominator: int

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @cached_property
    def length(self) -> Fraction:
        """Length of a bar in whole notes."""
        return Fraction(self.numerator, self.denominator)

    @property
    def compound(self) -> bool:
        """Whether beats are in threes, 6/8 or 9/8; decides what `(2` and `(5` mean."""
        return self.numerator % 3 == 0 and self.numerator > 3


def read_metre_field(words: str) -> Metre | None:
    """What follows `M:` in a tune: `3/4`, `C`, `C|`; None for `none`. Raises NotationError for what is no metre."""
    if words.strip() in ("none", ""):
        return None
    metre = _find_metre(words)
    if metre is None:
        raise NotationError(reason="metre", value=words.strip()[:20])
    return metre


def parse_metre(words: str) -> Metre:
    """The metre that a person means: "6/8", "C".

    Raises BadRequest unless it has 1 to 32 beats of a whole, half, quarter, 8th, 16th or 32nd note.
    """
    metre = _find_metre(words)
    if metre is None or metre.numerator > MAX_BEATS or metre.denominator not in BEAT_UNITS:
        raise BadRequest(reason="metre", value=words.strip()[:20], beats=MAX_BEATS)
    return metre


def _find_metre(words: str) -> Metre | None:
    """The metre that is written, None for anything else."""
    text = words.strip()
    found = _METRE.fullmatch(text)
    beats, unit = _NAMED_METRES.get(text) or (map(int, found.groups()) if found else (0, 0))
    return Metre(beats, unit) if beats and unit in TUNES_BEAT_UNITS else None


def check_tempo(tempo: int) -> int:
    """The tempo, in quarter notes a minute. Raises BadRequest unless it is a whole number from 20 to 300."""
    if isinstance(tempo, bool) or not isinstance(tempo, int) or not TEMPO_MIN <= tempo <= TEMPO_MAX:
        raise BadRequest(reason="tempo", low=TEMPO_MIN, high=TEMPO_MAX, value=str(tempo)[:20])
    return tempo
