"""The key of a tune whose pitches are known, and how its notes are spelled.

Promises: an order of all keys, the likeliest first; one tonic as major and minor are two keys.
Not covered: tunes that change their key, and other modes, which get the nearest of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from renderers.score.hum.rhythm import Timed
from renderers.score.hum.songs import QUARTER
from renderers.score.midi.key_finding import FIFTHS_OF_MAJOR, MAJOR, MINOR

TONIC_LAST, TONIC_FIRST, FIFTH_FIRST = 0.30, 0.06, 0.04
MAJOR_SCALE, MINOR_SCALE = frozenset((0, 2, 4, 5, 7, 9, 11)), frozenset((0, 2, 3, 5, 7, 8, 10, 11))
OUTSIDE_PRICE = 1.5
MOST_FIFTHS = 6
MAJORS = ("Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#")
MINORS = ("Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m")


@dataclass(frozen=True, kw_only=True)
class Key:
    """fifths: sharps of the signature, flats negative; is_minor: whether its tonic is that of the minor key."""

    fifths: int
    is_minor: bool

    @property
    def abc(self) -> str:
        """As a `K:` line has it."""
        return (MINORS if self.is_minor else MAJORS)[self.fifths + MOST_FIFTHS]


def key_named(abc: str) -> Key | None:
    """What `abc` gave."""
    for names, is_minor in ((MAJORS, False), (MINORS, True)):
        if abc in names:
            return Key(fifths=names.index(abc) - MOST_FIFTHS, is_minor=is_minor)
    return None


def rate_keys(pitches: Sequence[int], notes: Sequence[Timed]) -> list[Key]:
    """All keys, the likeliest first. pitches: as in MIDI, one for each note."""
    weights = [0.0] * 12
    for pitch, note in zip(pitches, notes, strict=True):
        weights[pitch % 12] += math.sqrt(note.length / QUARTER)
    rated = {}
    for tonic in range(12):
        for is_minor, profile in ((False, MAJOR), (True, MINOR)):
            worth = _alike([weights[(tonic + degree) % 12] for degree in range(12)], profile)
            worth += TONIC_LAST * (pitches[-1] % 12 == tonic) + TONIC_FIRST * (pitches[0] % 12 == tonic)
            worth += FIFTH_FIRST * ((pitches[0] - 7) % 12 == tonic)
            scale = MINOR_SCALE if is_minor else MAJOR_SCALE
            outside = sum(weight for pitch, weight in enumerate(weights) if (pitch - tonic) % 12 not in scale)
            worth -= OUTSIDE_PRICE * outside / sum(weights)
            fifths = FIFTHS_OF_MAJOR[(tonic + 3 * is_minor) % 12]
            rated[Key(fifths=fifths, is_minor=is_minor)] = worth
    return sorted(rated, key=lambda key: -rated[key])


def _alike(first: Sequence[float], second: Sequence[float]) -> float:
    mean_first, mean_second = sum(first) / 12, sum(second) / 12
    away = [(a - mean_first, b - mean_second) for a, b in zip(first, second, strict=True)]
    size = math.sqrt(sum(a * a for a, _ in away) * sum(b * b for _, b in away))
    return sum(a * b for a, b in away) / size if size else 0.0
