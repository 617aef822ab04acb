"""How a tune ends: on which note, in which chord, after what, how long.

The tonic is that of the key signature that holds at the end, or of its relative minor: most scores do not say which.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from generator.critic.note_table import Ints, NoteTable
from generator.critic.sounding import written_transposition
from generator.errors import NotationError
from generator.notation import TokenKind, Tune, VoiceBar
from generator.notation.keys import Key, read_key_field

TRIAD_SHAPES = (frozenset({0, 4, 7}), frozenset({0, 3, 7}))


def measure_ending(tune: Tune, notes: NoteTable) -> dict[str, float]:
    """The last chord and the bass before it."""
    heard = np.flatnonzero(notes.roll.any(axis=1))
    if not len(heard):
        return {}
    last = notes.roll[heard[-1]]
    classes = {int(pitch) % 12 for pitch in np.flatnonzero(last)}
    bass = int(np.flatnonzero(last)[0]) % 12
    values = {
        "final_chord": max(len({(note - bass) % 12 for note in classes} & shape) for shape in TRIAD_SHAPES)
        / len(classes),
        "final_length": _final_length(notes),
    }
    if tonics := _possible_tonics(tune):
        values["ends_on_tonic"] = float(bass in tonics)
    before = _bass_before(notes, heard, bass)
    if before is not None:
        values["dominant_before"] = float((before - bass) % 12 == 7)
    return values


def _final_length(notes: NoteTable) -> float:
    """From the last attack to the end of the sound, beside the mean time between attacks."""
    if len(notes.attacks) < 2:
        return 1.0
    between = (notes.attacks[-1] - notes.attacks[0]) / (len(notes.attacks) - 1)
    return float((notes.end.max() - notes.attacks[-1]) / between)


def _bass_before(notes: NoteTable, heard: Ints, bass: int) -> int | None:
    """The last other pitch class in the bass, None if there is none."""
    for moment in heard[::-1]:
        lowest = int(notes.roll[moment].argmax()) % 12
        if lowest != bass:
            return lowest
    return None


def _possible_tonics(tune: Tune) -> set[int]:
    """The pitch classes on which the tune may end; empty without a key."""
    key = _final_key(tune)
    if key is None:
        return set()
    if key.mode == "min":
        return {key.pitch_class}
    return {key.pitch_class, (key.pitch_class - 3) % 12} if key.mode == "maj" else {key.pitch_class}


def _final_key(tune: Tune) -> Key | None:
    """The key that the last change of key names, or the tune header. Voices of transposing instruments do not count."""
    concert = {voice.id for voice in tune.header.voices if not written_transposition(voice)}
    for bar in reversed(tune.bars):
        for voice in bar.voices:
            if voice.voice in concert and (key := _key_in(voice)) is not None:
                return key
    return _read_key(tune.header.key)


def _key_in(voice: VoiceBar) -> Key | None:
    """The last key that one voice's bar changes to, None if it changes to none."""
    fields = [token.text[3:-1] for token in voice.tokens if token.kind is TokenKind.FIELD and token.text[1] == "K"]
    return next((key for words in reversed(fields) if (key := _read_key(words)) is not None), None)


def _read_key(words: str) -> Key | None:
    """The key that a `K:` field names, None for none and for what cannot be read."""
    with suppress(NotationError):
        field = read_key_field(words)
        return field.key if field else None
    return None
