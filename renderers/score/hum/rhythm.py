"""The lengths of notes in quarters, and how fast a quarter is, from when they were sung.

Every pace is tried: for each the likeliest length of each note, by how far it lies from what was sung and by how often
songs have such a length. Songs are mostly quarters and eighths that begin on beats, and seldom very slow or fast: that
tells a pace from the double of it, as far as it can be told at all.

Promises: a length is written, and sung, from one note to the next unless there was silence. Not covered: triplets; a
pace that changes by more than the tolerance; bars (`metre.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from renderers.score.hum.contour import Curve
from renderers.score.hum.notes import Voiced

UNIT = 4  # lengths are counted in sixteenths: so many make a quarter
# What a length costs, in nats: about how seldom songs have it.
PRICES = {
    1 * UNIT: 1.0,
    UNIT // 2: 1.0,
    2 * UNIT: 2.2,
    3 * UNIT // 2: 2.6,
    UNIT // 4: 2.7,
    3 * UNIT // 4: 2.7,
    3 * UNIT: 3.3,
    4 * UNIT: 3.6,
    5 * UNIT // 2: 4.8,
    7 * UNIT // 2: 5.5,
    7 * UNIT // 4: 5.8,
    5 * UNIT // 4: 6.2,
    5 * UNIT: 5.2,
    6 * UNIT: 5.0,
    8 * UNIT: 6.0,
}
# Some songs run in sixteenths: then the short lengths are the usual ones, and that costs something once.
RUNNING = {UNIT // 4: 1.2, UNIT // 2: 1.0, 3 * UNIT // 4: 2.3, UNIT: 1.8, 3 * UNIT // 2: 3.2, 2 * UNIT: 3.0}
RUNNING_PRICE = 2.0
LENGTHS = np.array(list(PRICES))
KINDS = (
    (0.0, np.array(list(PRICES.values()))),
    (RUNNING_PRICE, np.array([RUNNING.get(length, price + 1) for length, price in PRICES.items()])),
)
SLOWEST_S, FASTEST_S, NUM_PACES = 60 / 57, 60 / 148, 90
ONSET_S, STRETCH = 0.024, 0.035  # how exactly somebody sings: a fixed part, and one of the length
USUAL_S, OCTAVES_AROUND = 60 / 80, 0.4  # of a quarter
BEFORE_BEAT = {0: 0.0, UNIT // 2: 0.2, UNIT // 4: 0.8, 3 * UNIT // 4: 0.6}  # for a note that begins there in its beat
ELSEWHERE = 1.4
MOST_MISFIT = 12.0  # in square deviations: a length that fits none is a breath that nobody counted
REST_SHARE, LEAST_REST_S = 0.36, 0.16  # of a note's time: less silence is how it was sung
SOUNDING = 0.9  # what of a note sounds


@dataclass(frozen=True, kw_only=True)
class Timed:
    """One note: where it begins and how long it is, in UNITs from the first."""

    onset: int
    length: int


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """quarter_s: how long a quarter is; notes: as many as were sung; price: what speaks against it, for each note."""

    quarter_s: float
    notes: tuple[Timed, ...]
    price: float


def find_rhythm(notes: Sequence[Voiced], *, quarter_s: float | None = None) -> Rhythm:
    """quarter_s: about how long a quarter is, where somebody has said so. notes: at least two."""
    onsets = np.array([note.start for note in notes])
    gaps = np.diff(onsets)
    paces = np.geomspace(FASTEST_S, SLOWEST_S, NUM_PACES) if quarter_s is None else np.array([quarter_s])
    rated = []
    for tried, (kind, costs) in product(paces, KINDS):
        pace = tried
        for _ in range(3):
            steps, price = _steps(gaps, pace, costs)
            pace = _refined(gaps, steps, pace)
        steps, price = _steps(gaps, pace, costs)
        unusual = 0.0 if quarter_s else 0.5 * (np.log2(pace / USUAL_S) / OCTAVES_AROUND) ** 2
        off_beat = _off_beat(steps) * (0.5 if kind else 1.0)
        rated.append((price + off_beat + unusual + kind, pace, steps))
    price, pace, steps = min(rated, key=lambda each: each[0])
    return Rhythm(quarter_s=float(pace), notes=_with_rests(notes, steps, pace), price=float(price) / len(notes))


def _steps(gaps: Curve, pace: float, costs: Curve) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], float]:
    """From each onset to the next, and the price of all."""
    away = (gaps[:, None] - pace * LENGTHS[None, :] / UNIT) / (ONSET_S * 1.4 + STRETCH * gaps[:, None])
    prices = 0.5 * np.minimum(away**2, MOST_MISFIT) + 0.02 * np.abs(away) + costs
    best = prices.argmin(axis=1)
    return LENGTHS[best], float(prices[np.arange(len(gaps)), best].sum())


def _refined(gaps: Curve, steps: np.ndarray[tuple[int], np.dtype[np.int64]], pace: float) -> float:
    """The pace that fits these lengths best, near the one that they were found with."""
    quarters = steps / UNIT
    weight = 1 / (ONSET_S * 1.4 + STRETCH * gaps) ** 2
    fitted = float((weight * quarters * gaps).sum() / (weight * quarters**2).sum())
    return min(max(fitted, pace * 0.98, FASTEST_S), pace * 1.02, SLOWEST_S)


def _off_beat(steps: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """What it costs where the notes begin in their beats, the first one being where that is cheapest."""
    places = np.concatenate(([0], np.cumsum(steps)))
    starts = (0, UNIT // 2, UNIT // 4, 3 * UNIT // 4)
    return min(sum(BEFORE_BEAT.get(int(place) % UNIT, ELSEWHERE) for place in places + start) for start in starts)


def _with_rests(
    notes: Sequence[Voiced], steps: np.ndarray[tuple[int], np.dtype[np.int64]], pace: float
) -> tuple[Timed, ...]:
    onsets = [0, *(int(place) for place in np.cumsum(steps))]
    timed = []
    for place, note in enumerate(notes):
        if place < len(steps):
            whole = int(steps[place])
            silence = notes[place + 1].start - note.end
            length = whole
            if silence > max(LEAST_REST_S, REST_SHARE * pace * whole / UNIT):
                length = min(whole, nearest_length(note.length / pace / SOUNDING))
        else:
            length = nearest_length(note.length / pace / SOUNDING)
        timed.append(Timed(onset=onsets[place], length=length))
    return tuple(timed)


def nearest_length(quarters: float) -> int:
    """The usual length that is nearest to so many quarters, by their ratio."""
    usual = [length for length, price in PRICES.items() if price < 4.0]
    return min(usual, key=lambda length: abs(np.log(max(quarters, 0.05) * UNIT / length)) + 0.02 * PRICES[length])
