"""Whether every voice stays within what its instrument can play."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from generator.catalogue.ranges import Range, find_range, note_name
from generator.critic.sounding import SoundingNote, clef_shift, is_percussion, written_transposition
from generator.notation import Header, Tune


@dataclass(frozen=True, kw_only=True)
class VoiceRange:
    """What one voice plays, and what its instrument could.

    lowest and highest: sounding pitches (MIDI numbers). instrument and its limits: None where the name says nothing.
    """

    voice: str
    instrument: str | None
    lowest: int
    highest: int
    possible_low: int | None
    possible_high: int | None
    notes: int
    notes_outside: int

    def to_json(self) -> dict[str, Any]:
        """The same with note names, "C4" being middle C."""
        return {
            "voice": self.voice,
            "instrument": self.instrument,
            "lowest": note_name(self.lowest),
            "highest": note_name(self.highest),
            "possible_low": None if self.possible_low is None else note_name(self.possible_low),
            "possible_high": None if self.possible_high is None else note_name(self.possible_high),
            "notes": self.notes,
            "notes_outside": self.notes_outside,
        }


def check_ranges(tune: Tune, notes: Iterable[SoundingNote]) -> tuple[VoiceRange, ...]:
    """One entry for each voice that has notes, in the order of the tune header."""
    pitches: dict[str, list[int]] = defaultdict(list)
    for note in notes:
        pitches[note.voice].append(note.pitch)
    ranges = voice_ranges(tune.header)
    return tuple(
        _check(voice.id, ranges[voice.id], pitches[voice.id]) for voice in tune.header.voices if pitches[voice.id]
    )


def voice_ranges(header: Header) -> dict[str, Range | None]:
    """The range of each voice.

    A voice without a name plays the instrument of the voice before it: second voice of its staff, or the other hand.
    """
    ranges: dict[str, Range | None] = {}
    found: Range | None = None
    for voice in header.voices:
        if voice.name:
            found = find_range(voice.name)
        if found is None or is_percussion(voice):
            ranges[voice.id] = None
        else:
            says_so = written_transposition(voice) is not None or clef_shift(voice.clef)
            ranges[voice.id] = found if says_so else found.as_written()
    return ranges


def _check(voice: str, possible: Range | None, pitches: list[int]) -> VoiceRange:
    outside = 0 if possible is None else sum(not possible.low <= pitch <= possible.high for pitch in pitches)
    return VoiceRange(
        voice=voice,
        instrument=possible.instrument if possible else None,
        lowest=min(pitches),
        highest=max(pitches),
        possible_low=possible.low if possible else None,
        possible_high=possible.high if possible else None,
        notes=len(pitches),
        notes_outside=outside,
    )
