"""Where phrases begin and end: as a musician reads them from slurs, rests, long notes, fermatas, barlines and cadences.

Every place between two notes of the melody is asked how much speaks for an end there; then the division of the whole
piece is chosen that has the strongest ends and phrases of about four bars. That each place has a strength, greater at
a gap and after a longer note, is the idea of E. Cambouropoulos, The Local Boundary Detection Model (ICMC 2001); to let
several grounds speak against each other, that of F. Lerdahl and R. Jackendoff, A Generative Theory of Tonal Music
(1983). Which grounds there are besides, all weights and the four bars are our choice.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from renderers.score.mei import MEI, XML_ID
from renderers.sound.expression.melody import find_bass, find_melody
from renderers.sound.performance import Note, Performance

USUAL_BARS, MOST_BARS, FEWEST_BARS = 4.0, 9.0, 1.0
LENGTH_COST, PHRASE_COST = 1.0, 0.6  # an end must be worth its while
# How much speaks for an end between two notes:
GAP, MOST_GAP = 1.2, 1.5  # a quarter of silence, and any silence at most
LONG = 0.7  # the first lasts twice as long as those near it
SLUR_END, IN_SLUR = 0.9, -1.2
FERMATA, CADENCE = 1.5, 0.9  # on the first
BARLINE = 1.6  # a strong one stands between them
AT_BAR, PARALLEL = 0.25, 1.2  # the second begins a bar; one that goes as an earlier one did
FULL_SLUR_BARS = 2.0  # a shorter one joins notes more than it makes a phrase
NEAR_NOTES = 4  # on each side: what a note's length is compared with
STRONG_BARLINES = frozenset({"dbl", "end", "rptend", "rptboth", "rptstart"})


@dataclass(frozen=True)
class Phrase:
    """`start`, `end` in played quarters. `peak`: its highest pitch (MIDI), 0 without notes."""

    start: float
    end: float
    peak: int = 0

    def through(self, quarters: float) -> float:
        """How far a moment is through it, from 0 to 1."""
        return min(1.0, max(0.0, (quarters - self.start) / max(self.end - self.start, 1e-6)))


def find_phrases(performance: Performance) -> list[Phrase]:
    """All of the piece in phrases, one after the other without gaps; a single one for a piece without notes."""
    melody = find_melody(performance)
    if len(melody) < 2:
        return [Phrase(0.0, max(performance.order.length, 1e-6))]
    strengths = _strengths(melody, performance)
    cuts = _best_cuts(melody, strengths, performance)
    edges = [0.0, *(melody[cut].start for cut in cuts), performance.order.length]
    firsts = [0, *cuts, len(melody)]
    return [
        Phrase(start, end, max(note.pitch for note in melody[first:last]))
        for (start, end), (first, last) in zip(pairwise(edges), pairwise(firsts), strict=True)
        if end > start
    ] or [Phrase(0.0, max(performance.order.length, 1e-6))]


def phrase_at(phrases: list[Phrase], quarters: float) -> Phrase:
    """The one in which a moment lies."""
    return phrases[max(0, bisect_right(phrases, quarters + 1e-6, key=lambda phrase: phrase.start) - 1)]


def _strengths(melody: list[Note], performance: Performance) -> list[float]:
    """How much speaks for a phrase to begin with each note; nothing for the first."""
    slurs, fermatas, bars = _slurs(performance), fermata_ids(performance), _strong_barlines(performance)
    cadences, parallels, bar = _cadences(performance), _parallels(melody), _usual_bar(performance)
    lengths = [later.start - note.start for note, later in pairwise(melody)]
    strengths = [0.0]
    for index, (note, later) in enumerate(pairwise(melody)):
        near = lengths[max(0, index - NEAR_NOTES) : index + NEAR_NOTES + 1]
        usual = sum(near) / len(near)
        strength = min(MOST_GAP, GAP * max(0.0, later.start - note.end - 0.05))
        strength += LONG * min(2.0, max(0.0, math.log2(max(lengths[index], 1e-3) / max(usual, 1e-3))))
        here, there = performance.written(note), performance.written(later)
        strength += _by_slurs(slurs.get(note.staff, []), here, there, bar)
        strength += FERMATA if note.id in fermatas else 0.0
        strength += BARLINE if any(note.start < bar <= later.start + 1e-6 for bar in _near(bars, later.start)) else 0.0
        strength += (
            CADENCE if any(note.start - 1e-6 <= at < later.start for at in _near(cadences, later.start)) else 0.0
        )
        strength += AT_BAR if later.beat < 1e-3 else 0.0
        strength += PARALLEL if index + 1 in parallels else 0.0
        strengths.append(strength)
    return strengths


def _by_slurs(slurs: list[tuple[float, float]], here: float, there: float, bar: float) -> float:
    around = slurs[max(0, bisect_right(slurs, (here, math.inf)) - 3) :][:4]
    if any(start <= here and there <= end for start, end in around):
        return IN_SLUR
    ending = [end - start for start, end in around if abs(end - here) < 1e-3]
    return SLUR_END * min(1.0, max(ending) / bar / FULL_SLUR_BARS) if ending else 0.0


def _parallels(melody: list[Note]) -> set[int]:
    """The notes with which a bar begins that goes as an earlier one, and the bar before it does not."""
    firsts = [
        index
        for index, note in enumerate(melody)
        if not index or abs(_bar_start(note) - _bar_start(melody[index - 1])) > 1e-3
    ]
    bars = [
        tuple((round(note.beat, 3), note.pitch - melody[first].pitch) for note in melody[first:last])
        for first, last in pairwise([*firsts, len(melody)])
    ]
    seen: dict[tuple[tuple[float, int], ...], tuple[tuple[float, int], ...]] = {}
    found = set()
    for number, (first, bar) in enumerate(zip(firsts, bars, strict=True)):
        before = bars[number - 1] if number else ()
        if len(bar) > 1 and bar in seen and seen[bar] != before and before != bar:
            found.add(first)
        seen.setdefault(bar, before)
    return found


def _bar_start(note: Note) -> float:
    return note.start - note.beat


def _near(places: list[float], moment: float) -> list[float]:
    after = bisect_right(places, moment + 1e-6)
    return places[max(0, after - 2) : after]


def _best_cuts(melody: list[Note], strengths: list[float], performance: Performance) -> list[int]:
    """The notes that begin phrases, but the first: the division with the best sum."""
    bar = _usual_bar(performance)
    places = [note.start for note in melody] + [performance.order.length]
    candidates = [0, *(i for i, strength in enumerate(strengths) if i and strength > 0.2), len(melody)]
    best, before = {0: 0.0}, dict[int, int]()
    for number, end in enumerate(candidates[1:], 1):
        value, chosen = -math.inf, 0
        for start in reversed(candidates[:number]):
            bars = (places[end] - places[start]) / bar
            if bars > MOST_BARS and value > -math.inf:
                break
            if start in best:
                worth = best[start] - PHRASE_COST - LENGTH_COST * abs(math.log2(max(bars, 0.05) / USUAL_BARS)) ** 1.5
                worth -= 9.0 if bars < FEWEST_BARS and number < len(candidates) - 1 else 0.0
                value, chosen = max((value, chosen), (worth, start))
        best[end] = value + (strengths[end] if end < len(melody) else 0.0)
        before[end] = chosen
    cuts, place = [], len(melody)
    while (place := before[place]) > 0:
        cuts.append(place)
    return cuts[::-1]


def _usual_bar(performance: Performance) -> float:
    lengths = sorted(measure.length for measure in performance.measures)
    return max(1.0, lengths[len(lengths) // 2])


def _slurs(performance: Performance) -> dict[int, list[tuple[float, float]]]:
    """Staff → its slurs in written quarters, sorted; those over two notes of little time are no phrases."""
    slurs: dict[int, list[tuple[float, float]]] = {}
    for slur in performance.mei.iter(f"{MEI}slur"):
        start = performance.places.get(slur.get("startid", "#")[1:])
        end = performance.places.get(slur.get("endid", "#")[1:])
        if start and end and end.written - start.written >= 1.5:
            slurs.setdefault(start.staff, []).append((start.written, end.written))
    return {staff: sorted(spans) for staff, spans in slurs.items()}


def fermata_ids(performance: Performance) -> frozenset[str]:
    """The notes under a fermata, those of chords one by one."""
    marked = {fermata.get("startid", "#")[1:] for fermata in performance.mei.iter(f"{MEI}fermata")}
    marked |= {str(note.get(XML_ID)) for note in performance.mei.iter(f"{MEI}note") if note.get("fermata")}
    for chord in performance.mei.iter(f"{MEI}chord"):
        if chord.get(XML_ID) in marked or chord.get("fermata"):
            marked |= {str(note.get(XML_ID)) for note in chord.iterfind(f"{MEI}note")}
    return frozenset(str(each) for each in marked if each)


def _strong_barlines(performance: Performance) -> list[float]:
    """Where double bars, repeats and jumps are, in played quarters."""
    order, places = performance.order, []
    for number, (start, index) in enumerate(zip(order.starts, order.indices, strict=True)):
        measure = performance.measures[index]
        jumps = number + 1 < len(order.indices) and order.indices[number + 1] != index + 1
        if measure.element.get("right") in STRONG_BARLINES or jumps:
            places.append(start + measure.length)
    return sorted(places)


def _cadences(performance: Performance) -> list[float]:
    """Where the bass steps from the fifth of the key to its first note on a beat, in played quarters."""
    bass = find_bass(performance)
    places = []
    for note, later in pairwise(bass):
        key = performance.measures[later.measure].key
        tonic = (7 * key.fifths + (9 if key.minor else 0)) % 12
        is_close = later.start - note.start <= 4.0
        if is_close and later.pitch % 12 == tonic and note.pitch % 12 == (tonic + 7) % 12 and later.beat % 1 < 1e-3:
            places.append(later.start)
    return places
