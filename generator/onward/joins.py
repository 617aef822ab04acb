"""What is wrong where new bars meet old ones: lengths, ties and other signs, what old bars sound like, voice leading.

Promises: what a piece did in the same place before is no fault of the new bars. All faults are about new bars, or about
old ones that mean something else beside them; they are found in what sounds, not in how it was written.
The rules at a join: bars and barlines as they were; ties lead to the same note; slurs, hairpins and pedals end; bars
that stay sound as they did; one signature for all voices; no note outside its instrument, no chord of who has one note
at a time; no parallel fifths or octaves over the barline (any two voices in strict styles, else the outer ones); in a
choir nobody crosses or leaves the voice above; over the dominant that leads to a tonic in minor the seventh is raised;
no semitone on the downbeat that is neither prepared nor resolved by a step.
Not covered: what is wrong in the middle of new bars (`generator.guard`), mending (`joining.py`, `tying.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise
from typing import NamedTuple

from generator.catalogue.ranges import ONE_NOTE_AT_A_TIME
from generator.critic.chords import FIFTH
from generator.critic.range_check import voice_ranges
from generator.critic.sounding import SoundingNote, sounding_notes
from generator.errors import NotationError
from generator.notation import BarChecker, DefectKind, Token, TokenKind, Tune, check_bars
from generator.notation.checks import barlines
from generator.notation.cutting import changes_until, named_field
from generator.notation.keys import Key, read_key_field
from generator.onward.edges import tied_steps
from generator.onward.ends import lonely_signs

PERFECT = (0, FIFTH)
CLASHES = (1, 11)  # semitones within the octave
STEP, OCTAVE = 2, 12
FEWEST_SINGERS = 4
SUBTONIC, LEADING_NOTE = 10, 11
MINOR_MODES = ("min", "aeo")


class Rule(StrEnum):
    """What was broken."""

    LENGTH = "bar check"
    ROOM = "as long as before"
    BARLINE = "barlines"
    TIE = "tie to another note"
    SIGN = "slur, hairpin or pedal without its other end"
    SOUND = "an old bar sounds otherwise"
    SIGNATURE = "key signatures of the voices"
    RANGE = "outside the instrument"
    CHORD = "chord in a single line"
    PARALLEL = "parallel fifths or octaves"
    CROSSING = "crossing voices"
    SPACING = "more than an octave apart"
    LEADING = "leading note not raised"
    CLASH = "clash on the downbeat"


# What breaks the notation or what stands, and not only a rule of writing.
BROKEN = frozenset({Rule.LENGTH, Rule.ROOM, Rule.TIE, Rule.SIGN, Rule.SOUND, Rule.SIGNATURE})


class Fault(NamedTuple):
    """bar: its number, from 0; who: the voices, or what it is about."""

    bar: int
    rule: Rule
    who: str


def faults_at_joins(tune: Tune, new: Collection[int], *, before: Tune | None = None, strict: bool) -> list[Fault]:
    """What is wrong about new bars, by their numbers from 0, and was not wrong before.

    before: the tune whose bars stand in all other places; None where there was none. strict: all voices, as in a choir.
    """
    if not new:
        return []
    now = _Heard(tune, frozenset(new), strict=strict)
    found = set(now.faults())
    if before is not None:
        old = _Heard(before, frozenset(number for number in new if number < len(before.bars)), strict=strict)
        found -= set(old.faults())
        found |= set(_changes(old, now))
    return sorted(found)


@dataclass(frozen=True, kw_only=True)
class Edge:
    """What sounds on both sides of a barline, by voice: the pitches right before it and right behind it."""

    before: Mapping[str, tuple[int, ...]]
    behind: Mapping[str, tuple[int, ...]]


class _Heard:
    """A tune as it sounds, and the bars in it that are new."""

    def __init__(self, tune: Tune, new: frozenset[int], *, strict: bool) -> None:
        self.tune, self.new, self.strict = tune, new, strict
        self.order = [voice.id for voice in tune.header.voices]

    @cached_property
    def notes(self) -> dict[int, list[SoundingNote]]:
        """By bar; without grace notes."""
        by_bar: dict[int, list[SoundingNote]] = defaultdict(list)
        for note in sounding_notes(self.tune):
            if note.length:
                by_bar[note.bar].append(note)
        return by_bar

    @cached_property
    def starts(self) -> list[Fraction]:
        """Where each bar begins, in whole notes, and where the last one ends."""
        checker, starts = BarChecker(self.tune.header), [Fraction(0)]
        for bar in self.tune.bars:
            checker.accept(bar)
            starts.append(starts[-1] + (checker.last_length or 0))
        return starts

    @cached_property
    def joins(self) -> list[int]:
        """Bars that begin where a new bar meets an old one."""
        return [n for n in range(1, len(self.tune.bars)) if (n in self.new) != (n - 1 in self.new)]

    def edge(self, number: int) -> Edge:
        """The barline that bar `number` begins with."""
        now = self.starts[number]
        around = [*self.notes[number - 1], *self.notes[number]]
        return Edge(
            before=_by_voice(note for note in around if note.start < now <= note.start + note.length),
            behind=_by_voice(note for note in around if note.start == now),
        )

    def faults(self) -> Iterator[Fault]:
        # Of a tune in which nothing is new, all is known that was wrong.
        near = {n + beside for n in self.new for beside in (-1, 0, 1)} or range(len(self.tune.bars))
        for defect in check_bars(self.tune):
            if defect.bar in near:
                yield Fault(defect.bar, Rule.LENGTH, f"{defect.kind.value} {defect.voice or ''}".strip())
        yield from self._untied()
        for number, voice, text in lonely_signs(self.tune):
            yield Fault(number, Rule.SIGN, f"{voice} {text}")
        yield from self._signatures()
        yield from self._unplayable()
        for number in self.joins:
            edge = self.edge(number)
            yield from self._parallels(number, edge)
            yield from self._choir(number, edge)
            yield from self._leading_note(number, edge)
            yield from self._clashes(number, edge)

    def _untied(self) -> Iterator[Fault]:
        for number in range(1, len(self.tune.bars)):
            if not {number, number - 1} & self.new:
                continue
            for voice in self.order:
                tied = tied_steps(self.tune.bars[number - 1].voice(voice))
                now = self.starts[number]
                held = {
                    note.pitch for note in self.notes[number] if note.voice == voice and note.start == now and note.held
                }
                if len(tied) > len(held):
                    yield Fault(number, Rule.TIE, voice)

    def _signatures(self) -> Iterator[Fault]:
        """New bars in which some voices change their key and others do not."""
        for number in sorted(self.new):
            changed = {
                voice.voice: tuple(token.text for token in voice.tokens if _changes_key(token))
                for voice in self.tune.bars[number].voices
            }
            if len(set(changed.values())) > 1:
                yield Fault(number, Rule.SIGNATURE, "")

    def _unplayable(self) -> Iterator[Fault]:
        ranges = voice_ranges(self.tune.header)
        for number in sorted(self.new):
            outside, struck = set(), defaultdict(list)
            for note in self.notes[number]:
                possible = ranges.get(note.voice)
                if possible is not None and not possible.low <= note.pitch <= possible.high:
                    outside.add(note.voice)
                struck[note.voice, note.start].append(note)
            yield from (Fault(number, Rule.RANGE, voice) for voice in sorted(outside))
            for voice in sorted({voice for (voice, _), notes in struck.items() if len(notes) > 1}):
                possible = ranges.get(voice)
                if possible is not None and possible.instrument in ONE_NOTE_AT_A_TIME:
                    yield Fault(number, Rule.CHORD, voice)

    # --- voice leading -----------------------------------------------------------------------------------------------

    def _parallels(self, number: int, edge: Edge) -> Iterator[Fault]:
        before, behind = ({voice: max(p) for voice, p in side.items()} for side in (edge.before, edge.behind))
        if self.strict:
            for one, other in combinations(self.order, 2):
                if _go_in_parallel(before, behind, one, other):
                    yield Fault(number, Rule.PARALLEL, f"{one} {other}")
        elif len(self.order) > 1:
            top = self.order[0]
            lowest = [
                min((min(pitches) for voice, pitches in side.items() if voice != top), default=None)
                for side in (edge.before, edge.behind)
            ]
            if top in before and top in behind and None not in lowest:
                bass = [pitch for pitch in lowest if pitch is not None]
                if _is_parallel(before[top], behind[top], bass[0], bass[1]):
                    yield Fault(number, Rule.PARALLEL, "outer")

    def _choir(self, number: int, edge: Edge) -> Iterator[Fault]:
        if not self.strict or len(self.order) < FEWEST_SINGERS:
            return
        side = edge.behind if number in self.new else edge.before
        for upper, lower in pairwise(self.order):
            if upper in side and lower in side:
                apart = min(side[upper]) - max(side[lower])
                if apart < 0:
                    yield Fault(number, Rule.CROSSING, f"{upper} {lower}")
                elif apart > OCTAVE and lower != self.order[-1]:
                    yield Fault(number, Rule.SPACING, f"{upper} {lower}")

    def _leading_note(self, number: int, edge: Edge) -> Iterator[Fault]:
        """A new bar that leads to a tonic in minor over its dominant, with the natural seventh."""
        key = self._key_in(number)
        if (
            number - 1 not in self.new
            or key is None
            or key.mode not in MINOR_MODES
            or not (edge.before and edge.behind)
        ):
            return
        chord = {pitch for pitches in edge.before.values() for pitch in pitches}
        basses = [min(pitch for pitches in side.values() for pitch in pitches) for side in (edge.before, edge.behind)]
        degrees = {(pitch - key.pitch_class) % 12 for pitch in chord}
        leads_home = [(bass - key.pitch_class) % 12 for bass in basses] == [FIFTH, 0]
        if leads_home and SUBTONIC in degrees and LEADING_NOTE not in degrees:
            yield Fault(number - 1, Rule.LEADING, "")

    def _key_in(self, number: int) -> Key | None:
        words = self.tune.header.key
        for bar in self.tune.bars[:number]:
            for voice in bar.voices[:1]:
                for token in voice.tokens:
                    if _changes_key(token):
                        words = token.text[3:-1]
        try:
            found = read_key_field(words)
        except NotationError:
            return None
        return found.key if found else None

    def _clashes(self, number: int, edge: Edge) -> Iterator[Fault]:
        if number not in self.new:
            return
        for one, other in combinations(edge.behind, 2):
            rough = [
                (low, high)
                for low in edge.behind[one]
                for high in edge.behind[other]
                if (low - high) % 12 in CLASHES
            ]  # fmt: skip
            if any(
                not self._is_led(number, edge, one, low) and not self._is_led(number, edge, other, high)
                for low, high in rough
            ):
                yield Fault(number, Rule.CLASH, f"{one} {other}")

    def _is_led(self, number: int, edge: Edge, voice: str, pitch: int) -> bool:
        """Whether a note of the downbeat was there before, or goes on by a step: a suspension, an appoggiatura."""
        if pitch in edge.before.get(voice, ()):
            return True
        own = [note for note in self.notes[number] if note.voice == voice]
        ends = next((n.start + n.length for n in own if n.start == self.starts[number] and n.pitch == pitch), None)
        return any(note.start == ends and 0 < abs(note.pitch - pitch) <= STEP for note in own)


def _by_voice(notes: Iterator[SoundingNote]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = defaultdict(list)
    for note in notes:
        found[note.voice].append(note.pitch)
    return {voice: tuple(sorted(pitches)) for voice, pitches in found.items()}


def _go_in_parallel(before: Mapping[str, int], behind: Mapping[str, int], one: str, other: str) -> bool:
    return all(voice in side for voice in (one, other) for side in (before, behind)) and _is_parallel(
        before[one], behind[one], before[other], behind[other]
    )


def _is_parallel(one: int, one_now: int, other: int, other_now: int) -> bool:
    """Whether two voices move to other pitches in the same direction, a fifth or octave apart before and after."""
    first, second = one_now - one, other_now - other
    interval = abs(one - other) % 12
    return first * second > 0 and interval in PERFECT and abs(one_now - other_now) % 12 == interval


def _changes_key(token: Token) -> bool:
    return token.kind is TokenKind.FIELD and named_field(token)[0] == "K"


# --- what stood there before -----------------------------------------------------------------------------------------


def _changes(old: _Heard, now: _Heard) -> Iterator[Fault]:
    """Bars that stand and sound otherwise, new bars of another length or between other barlines, other signatures.

    A bar that was longer than its metre has room for may become shorter.
    """
    overfull = {defect.bar for defect in check_bars(old.tune) if defect.kind is DefectKind.TOO_LONG}
    for number in range(min(len(old.tune.bars), len(now.tune.bars))):
        if number not in now.new:
            if _sound(old.notes[number]) != _sound(now.notes[number]):
                yield Fault(number, Rule.SOUND, "")
            if number - 1 in now.new and changes_until(old.tune, number) != changes_until(now.tune, number):
                yield from _other_fields(old.tune, now.tune, number)
            continue
        was, is_now = _length(old, number), _length(now, number)
        if was != is_now and not (number in overfull and is_now < was):
            yield Fault(number, Rule.ROOM, "")
        lines = [{barlines(voice.tokens) for voice in tune.bars[number].voices} for tune in (old.tune, now.tune)]
        if lines[0] and lines[1] - lines[0]:
            yield Fault(number, Rule.BARLINE, "")


def _other_fields(old: Tune, now: Tune, number: int) -> Iterator[Fault]:
    """Voices in whose next bar another key holds than held before."""
    usual = old.header.key
    was, is_now = (changes_until(tune, number)[1] for tune in (old, now))
    for voice in (one.id for one in old.header.voices):
        if was.get(voice, {}).get("K", usual) != is_now.get(voice, {}).get("K", usual):
            yield Fault(number, Rule.SIGNATURE, voice)


def _sound(notes: Sequence[SoundingNote]) -> list[tuple[str, int, Fraction, Fraction]]:
    first = min((note.start for note in notes), default=Fraction(0))
    return sorted((note.voice, note.pitch, note.start - first, note.length) for note in notes)


def _length(heard: _Heard, number: int) -> Fraction:
    return heard.starts[number + 1] - heard.starts[number]
