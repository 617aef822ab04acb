"""Where a note is about to be written: at which moment, of which voice, and what sounds there already.

Promises: a pure function of the text of the line and the signature; None for what cannot be read and what is no note.
Not covered: alterations that a tie carries over the barline, grace notes, and the octave, which is not written yet.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

from generator.errors import NotationError
from generator.guard.time_left import Clocks
from generator.notation import Token, TokenKind, lex_music
from generator.notation.accidentals import Accidentals, Signature, find_notes, marks_behind, semitones
from generator.notation.durations import TIMED, time_text
from generator.notation.keys import STEP_PITCHES, STEPS
from generator.notation.limits import Metre
from generator.notation.pitches import ALTERS
from generator.notation.tokens import VOICE_TAG, open_group

NOTE_LETTERS = frozenset("ABCDEFGabcdefg")
NOTHING = frozenset[int]()
Moment = tuple[Fraction, Fraction, int]  # from, until, semitones above middle C

_ACCIDENTAL = re.compile(r"(\^\^?|__?|=)?$")
_CHORD = re.compile(r"\[(?![A-Za-z]:)(?!.*[!\"][^!\"]*$)")


@dataclass(kw_only=True)  # nobody changes one; frozen it would take thrice as long to make, for every character
class Place:
    """A moment of a voice's bar.

    now: in whole notes from the beginning of the bar. others: what the voices before it in the line play; own: what
    stands in this one. chord: notes of the same chord that are written already. heard: what the others let sound at
    this moment, if that is known already.
    """

    voice: str
    now: Fraction
    others: Mapping[str, Sequence[Moment]]
    own: Sequence[Moment]
    chord: frozenset[int]
    heard: frozenset[int] | None = None

    @cached_property
    def sounding(self) -> frozenset[int]:
        """What sounds at this moment already."""
        heard = sounding_at(self.others, self.now) if self.heard is None else self.heard
        return heard | self.chord if self.chord else heard

    @cached_property
    def classes(self) -> frozenset[int]:
        """The pitch classes of what sounds."""
        return frozenset([pitch % 12 for pitch in self.sounding])


def sounding_at(voices: Mapping[str, Sequence[Moment]], now: Fraction) -> frozenset[int]:
    """The pitches of these voices that sound at a moment."""
    return frozenset(pitch for moments in voices.values() for start, end, pitch in moments if start <= now < end)


@dataclass
class Voices:
    """What the voices play that stand before another in its line, and what of it sounds at a moment."""

    moments: Mapping[str, Sequence[Moment]]
    sounding: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)

    def at(self, now: Fraction) -> frozenset[int]:
        """What sounds at a moment. By its two numbers, since a fraction's hash takes longer than all else here."""
        key = now.numerator, now.denominator
        if key not in self.sounding:
            self.sounding[key] = sounding_at(self.moments, now)
        return self.sounding[key]


class Heard(NamedTuple):
    """A part of a voice's bar: when which pitches sound in it, how many of the last it began together, accidentals."""

    moments: tuple[Moment, ...]
    together: int
    marks: dict[int, int]


class Places:
    """The places of one bar in the making, whoever asks for them how often: what was read of it before stays read.

    signature: of the piece here. clocks: the time of music that was added up already. beside: what voices play that
    stand already, wherever in the line.
    """

    def __init__(
        self, signature: Signature, clocks: Clocks, *, beside: Mapping[str, Sequence[Moment]] | None = None
    ) -> None:
        self.signature, self.clocks, self.beside = signature, clocks, beside or {}
        self._places: dict[str, Place | None] = {}
        self._earlier: dict[str, Voices | None] = {}
        self._heard: dict[str, Heard | None] = {"": Heard((), 0, {})}

    def behind(self, line: str) -> Place | None:
        """The place behind `line`: one bar in the making, `[V:1]c2 d2|[V:2]E`, whatever stands before its first voice.

        None inside a text and the like, and where nothing can be read.
        """
        if line not in self._places:
            self._places[line] = self._read(line)
        return self._places[line]

    def _read(self, line: str) -> Place | None:
        cut = _cut_last_voice(line)
        if cut is None:
            return None
        head, voice, music = cut
        closed, opened = cut_open_group(music)
        if opened and not _CHORD.match(opened):
            return None  # inside a text, a decoration, a field, grace notes
        stands = closed[: _accidental(closed).start()]
        earlier, own, clock = self._voices_before(head), self._heard_in(stands), self.clocks.behind(stands)
        if earlier is None or own is None or clock is None:
            return None
        return Place(
            voice=voice,
            now=clock.onset,
            others=earlier.moments,
            own=own.moments,
            chord=frozenset(_pitches_in(opened, Accidentals(self.signature))) if opened else NOTHING,
            heard=earlier.at(clock.onset),
        )

    def _voices_before(self, head: str) -> Voices | None:
        """What the voices of a part of the line play; None if one of them cannot be read."""
        if head not in self._earlier:
            self._earlier[head] = self._read_voices(head)
        return self._earlier[head]

    def _read_voices(self, head: str) -> Voices | None:
        parts, unit, metre = VOICE_TAG.split(head)[1:], self.clocks.unit, self.clocks.metre
        voices = zip(parts[::2], parts[1::2], strict=True)
        try:
            read = {name: _moments(music.rstrip("|"), self.signature, unit, metre) for name, music in voices}
        except NotationError:
            return None
        return Voices({**self.beside, **read})

    def _heard_in(self, music: str) -> Heard | None:
        """What sounds in a bar that is not finished. Music grows by a word, so all but the last is known."""
        tokens, text, new = lex_music(music), music, list[tuple[str, Token]]()
        for token in reversed(tokens):
            if text in self._heard:
                break
            new.append((text, token))
            text = text[: len(text) - len(token.text)]
        heard = self._heard[text]
        for longer, token in reversed(new):
            heard = None if heard is None else self._and(heard, token, text, longer)
            self._heard[longer], text = heard, longer
        return heard

    def _and(self, heard: Heard, token: Token, text: str, longer: str) -> Heard | None:
        """What is heard in `text`, with one more word behind it: `longer`."""
        before, clock = self.clocks.behind(text), self.clocks.behind(longer)
        if clock is None or before is None:
            return None
        kind = token.kind
        if kind is TokenKind.BROKEN:  # the last note gets another length
            last, count = clock.timed[-1], heard.together
            stays, pitches = heard.moments[: len(heard.moments) - count], heard.moments[len(heard.moments) - count :]
            until = last.onset + last.length
            return heard._replace(moments=(*stays, *[(last.onset, until, pitch) for _, _, pitch in pitches]))
        if kind not in TIMED or (before.timed and clock.timed[-1] is before.timed[-1]):
            return heard  # nothing that lasts
        if kind is TokenKind.REST:
            return heard._replace(together=0)
        last, accidentals = clock.timed[-1], Accidentals(self.signature, dict(heard.marks))
        until = last.onset + last.length
        new = tuple([(last.onset, until, pitch) for pitch in _pitches_in(token.text, accidentals)])
        return Heard(heard.moments + new, len(new), accidentals.marks)


def read_place(line: str, *, signature: Signature, unit: Fraction, metre: Metre | None) -> Place | None:
    """One place, asked for once: see `Places`."""
    return Places(signature, Clocks(unit, metre)).behind(line)


def _cut_last_voice(line: str) -> tuple[str, str, str] | None:
    """What stands before the last voice of a line, its id, and its music; None if there is no voice."""
    tag = line.rfind("[V:")
    found = VOICE_TAG.match(line, tag) if tag >= 0 else None
    while found is None and tag > 0:  # the tag at the end is not finished: it stands in the music of the voice before
        tag = line.rfind("[V:", 0, tag)
        found = VOICE_TAG.match(line, tag) if tag >= 0 else None
    return None if found is None else (line[:tag], found[1], line[found.end() :])


def _accidental(music: str) -> re.Match[str]:
    """What stands at the end of an accidental, perhaps nothing."""
    found = _ACCIDENTAL.search(music, max(0, len(music) - 2))
    assert found is not None
    return found


def cut_open_group(music: str) -> tuple[str, str]:
    """The finished part of a voice's music, and an unfinished chord, text or the like behind it."""
    start = open_group(music)
    return (music, "") if start is None else (music[:start], music[start:])


def pitch_of(letter: str, line: str, signature: Signature) -> int:
    """Pitch of a note that begins with this letter: its octave is not written yet, so any accidental counts."""
    before = line.rpartition("[V:")[2]
    step = STEPS.index(letter.upper())
    sign = _accidental(before)
    if sign[1]:
        return STEP_PITCHES[step] + ALTERS[sign[1]]
    marks = marks_behind(before.partition("]")[2], signature)
    altered = [alteration for steps, alteration in marks.items() if steps % 7 == step]
    return STEP_PITCHES[step] + (altered[-1] if altered else signature[step])


@lru_cache(maxsize=1024)
def _moments(music: str, signature: Signature, unit: Fraction, metre: Metre | None) -> tuple[Moment, ...]:
    """When which pitches sound in a voice's finished bar. Raises NotationError."""
    times = {timed.index: timed for timed in time_text(music, unit, metre).timed}
    return _pitched(music, signature, {index: (timed.onset, timed.length) for index, timed in times.items()})


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
