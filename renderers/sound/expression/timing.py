"""The tempo as it is played: phrases that breathe, a close that slows down, fermatas, and words such as "rit.".

Sources: a phrase is slower at its ends than in its middle (N. Todd, The dynamics of dynamics, JASA 91, 1992, and A
computational model of rubato, 1989), and pianists slow down at ends as a parabola does (B. Repp, Diversity and
commonality in music performance, JASA 92, 1992, of 28 recordings of Schumann's Träumerei). The last bars slow down as a
runner stops, by a cubic root of the place: A. Friberg and J. Sundberg, Does music performance allude to locomotion?
(JASA 105, 1999): v = (1 + (w^q - 1) x)^(1/q), q = 3, w the tempo at the end.
Our choice, without a source: the parabola is one of the tempo, on two levels, and all figures but q.
Not covered: swing, and time that one hand takes from the other.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from renderers.score.mei import MEI
from renderers.score.score_time import SLOWEST_PLAYED_BPM, TempoMap
from renderers.score.tempo_words import gets_quicker, is_as_before, slows_down
from renderers.sound.expression.phrases import Phrase, fermata_ids, phrase_at
from renderers.sound.manner import Manner
from renderers.sound.performance import Performance

STEP_QUARTERS = 0.5  # the tempo is set anew so often, and four times as often while it slows down
FINE_STEP_QUARTERS = 0.125
HALF_PHRASE_SHARE = 0.4  # how much less the halves of a phrase breathe than the whole
CLOSE_BARS, CLOSE_SHARE, STOP_EXPONENT = 1.5, 0.1, 3.0  # of the piece at most
FERMATA_SHARE, FERMATA_MOST_S = 0.9, 1.6  # how much longer a note is held
CHORAL_FERMATA_SHARE, MANY_FERMATAS = 0.35, 3  # in a chorale they end each line
SLOWING, QUICKENING = 0.68, 1.22  # where "rit." and "accel." lead
WORD_BARS = 2.0  # how far they reach where nothing ends them
SMALLEST_CHANGE = 0.004


@dataclass(frozen=True)
class Bend:
    """From `start` to `end` in played quarters the tempo goes from what it is to this share of it (`goal`)."""

    start: float
    end: float
    goal: float

    def factor(self, quarters: float) -> float:
        """The share at a moment."""
        if not self.start <= quarters < self.end:
            return 1.0
        through = (quarters - self.start) / (self.end - self.start)
        if self.goal < 1:
            return float((1 + (self.goal**STOP_EXPONENT - 1) * through) ** (1 / STOP_EXPONENT))
        return 1 + (self.goal - 1) * through


@dataclass(frozen=True)
class Hold:
    """From `start` to `end` in played quarters all is held longer: the tempo is this factor of what it was."""

    start: float
    end: float
    factor: float


def breathe(performance: Performance, phrases: list[Phrase], manner: Manner) -> Performance:
    """The same performance in the tempo of a player."""
    words = list(_words(performance))
    close = _close(performance, words, manner)
    bends = [*words, *([close] if close else [])]
    holds = sorted(_holds(performance), key=lambda hold: hold.start)
    marks: list[tuple[float, float]] = []
    for start, end in _steps(performance, bends, holds):
        middle = (start + end) / 2
        factor = _arc(phrase_at(phrases, middle), middle, manner.arc)
        for bend in bends:
            factor *= bend.factor(middle)
        bpm = performance.tempo.bpm_at(start) * factor * _held(holds, middle)
        bpm = max(bpm, SLOWEST_PLAYED_BPM)
        if not marks or abs(bpm / marks[-1][1] - 1) > SMALLEST_CHANGE:
            marks.append((start, bpm))
    return replace(performance, tempo=TempoMap(tuple(marks))) if marks else performance


def _arc(phrase: Phrase, quarters: float, arc: float) -> float:
    """Slower at the ends, by whole and half phrase. On the mean over a phrase the tempo is the written one."""

    def parabola(through: float) -> float:
        return 1 - (2 * through - 1) ** 2 - 2 / 3

    through = phrase.through(quarters)
    return 1 + arc * parabola(through) + arc * HALF_PHRASE_SHARE * parabola(2 * through % 1)


def _steps(performance: Performance, bends: list[Bend], holds: list[Hold]) -> Iterator[tuple[float, float]]:
    """Spans in which the tempo is the same: between places of a grid, and whatever begins and ends between these."""
    length = performance.order.length
    places = {0.0, length, *(start for start, _ in performance.tempo.marks)}
    places |= {place * STEP_QUARTERS for place in range(int(length / STEP_QUARTERS) + 1)}
    places |= {place for bend in bends for place in (bend.start, bend.end)}
    places |= {place for hold in holds for place in (hold.start, hold.end)}
    for bend in bends:
        steps = int((bend.end - bend.start) / FINE_STEP_QUARTERS)
        places |= {bend.start + step * FINE_STEP_QUARTERS for step in range(steps)}
    ordered = sorted(place for place in places if 0 <= place <= length)
    for start, end in pairwise(ordered):
        if end - start > 1e-6:
            yield start, end


def _close(performance: Performance, words: list[Bend], manner: Manner) -> Bend | None:
    """The last bars; none where the score says itself how they go."""
    length, last = performance.order.length, performance.measures[performance.order.indices[-1]]
    reach = min(CLOSE_BARS * max(last.length, 1.0), length * CLOSE_SHARE)
    if not performance.notes or reach < 1.0 or any(word.end > length - reach for word in words):
        return None
    end = max(note.start for note in performance.notes)  # the last note itself only rings
    start = max(0.0, end - reach)
    return Bend(start, length, manner.closing) if end - start >= 0.5 else None


def _words(performance: Performance) -> Iterator[Bend]:
    """What words say about the tempo, each time it is played."""
    said = sorted(_said(performance), key=lambda pair: pair[0])
    resets = sorted({start for start, _ in performance.tempo.marks} | {at for at, goal in said if goal is None})
    length = performance.order.length
    for at, goal in said:
        if goal is None:
            continue
        bar = performance.measures[performance.order.at(at)[0]].length
        after = resets[bisect_right(resets, at + 1e-6) :][:1]
        end = min([at + WORD_BARS * max(1.0, bar), length, *after])
        if end - at >= 0.5:
            yield Bend(at, end, goal)


def _said(performance: Performance) -> Iterator[tuple[float, float | None]]:
    """(played quarters, where the tempo goes), None for the old tempo."""
    for start, index in zip(performance.order.starts, performance.order.indices, strict=True):
        measure = performance.measures[index]
        for element in measure.element.iterfind("*"):
            if element.tag not in (f"{MEI}dir", f"{MEI}tempo"):
                continue
            words = " ".join("".join(element.itertext()).split())
            goal = _goal(words)
            if goal is not None or is_as_before(words):
                place = performance.places.get(element.get("startid", "#")[1:])
                beat = place.written - measure.start if place else measure.beat_of(element.get("tstamp"))
                yield start + beat, goal


def _goal(words: str) -> float | None:
    if slows_down(words):
        return SLOWING
    return QUICKENING if gets_quicker(words) else None


def _holds(performance: Performance) -> Iterator[Hold]:
    """Each fermata, once for all who hold it."""
    marked = fermata_ids(performance)
    spans: dict[float, float] = {}
    for note in performance.notes:
        if note.id in marked or any(tied in marked for tied, _ in note.tied):
            begins = next((at for tied, at in note.tied if tied in marked), note.start)
            spans[begins] = min(spans.get(begins, note.end), note.end)
    share = FERMATA_SHARE if len(spans) < MANY_FERMATAS else CHORAL_FERMATA_SHARE
    free_from = 0.0
    for start, end in sorted(spans.items()):
        if start < free_from or end - start < 0.1:
            continue
        free_from = end
        seconds = (end - start) * 60 / performance.tempo.bpm_at(start)
        yield Hold(start, end, 1 / (1 + min(share, FERMATA_MOST_S / seconds)))


def _held(holds: list[Hold], quarters: float) -> float:
    place = bisect_right(holds, quarters, key=lambda hold: hold.start) - 1
    return holds[place].factor if place >= 0 and quarters < holds[place].end else 1.0
