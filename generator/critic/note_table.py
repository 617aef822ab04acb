"""The notes of a tune as arrays of numbers, made once and measured in many ways.

Promises: notes that are tied are one note; grace notes and percussion are left out; every bar has its place in time,
also one in which everybody rests.
Not covered: repeats, which are read once, and bars that cannot be read, whose notes are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from generator.critic.length import DEFAULT_TEMPO, parse_tempo, tempo_within
from generator.critic.sounding import sounding_notes
from generator.notation import BarChecker, Metre, Tune, staves_of

TICKS = 20160  # of a whole note: 64ths, triplets, quintuplets and septuplets of them begin on one
QUARTER = TICKS // 4
PITCHES = 128

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class BarTime:
    """Where a bar stands in time: start, length and beat in ticks, and how long it takes in seconds."""

    start: int
    length: int
    beat: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class NoteTable:
    """All notes, sorted by start, then pitch.

    start and end in ticks; pitch as MIDI number; voice: place in `voices`, the highest staff first; bar from 0.
    Each of them (notes,) int64. staves: the places of the voices on each staff.
    """

    start: Ints
    end: Ints
    pitch: Ints
    voice: Ints
    bar: Ints
    bars: tuple[BarTime, ...]
    voices: tuple[str, ...]
    staves: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.pitch)

    @property
    def ends(self) -> int:
        """Where the last bar ends, in ticks."""
        return self.bars[-1].start + self.bars[-1].length if self.bars else 0

    @cached_property
    def bar_starts(self) -> Ints:
        """(bars,) ticks."""
        return np.array([bar.start for bar in self.bars], np.int64)

    @cached_property
    def attacks(self) -> Ints:
        """The different times at which notes begin, in ticks."""
        return np.unique(self.start)

    @cached_property
    def edges(self) -> Ints:
        """All times at which a note begins or ends or a beat or bar begins, and the end: (moments + 1,) ticks."""
        beats = [np.arange(bar.start, bar.start + bar.length, bar.beat) for bar in self.bars if bar.length]
        return np.unique(np.concatenate([self.start, self.end, *beats, np.array([self.ends], np.int64)]))

    @cached_property
    def lengths(self) -> Ints:
        """How long each moment lasts, in ticks."""
        return np.diff(self.edges)

    @cached_property
    def _spans(self) -> tuple[Ints, Ints]:
        """The first moment of each note, and the first after it."""
        return np.searchsorted(self.edges, self.start), np.searchsorted(self.edges, self.end)

    @cached_property
    def roll(self) -> Bools:
        """Which pitches sound at which moment: (moments, 128)."""
        roll = np.zeros((len(self.lengths), PITCHES), bool)
        for first, last, pitch in zip(*self._spans, self.pitch, strict=True):
            roll[first:last, pitch] = True
        return roll

    @cached_property
    def chroma(self) -> NDArray[np.float64]:
        """How long each pitch class sounds in each moment, octaves counted apiece: (moments, 12) ticks."""
        padded = np.pad(self.roll, ((0, 0), (0, -PITCHES % 12))).reshape(len(self.roll), -1, 12)
        return np.asarray(padded.sum(axis=1) * self.lengths[:, None], np.float64)

    @cached_property
    def lines(self) -> Ints:
        """The highest pitch of each voice in each moment, -1 where it is silent: (voices, moments)."""
        lines = np.full((len(self.voices), len(self.lengths)), -1, np.int64)
        for first, last, voice, pitch in zip(*self._spans, self.voice, self.pitch, strict=True):
            np.maximum(lines[voice, first:last], pitch, out=lines[voice, first:last])
        return lines


@lru_cache(maxsize=4)  # a tune is asked for by one measure after the other
def tabulate(tune: Tune) -> NoteTable:
    """The notes of a tune as arrays, which nobody changes."""
    staves = staves_of(tune.header)
    voices = tuple(voice for staff in staves for voice in staff)
    voices += tuple(voice.id for voice in tune.header.voices if voice.id not in voices)
    places = {voice: place for place, voice in enumerate(voices)}
    bars = _time_bars(tune)
    rows = sorted(_join_ties(tune, places, bars[-1].start + bars[-1].length if bars else 0))
    columns = np.array(rows, np.int64).reshape(-1, 5).T
    start, pitch, end, voice, bar = columns
    return NoteTable(
        start=start,
        end=end,
        pitch=pitch,
        voice=voice,
        bar=bar,
        bars=bars,
        voices=voices,
        staves=tuple(tuple(places[voice] for voice in staff) for staff in staves),
    )


def _join_ties(tune: Tune, places: dict[str, int], ends: int) -> list[tuple[int, int, int, int, int]]:
    """(start, pitch, end, place of the voice, bar) of every note that is struck, as long as it is held."""
    rows: list[tuple[int, int, int, int, int]] = []
    held_back: dict[tuple[str, int], int] = {}  # the row of the last note of a voice at a pitch
    for note in sounding_notes(tune):
        if not note.length or not 0 <= note.pitch < PITCHES or note.voice not in places:
            continue
        start, end = _ticks(note.start), min(_ticks(note.start + note.length), ends)
        before = held_back.get((note.voice, note.pitch))
        if note.held and before is not None and rows[before][2] == start:
            rows[before] = (*rows[before][:2], end, *rows[before][3:])
        elif start < end:
            held_back[note.voice, note.pitch] = len(rows)
            rows.append((start, note.pitch, end, places[note.voice], note.bar))
    return rows


def _time_bars(tune: Tune) -> tuple[BarTime, ...]:
    """The place of every bar in time. Starts are those of `sounding_notes`."""
    clock, start, bars = BarChecker(tune.header), Fraction(0), []
    tempo = parse_tempo(tune.header.tempo) or DEFAULT_TEMPO
    for bar in tune.bars:
        tempo = tempo_within(bar) or tempo
        metre = clock.metre_in(bar)
        clock.accept(bar)
        length = clock.last_length or Fraction(0)
        bars.append(
            BarTime(_ticks(start), _ticks(start + length) - _ticks(start), _beat_of(metre), float(60 * length / tempo))
        )
        start += length
    return tuple(bars)


def _beat_of(metre: Metre | None) -> int:
    """The beat in ticks: three eighths in 6/8, a half in 2/2; a quarter without metre."""
    if metre is None:
        return QUARTER
    return TICKS * (3 if metre.compound else 1) // metre.denominator


def _ticks(time: Fraction) -> int:
    """Whole notes to ticks, to the nearest one."""
    return (2 * TICKS * time.numerator + time.denominator) // (2 * time.denominator)
