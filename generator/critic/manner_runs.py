"""Short runs of notes, of lengths and of chords, counted into places of one vector: `manner.py` tells composers by it.

Promises: the same music at another pitch has the same vector; runs of every kind weigh as much together, however many
there are. Nothing is taken from `features.py`: these are successions, those are shares and means.
Not covered: two runs may fall into the same place. With some thousand places that blurs little.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from generator.critic.note_table import PITCHES, QUARTER, Bools, Ints, NoteTable

PLACES = 2048
OCTAVE = 12
WIDEST = OCTAVE + 1  # wider leaps count as this one
HIGHEST_VOICE, MIDDLE_VOICE, LOWEST_VOICE = range(3)

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class _Line:
    """One voice: its highest note at each attack. role: which voice; the others (attacks,), times in ticks."""

    role: int
    start: Ints
    length: Ints
    pitch: Ints
    struck: Ints  # how many notes at once
    bar: Ints


def count_runs(notes: NoteTable, *, tonic: int) -> Vector:
    """(PLACES,): for each kind of run the square roots of the shares of its runs (Hellinger). tonic: pitch class."""
    vector = np.zeros(PLACES)
    rows: dict[int, list[Ints]] = {}
    for kind, found in _runs(notes, tonic=tonic):
        rows.setdefault(kind, []).append(found)
    for kind, parts in rows.items():
        hashes, counts = np.unique(np.concatenate([_hashed(part, kind) for part in parts]), return_counts=True)
        if len(hashes):
            np.add.at(vector, (hashes % PLACES).astype(np.int64), np.sqrt(counts / counts.sum()))
    return vector


def _runs(notes: NoteTable, *, tonic: int) -> Iterator[tuple[int, Ints]]:
    """Numbered kinds with their runs: (runs, numbers) each; a kind may come several times."""
    for line in _lines(notes):
        steps = np.clip(np.diff(line.pitch), -WIDEST, WIDEST)
        apart = np.diff(line.start)
        degrees = (line.pitch - tonic) % OCTAVE
        yield 0, _of(line.role, steps[:-1], steps[1:])
        yield 1, _of(0, steps[:-2], steps[1:-1], steps[2:])
        yield 2, _of(line.role, steps, _pace(apart))
        yield 3, _of(line.role, apart[:-2], apart[1:-1], apart[2:])
        yield 4, _of(line.role, degrees[:-1], degrees[1:])
        yield 5, _of(line.role, _bar_rhythms(line, notes))
        yield 6, _of(line.role, line.struck, line.length)
    bass, top, shapes = _chords(notes, tonic=tonic)
    moves = bass[1:] != bass[:-1]
    yield 7, _of(0, bass, shapes)
    yield 8, _of(0, bass[:-1][moves], bass[1:][moves], shapes[1:][moves])
    yield 9, _of(0, top[:-1], top[1:], bass[1:])


def _lines(notes: NoteTable) -> Iterator[_Line]:
    """The voices that sing, the highest staff first."""
    sung = np.unique(notes.voice)
    for voice in sung:
        places = np.flatnonzero(notes.voice == voice)
        places = places[np.lexsort((-notes.pitch[places], notes.start[places]))]
        start, first, struck = np.unique(notes.start[places], return_index=True, return_counts=True)
        highest = places[first]
        role = HIGHEST_VOICE if voice == sung[0] else LOWEST_VOICE if voice == sung[-1] else MIDDLE_VOICE
        length = notes.end[highest] - start
        yield _Line(role, start, length, notes.pitch[highest], struck.astype(np.int64), notes.bar[highest])


def _pace(apart: Ints) -> Ints:
    """How many quarters a distance in time has, or, negative, how many of it a quarter has."""
    return np.where(apart > QUARTER, apart // QUARTER, -(QUARTER // np.maximum(apart, 1)))


def _bar_rhythms(line: _Line, notes: NoteTable) -> Ints:
    """A number for the attacks of each bar in which there are some."""
    within = line.start - notes.bar_starts[line.bar]
    return np.array([crc32(within[line.bar == bar].tobytes()) for bar in np.unique(line.bar)], np.int64)


def _chords(notes: NoteTable, *, tonic: int) -> tuple[Ints, Ints, Ints]:
    """At every attack: lowest and highest degree above the tonic, and what sounds above the lowest, as 12 bits."""
    moments = np.searchsorted(notes.edges, notes.attacks)
    sounding = notes.roll[moments[moments < len(notes.roll)]]
    sounding = sounding[sounding.any(axis=1)]
    if not len(sounding):
        none = np.zeros(0, np.int64)
        return none, none, none
    lowest, highest = sounding.argmax(axis=1), PITCHES - 1 - sounding[:, ::-1].argmax(axis=1)
    return (lowest - tonic) % OCTAVE, (highest - tonic) % OCTAVE, _shapes(sounding, lowest)


def _shapes(sounding: Bools, lowest: Ints) -> Ints:
    """(chords,) with a bit for each pitch class, counted from the lowest note's."""
    classes = np.pad(sounding, ((0, 0), (0, -PITCHES % OCTAVE))).reshape(len(sounding), -1, OCTAVE).any(axis=1)
    turned = np.take_along_axis(classes, (lowest[:, None] + np.arange(OCTAVE)) % OCTAVE, axis=1)
    return np.asarray(turned @ (1 << np.arange(OCTAVE)), np.int64)


def _of(role: int, *columns: Ints) -> Ints:
    """Numbers side by side, the role first: (runs, numbers)."""
    return np.stack([np.full(len(columns[0]), role), *columns], axis=1).astype(np.int64)


def _hashed(rows: Ints, kind: int) -> NDArray[np.uint64]:
    """A number for each row, the same on every machine (the mixing of FNV-1a, and a last shift for the low bits)."""
    mixed = np.full(len(rows), 14695981039346656037 ^ kind, np.uint64)
    for column in rows.T.astype(np.uint64):
        mixed = (mixed ^ column) * np.uint64(1099511628211)
        mixed ^= mixed >> np.uint64(29)
    return mixed
