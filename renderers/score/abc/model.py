"""A tune as it was read: voices, their bars, and what stands in them. What the reader makes and the writer needs.

Lengths are fractions of a whole note. A bar's place in time is not stored: bars with the same index sound together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from renderers.score.abc.chord_symbols import ChordSymbol
from renderers.score.abc.clefs import TREBLE, Clef
from renderers.score.abc.durations import AS_WRITTEN, total_of
from renderers.score.abc.keys import NO_KEY, Key
from renderers.score.abc.lyrics import Syllable
from renderers.score.abc.metres import FREE, Metre
from renderers.score.abc.midi_directives import Sound
from renderers.score.abc.remarks import Remark
from renderers.score.abc.staves import Layout
from renderers.score.abc.tempos import Tempo


@dataclass(frozen=True)
class Tuplet:
    """A tuplet: `actual` notes in the time of `normal`. Two of them are different even if their numbers are not."""

    actual: int
    normal: int
    id: int


@dataclass(slots=True, kw_only=True)
class Head:
    """A note of a chord. `octave` as in MusicXML (4 begins at middle C), `alter` in semitones."""

    step: str
    octave: int
    alter: Fraction | int
    is_accidental_written: bool
    is_tied_on: bool = False  # a tie begins here, and ends at an equal note
    is_tied_back: bool = False


@dataclass(slots=True, kw_only=True)
class Event:
    """A note, a chord (its heads), or a rest (no heads).

    nominal: the length as written, without tuplets; ratio: what they make of it.
    """

    heads: list[Head]
    nominal: Fraction
    line: int
    ratio: Fraction = AS_WRITTEN
    tuplets: tuple[Tuplet, ...] = ()
    is_visible: bool = True
    is_bar_rest: bool = False  # Z and X: as long as the bar is
    is_joined: bool = False  # to the next one, by a beam
    signs: list[str] = field(default_factory=list)  # decorations by their names
    slurs_begun: list[int] = field(default_factory=list)
    slurs_ended: list[int] = field(default_factory=list)
    syllables: dict[int, Syllable] = field(default_factory=dict)  # by verse, from 1

    @property
    def length(self) -> Fraction:
        """How long it sounds."""
        return self.nominal if self.ratio is AS_WRITTEN else self.nominal * self.ratio


@dataclass(slots=True)
class Grace:
    """Grace notes before the next event, or at the end of a bar."""

    events: list[Event]
    is_slashed: bool


@dataclass(frozen=True, slots=True)
class Words:
    """Text above or below."""

    text: str
    is_above: bool


@dataclass(frozen=True, slots=True)
class DynamicMark:
    """p, f, sfz ..."""

    name: str


@dataclass(frozen=True, slots=True)
class LineEnd:
    """Where a hairpin, a pedal or an octave bracket begins or ends: see decorations.LINES."""

    element: str
    what: str
    end: str


@dataclass(frozen=True, slots=True)
class Jump:
    """D.C., segno, coda ...: a name of decorations.JUMPS."""

    name: str


@dataclass(frozen=True, slots=True)
class StaffChange:
    """The voice goes on so many staves below the one it belongs to."""

    offset: int


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key signature in the middle of a bar."""

    key: Key


@dataclass(frozen=True, slots=True)
class ClefChange:
    """A clef in the middle of a bar."""

    clef: Clef


@dataclass(frozen=True, slots=True)
class PartLabel:
    """What a `P:` in the music says."""

    text: str


Mark = Words | DynamicMark | LineEnd | Jump | StaffChange | KeyChange | ClefChange | PartLabel | Tempo | ChordSymbol
Item = Event | Grace | Mark


@dataclass(slots=True)
class BarSign:
    """A barline, or several that met.

    ends, starts: how often what a repeat sign encloses is played, 0 for none.
    """

    style: str = ""  # as MusicXML has it; empty for a plain one
    ends: int = 0
    starts: int = 0
    ending: str = ""  # the label that stands behind it: 1, 1-3, "last time"
    has_fermata: bool = False
    line: int = 0
    needs_start: bool = False  # |:| ends a repeat only where one has begun

    def merge(self, other: BarSign) -> None:
        """Take in what another sign at the same place says."""
        ending = [sign for sign in (self, other) if sign.ends]
        self.needs_start = bool(ending) and all(sign.needs_start for sign in ending)
        self.ends, self.starts = max(self.ends, other.ends), max(self.starts, other.starts)
        self.ending = self.ending or other.ending
        self.style = max(self.style, other.style, key=_STYLES.index)
        self.has_fermata = self.has_fermata or other.has_fermata


_STYLES = ("", "dotted", "none", "light-light", "heavy-light", "light-heavy", "heavy-heavy")


@dataclass(slots=True)
class VoiceBar:
    """One bar of one voice. The layers sound together; metre, key and clef hold when it begins."""

    metre: Metre
    key: Key
    clef: Clef
    line: int
    layers: list[list[Item]] = field(default_factory=lambda: [[]])
    transpose: int | None = None  # semitones from written to sounding pitch, where they change
    program: int | None = None  # of General MIDI, where it is not that with which the voice began

    @property
    def is_silent(self) -> bool:
        """Whether nothing but rests and space stands in it."""
        return not any(isinstance(item, Event) and item.heads for layer in self.layers for item in layer)

    def length(self) -> Fraction:
        """How far its layers reach; rests as long as the bar count nothing."""
        return max(layer_length(layer) for layer in self.layers)


def layer_length(layer: list[Item]) -> Fraction:
    """How long the events of a layer last together, without rests that are as long as the bar."""
    return total_of(i.length for i in layer if isinstance(i, Event) and not i.is_bar_rest)


@dataclass(slots=True)
class Voice:
    """A voice. `signs[i]` stands before bar i, the last one behind all bars."""

    id: str
    name: str = ""
    subname: str = ""
    is_declared: bool = False
    clef: Clef = TREBLE
    key: Key = NO_KEY
    metre: Metre = FREE
    staff_lines: int | None = None
    transpose: int = 0  # semitones from written to sounding pitch
    sound: Sound = field(default_factory=Sound)
    bars: list[VoiceBar] = field(default_factory=list)
    signs: list[BarSign] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Tune:
    """A whole tune, with what could not be kept."""

    titles: list[str]
    composers: list[str]
    origin: str
    words_below: list[str]
    part_order: str
    voices: list[Voice]
    layout: Layout
    texts_above: list[str] = field(default_factory=list)  # below the titles
    remarks: tuple[Remark, ...] = ()
