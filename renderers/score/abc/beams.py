"""Beams: notes that stand close together in ABC share one; the shorter ones have several."""

from collections.abc import Sequence
from dataclasses import dataclass, field

FLAGS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5, "256th": 6, "512th": 7, "1024th": 8}


@dataclass(slots=True)
class Beamed:
    """A sign of one voice: its flags (0 for a quarter and longer), whether it is a note, whether the next one is close.

    beams: for every level from 1 what MusicXML says; filled in by `set_beams`.
    """

    num_flags: int
    is_note: bool
    is_joined: bool
    beams: list[str] = field(default_factory=list)


def set_beams(signs: Sequence[Beamed]) -> None:
    """Put beams on all groups of at least two notes."""
    group: list[Beamed] = []
    for sign in signs:
        if sign.num_flags:
            group.append(sign)
        if not sign.num_flags or not sign.is_joined:
            _beam_group(group)
            group = []
    _beam_group(group)


def _beam_group(group: Sequence[Beamed]) -> None:
    """Rests at the ends of a group stand alone; those inside lie under the beam."""
    notes = [sign for sign in group if sign.is_note]
    if len(notes) < 2:
        return
    for place, note in enumerate(notes):
        for level in range(1, note.num_flags + 1):
            before = place > 0 and notes[place - 1].num_flags >= level
            after = place + 1 < len(notes) and notes[place + 1].num_flags >= level
            if before and after:
                note.beams.append("continue")
            elif before or after:
                note.beams.append("end" if before else "begin")
            else:
                note.beams.append("backward hook" if place else "forward hook")
