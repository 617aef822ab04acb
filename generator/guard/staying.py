"""How often a singer may stay on a note: a choir that is written line below line settles on what fits, and stays there.

Measured on composed chorales, with every other guard and without: three notes in ten are their voice's last one again,
of people's one in eight, and the more a piece has of them the more follow. A share of them is held back. Not covered:
players, who repeat notes on purpose.
"""

from generator.guard.clashes import last_pitch
from generator.guard.parallels import LastPitches
from generator.guard.place import Place

STAYING = 0.45  # of the notes that stay, so many are let through


def stays(place: Place, pitch: int, *, before: LastPitches) -> bool:
    """Whether a voice sings again what it has just sung, in whichever octave: that is written behind the letter.

    before: what the voices sang last in the bar before.
    """
    last = last_pitch(place.own, place.now) if place.own else before.get(place.voice)
    return last is not None and (last - pitch) % 12 == 0
