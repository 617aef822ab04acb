"""Which notes would clash with what the other voices play at the same moment, a semitone or a major seventh apart.

A small network hears the other voices badly: before this, its pieces had such intervals above the bass twice to three
times as often as human ones. `leave.py` lets a part of them through, so that suspensions and passing notes remain.

Promises: a pure function of the text of the line and the signature; what cannot be read clashes with nothing.
Not covered: alterations that a tie carries over the barline, grace notes, and the octave, which does not matter here.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

from generator.errors import NotationError
from generator.notation import Bar, Header, Token, TokenKind, lex_music
from generator.notation.accidentals import NO_SIGNATURE, Accidentals, Signature, find_notes, semitones, signature_of
from generator.notation.durations import Clock, time_text
from generator.notation.keys import STEP_PITCHES, STEPS
from generator.notation.limits import Metre
from generator.notation.pitches import ALTERS
from generator.notation.tokens import VOICE_TAG, open_group

CLASHES = frozenset({1, 11})  # semitones within the octave
NOTE_LETTERS = frozenset("ABCDEFGabcdefg")
Moment = tuple[Fraction, Fraction, int]  # from, until, semitones above middle C

_ACCIDENTAL = re.compile(r"(\^\^?|__?|=)?$")
_CHORD = re.compile(r"\[(?![A-Za-z]:)(?!.*[!\"][^!\"]*$)")


def signature_in(header: Header, bars: Sequence[Bar]) -> Signature | None:
    """The signature behind these bars; None where voices sound at another pitch than they are written, or at none."""
    if any("transpose=" in voice.text or voice.clef.startswith("perc") for voice in header.voices):
        return None
    fields = (
        token.text[3:-1]
        for bar in reversed(bars)
        for voice in bar.voices
        for token in reversed(voice.tokens)
        if token.kind is TokenKind.FIELD and token.text.startswith("[K:")
    )
    for words in (*fields, header.key):
        try:
            found = signature_of(words)
        except NotationError:
            return None
        if found is not None:
            return found
    return NO_SIGNATURE


def clashes(line: str, letter: str, *, signature: Signature, unit: Fraction, metre: Metre | None) -> bool:
    """Whether a note that begins with `letter` behind `line` clashes with a note that sounds already.

    line: one bar in the making, `[V:1]c2 d2|[V:2]E`, whatever stands before its first voice.
    """
    voices = VOICE_TAG.split(line)[2::2]
    if not voices:
        return False
    *earlier, music = voices
    closed, opened = _cut_open_group(music)
    if opened and not _CHORD.match(opened):
        return False  # a letter of a text, a decoration, a field, a grace note
    try:
        now = _onset_behind(closed, unit, metre)
        pitch = _pitch_of(letter, music, signature)
        sounding = {
            other
            for voice in earlier
            for start, end, other in _moments(voice.rstrip("|"), signature, unit, metre)
            if start <= now < end
        }
    except NotationError:
        return False
    sounding.update(_pitches_in(opened, Accidentals(signature)))
    return any((pitch - other) % 12 in CLASHES for other in sounding)


def _cut_open_group(music: str) -> tuple[str, str]:
    """The finished part of a voice's music, and an unfinished chord, text or the like behind it."""
    start = open_group(music)
    return (music, "") if start is None else (music[:start], music[start:])


@lru_cache(maxsize=4096)
def _onset_behind(music: str, unit: Fraction, metre: Metre | None) -> Fraction:
    """Where a note that follows begins, in whole notes; a tuplet may be unfinished. Raises NotationError."""
    clock = Clock(unit=unit, metre=metre)
    for index, token in enumerate(lex_music(_ACCIDENTAL.sub("", music))):
        clock.take(index, token)
    return clock.onset


@lru_cache(maxsize=4096)
def _moments(music: str, signature: Signature, unit: Fraction, metre: Metre | None) -> tuple[Moment, ...]:
    """When which pitches sound in a voice's bar. Raises NotationError."""
    times = {timed.index: timed for timed in time_text(music, unit, metre).timed}
    return tuple(
        (times[index].onset, times[index].onset + times[index].length, pitch)
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


def _pitch_of(letter: str, before: str, signature: Signature) -> int:
    """Pitch of a note that begins with this letter: its octave is not written yet, so any accidental counts."""
    step = STEPS.index(letter.upper())
    sign = _ACCIDENTAL.search(before)
    if sign and sign[1]:
        return STEP_PITCHES[step] + ALTERS[sign[1]]
    accidentals = Accidentals(signature)
    for found in find_notes(before):
        accidentals.read(found["note"])
    altered = [alteration for steps, alteration in accidentals.marks.items() if steps % 7 == step]
    return STEP_PITCHES[step] + (altered[-1] if altered else signature[step])
