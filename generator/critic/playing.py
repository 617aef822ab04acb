"""Whether people could play it: ranges of instruments, the stretch of a hand."""

from __future__ import annotations

import numpy as np

from generator.catalogue.ranges import Range
from generator.critic.note_table import NoteTable
from generator.critic.range_check import voice_ranges
from generator.notation import Header

KEYBOARDS = frozenset({"piano", "harpsichord", "organ", "harmonium", "celesta"})
TENTH = 16  # semitones: more than that, few hands reach


def measure_playing(notes: NoteTable, header: Header) -> dict[str, float]:
    """Notes out of range, and for keyboards what a hand has to span."""
    if not len(notes):
        return {}
    ranges = voice_ranges(header)
    known = outside = 0
    for place, voice in enumerate(notes.voices):
        possible, pitches = ranges.get(voice), notes.pitch[notes.voice == place]
        if possible is not None and len(pitches):
            known += len(pitches)
            outside += int(((pitches < possible.low) | (pitches > possible.high)).sum())
    values = {"out_of_range": outside / known} if known else {}
    hands = [staff for staff in notes.staves if _is_keyboard(ranges.get(notes.voices[staff[0]]))]
    spans = np.array([span for hand in hands for span in _hand_spans(notes, hand)])
    if len(spans):
        values["wide_chords"] = float(np.mean(spans > TENTH))
        chords = spans[spans > 0]
        values |= {"hand_span": float(chords.mean())} if len(chords) else {}
    return values


def _is_keyboard(possible: Range | None) -> bool:
    """Whether the range is that of a keyboard."""
    return possible is not None and possible.instrument in KEYBOARDS


def _hand_spans(notes: NoteTable, staff: tuple[int, ...]) -> list[int]:
    """Semitones between the outer notes of what a hand strikes at once, for every attack of a staff."""
    chosen = np.isin(notes.voice, staff)
    start, pitch = notes.start[chosen], notes.pitch[chosen]
    if not len(start):
        return []
    first = np.flatnonzero(np.r_[True, start[1:] != start[:-1]])  # sorted by start, then pitch
    last = np.r_[first[1:], len(start)] - 1
    return [int(span) for span in pitch[last] - pitch[first]]
