"""The notes of a tune as they sound: at which pitch, for how long, in which bar and voice.

Promises: accidentals last to the end of the bar and over ties, key signatures change where the tune changes them (also
for one voice alone), parts of transposing instruments (`transpose=-2`) sound where they sound, and notes under a clef
with an 8 (`treble-8`) an octave from where they are written.
Not covered: repeats are read once, ornaments are not played out, percussion has no pitch and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from generator.errors import NotationError
from generator.notation import BarChecker, Header, Metre, Token, TokenKind, Tune, VoiceBar, VoiceDef
from generator.notation.accidentals import NO_SIGNATURE, Accidentals, Signature, find_notes, semitones, signature_of
from generator.notation.durations import Timed

MIDDLE_C = 60
NO_TIME = Fraction(0)
_NOTED = frozenset({TokenKind.NOTE, TokenKind.CHORD, TokenKind.GRACE})
_RESTARTS = frozenset({TokenKind.BAR, TokenKind.OVERLAY})
_QUOTED = re.compile(r'"[^"]*"')
_CLEF = re.compile(r"(?<![A-Za-z])(?:treble|bass|alto|tenor)[1-5]?(?:([+-])(8|15))?(?![\w+-])")
_TRANSPOSE = re.compile(r"\btranspose=(-?\d{1,2})\b")


@dataclass(frozen=True, kw_only=True)
class SoundingNote:
    """One note. bar: counted from 0; pitch: sounding, as MIDI number; length: of a whole note, 0 for grace notes.

    start: in whole notes from the beginning of the tune; held: whether a tie leads to it, so that nobody strikes it.
    """

    bar: int
    voice: str
    pitch: int
    length: Fraction
    start: Fraction = NO_TIME
    held: bool = False


def written_transposition(voice: VoiceDef) -> int | None:
    """Semitones from the written to the sounding pitch; None if the tune header does not say."""
    found = _TRANSPOSE.search(voice.text)
    return int(found[1]) if found else None


def clef_shift(words: str) -> int | None:
    """Semitones from the written to the sounding pitch under the clef that some words name; None if they name none."""
    found = _CLEF.search(_QUOTED.sub("", words))
    if found is None:
        return None
    return {"8": 12, "15": 24}[found[2]] * (1 if found[1] == "+" else -1) if found[1] else 0


def sounding_shift(voice: VoiceDef) -> int:
    """Semitones from the written to the sounding pitch with which a voice begins: of its instrument and of its clef."""
    return (written_transposition(voice) or 0) + (clef_shift(voice.clef) or 0)


def is_percussion(voice: VoiceDef) -> bool:
    """Whether the notes of a voice stand for instruments instead of pitches."""
    return voice.clef.startswith("perc")


def sounding_notes(tune: Tune) -> Iterator[SoundingNote]:
    """All notes, bar after bar and voice after voice."""
    yield from _notes_of(tune)


@lru_cache(maxsize=4)  # a tune is asked for by one measure after the other
def _notes_of(tune: Tune) -> tuple[SoundingNote, ...]:
    return tuple(_read_notes(tune))


def _read_notes(tune: Tune) -> Iterator[SoundingNote]:
    signatures = header_signatures(tune.header)
    readers = {
        voice.id: _VoiceReader(
            voice=voice.id,
            accidentals=Accidentals(signatures[voice.id]),
            transposition=written_transposition(voice) or 0,
            clef_shift=clef_shift(voice.clef) or 0,
        )
        for voice in tune.header.voices
        if not is_percussion(voice)
    }
    clock, start = BarChecker(tune.header), NO_TIME
    for number, bar in enumerate(tune.bars):
        metre = clock.metre_in(bar)
        for voice_bar in bar.voices:
            if voice_bar.voice in readers:
                timed = _timed(clock, voice_bar, metre)
                yield from readers[voice_bar.voice].read(number, voice_bar.tokens, timed, start=start)
        clock.accept(bar)
        start += clock.last_length or NO_TIME


def _timed(clock: BarChecker, voice_bar: VoiceBar, metre: Metre | None) -> dict[int, Timed]:
    """Onset and length of each timed token by its index; none for a bar that cannot be read."""
    try:
        return {timed.index: timed for timed in clock.timing(voice_bar, metre).timed}
    except NotationError:
        return {}


def header_signatures(header: Header) -> dict[str, Signature]:
    """The key signature each voice begins with: a `K:` after a `V:` line is that voice's own."""
    common = NO_SIGNATURE
    own: dict[str, Signature] = {}
    voice: str | None = None
    for line in header.lines:
        if line.startswith("V:"):
            voice = line[2:].split()[0] if line[2:].split() else None
        elif line.startswith("K:"):
            altered = signature_of(line[2:])
            if altered is not None and voice is None:
                common = altered
            elif altered is not None and voice is not None:
                own[voice] = altered
    return {definition.id: own.get(definition.id, common) for definition in header.voices}


@dataclass(kw_only=True)
class _VoiceReader:
    """What has to be remembered of a voice from token to token.

    accidentals: of this bar; last: the note or chord just read, alterations by steps above middle C; tied: notes that
    are held into the next note, over a barline too; clef_shift: semitones that the clef moves the notes.
    """

    voice: str
    accidentals: Accidentals
    transposition: int
    clef_shift: int
    last: dict[int, int] = field(default_factory=dict)
    tied: dict[int, int] = field(default_factory=dict)

    def read(
        self, bar: int, tokens: Sequence[Token], timed: Mapping[int, Timed], *, start: Fraction
    ) -> Iterator[SoundingNote]:
        """The notes of a bar that begins at `start`. timed: by index of the token; what is missing lasts no time."""
        self.accidentals.marks.clear()
        now = start
        for index, token in enumerate(tokens):
            if token.kind in _NOTED:
                time = timed.get(index)
                onset, length = (start + time.onset, time.length) if time else (now, NO_TIME)
                for pitch, held in self._pitches(token):
                    yield SoundingNote(bar=bar, voice=self.voice, pitch=pitch, length=length, start=onset, held=held)
                now = onset + length
            elif token.kind is TokenKind.TIE:
                self.tied = dict(self.last)
            elif token.kind in _RESTARTS:
                self.accidentals.marks.clear()
            elif token.kind is TokenKind.FIELD and token.text.startswith("[K:"):
                self.accidentals.signature = signature_of(token.text[3:-1]) or self.accidentals.signature
                found = clef_shift(token.text)
                self.clef_shift = self.clef_shift if found is None else found

    def _pitches(self, token: Token) -> list[tuple[int, bool]]:
        """The sounding pitches of a note, a chord or grace notes, and whether a tie leads to them."""
        held, self.last = self.tied, {}
        if token.kind is not TokenKind.GRACE:  # grace notes come between a note and what it is tied to
            self.tied = {}
        for found in find_notes(token.text):
            steps, alteration = self.accidentals.read(found["note"], held=held)
            self.last[steps] = alteration
            if found["tie"]:
                self.tied[steps] = alteration
        is_grace = token.kind is TokenKind.GRACE
        return [
            (
                MIDDLE_C + semitones(steps, alteration) + self.transposition + self.clef_shift,
                not is_grace and held.get(steps) == alteration,
            )
            for steps, alteration in self.last.items()
        ]
