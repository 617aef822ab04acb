"""Where a note is about to be written: at which moment, of which voice, and what sounds there already.

Promises: a pure function of the text of the line and the signature; None for what cannot be read and what is no note.
Not covered: alterations that a tie carries over the barline, grace notes, and the octave, which is not written yet.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from generator.errors import NotationError
from generator.guard.reading import Readings
from generator.guard.states import accidental_at_end, states_of
from generator.notation import Token, TokenKind, lex_music
from generator.notation.accidentals import Accidentals, Signature, find_notes, marks_behind, semitones
from generator.notation.durations import TIMED, time_text
from generator.notation.keys import STEP_PITCHES, STEPS
from generator.notation.limits import Metre
from generator.notation.pitches import ALTERS
from generator.notation.tokens import VOICE_TAG

NOTE_LETTERS = frozenset("ABCDEFGabcdefg")
NOTHING = frozenset[int]()
Moment = tuple[Fraction, Fraction, int]  # from, until, semitones above middle C


class Sounding(NamedTuple):
    """Pitches that sound together, and their pitch classes."""

    pitches: frozenset[int]
    classes: frozenset[int]

    def and_chord(self, chord: frozenset[int]) -> "Sounding":
        return sounding_together(self.pitches | chord) if chord else self


def sounding_together(pitches: frozenset[int]) -> Sounding:
    return Sounding(pitches, frozenset([pitch % 12 for pitch in pitches]))


@dataclass(kw_only=True)  # nobody changes one; frozen it would take thrice as long to make, for every character
class Place:
    """A moment of a voice's bar.

    now: in whole notes from the beginning of the bar. others: what the voices before it in the line play; play: what
    stands in this one, read when `own` is asked for. chord: notes of the same chord that are written already. heard:
    what the others let sound at this moment, if that is known already.
    """

    voice: str
    now: Fraction
    others: Mapping[str, Sequence[Moment]]
    play: Callable[[], Sequence[Moment]] = field(compare=False)
    chord: frozenset[int]
    heard: Sounding | None = None
    _own: Sequence[Moment] | None = field(default=None, compare=False)

    @property
    def own(self) -> Sequence[Moment]:
        """What stands in this voice already."""
        if self._own is None:
            self._own = self.play()
        return self._own

    @property
    def sounding(self) -> frozenset[int]:
        """What sounds at this moment already."""
        return self._sounds.pitches

    @property
    def classes(self) -> frozenset[int]:
        """The pitch classes of what sounds."""
        return self._sounds.classes

    @property
    def _sounds(self) -> Sounding:
        if self.heard is None:
            self.heard = sounding_together(sounding_at(self.others, self.now))
        return self.heard.and_chord(self.chord)


def sounding_at(voices: Mapping[str, Sequence[Moment]], now: Fraction) -> frozenset[int]:
    """The pitches of these voices that sound at a moment."""
    return frozenset(pitch for moments in voices.values() for start, end, pitch in moments if start <= now < end)


@dataclass
class Voices:
    """What the voices play that stand before another in its line, and what of it sounds at a moment."""

    moments: Mapping[str, Sequence[Moment]]
    sounding: dict[tuple[int, int], Sounding] = field(default_factory=dict)

    def at(self, now: Fraction) -> Sounding:
        """What sounds at a moment. By its two numbers, since a fraction's hash takes longer than all else here."""
        key = now.numerator, now.denominator
        if key not in self.sounding:
            self.sounding[key] = sounding_together(sounding_at(self.moments, now))
        return self.sounding[key]


class Heard(NamedTuple):
    """A part of a voice's bar: when which pitches sound in it, how many of the last it began together, accidentals."""

    moments: tuple[Moment, ...]
    together: int
    marks: dict[int, int]


NOTHING_HEARD = Heard((), 0, {})


class Places:
    """The places of one bar in the making, whoever asks for them how often: what was read of it before stays read.

    signature: of the piece here. readings: of this bar. beside: what voices play that stand already, wherever in the
    line.
    """

    def __init__(
        self, signature: Signature, readings: Readings, *, beside: Mapping[str, Sequence[Moment]] | None = None
    ) -> None:
        self.signature, self.readings, self.beside = signature, readings, beside or {}
        self.unit, self.metre = readings.states.unit, readings.states.metre
        self._places: dict[str, Place | None] = {}
        self._earlier: dict[str, Voices | None] = {}
        self._heard: dict[str, Heard] = {}

    def behind(self, line: str) -> Place | None:
        """The place behind `line`: one bar in the making, `[V:1]c2 d2|[V:2]E`, whatever stands before its first voice.

        None inside a text and the like, and where nothing can be read.
        """
        if line not in self._places:
            self._places[line] = self._read(line)
        return self._places[line]

    def _read(self, line: str) -> Place | None:
        reading = self.readings.of(line)
        if reading.tag < 0 or reading.begins:
            return None
        now, earlier = reading.state.now, self._voices_before(line[: reading.tag])
        if now is None or earlier is None:
            return None
        end = len(line) - len(reading.state.opened)
        opened = line[end:]
        return Place(
            voice=reading.voice,
            now=now,
            others=earlier.moments,
            play=lambda: self._heard_in(line[: reading.start], line[reading.start : end]).moments,
            chord=frozenset(_pitches_in(opened, Accidentals(self.signature))) if opened else NOTHING,
            heard=earlier.at(now),
        )

    def _voices_before(self, head: str) -> Voices | None:
        """What the voices of a part of the line play; None if one of them cannot be read."""
        if head not in self._earlier:
            self._earlier[head] = self._read_voices(head)
        return self._earlier[head]

    def _read_voices(self, head: str) -> Voices | None:
        parts = VOICE_TAG.split(head)[1:]
        voices = zip(parts[::2], parts[1::2], strict=True)
        try:
            read = {name: _moments(music.rstrip("|"), self.signature, self.unit, self.metre) for name, music in voices}
        except NotationError:
            return None
        return Voices({**self.beside, **read})

    def _heard_in(self, head: str, closed: str) -> Heard:
        """What sounds in the finished words of a voice behind its tag. They grow by one; all others are known."""
        music = closed[: accidental_at_end(closed).start()]
        tokens, text, new = lex_music(music), head + music, list[tuple[str, Token]]()
        while text not in self._heard and len(text) > len(head):
            token = tokens[-1 - len(new)]
            new.append((text, token))
            text = text[: len(text) - len(token.text)]
        heard = self._heard.get(text, NOTHING_HEARD)
        for longer, token in reversed(new):
            heard = self._heard[longer] = self._and(heard, token, text, longer)
            text = longer
        return heard

    def _and(self, heard: Heard, token: Token, text: str, longer: str) -> Heard:
        """What is heard in `text`, with one more word behind it: `longer`."""
        if token.kind is not TokenKind.BROKEN and token.kind not in TIMED:
            return heard
        before, clock = self.readings.of(text).state.clock, self.readings.of(longer).state.clock
        if clock is None or before is None or token.text[0] == "y":
            return heard
        length = clock.timed[-1].length
        if token.kind is TokenKind.BROKEN:  # the last note gets another length
            first = len(heard.moments) - heard.together
            last = [(start, start + length, pitch) for start, _, pitch in heard.moments[first:]]
            return heard._replace(moments=(*heard.moments[:first], *last))
        if token.kind is TokenKind.REST:
            return heard._replace(together=0)
        accidentals, now = Accidentals(self.signature, dict(heard.marks)), before.onset
        new = tuple([(now, now + length, pitch) for pitch in _pitches_in(token.text, accidentals)])
        return Heard(heard.moments + new, len(new), accidentals.marks)


def read_place(line: str, *, signature: Signature, unit: Fraction, metre: Metre | None) -> Place | None:
    """One place, asked for once: see `Places`."""
    return Places(signature, Readings(states_of(unit, metre))).behind(line)


def pitch_of(letter: str, line: str, signature: Signature) -> int:
    """Pitch of a note that begins with this letter: its octave is not written yet, so any accidental counts."""
    before = line.rpartition("[V:")[2]
    step = STEPS.index(letter.upper())
    sign = accidental_at_end(before)
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
