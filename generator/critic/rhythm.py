"""When notes begin and how long they last."""

from __future__ import annotations

from itertools import pairwise
from math import nan

import numpy as np
from numpy.typing import NDArray

from generator.critic.note_table import QUARTER, Ints, NoteTable
from generator.critic.tones import entropy

GROOVE_STEPS = 24  # of a quarter: MuSpy's default resolution
PATTERN_STEPS = 64  # of a bar: MusDr's positions


def measure_rhythm(notes: NoteTable) -> dict[str, float]:
    """Density, note lengths and how alike the rhythms of bars are."""
    if not len(notes):
        return {}
    seconds = sum(bar.seconds for bar in notes.bars)
    lengths = notes.end - notes.start
    bar_of_attack = np.searchsorted(notes.bar_starts, notes.attacks, side="right") - 1
    within = notes.attacks - notes.bar_starts[bar_of_attack]
    beats = np.array([bar.beat for bar in notes.bars])[bar_of_attack]
    return {
        "note_density": len(notes) / seconds if seconds else nan,
        "attacks": len(notes.attacks) * QUARTER / notes.ends,
        "note_length": float(lengths.mean() / QUARTER),
        "length_entropy": entropy(np.unique(lengths, return_counts=True)[1]),
        "offbeat": float(np.mean(within % beats != 0)),
        "empty_bars": 1 - len(_sounding_bars(notes)) / len(notes.bars),
        "voices_playing": _voices_playing(notes),
        **_measure_patterns(notes, bar_of_attack, within),
    }


def _sounding_bars(notes: NoteTable) -> Ints:
    """The bars in which something sounds."""
    moments = np.flatnonzero(notes.roll.any(axis=1))
    return np.unique(np.searchsorted(notes.bar_starts, notes.edges[moments], side="right") - 1)


def _voices_playing(notes: NoteTable) -> float:
    """The share of bars in which a voice begins a note, over all voices of the tune header."""
    pairs = np.unique(notes.voice * len(notes.bars) + notes.bar)
    return len(pairs) / (len(notes.voices) * len(notes.bars))


def _measure_patterns(notes: NoteTable, bars: Ints, within: Ints) -> dict[str, float]:
    """How alike the rhythms of bars are. bars, within: bar of each attack, and its time in that bar in ticks."""
    if len(notes.bars) < 2:
        return {}
    exact = [frozenset(within[bars == bar].tolist()) for bar in range(len(notes.bars))]
    step = QUARTER // GROOVE_STEPS
    coarse = [frozenset(time // step for time in pattern) for pattern in exact]
    differing = sum(len(one ^ other) for one, other in pairwise(coarse))
    positions = sum(-(-bar.length // step) for bar in notes.bars[1:])
    changes = [one != other for one, other in pairwise(exact)]
    return {
        "groove_consistency": 1 - differing / positions if positions else nan,
        "grooving_similarity": _grooving_similarity(notes, exact),
        "rhythm_changes": float(np.mean(changes)),
    }


def _grooving_similarity(notes: NoteTable, patterns: list[frozenset[int]]) -> float:
    """The mean over all pairs of bars of 1 - the share of the 64 positions in which only one has an attack."""
    vectors: NDArray[np.float64] = np.zeros((len(patterns), PATTERN_STEPS))
    for bar, pattern in enumerate(patterns):
        length = max(1, notes.bars[bar].length)
        vectors[bar, [min(PATTERN_STEPS - 1, time * PATTERN_STEPS // length) for time in pattern]] = 1
    counts = vectors.sum(axis=1)
    differing = counts[:, None] + counts[None, :] - 2 * vectors @ vectors.T
    return float(1 - differing[np.triu_indices(len(patterns), k=1)].mean() / PATTERN_STEPS)
