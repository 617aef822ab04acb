"""The melodies of a tune as what stays the same at another pitch and another tempo.

A melody is what one voice sounds like from above: of a chord its top note, tied notes once, grace notes never. From
each note to the next there is a *step*: the interval in semitones, and by how much the time from note to note grows. A
long rest ends a melody.
How many notes a *run* of steps has is counted without what comes back in it, so that a repeated note, a trill or an
accompanying figure does not make a long run: of four notes in a row, only the first of their kind adds one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from generator.critic.sounding import SoundingNote, sounding_notes
from generator.notation import Tune

Steps = NDArray[np.uint16]  # interval and growth as one number; SEPARATOR before, between and after melodies
Places = NDArray[np.int64]  # where something stands in Steps

SEPARATOR = 0
LONG_REST = Fraction(1)  # whole notes: who rests as long begins anew
WIDEST_INTERVAL = 36  # semitones; a wider one counts as this
GROWTHS_PER_DOUBLING = 5  # tells 2:1, 3:2, 4:3, 5:4, 3:1 and 4:1 apart
MOST_GROWTH = 15  # three doublings; more counts as this
GROWTHS = 2 * MOST_GROWTH + 1
TURN_STEPS = 3  # four notes in a row are a turn


@dataclass(frozen=True)
class Melody:
    """Steps from note to note. intervals, growths: (steps,) int8; bars: (steps,), where the first of its notes stands.

    growths: of the time from note to note, in fifths of a doubling: 0 goes on evenly, 5 is twice as slow.
    """

    intervals: NDArray[np.int8]
    growths: NDArray[np.int8]
    bars: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.intervals)


def melodies(tune: Tune) -> list[Melody]:
    """The melodies of all voices, voice after voice; lines of one or two notes are none."""
    return [_steps(line) for voice in _top_notes(tune) for line in _between_long_rests(voice) if len(line) > 2]


def join_melodies(parts: Iterable[Melody]) -> tuple[Steps, NDArray[np.int32]]:
    """All steps, with separators, and the bar of each (-1 for a separator)."""
    steps: list[Steps] = [np.array([SEPARATOR], np.uint16)]
    bars: list[NDArray[np.int32]] = [np.array([-1], np.int32)]
    for part in parts:
        steps += [_number_steps(part), steps[0]]
        bars += [part.bars, bars[0]]
    return np.concatenate(steps), np.concatenate(bars)


def _number_steps(melody: Melody) -> Steps:
    """One number, never SEPARATOR, for each interval with its growth."""
    intervals = melody.intervals.astype(np.int16) + WIDEST_INTERVAL
    return (intervals * GROWTHS + melody.growths + MOST_GROWTH + 1).astype(np.uint16)


def split_steps(steps: Steps) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Intervals and growths apart, which a file holds in less room."""
    return (steps // GROWTHS).astype(np.uint8), (steps % GROWTHS).astype(np.uint8)


def unite_steps(intervals: NDArray[np.uint8], growths: NDArray[np.uint8]) -> Steps:
    """What `split_steps` took apart."""
    steps = intervals.astype(np.uint16)
    steps *= GROWTHS  # in place: of all known pieces there are millions
    steps += growths
    return steps


def last_turns(steps: Steps) -> Places:
    """Where the turn that begins at each place was last seen; -1 if never, and for the last places, which begin none.

    (steps,) → (steps,).
    """
    seen = np.full(len(steps), -1, np.int64)
    if len(steps) >= TURN_STEPS:
        numbers = steps.astype(np.int64)
        turns = (numbers[:-2] << 32) + (numbers[1:-1] << 16) + numbers[2:]
        order = np.argsort(turns, kind="stable")
        again = turns[order][1:] == turns[order][:-1]
        seen[order[1:][again]] = order[:-1][again]
    return seen


def count_notes(seen: Places, start: int, end: int) -> int:
    """The notes of the run of steps from `start` to before `end`, without what comes back in it.

    seen: as `last_turns` gives it. A run in which nothing comes back has a note more than steps.
    """
    if end - start < TURN_STEPS:
        return end - start + 1
    return TURN_STEPS + int(np.count_nonzero(seen[start : end - TURN_STEPS + 1] < start))


def _top_notes(tune: Tune) -> Iterator[list[SoundingNote]]:
    """Of each voice the notes that are heard on top, in order."""
    voices: dict[str, dict[Fraction, SoundingNote]] = defaultdict(dict)
    for note in sounding_notes(tune):
        top = voices[note.voice].get(note.start)
        if note.length and (top is None or note.pitch > top.pitch):
            voices[note.voice][note.start] = note
    for by_start in voices.values():
        yield [by_start[start] for start in sorted(by_start)]


def _between_long_rests(notes: list[SoundingNote]) -> Iterator[list[SoundingNote]]:
    """The notes that are struck, cut where nobody plays for long."""
    line: list[SoundingNote] = []
    end = Fraction(0)
    for note in notes:
        if line and note.start - end >= LONG_REST:
            yield line
            line = []
        if not (note.held and line):
            line.append(note)
        end = note.start + note.length
    yield line


def _steps(line: list[SoundingNote]) -> Melody:
    pitches = np.array([note.pitch for note in line])
    starts = np.array([float(note.start) for note in line] + [float(line[-1].start + line[-1].length)])
    growths = np.rint(GROWTHS_PER_DOUBLING * np.diff(np.log2(np.diff(starts))))
    return Melody(
        np.clip(np.diff(pitches), -WIDEST_INTERVAL, WIDEST_INTERVAL).astype(np.int8),
        np.clip(growths, -MOST_GROWTH, MOST_GROWTH).astype(np.int8),
        np.array([note.bar for note in line[:-1]], dtype=np.int32),
    )
