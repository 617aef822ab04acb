"""Which chord is wanted when: the cadences of the phrases, or the progression that was asked for.

Promises: spans lie within their bar and do not overlap; a bar for which nothing is wanted has none.
Not covered: how the network is brought to write them (`generator.guard`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from generator.notation.limits import Metre
from generator.planning.chords import MAJOR, SEMITONES, Chord, Progression, Tonality
from generator.planning.plan import Area, Cadence, Phrase, Plan

DOMINANT_FIFTH, RELATIVE_OF_MAJOR, RELATIVE_OF_MINOR = 7, 9, 3  # semitones up


@dataclass(frozen=True, kw_only=True)
class Span:
    """A chord from `start` until `end`, in whole notes from the beginning of the bar.

    strict: every note that begins in it belongs to the chord, not only those on beats; firm: the bass stays on beats.
    """

    start: Fraction
    end: Fraction
    chord: Chord
    strict: bool = False
    firm: bool = False


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What chords a piece shall have. moved: semitones by which it is written higher than it is heard."""

    plan: Plan
    tonality: Tonality
    progression: Progression | None = None
    moved: int = 0

    def in_bar(self, bar: int, metre: Metre | None) -> tuple[Span, ...]:
        """The spans of a bar, counted from 0."""
        if metre is None or bar < self.plan.phrases[0].first:
            return ()
        if self.progression is not None:
            return tuple(self._asked(bar - self.plan.phrases[0].first, metre))
        return tuple(self._cadences(bar, metre))

    def tonality_in(self, bar: int) -> Tonality:
        """The key that a bar stands in."""
        phrase = next((phrase for phrase in self.plan.phrases if phrase.first <= bar <= phrase.last), None)
        return self.tonality if phrase is None else in_area(self.tonality, phrase)

    def same_chords(self, bar: int, other: int) -> bool:
        """Whether two bars are to have the same chords, as far as these are asked for."""
        first = self.plan.phrases[0].first
        asked = self.progression
        return asked is None or asked.names_in(bar - first) == asked.names_in(other - first)

    def _asked(self, bar: int, metre: Metre) -> Iterator[Span]:
        assert self.progression is not None
        names = self.progression.names_in(bar)
        beats = metre.length / beat_of(metre)
        for number, name in enumerate(names):
            start, end = (beat_of(metre) * int(beats * place / len(names)) for place in (number, number + 1))
            if start < end:
                chord = self.progression.chord(name, self.tonality, moved=self.moved)
                yield Span(start=start, end=end, chord=chord)

    def _cadences(self, bar: int, metre: Metre) -> Iterator[Span]:
        whole, half = metre.length, half_bar(metre)
        close, next_close = self.plan.closes.get(bar), self.plan.closes.get(bar + 1)
        if close is not None:
            tonality = in_area(self.tonality, close)
            dominant, goal = dominant_of(tonality), goal_of(tonality, close.cadence)
            is_end = bar == self.plan.bars - 1
            if close.cadence is Cadence.HALF:
                yield Span(start=half if close.within else Fraction(0), end=whole, chord=dominant)
            elif close.within and half * 2 == whole and not is_end:
                yield Span(start=Fraction(0), end=half, chord=dominant, firm=True)
                yield Span(start=half, end=whole, chord=goal)
            else:
                yield Span(start=Fraction(0), end=whole if is_end else half, chord=goal, strict=is_end, firm=is_end)
        elif next_close is not None and next_close.cadence is not Cadence.HALF:
            is_end = bar + 1 == self.plan.bars - 1
            if is_end or not next_close.within or half * 2 != whole:
                yield Span(start=half, end=whole, chord=dominant_of(in_area(self.tonality, next_close)), firm=True)
        elif bar == self.plan.phrases[0].first:
            yield Span(start=Fraction(0), end=beat_of(metre), chord=goal_of(self.tonality, Cadence.AUTHENTIC))


@lru_cache(maxsize=64)
def beat_of(metre: Metre) -> Fraction:
    """The beat in whole notes: three eighths in 6/8."""
    return Fraction(3 if metre.compound else 1, metre.denominator)


def half_bar(metre: Metre) -> Fraction:
    """Where the second half of a bar begins: its last beat if the beats are odd."""
    beats = int(metre.length / beat_of(metre))
    if beats < 2:
        return metre.length * Fraction(2, 3) if metre.length.numerator % 3 == 0 else metre.length / 2
    return metre.length / 2 if beats % 2 == 0 else metre.length - beat_of(metre)


def in_area(tonality: Tonality, phrase: Phrase) -> Tonality:
    """The key that a phrase stands in."""
    if phrase.area is Area.DOMINANT:
        return replace(tonality, tonic=(tonality.tonic + DOMINANT_FIFTH) % SEMITONES)
    if phrase.area is Area.RELATIVE:
        up = RELATIVE_OF_MINOR if tonality.is_minor else RELATIVE_OF_MAJOR
        return Tonality(tonic=(tonality.tonic + up) % SEMITONES, is_minor=not tonality.is_minor)
    return tonality


def dominant_of(tonality: Tonality) -> Chord:
    """The dominant seventh, with the leading note in minor, too."""
    return tonality.chord("V7")


def goal_of(tonality: Tonality, cadence: Cadence) -> Chord:
    """Where the dominant of a cadence leads."""
    if cadence is Cadence.DECEPTIVE:
        return tonality.chord("VI" if tonality.is_minor else "vi")
    return tonality.chord("i" if tonality.is_minor else "I")


def chord_tones(spans: Sequence[Span], now: Fraction) -> Span | None:
    """The span in which a moment lies. By whole numbers: fractions ask much before they compare."""
    count, parts = now.numerator, now.denominator
    for span in spans:
        start, end = span.start, span.end
        if start.numerator * parts <= count * start.denominator and count * end.denominator < end.numerator * parts:
            return span
    return None


__all__ = ["MAJOR", "Span", "Wishes", "beat_of", "chord_tones", "dominant_of", "goal_of", "half_bar", "in_area"]
