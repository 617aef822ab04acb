"""Whether a piece ends as pieces do: on its tonic.

Promises: what is looked at is what sounds last, the last note or chord of every voice in the last bar that has notes.
The tonic is that of the last key the tune names. A key written as major may have stood for its relative minor when the
tune was printed, so both tonics count, unless somebody asked for that key.
Not covered: what leads to the last chord, its length, and modes without a fixed end.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from fractions import Fraction

from generator.critic.sounding import sounding_notes, written_transposition
from generator.errors import NotationError
from generator.notation import Key, Tune
from generator.notation.keys import read_key_field

SEMITONES_TO_RELATIVE = 9  # from the tonic of a major key up to its relative minor's
TRIADS = (frozenset({0, 4, 7}), frozenset({0, 3, 7}))  # a piece in minor may end in major


class Ending(IntEnum):
    """How a piece ends, the better the higher."""

    ELSEWHERE = 0
    BASS_ON_TONIC = 1  # but notes beside the tonic triad sound
    TONIC = 2  # the bass on the tonic, and nothing but the tonic triad


def ending_of(tune: Tune, *, key_asked: bool = False) -> Ending | None:
    """How the tune ends; None if it has no key or no note. key_asked: the key in the header means what it says."""
    tonics = _tonics_of(tune, key_asked=key_asked)
    pitches = _last_pitches(tune)
    if not tonics or not pitches:
        return None
    tonic = min(pitches) % 12
    if tonic not in tonics:
        return Ending.ELSEWHERE
    above = {(pitch - tonic) % 12 for pitch in pitches}
    return Ending.TONIC if any(above <= triad for triad in TRIADS) else Ending.BASS_ON_TONIC


def _tonics_of(tune: Tune, *, key_asked: bool) -> frozenset[int]:
    """The pitch classes that may be the tonic at the end."""
    keys = list(_keys_named(tune))
    if not keys or keys[-1] is None:
        return frozenset()
    tonic = keys[-1].pitch_class
    vague = keys[-1].mode == "maj" and not key_asked
    return frozenset({tonic, (tonic + SEMITONES_TO_RELATIVE) % 12} if vague else {tonic})


def _keys_named(tune: Tune) -> Iterator[Key | None]:
    """The tune's keys in order; None for "none". Parts of transposing instruments are written in others."""
    sounding = {voice.id for voice in tune.header.voices if not written_transposition(voice)}
    fields = [tune.header.key]
    for bar in tune.bars:
        for voice in bar.voices:
            if "[K:" in voice.music and voice.voice in sounding:
                fields += [token.text[3:-1] for token in voice.tokens if token.text.startswith("[K:")]
    for words in fields:
        try:
            field = read_key_field(words)
        except NotationError:
            continue
        if field is not None:
            yield field.key


def _last_pitches(tune: Tune) -> list[int]:
    """The pitches that sound last: of each voice with notes in the last bar that has any, its last note or chord."""
    notes = [note for note in sounding_notes(tune) if note.length > 0]
    bar = max((note.bar for note in notes), default=0)
    in_bar = [note for note in notes if note.bar == bar]
    last_start: dict[str, Fraction] = {}
    for note in in_bar:
        last_start[note.voice] = max(note.start, last_start.get(note.voice, note.start))
    return [note.pitch for note in in_bar if note.start == last_start[note.voice]]
