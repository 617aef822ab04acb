"""Which notes agree with the chords that are wished for, and with the dominant of a minor key.

Promises: what is asked depends on the text of the line and the wishes alone. On the beats of a span only notes of its
chord may begin, at its start only the chord's bass in the lowest part; between beats notes of the scale may pass.
Over a raised leading note the other voices keep to the dominant.
Not covered: notes that were begun before a span and sound into it; the draft hears these when the bar is finished.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from generator.guard.parallels import BassStep, LastPitches
from generator.guard.place import Moment, Place
from generator.notation.limits import Metre
from generator.planning.chords import SEMITONES, Chord, Tonality
from generator.planning.spans import Span, chord_tones, half_bar

SUBTONIC = 10  # semitones above the tonic: what the leading note is without its accidental
OF_DOMINANT = (2, 5, 7, 8, 11)  # semitones above the tonic that agree with a leading note in minor: V7 and vii o7
FEWEST_OF_CHORD, MOST_OF_CHORD = 3, 4  # pitch classes
BEFORE_LEADING_NOTE = (0, 2, 7, 11)  # from where a leading note is reached well


@dataclass(frozen=True, kw_only=True)
class Harmony:
    """What the chords of one bar shall be.

    beat: in whole notes. basses: the voices in which the bass may lie; always_bass: the one that may not rest where it
    is wanted, "" if no single one has to play. at_home: whether the bar stands in the key of the piece.
    """

    tonality: Tonality
    spans: Sequence[Span]
    beat: Fraction
    basses: frozenset[str]
    always_bass: str = ""
    at_home: bool = True

    def agrees(self, place: Place, pitch: int) -> bool:
        """Whether a note that begins at this place may have this pitch."""
        span = chord_tones(self.spans, place.now)
        if span is None:
            return self._agrees_with_leading_note(place, pitch)
        pitch %= SEMITONES
        on_beat = (place.now - span.start) % self.beat == 0
        if self.dictates(place):
            return pitch == span.chord.bass
        if pitch in span.chord.classes:
            return True
        return not (span.strict or on_beat) and pitch in self.tonality.scale and not self._is_altered(span, pitch)

    def dictates(self, place: Place) -> bool:
        """Whether a note at this place is the bass of a chord, and can be no other."""
        span = chord_tones(self.spans, place.now)
        if span is None or place.voice not in self.basses or place.chord:
            return False
        return place.now == span.start or (span.firm and (place.now - span.start) % self.beat == 0)

    def bass_step(self, place: Place, before: LastPitches) -> BassStep | None:
        """From where to where the bass will go at this moment, if that is planned. before: as the bar before ended."""
        span = chord_tones(self.spans, place.now)
        if span is None or span.start != place.now or not self.always_bass:
            return None
        if place.now == 0:
            return before.get(self.always_bass), span.chord.bass
        earlier = next((one for one in self.spans if one.end == place.now and one.firm), None)
        return None if earlier is None else (earlier.chord.bass, span.chord.bass)

    def next_bass(self, place: Place) -> Span | None:
        """The span whose bass the lowest part goes to within a beat from here."""
        if place.voice != self.always_bass:
            return None
        return next((span for span in self.spans if 0 < span.start - place.now <= self.beat), None)

    def beats_in(self, span: Span) -> list[Fraction]:
        """The beats of a span behind its first."""
        return [span.start + self.beat * count for count in range(1, ceil((span.end - span.start) / self.beat))]

    def wants_bass(self, place: Place) -> bool:
        """Whether the lowest part may not rest here: where its note says which chord it is, and right before."""
        if place.voice != self.always_bass or place.chord:
            return False
        span = chord_tones(self.spans, place.now)
        if span is not None:
            return span.start == place.now
        return any(span.firm and place.now < span.start for span in self.spans)

    def wants_leading_note(self, place: Place) -> bool:
        """Whether the seventh degree of a minor key is to be raised here, if it comes."""
        tonality = self.tonality
        if not tonality.is_minor:
            return False
        span = chord_tones(self.spans, place.now)
        if span is not None:
            return tonality.leading_note in span.chord.classes
        if place.classes:
            above = {(one - tonality.tonic) % SEMITONES for one in place.classes}
            return above <= {*OF_DOMINANT, 0} and bool(above - {0})
        last = max(place.own, default=None)
        return last is None or (last[2] - tonality.tonic) % SEMITONES in BEFORE_LEADING_NOTE

    def _is_altered(self, span: Span, pitch: int) -> bool:
        """Whether a note of the scale is one that the chord has raised or lowered, as F is in D7 in C major."""
        leading = self.tonality.leading_note
        altered = set(span.chord.classes) - set(self.tonality.scale)
        beside = {(one + way) % SEMITONES for one in altered for way in ((-1,) if one == leading else (-1, 1))}
        return pitch in beside

    def _agrees_with_leading_note(self, place: Place, pitch: int) -> bool:
        tonality = self.tonality
        if not tonality.is_minor or tonality.leading_note not in place.classes or place.now % self.beat:
            return True
        return (pitch - tonality.tonic) % SEMITONES in OF_DOMINANT


def is_heard(span: Span, sounding: Sequence[int]) -> bool:
    """Whether what sounds at the start of a span is its chord: its bass lowest, and at most one strange note."""
    if not sounding:
        return False
    strange = {one % SEMITONES for one in sounding} - set(span.chord.classes)
    return min(sounding) % SEMITONES == span.chord.bass and len(strange) <= 1


def keeps(span: Span, sounding: Sequence[int]) -> bool:
    """Whether what sounds later in a span still is its chord; silence does not change it."""
    classes = {one % SEMITONES for one in sounding}
    return not classes or (span.chord.root in classes and classes <= set(span.chord.classes))


def spans_below(voices: Mapping[str, Sequence[Moment]], metre: Metre) -> tuple[Span, ...]:
    """The chords of voices that are there before the melody: of the bar, else of its halves, where they are chords."""
    whole, half = metre.length, half_bar(metre)
    of_bar = _chord_in(voices, Fraction(0), whole)
    if of_bar is not None:
        return (of_bar,)
    return tuple(filter(None, (_chord_in(voices, Fraction(0), half), _chord_in(voices, half, whole))))


def _chord_in(voices: Mapping[str, Sequence[Moment]], start: Fraction, end: Fraction) -> Span | None:
    sounding = sorted(
        pitch for moments in voices.values() for begin, stop, pitch in moments if begin < end and stop > start
    )
    classes = tuple(dict.fromkeys(pitch % SEMITONES for pitch in sounding))
    if not FEWEST_OF_CHORD <= len(classes) <= MOST_OF_CHORD:
        return None
    return Span(start=start, end=end, chord=Chord(name="", root=classes[0], bass=classes[0], classes=classes))
