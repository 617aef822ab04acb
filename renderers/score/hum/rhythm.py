"""The lengths of notes in quarters, how fast a quarter is, and which notes there are, from when they were sung.

Promises: a length is written, and sung, from one note to the next unless there was silence; notes that were heard apart
and are one in the tune are put together. Not covered: which reading is the likeliest (`grid.py`); bars (`metre.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from renderers.score.hum.grid import ONSET_S, STRETCH, Way, find_ways
from renderers.score.hum.notes import Voiced, together
from renderers.score.hum.songs import QUARTER

USUAL_LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16)
FURTHEST = 3.0  # deviations: a length that is further off says nothing of the pace
REST_SHARE, LEAST_REST_S = 0.30, 0.16  # of a note's time: less silence is how it was sung
SOUNDING = 0.9  # what of a note sounds


@dataclass(frozen=True, kw_only=True)
class Timed:
    """One note: where it begins and how long it is, in sixteenths from the first."""

    onset: int
    length: int


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """quarter_s: how long a quarter is; sung, notes: the notes as they were sung and as they are written."""

    quarter_s: float
    sung: tuple[Voiced, ...]
    notes: tuple[Timed, ...]


def find_rhythm(notes: Sequence[Voiced], *, quarter_s: float | None = None) -> Rhythm:
    """quarter_s: about how long a quarter is, where somebody has said so. notes: at least two."""
    way = find_ways(notes, quarter_s=quarter_s)[0]
    ends = (*way.kept[1:], len(notes))
    sung = tuple(together(notes[first:end]) for first, end in zip(way.kept, ends, strict=True))
    pace = _refined(sung, way)
    return Rhythm(quarter_s=pace, sung=sung, notes=_with_rests(sung, way.steps, pace))


def _refined(sung: Sequence[Voiced], way: Way) -> float:
    """The pace that fits these lengths best, near the one that they were found with."""
    gaps = np.diff([note.start for note in sung])
    if not len(gaps):
        return way.quarter_s
    quarters = np.array(way.steps[:-1]) / QUARTER
    deviation = ONSET_S + STRETCH * gaps
    weight = (np.abs(gaps - quarters * way.quarter_s) < FURTHEST * deviation) / deviation**2
    total = float((weight * quarters**2).sum())
    fitted = float((weight * quarters * gaps).sum()) / total if total else way.quarter_s
    return min(max(fitted, way.quarter_s * 0.97), way.quarter_s * 1.03)


def _with_rests(sung: Sequence[Voiced], steps: Sequence[int], pace: float) -> tuple[Timed, ...]:
    onsets = [0, *np.cumsum(steps[:-1]).tolist()]
    lengths = [_sounding(note, after, step, pace) for (note, after), step in zip(pairwise(sung), steps, strict=False)]
    return tuple(Timed(onset=onset, length=length) for onset, length in zip(onsets, (*lengths, steps[-1]), strict=True))


def _sounding(note: Voiced, after: Voiced, step: int, pace: float) -> int:
    """How much of the time up to the next note is the note; the rest is silence."""
    whole_s = pace * step / QUARTER
    if after.start - note.end <= LEAST_REST_S or note.length >= (1 - REST_SHARE) * whole_s:
        return step
    quarters = max(note.length / pace / SOUNDING, 0.05)
    return min(step, *USUAL_LENGTHS, key=lambda length: abs(np.log(quarters * QUARTER / length)) + (length > step))
