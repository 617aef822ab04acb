"""Whether a piece is heard in its key so far, and which notes would lead it further away.

The key is heard as Krumhansl and Schmuckler hear it ("Cognitive Foundations of Musical Pitch", 1990): how long each
pitch class sounds, correlated with the profile of every key. A small network wanders: of its piano pieces two in five
were heard in another key than the one above them, mostly the relative one or the other mode. While the key of the
piece, or its dominant, is not clearly the nearest, the notes that speak for its strongest rival are held back in a
share.

Promises: a pure function of the bars before; nothing is held back in a piece that is clearly in its key.
Not covered: where a key is left on purpose (`generator.planning`) nobody asks here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from generator.guard.place import Moment
from generator.planning.chords import SEMITONES, Tonality

Floats = NDArray[np.float64]
# How well each pitch class fits into C major and C minor: Krumhansl and Kessler, 1982.
PROFILES = {
    False: (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    True: (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
FIFTH = 7
CLEAR = 0.12  # so much further from any other key's profile than from its own, a piece is clearly in its key
MOST_HELD = 0.65  # of the notes that speak for nothing but the rival
FULL_DIFFERENCE = 1.5  # of two profiles, in their spreads: what a rival's tonic has
NOTHING_HELD = (0.0,) * SEMITONES


@dataclass(frozen=True)
class Home:
    """The key of a piece."""

    tonality: Tonality

    def strays(self, times: Sequence[float]) -> tuple[float, ...]:
        """For each pitch class the share that is to be held back. times: how long each has sounded."""
        heard = np.asarray(times, np.float64)
        if len(heard) != SEMITONES or np.count_nonzero(heard) < 2:
            return NOTHING_HELD
        keys, profiles = _keys()
        nearness = profiles @ ((heard - heard.mean()) / heard.std()) / SEMITONES
        tonic, is_minor = self.tonality.tonic, self.tonality.is_minor
        own = keys.index((tonic, is_minor))
        dominant = keys.index(((tonic + FIFTH) % SEMITONES, is_minor))
        best = max(nearness[own], nearness[dominant])
        rivals = nearness.copy()
        rivals[[own, dominant]] = -1
        rival = int(rivals.argmax())
        need = min(1.0, (CLEAR - (best - rivals[rival])) / CLEAR)
        if need <= 0:
            return NOTHING_HELD
        difference = (profiles[rival] - profiles[own]) / FULL_DIFFERENCE
        return tuple((need * MOST_HELD * difference.clip(0, 1)).tolist())


def time_by_class(voices: Iterable[Sequence[Moment]]) -> tuple[float, ...]:
    """How long each pitch class sounds in the voices of a bar, in whole notes."""
    times = [0.0] * SEMITONES
    for moments in voices:
        for start, end, pitch in moments:
            times[pitch % SEMITONES] += float(end - start)
    return tuple(times)


@cache
def _keys() -> tuple[list[tuple[int, bool]], Floats]:
    """All keys, as tonic and mode, and their profiles with mean 0 and spread 1: (24, 12)."""
    keys = [(tonic, is_minor) for is_minor in PROFILES for tonic in range(SEMITONES)]
    rows = np.array([np.roll(PROFILES[is_minor], tonic) for tonic, is_minor in keys])
    return keys, (rows - rows.mean(axis=1, keepdims=True)) / rows.std(axis=1, keepdims=True)
