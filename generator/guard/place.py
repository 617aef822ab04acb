"""Where a note is about to be written: at which moment, of which voice, and what sounds there already.

Promises: a pure function of the text of the line and the signature; None for what cannot be read and what is no note.
Not covered: alterations that a tie carries over the barline, grace notes, and the octave, which is not written yet.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from generator.errors import NotationError
from generator.notation import Token, TokenKind, lex_music
from generator.notation.accidentals import Accidentals, Signature, find_notes, semitones
from generator.notation.durations import Clock, time_text
from generator.notation.keys import STEP_PITCHES, STEPS
from generator.notation.limits import Metre
from generator.notation.pitches import ALTERS
from generator.notation.tokens import VOICE_TAG, open_group

NOTE_LETTERS = frozenset("ABCDEFGabcdefg")
Moment = tuple[Fraction, Fraction, int]  # from, until, semitones above middle C

_ACCIDENTAL = re.compile(r"(\^\^?|__?|=)?$")
_CHORD = re.compile(r"\[(?![A-Za-z]:)(?!.*[!\"][^!\"]*$)")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A moment of a voice's bar.

    now: in whole notes from the beginning of the bar. others: what the voices before it in the line play; own: what
    stands in this one. chord: notes of the same chord that are written already.
    """

    voice: str
    now: Fraction
    others: Mapping[str, Sequence[Moment]]
    own: Sequence[Moment]
    chord: frozenset[int]

    @cached_property
    def sounding(self) -> frozenset[int]:
        """What sounds at this moment already."""
        heard = {pitch for moments in self.others.values() for start, end, pitch in moments if start <= self.now < end}
        return frozenset(heard | self.chord)

    @cached_property
    def classes(self) -> frozenset[int]:
        """The pitch classes of what sounds."""
        return frozenset(pitch % 12 for pitch in self.sounding)


def read_place(line: str, *, signature: Signature, unit: Fraction, metre: Metre | None) -> Place | None:
    """The place behind `line`: one bar in the making, `[V:1]c2 d2|[V:2]E`, whatever stands before its first voice."""
    tags = VOICE_TAG.split(line)[1:]
    if not tags:
        return None
    *earlier, voice, music = tags
    closed, opened = cut_open_group(music)
    if opened and not _CHORD.match(opened):
        return None  # inside a text, a decoration, a field, grace notes
    try:
        return Place(
            voice=voice,
            now=_onset_behind(closed, unit, metre),
            others={
                name: _moments(other.rstrip("|"), signature, unit, metre)
                for name, other in zip(earlier[::2], earlier[1::2], strict=True)
            },
            own=_moments_so_far(_ACCIDENTAL.sub("", closed), signature, unit, metre),
            chord=frozenset(_pitches_in(opened, Accidentals(signature))),
        )
    except NotationError:
        return None


def cut_open_group(music: str) -> tuple[str, str]:
    """The finished part of a voice's music, and an unfinished chord, text or the like behind it."""
    start = open_group(music)
    return (music, "") if start is None else (music[:start], music[start:])


def pitch_of(letter: str, line: str, signature: Signature) -> int:
    """Pitch of a note that begins with this letter: its octave is not written yet, so any accidental counts."""
    before = line.rpartition("[V:")[2]
    step = STEPS.index(letter.upper())
    sign = _ACCIDENTAL.search(before)
    if sign and sign[1]:
        return STEP_PITCHES[step] + ALTERS[sign[1]]
    accidentals = Accidentals(signature)
    for found in find_notes(before.partition("]")[2]):
        accidentals.read(found["note"])
    altered = [alteration for steps, alteration in accidentals.marks.items() if steps % 7 == step]
    return STEP_PITCHES[step] + (altered[-1] if altered else signature[step])


@lru_cache(maxsize=4096)
def _onset_behind(music: str, unit: Fraction, metre: Metre | None) -> Fraction:
    """Where a note that follows begins, in whole notes; a tuplet may be unfinished. Raises NotationError."""
    return _clock_behind(_ACCIDENTAL.sub("", music), unit, metre).onset


def _clock_behind(music: str, unit: Fraction, metre: Metre | None) -> Clock:
    clock = Clock(unit=unit, metre=metre)
    for index, token in enumerate(lex_music(music)):
        clock.take(index, token)
    return clock


@lru_cache(maxsize=4096)
def _moments(music: str, signature: Signature, unit: Fraction, metre: Metre | None) -> tuple[Moment, ...]:
    """When which pitches sound in a voice's finished bar. Raises NotationError."""
    times = {timed.index: timed for timed in time_text(music, unit, metre).timed}
    return _pitched(music, signature, {index: (timed.onset, timed.length) for index, timed in times.items()})


@lru_cache(maxsize=4096)
def _moments_so_far(music: str, signature: Signature, unit: Fraction, metre: Metre | None) -> tuple[Moment, ...]:
    """The same of a bar that is not finished. Raises NotationError."""
    timed = _clock_behind(music, unit, metre).timed
    return _pitched(music, signature, {one.index: (one.onset, one.length) for one in timed})


def _pitched(music: str, signature: Signature, times: Mapping[int, tuple[Fraction, Fraction]]) -> tuple[Moment, ...]:
    return tuple(
        (times[index][0], times[index][0] + times[index][1], pitch)
        for index, pitch in _pitches_of(lex_music(music), Accidentals(signature))
        if index in times
    )


def _pitches_of(tokens: Sequence[Token], accidentals: Accidentals) -> Iterator[tuple[int, int]]:
    """Index of the token and semitones above middle C of every note but grace notes."""
    for index, token in enumerate(tokens):
        if token.kind in (TokenKind.NOTE, TokenKind.CHORD):
            yield from ((index, pitch) for pitch in _pitches_in(token.text, accidentals))


def _pitches_in(text: str, accidentals: Accidentals) -> Iterator[int]:
    """Semitones above middle C of the notes of a text."""
    return (semitones(*accidentals.read(found["note"])) for found in find_notes(text))


def moments_of(music: str, *, signature: Signature, unit: Fraction, metre: Metre | None) -> tuple[Moment, ...]:
    """When which pitches sound in a voice's finished bar, without its barline; nothing if it cannot be read."""
    try:
        return _moments(music, signature, unit, metre)
    except NotationError:
        return ()
