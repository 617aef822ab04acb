"""Parts that are written at another pitch than they sound: a clarinet in B flat, a horn in F, a piccolo.

ABC says `transpose=-2`: semitones from the written to the sounding pitch. MusicXML wants that as an interval (steps,
semitones, octaves), once for each part, and the part's own key signature at its very beginning.

What is not covered: voices on one staff that are transposed differently. A part has one transposition, that of its
first voice.
"""

from typing import Any

OCTAVE = 12
# The steps of an interval of 0 to 11 semitones, as transposing instruments have it: minor third, not augmented second.
STEPS = (0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6)


def interval_of(semitones: int) -> tuple[int, int, int]:
    """The steps, semitones and octaves of a transposition, as MusicXML wants them."""
    octaves = int(semitones / OCTAVE)  # towards zero, so that all numbers have the same sign
    rest = semitones - octaves * OCTAVE
    return STEPS[abs(rest)] * (1 if rest > 0 else -1), rest, octaves


def semitones_of(transpose: Any) -> int:
    """Semitones from the written to the sounding pitch. transpose: an element of either XML library."""
    return int(transpose.findtext("chromatic") or 0) + OCTAVE * int(transpose.findtext("octave-change") or 0)
