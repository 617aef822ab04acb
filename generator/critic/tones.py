"""Which pitches a tune uses and how its melodies move.

A *line* is what jSymbolic measures per MIDI channel: here one voice, of chords the highest note.
"""

from __future__ import annotations

from math import nan

import numpy as np

from generator.critic.key import find_key
from generator.critic.note_table import Bools, Ints, NoteTable
from generator.critic.sounding import header_signatures, written_transposition
from generator.notation import Header
from generator.notation.keys import STEP_PITCHES

MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
STEP, OCTAVE = 2, 12  # semitones


def measure_tones(notes: NoteTable, header: Header) -> dict[str, float]:
    """Pitch classes, scale, key and register."""
    if not len(notes):
        return {}
    classes = notes.pitch % 12
    counts = np.bincount(classes, minlength=12)
    found = find_key(dict(enumerate(notes.chroma.sum(axis=0))))
    ranges = [np.ptp(notes.pitch[notes.voice == voice]) for voice in np.unique(notes.voice)]
    return {
        "pitch_class_entropy": entropy(counts),
        "bar_pitch_class_entropy": float(
            np.mean([entropy(np.bincount(classes[notes.bar == bar])) for bar in np.unique(notes.bar)])
        ),
        "scale_consistency": float(max(counts[_scale_on(tonic)].sum() for tonic in range(12)) / counts.sum()),
        "key_clarity": found.correlation if found else nan,
        "foreign_notes": float(np.mean(_foreign_to_signature(notes, header))),
        "pitch_range": float(np.ptp(notes.pitch)),
        "mean_pitch": float(notes.pitch.mean()),
        "voice_range": float(np.mean(ranges)),
    }


def measure_melody(notes: NoteTable) -> dict[str, float]:
    """Shares of melodic intervals."""
    moves, bars = _melodic_intervals(notes)
    if not len(moves):
        return {}
    size = np.abs(moves)
    turning = np.count_nonzero(moves)
    values = {
        "mean_interval": float(size.mean()),
        "repeated_notes": _share(size == 0),
        "chromatic_motion": _share(size == 1),
        "stepwise_motion": _share((size > 0) & (size <= STEP)),
        "leaps": _share(size > OCTAVE),
        "rising": float(np.count_nonzero(moves > 0) / turning) if turning else nan,
    }
    within, over = size[bars == 0], size[bars == 1]
    if len(over):
        values["barline_steps"] = _share(over <= STEP)
    if len(over) and within.any():
        values["barline_leap"] = float(over.mean() / within.mean())
    return values


def entropy(counts: Ints) -> float:
    """Shannon's, in bits."""
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum())


def _share(chosen: Bools) -> float:
    """The share of the true ones."""
    return float(np.mean(chosen))


def _scale_on(tonic: int) -> list[int]:
    """The pitch classes of a major scale; those of its relative minor are the same."""
    return [(tonic + step) % 12 for step in MAJOR_SCALE]


def _foreign_to_signature(notes: NoteTable, header: Header) -> Bools:
    """Which notes the key signature at the start does not have: (notes,) bool."""
    signatures = header_signatures(header)
    transpositions = {voice.id: written_transposition(voice) or 0 for voice in header.voices}
    allowed = np.zeros((len(notes.voices), 12), bool)
    for place, voice in enumerate(notes.voices):
        for step, alteration in zip(STEP_PITCHES, signatures[voice], strict=True):
            allowed[place, (step + alteration + transpositions[voice]) % 12] = True
    return np.asarray(~allowed[notes.voice, notes.pitch % 12])


def _melodic_intervals(notes: NoteTable) -> tuple[Ints, Ints]:
    """From each note of a line to the next, one line after the other: semitones, and bars between the two."""
    order = np.lexsort((notes.pitch, notes.start, notes.voice))
    voice, start, pitch = notes.voice[order], notes.start[order], notes.pitch[order]
    top = np.ones(len(order), bool)
    top[:-1] = (voice[1:] != voice[:-1]) | (start[1:] != start[:-1])
    voice, pitch, bar = voice[top], pitch[top], notes.bar[order][top]
    same = voice[1:] == voice[:-1]
    return np.asarray(np.diff(pitch)[same]), np.asarray(np.diff(bar)[same])
