"""A recording in, what was heard out: contour, notes, semitones, rhythm, bars, key, one after the other.

Promises: what holds no tune is refused in a sentence, and no tune is made up of it. Speech glides where a tune stays,
noise has no pitch. Not covered: real songs with accompaniment, of which something is heard that may be no tune.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from renderers.errors import InputRefused
from renderers.score.hum.contour import Contour, contour_of
from renderers.score.hum.decoding import decode
from renderers.score.hum.heard import Heard, read_notes
from renderers.score.hum.notes import Voiced, find_notes, sure_notes
from renderers.score.hum.rhythm import find_rhythm
from renderers.score.hum.tuning import semitones_of

FEWEST_NOTES, MOST_NOTES = 4, 500
STEADY_SHARE = 0.55  # of the time with a pitch, that has to belong to notes that stay
STEADY_SPREAD, STEADY_S = 0.3, 0.1
SYLLABLE_S, SYLLABLE_SPEED = 0.2, 1.3  # semitones by which its pitch strays, for each second that it lasts


@lru_cache(maxsize=1)  # a file is asked for its pages and for what was heard
def hear(content: bytes) -> Heard:
    """The tune that somebody hums in a file. Raises InputRefused, and NoEars without the extra."""
    contour = contour_of(decode(content))
    notes = find_notes(contour)
    check_tune(sure_notes(notes), contour)
    rhythm = find_rhythm(notes)
    return read_notes(semitones_of(rhythm.sung), rhythm.notes, tempo=60 / rhythm.quarter_s)


def check_tune(notes: Sequence[Voiced], contour: Contour) -> None:
    """Whether these notes are a tune. Raises InputRefused."""
    if not contour.voiced.any():
        raise InputRefused(reason="no_sound")
    if len(notes) > MOST_NOTES:
        raise InputRefused(reason="no_tune")
    steady_s = sum(note.length for note in notes if note.length >= STEADY_S and note.spread <= STEADY_SPREAD)
    voiced_s = float(np.count_nonzero(contour.voiced)) * contour.frame_s
    if len(notes) < FEWEST_NOTES or steady_s < STEADY_SHARE * voiced_s or _is_speech(notes):
        raise InputRefused(reason="no_tune")


def _is_speech(notes: Sequence[Voiced]) -> bool:
    """Syllables are short and glide; a tune as fast as speech does not, and what vibrates so much is longer."""
    sounding_s = sum(note.length for note in notes)
    spread = sum(note.spread * note.length for note in notes) / sounding_s
    usual_s = float(np.median([note.length for note in notes]))
    return usual_s < SYLLABLE_S and spread > SYLLABLE_SPEED * usual_s
