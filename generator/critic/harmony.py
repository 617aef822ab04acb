"""What sounds together: how many notes, how well they agree, how often the chord changes, how voices go together."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from generator.critic.note_table import Ints, NoteTable

DISSONANT = frozenset({1, 2, 6, 10, 11})  # semitones within the octave: seconds, sevenths, the tritone
OCTAVE_OR_UNISON, FIFTH = 0, 7  # within the octave
SLIGHT = 1e-9  # what rounding makes of equal shares
# By root from C upwards, major before minor: (24, 12).
TRIADS = np.array(
    [
        np.roll(shape, root)
        for shape in ([1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0])
        for root in range(12)
    ],
    np.float64,
)


def measure_harmony(notes: NoteTable) -> dict[str, float]:
    """Chords as they sound."""
    if not len(notes):
        return {}
    sounding = notes.roll.sum(axis=1)
    values = {
        "polyphony": float((sounding * notes.lengths).sum() / notes.lengths[sounding > 0].sum()),
        "silence": float(notes.lengths[sounding == 0].sum() / notes.lengths.sum()),
    }
    intervals = _interval_times(notes)
    if intervals.sum():
        values["dissonance"] = float(sum(intervals[size] for size in DISSONANT) / intervals.sum())
    return values | _measure_chords(notes)


def _interval_times(notes: NoteTable) -> NDArray[np.float64]:
    """How long each interval sounds, summed over all pairs of pitches, by semitones within the octave: (12,)."""
    used = np.flatnonzero(notes.roll.any(axis=0))
    roll = notes.roll[:, used].astype(np.float64)
    together = roll.T @ (roll * notes.lengths[:, None])  # (pitches, pitches) ticks
    upper, lower = np.triu_indices(len(used), k=1)
    sizes = (used[lower] - used[upper]) % 12
    return np.asarray(np.bincount(sizes, weights=together[upper, lower], minlength=12), np.float64)


def _measure_chords(notes: NoteTable) -> dict[str, float]:
    """How near each beat is to a triad, how often the triad changes, and how often its root falls a fifth."""
    beats = np.concatenate([np.arange(bar.start, bar.start + bar.length, bar.beat) for bar in notes.bars])
    if not len(beats):
        return {}
    chroma = np.add.reduceat(notes.chroma, np.searchsorted(notes.edges, beats), axis=0)
    chroma = chroma[chroma.sum(axis=1) > 0]
    fits = chroma @ TRIADS.T / chroma.sum(axis=1, keepdims=True)  # (beats, 24): the share of the sound
    chords = [int(fits[0].argmax())]
    for fit in fits[1:]:
        if fit[chords[-1]] < fit.max() - SLIGHT:
            chords.append(int(fit.argmax()))
    values = {"chord_clarity": float(fits.max(axis=1).mean()), "chord_changes": (len(chords) - 1) / len(notes.bars)}
    falls = [(one - other) % 12 for one, other in pairwise(chords) if (one - other) % 12]
    return values | ({"falling_fifths": falls.count(FIFTH) / len(falls)} if falls else {})


def measure_voices(notes: NoteTable) -> dict[str, float]:
    """How two voices go together."""
    values: dict[str, float] = {}
    moves = [_parallel_moves(one, other) for one, other in combinations(notes.lines, 2)]
    together = sum(count for _, count in moves)
    if together:
        values["parallels"] = sum(parallel for parallel, _ in moves) / together
    crossed = both = 0
    for upper, lower in zip(notes.lines[:-1], notes.lines[1:], strict=True):
        heard = (upper >= 0) & (lower >= 0)
        both += int(notes.lengths[heard].sum())
        crossed += int(notes.lengths[heard & (upper < lower)].sum())
    if both:
        values["crossings"] = crossed / both
    return values


def _parallel_moves(one: Ints, other: Ints) -> tuple[int, int]:
    """How often two lines move together in perfect fifths, octaves or unisons, and how often they move together.

    one, other: (moments,) pitches, -1 for silence. As music21's `VoiceLeadingQuartet` has it: both move to another
    pitch, in the same direction, and the interval is the same before and after, octaves apart or not.
    """
    heard = (one >= 0) & (other >= 0)
    both = heard[:-1] & heard[1:]
    first, second = np.diff(one), np.diff(other)
    moving = both & (first != 0) & (second != 0)
    interval = np.abs(one - other) % 12
    same = (interval[:-1] == interval[1:]) & ((interval[1:] == OCTAVE_OR_UNISON) | (interval[1:] == FIFTH))
    parallel = moving & same & (np.sign(first) == np.sign(second))
    return int(parallel.sum()), int(moving.sum())
