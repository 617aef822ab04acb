"""The key of a piece whose file does not say: the one whose notes are heard most.

Profiles: D. Temperley, Music and Probability (MIT Press 2007), table 6.1 (shares of bars with each scale degree).
"""

import math
from collections.abc import Sequence

from renderers.score.midi.rhythm import VoiceNote

MAJOR = (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400)
MINOR = (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330)
LAST_BASS_WORTH = 0.12
FIFTHS_OF_MAJOR = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)
FAR_FIFTHS, SURE_BY, FEWEST_NOTES = 3, 0.18, 12


def find_key(notes: Sequence[VoiceNote]) -> tuple[int, str]:
    """(fifths, mode) of the best key. notes: without drums, at least one."""
    found = _rated(notes)
    return max(found, key=found.__getitem__)


def find_mode(notes: Sequence[VoiceNote], fifths: int) -> str:
    """Whether the notes are in the major or the minor key of a signature."""
    found = _rated(notes)
    return max(("major", "minor"), key=lambda mode: found[fifths, mode])


def contradicts(notes: Sequence[VoiceNote], fifths: int) -> bool:
    """Whether the notes are so clearly in another key that a signature can only be one that nobody chose."""
    if len(notes) < FEWEST_NOTES:
        return False
    found = _rated(notes)
    best = max(found, key=found.__getitem__)
    own = max(found[fifths, mode] for mode in ("major", "minor"))
    return abs(best[0] - fifths) >= FAR_FIFTHS and found[best] - own > SURE_BY


def _rated(notes: Sequence[VoiceNote]) -> dict[tuple[int, str], float]:
    """How well each key fits, from -1 to 1 and a little more."""
    weights = [0.0] * 12
    for note in notes:
        weights[note.pitch % 12] += math.sqrt(note.end - note.start)
    last = max(note.start for note in notes)
    bass = min(note.pitch for note in notes if note.start == last or note.end > last) % 12
    rated = {}
    for tonic in range(12):
        for mode, profile in (("major", MAJOR), ("minor", MINOR)):
            turned = [weights[(tonic + degree) % 12] for degree in range(12)]
            fit = _correlation(turned, profile) + (LAST_BASS_WORTH if bass == tonic else 0.0)
            fifths = FIFTHS_OF_MAJOR[tonic if mode == "major" else (tonic + 3) % 12]
            rated[fifths, mode] = fit
    for mode in ("major", "minor"):
        for fifths in (-7, -6, 7):
            rated[fifths, mode] = rated[fifths + 12 if fifths < 0 else fifths - 12, mode] - 1e-6
    return rated


def _correlation(first: Sequence[float], second: Sequence[float]) -> float:
    mean_first, mean_second = sum(first) / len(first), sum(second) / len(second)
    away_first = [value - mean_first for value in first]
    away_second = [value - mean_second for value in second]
    size = math.sqrt(sum(value * value for value in away_first) * sum(value * value for value in away_second))
    return sum(a * b for a, b in zip(away_first, away_second, strict=True)) / size if size else 0.0
