"""A piece to play along with: without one's own part, slower, counted in, with a click, some bars over and over.

Made from a performance and what is struck in it; what comes out is a performance again, so that MIDI, sound and
whatever shows the music follow. Not covered: a part that is left out of the page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from renderers.errors import InputRefused
from renderers.score.score_time import SLOWEST_PLAYED_BPM, Measure, PlayingOrder, TempoMap
from renderers.sound.performance import Performance
from renderers.sound.phrasing import CLICK_STAFF, Struck
from renderers.sound.playing import USUAL_PERCENT, Playing

HIGH_CLICK, LOW_CLICK = 76, 77  # wood blocks of General MIDI
HIGH_VELOCITY, LOW_VELOCITY = 100, 76
CLICK_QUARTERS = 0.1
HANDS = (("right", "rechts", "rechte", "右手"), ("left", "links", "linke", "左手"))  # of a part of two staves


def rehearse(performance: Performance, struck: Sequence[Struck], playing: Playing) -> tuple[Performance, list[Struck]]:
    """The same for whoever plays along. Raises InputRefused for a part or bars that there are not."""
    kept = _without(performance, struck, playing.without)
    if playing.loop is not None:
        performance, kept = _looped(performance, kept, playing.loop, playing.times)
    if playing.percent != USUAL_PERCENT:
        marks = tuple(
            (start, max(bpm * playing.percent / 100, SLOWEST_PLAYED_BPM)) for start, bpm in performance.tempo.marks
        )
        performance = replace(performance, tempo=TempoMap(marks))
    clicks = list(_clicks(performance)) if playing.click else []
    if playing.count_in:
        counted = list(_count_in(performance, playing.count_in))
        before = counted[-1].start + performance.measures[performance.order.indices[0]].beat
        performance, kept = _later(performance, kept, before)
        clicks = [*counted, *(_moved(note, before) for note in clicks)]
    if not kept and not clicks:
        raise InputRefused(reason="nothing_left")
    return performance, sorted([*kept, *clicks], key=lambda note: note.start)


# --- without


def _without(performance: Performance, struck: Sequence[Struck], names: Sequence[str]) -> list[Struck]:
    silent = {staff for name in names for staff in find_staves(performance, name)}
    return [note for note in struck if note.staff not in silent]


def find_staves(performance: Performance, name: str) -> tuple[int, ...]:
    """The staves that somebody means. Raises InputRefused with the names that there are."""
    wanted, parts = " ".join(name.casefold().split()), performance.part_list.parts
    if wanted.isdecimal() and 1 <= int(wanted) <= len(parts):
        return parts[int(wanted) - 1].staves
    exact = [part for part in parts if part.name.casefold() == wanted]
    near = [part for part in parts if wanted and wanted in part.name.casefold()]
    if exact or near:
        return (exact or near)[0].staves
    for place, words in enumerate(HANDS):
        if any(word in wanted for word in words):
            hands = next((part.staves for part in parts if len(part.staves) == len(HANDS)), ())
            if hands:
                return (hands[place],)
    raise InputRefused(reason="no_such_part", part=name, parts=", ".join(part.name for part in parts))


# --- bars over and over


def _looped(
    performance: Performance, struck: Sequence[Struck], bars: tuple[int, int], times: int
) -> tuple[Performance, list[Struck]]:
    order, indices = performance.order, _numbered(performance, bars)
    first = order.indices.index(indices[0])
    last = first
    while last + 1 < len(order.indices) and order.indices[last] != indices[-1]:
        last += 1
    start, end = order.starts[first], order.ends[last]
    length = end - start
    starts = tuple(at - start + turn * length for turn in range(times) for at in order.starts[first : last + 1])
    marks = [(0.0, performance.tempo.bpm_at(start))]
    marks += [(at - start, bpm) for at, bpm in performance.tempo.marks if start < at < end]
    inside = [replace(note, end=min(note.end, end)) for note in struck if start - 1e-6 <= note.start < end - 1e-6]
    pedals = [pressed for pressed in performance.pedals if start <= pressed.start < end]
    moves = [turn * length - start for turn in range(times)]
    looped = replace(
        performance,
        order=PlayingOrder(starts, order.indices[first : last + 1] * times, times * length),
        tempo=TempoMap(tuple((at + turn * length, bpm) for turn in range(times) for at, bpm in marks)),
        pedals=tuple(
            pressed._replace(start=pressed.start + by, end=min(pressed.end, end) + by)
            for by in moves for pressed in pedals
        ),
    )  # fmt: skip
    return looped, [_moved(note, by) for by in moves for note in inside]


def _numbered(performance: Performance, bars: tuple[int, int]) -> tuple[int, int]:
    """The measures with these numbers. A pickup has none. Raises InputRefused."""
    has_pickup = _is_short(performance.measures[0]) and len(performance.measures) > 1
    first, last = (bar - (0 if has_pickup else 1) for bar in bars)
    most = len(performance.measures) - has_pickup
    if not 1 <= bars[0] <= bars[1] <= most or first not in performance.order.indices:
        raise InputRefused(reason="no_such_bars", bars=f"{bars[0]}–{bars[1]}", most=most)
    return first, last


def _is_short(measure: Measure) -> bool:
    return measure.length < measure.full_length - 1e-3


# --- clicks


def _clicks(performance: Performance) -> Iterator[Struck]:
    order = performance.order
    for start, index in zip(order.starts, order.indices, strict=True):
        measure = performance.measures[index]
        beat, whole = measure.beat, measure.full_length
        missing = max(0.0, whole - measure.length) if index == 0 else 0.0  # a pickup is the end of a bar
        at = -missing
        while at < measure.length - 1e-3:
            if at >= -1e-3:
                yield _click(start + at, is_first=abs(at + missing) < 1e-3)
            at += beat


def _count_in(performance: Performance, bars: int) -> Iterator[Struck]:
    """Whole bars, and what is missing of a pickup."""
    measure = performance.measures[performance.order.indices[0]]
    beat, whole = measure.beat, measure.full_length
    beats_a_bar = max(1, round(whole / beat))
    missing = round(max(0.0, whole - measure.length) / beat)
    for number in range(bars * beats_a_bar + missing):
        yield _click(number * beat, is_first=number % beats_a_bar == 0)


def _click(at: float, *, is_first: bool) -> Struck:
    return Struck(
        staff=CLICK_STAFF,
        layer="",
        pitch=HIGH_CLICK if is_first else LOW_CLICK,
        start=at,
        end=at + CLICK_QUARTERS,
        velocity=HIGH_VELOCITY if is_first else LOW_VELOCITY,
        is_drum=True,
    )


def _later(performance: Performance, struck: Sequence[Struck], by: float) -> tuple[Performance, list[Struck]]:
    """All of it so many quarters later, in the tempo of its beginning until then."""
    order, tempo = performance.order, performance.tempo
    marks = [(0.0, tempo.marks[0][1]), *((start + by, bpm) for start, bpm in tempo.marks[1:])]
    moved = replace(
        performance,
        order=PlayingOrder(tuple(start + by for start in order.starts), order.indices, order.length + by),
        tempo=TempoMap(tuple(marks)),
        pedals=tuple(each._replace(start=each.start + by, end=each.end + by) for each in performance.pedals),
    )
    return moved, [_moved(note, by) for note in struck]


def _moved(note: Struck, by: float) -> Struck:
    return replace(note, start=note.start + by, end=note.end + by, tied=tuple((id_, at + by) for id_, at in note.tied))
