"""Time in a score: written measures with their metre, key and tempo, and the order in which they are played.

Two clocks: *written* quarters run down the page once; *played* quarters run through the repeats as well.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

from lxml import etree

from renderers.score.key_signatures import NO_KEY, Key
from renderers.score.mei import MEI, XML_ID
from renderers.score.parts import PartList

DEFAULT_BPM = 100.0  # a walking pace, where the score names no tempo; verovio would hurry on at 120
SLOWEST_BPM, FASTEST_BPM = 10.0, 480.0
SLOWEST_PLAYED_BPM = 4.0  # what a MIDI file can say


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A written measure. `start` and `length` in written quarters."""

    element: etree._Element
    start: float
    length: float
    metre: tuple[int, int]
    key: Key  # as it sounds
    bpm: float  # quarters per minute at its beginning

    def beat_of(self, tstamp: str | None) -> float:
        """An MEI timestamp (beats of the metre, from 1) as quarters since the beginning of the measure."""
        beats = float(tstamp or 1) - 1
        return min(max(0.0, beats * 4 / self.metre[1]), self.length)

    @property
    def full_length(self) -> float:
        """What its metre says that it lasts, in quarters: a pickup is shorter."""
        return self.metre[0] * 4 / self.metre[1]

    @property
    def beat(self) -> float:
        """What is counted in it, in quarters."""
        return units_of_beat(*self.metre) * 4 / self.metre[1]

    @property
    def tempo_marks(self) -> list[tuple[float, float]]:
        """Its metronome marks as (quarters since its beginning, bpm in quarters), in order."""
        marks = {
            self.beat_of(tempo.get("tstamp")): min(max(float(tempo.get("midi.bpm", "0")), SLOWEST_BPM), FASTEST_BPM)
            for tempo in self.element.iterfind(f"{MEI}tempo")
            if tempo.get("midi.bpm")
        }
        return sorted(marks.items())


@dataclass(frozen=True)
class TempoMap:
    """The tempo of a performance: (played quarters, bpm in quarters), in order, the first at 0."""

    marks: tuple[tuple[float, float], ...]

    def bpm_at(self, quarters: float) -> float:
        """The tempo in force at a moment."""
        return self.marks[self._index(quarters)][1]

    def seconds_at(self, quarters: float) -> float:
        """The moment in seconds at which a place in the performance is reached."""
        index = self._index(quarters)
        start, bpm = self.marks[index]
        return self._seconds[index] + (quarters - start) * 60 / bpm

    @cached_property
    def _seconds(self) -> list[float]:
        """When each mark is reached: a player's tempo changes with every beat."""
        spans = ((later - start) * 60 / bpm for (start, bpm), (later, _) in pairwise(self.marks))
        return list(accumulate(spans, initial=0.0))

    def _index(self, quarters: float) -> int:
        return max(0, bisect_right(self.marks, (quarters, float("inf"))) - 1)


@dataclass(frozen=True)
class PlayingOrder:
    """Which written measure is played when: `starts` in played quarters, `indices` of measures, `length` of it all."""

    starts: tuple[float, ...]
    indices: tuple[int, ...]
    length: float

    @property
    def ends(self) -> tuple[float, ...]:
        """Where each measure ends, in played quarters."""
        return (*self.starts[1:], self.length)

    def at(self, quarters: float) -> tuple[int, float]:
        """The index of the measure played at a moment, and the quarters since that measure began."""
        place = max(0, bisect_right(self.starts, quarters + 1e-6) - 1)
        return self.indices[place], max(0.0, quarters - self.starts[place])


def units_of_beat(beats: int, unit: int) -> int:
    """How many units of a metre are counted together: three in compound metres (6/8), else one."""
    return 3 if beats > 3 and beats % 3 == 0 and unit >= 8 else 1


def read_measures(mei: etree._Element, part_list: PartList) -> tuple[Measure, ...]:
    """All measures of a score-based MEI, in the order of the page."""
    measures: list[Measure] = []
    metre, bpm = (4, 4), 0.0
    keys = part_list.sounding_keys()
    for element in mei.iter(f"{MEI}scoreDef", f"{MEI}measure"):
        if element.tag == f"{MEI}scoreDef":
            metre = _metre(element) or metre
            continue
        # A measure of nothing but spaces may have no length of its own: then the metre says.
        known = part_list.measure_quarters[len(measures) : len(measures) + 1]
        length = (known[0] if known else 0.0) or metre[0] * 4 / metre[1]
        start = measures[-1].start + measures[-1].length if measures else 0.0
        key = keys[min(len(measures), len(keys) - 1)] if keys else NO_KEY
        measure = Measure(element=element, start=start, length=length, metre=metre, key=key, bpm=bpm)
        measures.append(measure)
        bpm = measure.tempo_marks[-1][1] if measure.tempo_marks else bpm
    first_bpm = next((measure.tempo_marks[0][1] for measure in measures if measure.tempo_marks), DEFAULT_BPM)
    return tuple(measure if measure.bpm else replace(measure, bpm=first_bpm) for measure in measures)


def _metre(score_def: etree._Element) -> tuple[int, int] | None:
    """The metre of a scoreDef: its own attributes, or those of its first staffDef or meterSig that has any."""
    for element in score_def.iter(f"{MEI}scoreDef", f"{MEI}staffDef", f"{MEI}meterSig"):
        count, unit = (element.get(f"meter.{name}") or element.get(name) for name in ("count", "unit"))
        if not (count and unit and unit.isdigit() and int(unit)):
            continue
        beats = sum(int(piece) for piece in count.split("+") if piece.isdigit())
        if 0 < beats < 256:
            return beats, int(unit)
    return None


def playing_order(timemap: list[dict[str, Any]], measures: tuple[Measure, ...]) -> PlayingOrder:
    """The order in which verovio plays the measures, repeats unfolded.

    Verovio does not list measures at the end in which nothing happens; they are added.
    """
    index_of = {measure.element.get(XML_ID): index for index, measure in enumerate(measures)}
    played = [
        (float(entry["qstamp"]), index_of[written_id(entry["measureOn"])])
        for entry in timemap
        if written_id(entry.get("measureOn", "")) in index_of
    ] or [(0.0, 0)]
    end = played[-1][0] + measures[played[-1][1]].length
    heard = {index for _, index in played}
    for index in range(played[-1][1] + 1, len(measures)):
        if index in heard:
            break
        played.append((end, index))
        end += measures[index].length
    starts, indices = zip(*played, strict=True)
    return PlayingOrder(starts, indices, end)


def written_id(played_id: str) -> str:
    """Verovio marks what a repeat plays again: `abc-rend2` is the second playing of `abc`."""
    return played_id.split("-rend", 1)[0]


def tempo_map(measures: tuple[Measure, ...], order: PlayingOrder) -> TempoMap:
    """The tempo of the performance; a repeat takes its old tempo up again.

    Verovio's own timemap lets the last mark of a measure rule the whole measure and forgets it at repeats.
    """
    marks: list[tuple[float, float]] = []
    for start, index in zip(order.starts, order.indices, strict=True):
        for beat, bpm in ((0.0, measures[index].bpm), *measures[index].tempo_marks):
            while marks and marks[-1][0] >= start + beat:  # two marks at one moment: the later one counts
                marks.pop()
            if not marks or marks[-1][1] != bpm:
                marks.append((start + beat, bpm))
    return TempoMap(tuple(marks))
