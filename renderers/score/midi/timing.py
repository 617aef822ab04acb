"""Where a file's ticks lie in the score: as its tempos and metres say, or as its beats are heard.

Three cases: the file counts quarters and states a metre; it counts quarters and states none, so the metre is found; or
its ticks are the clock of a recorder (SMPTE, or onsets on no grid at all), so beats and metre are found.
"""

import itertools
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from renderers.score.abc.metres import Metre
from renderers.score.midi.bars import Bar, Section, bars_of, metre_length, sections_of
from renderers.score.midi.beat_tracking import MAX_SECONDS, Beats, follows_beats, track_beats
from renderers.score.midi.clock import QUARTER, Clock, clock_of
from renderers.score.midi.events import DRUM_CHANNEL, MidiNote, Recording
from renderers.score.midi.metre_finding import BarShape, Struck, find_bars

USUAL_BPM = 120.0
LONGEST_WEIGHT_S = 1.5
SLOWEST_TRACKED, FASTEST_TRACKED = 20.0, 300.0
TEMPO_STEP = 0.12  # a tracked tempo is written anew where it has changed so much ...
TEMPO_BARS = 4  # ... for so many bars


@dataclass(frozen=True, kw_only=True)
class Timing:
    """to_grain: a tick's place in the score, perhaps between grains. tick: the grains of one tick, where exact.

    is_heard: the beats are none of the file's, but found by listening.
    """

    to_grain: Callable[[int], float]
    tick: float
    clock: Clock
    bars: list[Bar]
    is_heard: bool = False


def find_timing(recording: Recording) -> Timing:
    """The timing of a file. Raises InputRefused where it has too many bars."""
    scale = 1 / recording.ticks_per_quarter
    onsets = [note.start * scale for note in recording.notes]
    is_tempo_stated = bool(recording.metres) or any(abs(bpm - USUAL_BPM) > 0.01 for _, bpm in recording.tempos)
    is_nothing_stated = not (recording.tempos or recording.metres)
    if recording.has_beats and is_tempo_written(recording):
        return _stated(recording)
    is_long = recording.has_beats and _seconds_of(recording)(recording.notes[-1].start) > MAX_SECONDS
    if recording.has_beats and (
        is_long or follows_beats(onsets, is_tempo_stated=is_tempo_stated, is_nothing_stated=is_nothing_stated)
    ):
        return _stated(recording)
    return _tracked(recording)


def is_tempo_written(recording: Recording) -> bool:
    """Whether somebody wrote metre and pace down; a recorder leaves what it begins with: 120, one metre, no key.

    What is written is believed, wherever the notes lie: fast notes that are moved lie nowhere in particular.
    """
    is_usual = all(abs(bpm - USUAL_BPM) < 0.01 for _, bpm in recording.tempos)
    return bool(recording.metres) and (not is_usual or len(recording.metres) > 1 or bool(recording.keys))


def _stated(recording: Recording) -> Timing:
    per_quarter = recording.ticks_per_quarter
    scale = QUARTER / per_quarter
    end = round(max(note.end for note in recording.notes) * scale)
    if recording.metres:
        sections = sections_of(recording.metres, ticks_per_quarter=per_quarter, end=end)
    else:
        shape = find_bars(_struck(recording, lambda tick: tick / per_quarter))
        sections = _sections(shape, end, is_quarter=True)
    clock = clock_of(recording.tempos, ticks_per_quarter=per_quarter)
    return Timing(to_grain=lambda tick: tick * scale, tick=scale, clock=clock, bars=bars_of(sections))


def _tracked(recording: Recording) -> Timing:
    seconds = _seconds_of(recording)
    notes = recording.notes
    onsets = [seconds(note.start) for note in notes]
    weights = [_weight(note, seconds) for note in notes]
    beats = track_beats(onsets, weights)
    in_beats = _struck(recording, lambda tick: beats.at(seconds(tick)))
    earliest = min(note.start for note in in_beats)
    shape = find_bars(in_beats)
    beat = QUARTER * 3 // 2 if shape.is_compound else QUARTER
    # Notes before the first beat need room: whole bars, or the bar that the first one cuts off.
    before = shape.first % shape.num_beats
    while earliest + before < -0.25:
        before += shape.num_beats
    moved = before - (shape.first % shape.num_beats)

    def to_grain(tick: int) -> float:
        return max(0.0, (beats.at(seconds(tick)) + moved) * beat)

    end = round(max(to_grain(note.end) for note in notes))
    bars = bars_of(_sections(shape, end, is_quarter=False))
    return Timing(
        to_grain=to_grain, tick=0.0, clock=_tracked_clock(beats, moved, beat, shape), bars=bars, is_heard=True
    )


def _struck(recording: Recording, to_beat: Callable[[int], float]) -> list[Struck]:
    """The notes in beats, without drums as long as there is anything else."""
    notes = [note for note in recording.notes if note.channel != DRUM_CHANNEL] or recording.notes
    return [
        Struck(start=(start := to_beat(note.start)), length=to_beat(note.end) - start, pitch=note.pitch)
        for note in notes
    ]


def _sections(shape: BarShape, end: int, *, is_quarter: bool) -> list[Section]:
    """The bars that were found. is_quarter: a beat is a quarter of the file, also where it has thirds."""
    is_compound = shape.is_compound and not is_quarter
    metre = Metre((3 * shape.num_beats,), 8) if is_compound else Metre((shape.num_beats,), 4)
    beat = QUARTER * 3 // 2 if is_compound else QUARTER
    pickup = shape.first % shape.num_beats * beat
    if not pickup:
        return [Section(0, max(end, 1), metre)]
    first = Metre((pickup // (QUARTER // 2),), 8) if is_compound else Metre((pickup // QUARTER,), 4)
    return [Section(0, pickup, first), Section(pickup, max(end, pickup + metre_length(metre)), metre)]


def _seconds_of(recording: Recording) -> Callable[[int], float]:
    """Tick → second."""
    per_quarter = recording.ticks_per_quarter
    marks = [(0, 60 / USUAL_BPM / per_quarter)]
    if recording.has_beats:
        marks = sorted(dict([*marks, *((tick, 60 / bpm / per_quarter) for tick, bpm in recording.tempos)]).items())
    starts, seconds = [tick for tick, _ in marks], [0.0]
    for (before, length), (after, _) in itertools.pairwise(marks):
        seconds.append(seconds[-1] + (after - before) * length)

    def at(tick: int) -> float:
        place = bisect_right(starts, tick) - 1
        return seconds[place] + (tick - starts[place]) * marks[place][1]

    return at


def _weight(note: MidiNote, seconds: Callable[[int], float]) -> float:
    length = min(seconds(note.end) - seconds(note.start), LONGEST_WEIGHT_S)
    return (0.5 + length) * (0.5 + note.velocity / 127) * (1.3 if note.pitch < 52 else 1.0)


def _tracked_clock(beats: Beats, moved: int, beat: int, shape: BarShape) -> Clock:
    """One tempo, and others where it is another for bars on end."""
    moments = beats.moments
    size = shape.num_beats * TEMPO_BARS
    marks: list[tuple[float, float]] = []
    for place in range(0, max(1, len(moments) - 1), size):
        bpm = _bpm(moments[place : place + size + 1], beat)
        if not marks or abs(bpm / marks[-1][1] - 1) > TEMPO_STEP:
            marks.append((float((place + moved) * beat) if marks else 0.0, bpm))
    return Clock(tuple(marks))


def _bpm(moments: Sequence[float], beat: int) -> float:
    """Quarters a minute between some beats."""
    if len(moments) < 2:
        return USUAL_BPM
    bpm = 60 * (len(moments) - 1) / (moments[-1] - moments[0]) * beat / QUARTER
    return float(round(min(max(bpm, SLOWEST_TRACKED), FASTEST_TRACKED)))
