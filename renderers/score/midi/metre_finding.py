"""The metre of a piece whose file does not say: which beats are the first of their bars, and whether beats have thirds.

A bar begins where more begins, lower, and lasts longer. The usual metre stays unless the notes say otherwise.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

# Beats of a bar, and how much more has to speak for it than for four.
CHOICES = {4: 0.0, 3: 0.25, 2: 0.35}
PHASE_PRICE = 0.35  # of a pickup: most pieces begin with a bar
THIRDS_SHARE = 0.6
FEWEST_BEATS = 12
BASS_WEIGHT, LENGTH_WEIGHT = 0.6, 0.8


@dataclass(frozen=True, slots=True)
class Struck:
    """A note; `start` and `length` in beats."""

    start: float
    length: float
    pitch: int


@dataclass(frozen=True)
class BarShape:
    """So many beats to a bar, the first bar beginning at beat `first`; are beats divided in three?"""

    num_beats: int
    first: int
    is_compound: bool


def find_bars(notes: Sequence[Struck]) -> BarShape:
    """The bars of notes whose beats are known."""
    accents = _accents(notes)
    is_compound = _has_thirds(notes)
    if len(accents) < FEWEST_BEATS:
        return BarShape(4, 0, is_compound)
    scored = {
        (num_beats, first): _contrast(accents, num_beats, first) - price - (PHASE_PRICE if first else 0.0)
        for num_beats, price in CHOICES.items()
        for first in range(num_beats)
    }
    num_beats, first = max(scored, key=scored.__getitem__)
    return BarShape(num_beats, first, is_compound)


def _accents(notes: Sequence[Struck]) -> list[float]:
    """How heavy each beat is."""
    last = round(max(note.start for note in notes))
    lowest: dict[int, int] = {}
    weight: dict[int, float] = defaultdict(float)
    for note in notes:
        beat = round(note.start)
        if abs(note.start - beat) < 0.15:
            weight[beat] += 1 + LENGTH_WEIGHT * min(note.length, 4)
            lowest[beat] = min(lowest.get(beat, 127), note.pitch)
    middle = sum(note.pitch for note in notes) / len(notes)
    return [
        math.sqrt(weight[beat]) + BASS_WEIGHT * max(0.0, middle - lowest.get(beat, 127)) / 12
        for beat in range(max(0, last) + 1)
    ]


def _contrast(accents: Sequence[float], num_beats: int, first: int) -> float:
    """How much heavier the first beats of bars are than the others, in standard deviations."""
    down = [accent for beat, accent in enumerate(accents) if (beat - first) % num_beats == 0]
    others = [accent for beat, accent in enumerate(accents) if (beat - first) % num_beats]
    mean = sum(accents) / len(accents)
    spread = math.sqrt(sum((accent - mean) ** 2 for accent in accents) / len(accents)) or 1.0
    return (sum(down) / len(down) - sum(others) / len(others)) / spread


def _has_thirds(notes: Sequence[Struck]) -> bool:
    """Whether most notes between the beats lie on thirds."""
    thirds = halves = 0
    for note in notes:
        inside = note.start % 1
        if 0.1 < inside < 0.9:
            to_third = min(abs(inside - 1 / 3), abs(inside - 2 / 3))
            to_half = min(abs(inside - place) for place in (0.25, 0.5, 0.75))
            thirds += to_third < to_half
            halves += to_half <= to_third
    return thirds > THIRDS_SHARE * (thirds + halves) and thirds > 4
