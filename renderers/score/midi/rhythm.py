"""From the notes of one voice in one bar to the signs of a page: chords, rests, ties, tuplets, beams.

A voice is cut where anything in it begins or ends, and at the barlines; what sounds on is tied. Lengths are split
where a reader wants to see the beat. Places that no halving of the beat reaches are tuplets, over the smallest stretch
of whole or half beats that holds them.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from renderers.score.abc.durations import single_value
from renderers.score.abc.model import Event, Head, Tuplet
from renderers.score.midi.bars import Bar
from renderers.score.midi.clock import QUARTER, is_dotted, whole_notes

FINEST = QUARTER // 32
ODD_NUMBERS = (3, 5, 7, 9)
NORMAL = {3: 2, 5: 4, 7: 4, 9: 8}
NORMAL_IN_DOTTED = {5: 3, 7: 6, 9: 6}
BEAMED_BELOW = Fraction(1, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceNote:
    """A note of a voice, in grains."""

    start: int
    end: int
    pitch: int


@dataclass(frozen=True, slots=True)
class Segment:
    """What sounds unchanged between two moments of a bar; nothing: a rest."""

    start: int
    end: int
    notes: tuple[VoiceNote, ...]


MakeHead = Callable[[VoiceNote], Head]


class BarWriter:
    """Writes bars of one voice. make_head: a new head for a note, spelled."""

    def __init__(self, make_head: MakeHead, *, are_rests_visible: bool) -> None:
        self._make_head = make_head
        self._are_rests_visible = are_rests_visible
        self._num_tuplets = 0

    def write(self, bar: Bar, notes: Sequence[VoiceNote]) -> list[tuple[int, Event]]:
        """The events of a bar, each with the moment when it begins. notes: all that sound in it."""
        if not notes:
            return [(bar.start, self._silence(bar))]
        events: list[tuple[int, Event]] = []
        windows = list(_windows(bar, _segments(bar, notes)))
        pieces = _segments(bar, notes, cuts=[start for start, _, _ in windows])
        for start, end, ratio in windows:
            inside = [piece for piece in pieces if start <= piece.start < end]
            events += self._plain(bar, inside) if ratio is None else self._tuplet(bar, inside, *ratio)
        _join_beams(bar, events)
        return events

    def _silence(self, bar: Bar) -> Event:
        is_whole = whole_notes(bar.length) == bar.metre.length
        return Event(
            heads=[],
            nominal=whole_notes(bar.length),
            line=0,
            is_visible=self._are_rests_visible,
            is_bar_rest=is_whole and self._are_rests_visible,
        )

    def _plain(self, bar: Bar, segments: Sequence[Segment]) -> list[tuple[int, Event]]:
        """Notes and rests outside of tuplets."""
        events = []
        for segment in segments:
            pieces = list(_readable(bar, segment))
            for place, (start, end) in enumerate(pieces):
                event = self._event(segment, start, end, is_last=place == len(pieces) - 1)
                events.append((start, event))
        return events

    def _tuplet(self, bar: Bar, segments: Sequence[Segment], actual: int, normal: int) -> list[tuple[int, Event]]:
        self._num_tuplets += 1
        ratio = Fraction(normal, actual)
        events = []
        for segment in segments:
            event = self._event(segment, segment.start, segment.end, is_last=True)
            event.ratio = ratio
            event.nominal = event.nominal / ratio
            event.tuplets = (Tuplet(actual, normal, self._num_tuplets),)
            events.append((segment.start, event))
        return events

    def _event(self, segment: Segment, start: int, end: int, *, is_last: bool) -> Event:
        heads = []
        for note in sorted(segment.notes, key=lambda note: note.pitch):
            head = self._make_head(note)
            head.is_tied_on = not is_last or note.end > segment.end
            head.is_tied_back = start > segment.start or note.start < segment.start
            heads.append(head)
        return Event(
            heads=heads, nominal=whole_notes(end - start), line=0, is_visible=bool(heads) or self._are_rests_visible
        )


# --- cutting


def _segments(bar: Bar, notes: Sequence[VoiceNote], *, cuts: Sequence[int] = ()) -> list[Segment]:
    """The bar, cut where anything begins or ends."""
    places = {bar.start, bar.end, *cuts}
    for note in notes:
        places |= {max(note.start, bar.start), min(note.end, bar.end)}
    in_order = sorted(places)
    return [
        Segment(start, end, tuple(note for note in notes if note.start <= start and note.end >= end))
        for start, end in itertools.pairwise(in_order)
    ]


def _windows(bar: Bar, segments: Sequence[Segment]) -> Iterator[tuple[int, int, tuple[int, int] | None]]:
    """The bar as stretches: (start, end, numbers of the tuplet that fills it, or None)."""
    origin = bar.start - bar.offset
    edges = sorted({edge for piece in segments for edge in (piece.start, piece.end)})
    now = bar.start
    for edge in edges:
        if edge <= now or (edge - origin) % FINEST == 0:
            continue
        window = _tuplet_around(bar, edge, edges)
        if window is None or window[0] < now:
            continue
        if window[0] > now:
            yield now, window[0], None
        yield window
        now = window[1]
    if now < bar.end:
        yield now, bar.end, None


def _tuplet_around(bar: Bar, edge: int, edges: Sequence[int]) -> tuple[int, int, tuple[int, int]] | None:
    """The smallest stretch around a place that a tuplet can fill, best without a note that reaches across its ends."""
    found = None
    origin = bar.start - bar.offset
    for length in _lengths(bar):
        start = origin + (edge - origin) // length * length
        end = start + length
        if start < bar.start or end > bar.end:
            continue
        numbers = _numbers(start, end, edges)
        if numbers is None:
            continue
        found = found or (start, end, numbers)
        if start in edges and end in edges:
            return start, end, numbers
    return found


def _lengths(bar: Bar) -> list[int]:
    if is_dotted(bar.beat):
        third = bar.beat // 3
        return [third // 2, third, bar.beat, 2 * bar.beat]
    return [QUARTER // 4, QUARTER // 2, QUARTER, 2 * QUARTER, 4 * QUARTER]


def _numbers(start: int, end: int, edges: Sequence[int]) -> tuple[int, int] | None:
    """The numbers of a tuplet between two places, in which all that begins or ends between them has a place."""
    length = end - start
    inside = [edge - start for edge in edges if start < edge < end]
    for actual in ODD_NUMBERS:
        normal = (NORMAL_IN_DOTTED if is_dotted(length) else NORMAL).get(actual)
        if normal is None:
            continue
        shown = [Fraction(edge * actual, normal) for edge in inside]
        if all(edge.denominator == 1 and int(edge) % FINEST == 0 for edge in shown):
            return actual, normal
    return None


# --- values that a reader can take in


def _readable(bar: Bar, segment: Segment) -> Iterator[tuple[int, int]]:
    """The stretch of a segment as single note values, split where the beat has to be seen."""
    start = segment.start
    while start < segment.end:
        end = segment.end
        while end > start and not _may_stand(bar, start, end, is_rest=not segment.notes):
            end = _cut_before(bar, start, end)
        if end <= start:
            end = segment.end  # no place to cut: the writer ties what it has to
        yield start, end
        start = end


def _may_stand(bar: Bar, start: int, end: int, *, is_rest: bool) -> bool:
    value = single_value(whole_notes(end - start))
    if value is None or value[1] > 2:
        return False
    crossed = max((level for _, level in _crossed(bar, start, end)), default=-1)
    if crossed < 0:
        return True
    first, last = level_of(bar, start), level_of(bar, end)
    if is_rest:
        return crossed < max(first, 1) and (value[1] == 0 or is_dotted(bar.beat))
    if is_dotted(bar.beat) and crossed >= 2:
        return min(first, last) >= 2
    return max(first, last) >= crossed - 1 and (crossed < 3 or max(first, last) > crossed or min(first, last) >= 2)


def _crossed(bar: Bar, start: int, end: int) -> list[tuple[int, int]]:
    """The places between two moments, each with how strong it is."""
    places, levels = _places(bar)
    first, last = bisect_right(places, start), bisect_left(places, end)
    return list(zip(places[first:last], levels[first:last], strict=True))


@lru_cache(maxsize=256)
def _places(bar: Bar) -> tuple[list[int], list[int]]:
    """The eighths, or what is half a beat, of a bar, and how strong each is."""
    step = max(FINEST, bar.beat // (3 if is_dotted(bar.beat) else 2))
    origin = bar.start - bar.offset
    places = [place for place in range(origin, bar.end + 1, step) if place >= bar.start]
    return places, [level_of(bar, place) for place in places]


def level_of(bar: Bar, place: int) -> int:
    """How strong a place is: 4 a barline, 3 the middle of the bar, 2 a beat, 1 half of it, 0 less."""
    inside = place - (bar.start - bar.offset)
    whole = bar.length + bar.offset
    if inside % whole == 0:
        return 4
    num_beats = whole // bar.beat
    if num_beats in (4, 8) and inside * 2 == whole:
        return 3
    if inside % bar.beat == 0:
        return 2
    half = bar.beat // (3 if is_dotted(bar.beat) else 2)
    return 1 if inside % half == 0 else 0


def _cut_before(bar: Bar, start: int, end: int) -> int:
    """The strongest place between two moments, the last one of its kind; else half of what can be shown."""
    if crossed := _crossed(bar, start, end):
        return max(crossed, key=lambda one: (one[1], one[0]))[0]
    length = end - start
    step = FINEST
    while step * 2 < length:
        step *= 2
    return start + step if step < length else start


# --- beams


def _join_beams(bar: Bar, events: list[tuple[int, Event]]) -> None:
    """Notes with flags in the same beat hang together."""
    origin = bar.start - bar.offset
    for (start, event), (following_start, following) in itertools.pairwise(events):
        are_short = event.nominal < BEAMED_BELOW and following.nominal < BEAMED_BELOW
        same_beat = (start - origin) // bar.beat == (following_start - origin) // bar.beat
        same_tuplet = bool(event.tuplets) and event.tuplets == following.tuplets and bar.beat >= QUARTER
        event.is_joined = are_short and (same_beat or same_tuplet)  # a beam goes on over a rest
