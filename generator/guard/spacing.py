"""How far apart the voices of a choir stand: nobody crosses the voice above, nobody but the bass is an octave below it.

Promises: the window of a voice follows from what the voice above sings at that moment; none where that one rests.
Measured on 80 chorales by Bach: two in a hundred chords are wider.
Not covered: voices below, which are written later; notes that are held while the voice above moves.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from generator.critic.sounding import MIDDLE_C, sounding_shift
from generator.guard.place import Place
from generator.guard.reach import Window
from generator.notation import VoiceDef

OCTAVE = 12
LOWEST = 0  # the bass may be as far below the tenor as it likes
FEWEST_VOICES = 4


class Above(NamedTuple):
    """The voice above another, and semitones by which its notes are written lower than the other's would be."""

    voice: str
    written_lower: int = 0


def voices_above(voices: Sequence[VoiceDef]) -> Mapping[str, Above]:
    """For each voice of a choir the one above it; empty for fewer than four."""
    if len(voices) < FEWEST_VOICES:
        return {}
    return {
        voice.id: Above(upper.id, sounding_shift(upper) - sounding_shift(voice)) for upper, voice in pairwise(voices)
    }


def window_of(place: Place, above: Mapping[str, Above]) -> Window | None:
    """Where the voice of a place may sing, as it is written; None: anywhere."""
    upper = above.get(place.voice, Above(""))
    sung = [pitch for start, end, pitch in place.others.get(upper.voice, ()) if start <= place.now < end]
    if not sung:
        return None
    highest = MIDDLE_C + min(sung) + upper.written_lower
    is_bass = all(place.voice != one.voice for one in above.values())
    return Window(LOWEST if is_bass else highest - OCTAVE, highest)
