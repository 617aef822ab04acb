"""Beams by the metre, for music whose short notes have a flag each.

A beam is what ABC writes by leaving no space between two notes. `beam_by_metre` joins the short notes of a beat where a
voice leaves most of them apart, and wherever a whole beat is left apart; what a source has beamed stays as it is.
Promises: notes, lengths and all other words stay; only spaces come and go. A bar that cannot be read stays as it is.
Not covered: music without metre; beams across barlines; secondary beams, which ABC cannot write; singers' flags for
syllables, which mean nothing without words under them.

The groups are those of modern engraving (Gould, Behind Bars, 2011, pp. 153-166): beams show the beats and never hide
the middle of a bar; eighths alone go together for longer than what is shorter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from math import prod

from generator.errors import NotationError
from generator.notation.checks import PLAIN_BARLINE, BarChecker, barlines
from generator.notation.durations import Clock
from generator.notation.limits import Metre
from generator.notation.tokens import SOUNDING, Token, TokenKind, lex_music
from generator.notation.tune import Bar, Tune

QUARTER, EIGHTH = 0.25, 0.125
FLAGGED = 0.5  # a voice that leaves more of its neighbours apart than this was never beamed, and is beamed as a whole
# Eighths in a bar of five, seven ..., the usual grouping first: the first whose groups all begin with a note is taken.
ADDITIVE = {
    5: ((3, 2), (2, 3)),
    7: ((2, 2, 3), (3, 2, 2), (2, 3, 2)),
    8: ((3, 3, 2), (3, 2, 3), (2, 3, 3)),
    10: ((3, 3, 2, 2), (3, 2, 3, 2), (2, 3, 2, 3)),
    11: ((3, 3, 3, 2), (2, 3, 3, 3)),
}
# What stays with the note before it.
_BEHIND_NOTE = frozenset({TokenKind.TIE, TokenKind.SLUR_CLOSE})
# What parts two notes already, or joins them whatever the metre says.
_PARTED = frozenset({TokenKind.SPACE, TokenKind.BROKEN, TokenKind.OVERLAY, TokenKind.BAR})

# Where groups begin, in whole notes from the start of the bar. Floats: powers of two are exact, and thirds, which are
# not, are only asked on which side of these they are.
Starts = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Written:
    """A note, chord or rest as it is written. index: its token's; onset: in a whole bar, so a pickup's are late.

    length: without the tuplet; flag: whether it is a note with one.
    """

    index: int
    onset: float
    length: float
    flag: bool


Layer = tuple[Written, ...]


@dataclass(frozen=True, kw_only=True)
class PlacedBar:
    """A bar with what has to be known to beam it. place: where in a whole bar it begins; units: by voice."""

    bar: Bar
    metre: Metre | None
    place: Fraction
    units: dict[str, Fraction]

    def layers(self) -> Iterator[tuple[str, tuple[Token, ...], Layer]]:
        """The layers of all voices that can be read, with the voice and its words."""
        for voice in self.bar.voices:
            if self.metre is not None and voice.voice in self.units:
                for layer in _layers(voice.music, self.metre, self.units[voice.voice], self.place):
                    yield voice.voice, voice.tokens, layer


def beam_by_metre(tune: Tune, *, flagged: float = FLAGGED, close_gaps: bool = False) -> Tune:
    """The tune with beams where it has flags.

    flagged: a voice that leaves a greater share of the neighbours in its beats apart is beamed anew as a whole; in
    other voices only beats are in which nothing is joined, or, to close gaps, all that a beat leaves apart; then bars
    whose beams hide the beats are beamed anew, too.
    """
    placed = tuple(_place_bars(tune))
    anew = {voice for voice, (apart, pairs) in _count(placed, tune).items() if apart > flagged * pairs}
    beamed = tuple(_beam_bar(bar, anew, mend=close_gaps) for bar in placed)
    if close_gaps:
        beamed = tuple(map(_close_gaps, (replace(was, bar=bar) for was, bar in zip(placed, beamed, strict=True))))
    return replace(tune, bars=beamed)


def count_flags(tune: Tune) -> dict[str, tuple[int, int]]:
    """By voice: how many pairs of short neighbours in the same beat stand apart, and how many pairs there are."""
    return _count(_place_bars(tune), tune)


def _count(placed: Iterable[PlacedBar], tune: Tune) -> dict[str, tuple[int, int]]:
    counts = {voice.id: (0, 0) for voice in tune.header.voices}
    for bar in placed:
        for voice, tokens, layer in bar.layers():
            joined = [_is_joined(tokens, *pair) for pair in _neighbours(layer, bar.metre)]
            apart, pairs = counts[voice]
            counts[voice] = apart + joined.count(False), pairs + len(joined)
    return counts


# --- groups -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def beats_of(metre: Metre, attacks: frozenset[float] = frozenset()) -> Starts:
    """Where beams begin anew under a metre. attacks: where notes begin, which decides between 3 + 2 and 2 + 3."""
    count, unit = metre.numerator, 1 / metre.denominator
    if unit == EIGHTH and count in ADDITIVE:
        ways = [_starts(size * unit for size in way) for way in ADDITIVE[count]]
        return next((way for way in ways if attacks.issuperset(way)), ways[0])
    if unit < QUARTER and count % 3 == 0:
        return _starts([3 * unit] * (count // 3))
    whole = float(metre.length)
    quarters, rest = divmod(whole, QUARTER)
    if not rest or not quarters:
        return _starts([QUARTER] * int(quarters) or [whole])
    return _starts([QUARTER] * int(quarters - 1) + [QUARTER + rest])


@lru_cache(maxsize=256)
def spans_of(metre: Metre) -> Starts:
    """Where beams begin anew if there is nothing but eighths: at half a bar of 4/4; not at all in 2/4, 3/4 and 4/8."""
    whole = float(metre.length)
    if _is_in_threes(metre):
        return beats_of(metre)
    if whole <= 3 * QUARTER and whole % QUARTER == 0:
        return _starts([whole])
    if whole % (2 * QUARTER) == 0:
        return _starts([2 * QUARTER] * int(whole / (2 * QUARTER)))
    return beats_of(metre)


def _is_in_threes(metre: Metre) -> bool:
    """Whether beats are longer than a quarter: 6/8, 9/16; and 6/4, whose halves are no halves."""
    return metre.compound or (metre.denominator == 8 and metre.numerator in ADDITIVE)


def _starts(lengths: Iterable[float]) -> Starts:
    return tuple(accumulate(lengths, initial=0.0))[:-1]


def _group_at(starts: Starts, onset: float) -> int:
    """The number of the group in which something begins."""
    return bisect_right(starts, onset)


# --- bars -------------------------------------------------------------------------------------------------------------


def _place_bars(tune: Tune) -> Iterator[PlacedBar]:
    clock = BarChecker(tune.header)
    for bar in tune.bars:
        units = {voice.voice: clock.unit_of(voice.voice) for voice in bar.voices if voice.voice in clock.known}
        yield PlacedBar(bar=bar, metre=clock.metre_in(bar), place=_place_of(bar, clock), units=units)
        clock.accept(bar)


def _place_of(bar: Bar, clock: BarChecker) -> Fraction:
    """Where in a whole bar a bar begins: a pickup late, the rest of a bar that was split in its middle."""
    metre = clock.metre_in(bar)
    if metre is None or not bar.voices:
        return Fraction(0)
    try:
        length = clock.timing(bar.voices[0], metre).length
    except NotationError:
        return Fraction(0)
    if length >= metre.length:
        return Fraction(0)
    if clock.missing is not None:
        return max(Fraction(0), metre.length - clock.missing)
    is_pickup = clock.section_starts and barlines(bar.voices[0].tokens).closing == PLAIN_BARLINE
    return metre.length - length if is_pickup else Fraction(0)


def _beam_bar(placed: PlacedBar, anew: set[str], *, mend: bool) -> Bar:
    texts = {voice.voice: [token.text for token in voice.tokens] for voice in placed.bar.voices}
    for voice, tokens, layer in placed.layers():
        hides = mend and _hides_beats(layer, tokens, placed.metre)
        for run in _runs(layer, placed.metre):
            _beam_run(run, tokens, texts[voice], anew=voice in anew or hides)
    return _with_texts(placed.bar, texts)


def _hides_beats(layer: Layer, tokens: Sequence[Token], metre: Metre | None) -> bool:
    """Whether a beam goes over the middle of the bar, or joins what is shorter than eighths over a beat."""
    if metre is None:
        return False
    beats, spans = _beats_under(layer, metre), spans_of(metre)
    for first, second in pairwise(layer):
        if not (first.flag and second.flag and _is_joined(tokens, first, second)):
            continue
        over_middle = _group_at(spans, first.onset) != _group_at(spans, second.onset)
        over_beat = _group_at(beats, first.onset) != _group_at(beats, second.onset)
        if over_middle or (over_beat and max(first.length, second.length) < EIGHTH):
            return True
    return False


def _close_gaps(placed: PlacedBar) -> Bar:
    """The bar with all neighbours joined that share a beat."""
    texts = {voice.voice: [token.text for token in voice.tokens] for voice in placed.bar.voices}
    for voice, tokens, layer in placed.layers():
        for first, second in _neighbours(layer, placed.metre):
            for index in range(first.index + 1, second.index):
                if tokens[index].kind is TokenKind.SPACE:
                    texts[voice][index] = ""
    return _with_texts(placed.bar, texts)


def _with_texts(bar: Bar, texts: Mapping[str, Sequence[str]]) -> Bar:
    """The bar with these words in its voices, as far as they are the same words."""
    voices = []
    for voice_bar in bar.voices:
        music = "".join(texts[voice_bar.voice])
        same = music == voice_bar.music or _words(lex_music(music)) != _words(voice_bar.tokens)
        voices.append(voice_bar if same else replace(voice_bar, music=music))
    return replace(bar, voices=tuple(voices))


def _words(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.kind is not TokenKind.SPACE]


# --- layers -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)  # as many as the pieces have that are finished just now: each holds some 2 kB
def _layers(music: str, metre: Metre, unit: Fraction, place: Fraction) -> tuple[Layer, ...]:
    """What is played one after the other in a voice's bar; nothing if it cannot be read."""
    tokens = lex_music(music)
    clock = Clock(unit=unit, metre=metre)
    factors: list[Fraction] = []
    try:
        for index, token in enumerate(tokens):
            factors.append(prod((tuplet.factor for tuplet in clock.tuplets), start=Fraction(1)))
            clock.take(index, token)
    except NotationError:
        return ()
    layers: list[list[Written]] = []
    for timed in clock.timed:
        if timed.onset == 0:
            layers.append([])
        length = float(timed.length / factors[timed.index])
        flag = length < QUARTER and tokens[timed.index].kind in SOUNDING
        layers[-1].append(Written(index=timed.index, onset=float(place + timed.onset), length=length, flag=flag))
    return tuple(map(tuple, layers))


def _beats_under(layer: Layer, metre: Metre) -> Starts:
    return beats_of(
        metre, frozenset(written.onset for written in layer) if metre.numerator in ADDITIVE else frozenset()
    )


def _neighbours(layer: Layer, metre: Metre | None) -> Iterator[tuple[Written, Written]]:
    """The pairs of notes with flags that follow each other in a beat."""
    if metre is None:
        return
    beats = _beats_under(layer, metre)
    for first, second in pairwise(layer):
        if first.flag and second.flag and _group_at(beats, first.onset) == _group_at(beats, second.onset):
            yield first, second


def _is_joined(tokens: Sequence[Token], first: Written, second: Written) -> bool:
    return all(token.kind is not TokenKind.SPACE for token in tokens[first.index + 1 : second.index])


def _runs(layer: Layer, metre: Metre | None) -> Iterator[Layer]:
    """The notes of each span, if they are eighths alone, else those of each beat."""
    if metre is None:
        return
    beats, spans = _beats_under(layer, metre), spans_of(metre)
    for run in _split(layer, spans):
        if _may_share_a_span(run, metre):
            yield run
        else:
            yield from _split(run, beats)


def _split(notes: Sequence[Written], starts: Starts) -> Iterator[Layer]:
    """Neighbours with flags, parted where a group begins."""
    run: list[Written] = []
    for note in notes:
        if run and (not note.flag or _group_at(starts, note.onset) != _group_at(starts, run[0].onset)):
            yield tuple(run)
            run = []
        if note.flag:
            run.append(note)
    if run:
        yield tuple(run)


def _may_share_a_span(run: Sequence[Written], metre: Metre) -> bool:
    """Whether these are plain eighths, and do not make 3/4 look like 6/8: three from or to the middle of the bar."""
    plain = all(note.length == EIGHTH and not note.onset % EIGHTH for note in run)
    if metre.length != 3 * QUARTER:
        return plain
    return plain and not run[0].onset % QUARTER and len(run) % 2 == 0


def _beam_run(run: Layer, tokens: Sequence[Token], texts: list[str], *, anew: bool) -> None:
    """Join the notes of a run in `texts`. anew: whatever was joined; and part it from what follows."""
    if not anew and any(_is_joined(tokens, *pair) for pair in pairwise(run)):
        return
    for index in range(run[0].index + 1, run[-1].index):
        if tokens[index].kind is TokenKind.SPACE:
            texts[index] = ""
    if anew:
        _part(run[-1].index, tokens, texts)


def _part(index: int, tokens: Sequence[Token], texts: list[str]) -> None:
    """A space behind a note and what belongs to it, unless there is one or nothing that it could be joined to."""
    while index + 1 < len(tokens) and tokens[index + 1].kind in _BEHIND_NOTE:
        index += 1
    rest = tokens[index + 1 :]
    following = next((place for place, token in enumerate(rest) if token.kind in SOUNDING), None)
    if following is not None and not any(token.kind in _PARTED for token in rest[:following]):
        texts[index] += " "
