"""How far apart the voices of a choir stand: nobody crosses the voice above, nobody but the bass is an octave below it.

Promises: the window of a voice follows from what the voice above sings at that moment; none where that one rests.
Measured on 80 chorales by Bach: two in a hundred chords are wider.
Not covered: voices below, which are written later; notes that are held while the voice above moves.
"""

from collections.abc import Mapping, Sequence

from generator.critic.sounding import MIDDLE_C
from generator.guard.place import Place
from generator.guard.reach import Window

OCTAVE = 12
LOWEST = 0  # the bass may be as far below the tenor as it likes
FEWEST_VOICES = 4


def voices_above(voices: Sequence[str]) -> Mapping[str, str]:
    """For each voice of a choir the one above it; empty for fewer than four."""
    return dict(zip(voices[1:], voices, strict=False)) if len(voices) >= FEWEST_VOICES else {}


def window_of(place: Place, above: Mapping[str, str]) -> Window | None:
    """Where the voice of a place may sing; None: anywhere."""
    upper = above.get(place.voice, "")
    sung = [pitch for start, end, pitch in place.others.get(upper, ()) if start <= place.now < end]
    if not sung:
        return None
    is_bass = place.voice not in above.values()
    return Window(LOWEST if is_bass else MIDDLE_C + min(sung) - OCTAVE, MIDDLE_C + min(sung))
