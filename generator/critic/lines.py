"""What lines do: themes that return, leading notes, parallels, clashes.

Promises: pieces are compared as they sound; a chord counts by its highest note where a line is meant.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from generator.critic.chords import Tonic
from generator.critic.note_table import Ints, NoteTable
from generator.critic.repetition import bar_music
from generator.notation import Tune

FAR = 6  # bars between a theme and its return
FEWEST_NOTES = 4  # of two bars that are a theme
CLASHES = (1, 11)  # semitones within the octave
OCTAVE, FIFTH = 0, 7
NATURAL_SEVENTH, LEADING_NOTE = 10, 11  # semitones above the tonic

Shape = tuple[tuple[int, int], ...]


def theme_returns(notes: NoteTable) -> bool:
    """Whether two successive bars of melody come again at any pitch, six or more bars later.

    The melody is the top line of the highest staff. The same: as many notes, at the same times, in the same intervals.
    """
    first: dict[tuple[Shape, Shape], int] = {}
    lines = melody_by_bar(notes)
    for number in range(len(lines) - 1):
        pair = _as_shape(lines[number], lines[number + 1])
        if pair is not None and number - first.setdefault(pair, number) >= FAR:
            return True
    return False


def melody_by_bar(notes: NoteTable) -> list[dict[int, int]]:
    """For each bar the highest pitch of the top staff at each attack, by ticks from the bar's start."""
    top: list[dict[int, int]] = [{} for _ in notes.bars]
    voices = set(notes.staves[0]) if notes.staves else {0}
    for start, pitch, voice, bar in zip(
        notes.start.tolist(), notes.pitch.tolist(), notes.voice.tolist(), notes.bar.tolist(), strict=True
    ):
        if voice in voices:
            within = start - notes.bars[bar].start
            top[bar][within] = max(pitch, top[bar].get(within, 0))
    return top


def _as_shape(one: dict[int, int], other: dict[int, int]) -> tuple[Shape, Shape] | None:
    """Two bars as times and intervals from their first note; None if one is empty or both have too few notes."""
    if not one or not other or len(one) + len(other) < FEWEST_NOTES:
        return None
    first = one[min(one)]
    return (
        tuple((time, one[time] - first) for time in sorted(one)),
        tuple((time, other[time] - first) for time in sorted(other)),
    )


def equal_bars(tune: Tune) -> tuple[int, int]:
    """How many bars are equal to an earlier one in all voices, and how many have notes."""
    heard: set[object] = set()
    equal = count = 0
    for bar in tune.bars:
        if music := bar_music(bar):
            equal, count = equal + (music in heard), count + 1
            heard.add(music)
    return equal, count


def raised_sevenths(notes: NoteTable, tonic: Tonic) -> tuple[int, int]:
    """In minor: notes on the raised seventh degree, and notes on either seventh; (0, 0) in major."""
    if not tonic.is_minor:
        return 0, 0
    degrees = (notes.pitch - tonic.pitch_class) % 12
    raised = int((degrees == LEADING_NOTE).sum())
    return raised, raised + int((degrees == NATURAL_SEVENTH).sum())


def clashing_beats(notes: NoteTable) -> tuple[int, int]:
    """Beats at whose start a semitone or major seventh sounds, octaves apart or not, and beats with two notes."""
    beats = [np.arange(bar.start, bar.start + bar.length, bar.beat) for bar in notes.bars if bar.length]
    if not beats or not len(notes):
        return 0, 0
    clashing = sounding = 0
    for moment in np.searchsorted(notes.edges, np.concatenate(beats)):
        pitches = np.flatnonzero(notes.roll[moment]) if moment < len(notes.roll) else np.array([], np.int64)
        if len(pitches) > 1:
            sounding += 1
            clashing += any((high - low) % 12 in CLASHES for low, high in combinations(pitches.tolist(), 2))
    return clashing, sounding


def parallels(notes: NoteTable, *, outer_only: bool) -> tuple[int, int]:
    """Parallel perfect fifths and octaves (or unisons), and chords: times at which some voice strikes.

    Two voices move in parallel if both go to another pitch in the same direction and are a fifth or octave apart before
    and after. outer_only: of the highest and lowest line; else of all pairs.
    """
    if not len(notes) or len(notes.lines) < 2:
        return 0, 0
    moments = np.searchsorted(notes.edges, notes.attacks)
    lines = notes.lines[:, moments[moments < len(notes.lengths)]]
    pairs = [(lines[0], _lowest(lines))] if outer_only else list(combinations(lines, 2))
    return sum(_parallel(one, other) for one, other in pairs), lines.shape[1]


def _lowest(lines: Ints) -> Ints:
    """The lowest line at each time; -1 where none sounds below the first."""
    below = np.where(lines[1:] < 0, 1000, lines[1:]).min(axis=0)
    return np.where(below == 1000, -1, below)


def _parallel(one: Ints, other: Ints) -> int:
    heard = (one >= 0) & (other >= 0)
    first, second = np.diff(one), np.diff(other)
    interval = np.abs(one - other) % 12
    same = (interval[:-1] == interval[1:]) & np.isin(interval[1:], (OCTAVE, FIFTH))
    moving = heard[:-1] & heard[1:] & (first != 0) & (np.sign(first) == np.sign(second))
    return int((moving & same).sum())
