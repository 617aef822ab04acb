"""Which semitones the notes are, sung by somebody whose pitch drifts and who never heard of 440 Hz.

The tuning is followed as it drifts: a dynamic programme over how sharp the singer is at each note, in steps of five
cents. It may change slowly; notes of one scale are likelier than others. Promises: intervals come first; what the whole
is too high or too low is kept as small as it can be. Not covered: octaves, which are as they were sung.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renderers.score.hum.notes import Voiced

STEP, FURTHEST = 0.05, 0.9  # of a semitone
SPREAD = 0.17  # by how much a note is off
SHORT_S, SHORT_SPREAD = 0.15, 0.15  # more for one that is shorter
DRIFT = 0.25  # by how much the tuning changes in a second
AWAY = 0.3  # how far it usually is from that of instruments
WHOLE_WEIGHT = 5.0  # of that, over the whole tune: somebody who begins flat may end sharp
OUTSIDE_PRICE = 1.2  # of a note outside the scale
SCALE = frozenset((0, 2, 4, 5, 7, 9, 11))


def semitones_of(notes: Sequence[Voiced]) -> list[int]:
    """The pitch of each note as in MIDI. notes: at least one."""
    ways = [_way(notes, scale) for scale in range(-1, 12)]
    return min(ways, key=lambda way: way[0])[1]


def _way(notes: Sequence[Voiced], tonic: int) -> tuple[float, list[int]]:
    """The best tuning for one scale and its price; tonic -1: for none, which has a price of its own."""
    offsets = np.arange(-FURTHEST, FURTHEST + STEP / 2, STEP)
    far = 0.5 * (offsets / AWAY) ** 2
    prices = np.zeros(len(offsets))
    backs, rounded = [], []
    end_before = notes[0].start
    for place, note in enumerate(notes):
        spread = SPREAD + SHORT_SPREAD * max(0.0, 1 - note.length / SHORT_S)
        if place:
            gap_s = max(0.15, note.start + note.length / 2 - end_before)
            change = 0.5 * ((offsets[:, None] - offsets[None, :]) / (DRIFT * np.sqrt(gap_s))) ** 2
            total = prices[None, :] + change
            backs.append(total.argmin(axis=1))
            prices = total.min(axis=1)
        end_before = note.start + note.length / 2
        semitone, price = _nearest(note.pitch - offsets, spread, tonic)
        rounded.append(semitone)
        prices = prices + price + WHOLE_WEIGHT / len(notes) * far
    place = int(prices.argmin())
    best = float(prices[place])
    semitones = [int(rounded[-1][place])]
    for back, row in zip(reversed(backs), reversed(rounded[:-1]), strict=True):
        place = int(back[place])
        semitones.append(int(row[place]))
    extra = 0.35 * OUTSIDE_PRICE * len(notes) if tonic < 0 else 0.0
    return best + extra, semitones[::-1]


def _nearest(
    pitches: np.ndarray[tuple[int], np.dtype[np.float64]], spread: float, tonic: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """For each tuning the likeliest semitone and its price."""
    below = np.floor(pitches).astype(np.int64)
    choices = []
    for semitone in (below, below + 1):
        price = 0.5 * ((pitches - semitone) / spread) ** 2
        if tonic >= 0:
            price = price + OUTSIDE_PRICE * ~np.isin((semitone - tonic) % 12, list(SCALE))
        choices.append(price)
    higher = choices[1] < choices[0]
    return below + higher, np.where(higher, choices[1], choices[0])
