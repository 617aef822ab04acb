"""Where notes begin: beat by beat, the division of the beat that explains best what was played.

A division costs something by how unusual it is, each place in it by how fine it is, each note by how far it lies from
its place. How exact the player is, is found from the notes: a file that a program wrote is taken at its word. A second
round knows which divisions the piece uses, and what the other players do in the same beat.
"""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd

from renderers.score.midi.bars import Bar
from renderers.score.midi.clock import QUARTER, Clock, is_dotted

# Divisions of a quarter, and of a dotted beat, with their price.
SIMPLE = {1: 0.0, 2: 0.0, 4: 0.4, 3: 1.6, 8: 1.6, 6: 2.4, 12: 5.0, 16: 4.0, 5: 5.0, 7: 6.5, 9: 7.0, 10: 7.0, 24: 7.5,
          32: 7.0, 48: 9.0}  # fmt: skip
COMPOUND = {1: 0.0, 3: 0.0, 6: 0.4, 12: 1.8, 2: 1.8, 4: 2.4, 24: 4.5, 9: 5.0, 18: 6.0, 5: 6.0, 7: 6.5, 8: 5.0, 36: 8.0,
            48: 7.5}  # fmt: skip
# What a place costs, by the denominator of its fraction of the beat.
SIMPLE_PLACES = {1: 0.0, 2: 0.5, 3: 1.0, 4: 1.0, 6: 1.8, 8: 2.0, 12: 3.0, 16: 3.5, 24: 4.5, 32: 5.0, 48: 6.0}
COMPOUND_PLACES = {1: 0.0, 3: 0.5, 6: 1.0, 12: 2.0, 2: 1.2, 4: 1.8, 9: 1.8, 24: 3.5, 8: 3.0, 18: 3.0, 48: 5.0, 36: 5.0}
ODD_PLACE = 1.6  # of fifths, sevenths, ninths
PLAYED_S = 0.018  # how far off people play
EXACT_QUARTERS = 1 / 250  # how far off a program writes
MOST_PLAYED_S = 0.022
FARTHEST = 14.0  # what one note costs at most: an ornament must not rule the beat
EXACT_SHARE = 0.85
EXACT_STEPS = (QUARTER / 12, QUARTER / 16, QUARTER / 10, QUARTER / 14)
USUAL_WEIGHT, PIECE_WEIGHT, NEAR_WEIGHT = 3.0, 1.0, 1.2


@dataclass(frozen=True)
class Touch:
    """How exact the onsets are: the usual distance from their places, in seconds, and at least in grains."""

    seconds: float
    least: float

    def grains(self, clock: Clock, place: float) -> float:
        """The usual distance at a place."""
        return max(self.least, self.seconds * clock.grains_per_second(place))

    @property
    def is_exact(self) -> bool:
        """Whether a program wrote the file."""
        return not self.seconds


@dataclass(slots=True)
class Beat:
    """One beat and its division for each player. `start` and `length` in grains."""

    start: int
    length: int
    divisions: dict[int, int]


class OnsetQuantiser:
    """Finds the places of all onsets. lines: of each player the onsets in grains, not yet on any grid, in order."""

    def __init__(self, bars: Sequence[Bar], clock: Clock, lines: Sequence[Sequence[float]], *, tick: float) -> None:
        """tick: the grains of one tick of the file."""
        self._clock = clock
        self._lines = lines
        self.beats = _all_beats(bars)
        self._starts = [beat.start for beat in self.beats]
        self.touch = self._first_touch(tick)

    def beat_at(self, grain: float) -> int:
        """The index of the beat in which a moment lies."""
        return max(0, bisect_right(self._starts, grain) - 1)

    def _first_touch(self, tick: float) -> Touch:
        least = max(1.05 * tick, EXACT_QUARTERS * QUARTER)
        onsets = [onset for line in self._lines for onset in line]
        return touch_of(onsets, least)

    def run(self) -> list[list[int]]:
        """The place of each onset, line by line, in whole grains."""
        members = [self._members(line) for line in self._lines]
        self._choose(members, {})
        if not self.touch.is_exact:
            self.touch = self._better_touch(members)
        self._choose(members, self._prices(members))
        return [
            [self._place(number, onset, index) for onset, index in zip(line, self._indices(line), strict=True)]
            for number, line in enumerate(self._lines)
        ]

    def _indices(self, line: Sequence[float]) -> list[int]:
        return [self.beat_at(onset) for onset in line]

    def _members(self, line: Sequence[float]) -> dict[int, list[float]]:
        members: dict[int, list[float]] = defaultdict(list)
        for onset in line:
            index = self.beat_at(onset)
            beat = self.beats[index]
            members[index].append((onset - beat.start) / beat.length)
        return members

    def _choose(self, members: list[dict[int, list[float]]], prices: dict[tuple[int, int], dict[int, float]]) -> None:
        for number, beats in enumerate(members):
            for index, places in beats.items():
                beat = self.beats[index]
                spread = self.touch.grains(self._clock, beat.start) / beat.length
                usual = divisions_of(beat.length)
                price = prices.get((number, index), usual)
                worth = place_prices(beat.length)
                beat.divisions[number] = min(usual, key=lambda n: price[n] + _cost(places, n, spread, worth))

    def _better_touch(self, members: list[dict[int, list[float]]]) -> Touch:
        """From how far the notes lie from their places: half of them lie nearer than the middle one."""
        distances = []
        for number, beats in enumerate(members):
            for index, places in beats.items():
                beat = self.beats[index]
                division = beat.divisions[number]
                per_second = self._clock.grains_per_second(beat.start) / beat.length
                distances += [abs(place - round(place * division) / division) / per_second for place in places]
        middle = sorted(distances)[len(distances) // 2]
        return Touch(min(1.3 * middle, MOST_PLAYED_S), self.touch.least)

    def _prices(self, members: list[dict[int, list[float]]]) -> dict[tuple[int, int], dict[int, float]]:
        """What divisions cost for a player in a beat, now that the piece is known."""
        whole: dict[int, Counter[int]] = defaultdict(Counter)
        for beats in members:
            for index in beats:
                for division in self.beats[index].divisions.values():
                    whole[self.beats[index].length][division] += 1
        prices = {}
        for number, beats in enumerate(members):
            for index in beats:
                length = self.beats[index].length
                near = self._near(number, index)
                prices[number, index] = _mixed_prices(divisions_of(length), whole[length], near)
        return prices

    def _near(self, number: int, index: int) -> Counter[int]:
        """The divisions that others have in this beat, and this player in those beside it."""
        found: Counter[int] = Counter()
        for other, division in self.beats[index].divisions.items():
            if other != number:
                found[division] += 1
        for beside in (index - 1, index + 1):
            if 0 <= beside < len(self.beats) and number in self.beats[beside].divisions:
                found[self.beats[beside].divisions[number]] += 1
        return found

    def _place(self, number: int, onset: float, index: int) -> int:
        beat = self.beats[index]
        division = beat.divisions[number]
        return beat.start + round((onset - beat.start) / beat.length * division) * beat.length // division


def divisions_of(length: int) -> dict[int, float]:
    """The divisions of a beat of so many grains, with their price."""
    return COMPOUND if is_dotted(length) else SIMPLE


def place_prices(length: int) -> dict[int, float]:
    """What places in such a beat cost."""
    return COMPOUND_PLACES if is_dotted(length) else SIMPLE_PLACES


def place_price(numerator: int, denominator: int, prices: dict[int, float]) -> float:
    """What one place in a beat costs."""
    return prices.get(denominator // gcd(numerator, denominator), ODD_PLACE)


def _cost(places: Iterable[float], division: int, spread: float, prices: dict[int, float]) -> float:
    """What the notes of a beat cost in a division of it. places: in beats."""
    taken: set[int] = set()
    total = 0.0
    for place in places:
        nearest = round(place * division)
        taken.add(nearest)
        total += min(((place - nearest / division) / spread) ** 2 / 2, FARTHEST)
    return total + sum(place_price(number, division, prices) for number in taken)


def touch_of(places: Sequence[float], least: float) -> Touch:
    """Whether nearly all of these places are where a program would write them. least: the tolerance, in grains."""
    exact = sum(_is_exact(place, least) for place in places)
    return Touch(0.0 if exact >= EXACT_SHARE * len(places) else PLAYED_S, least)


def _is_exact(place: float, tolerance: float) -> bool:
    return any(abs(place - round(place / step) * step) <= tolerance for step in EXACT_STEPS)


def _mixed_prices(usual: dict[int, float], whole: Counter[int], near: Counter[int]) -> dict[int, float]:
    """Prices as the logarithms of shares: in general, in the piece, and near by."""
    total, num_near = max(1, whole.total()), max(1, near.total())
    mass = sum(math.exp(-price) for price in usual.values())
    weights = USUAL_WEIGHT + PIECE_WEIGHT * min(1.0, total / 20) * 4 + NEAR_WEIGHT * 2
    return {
        division: -math.log(
            (
                USUAL_WEIGHT * math.exp(-price) / mass
                + PIECE_WEIGHT * min(1.0, total / 20) * 4 * whole[division] / total
                + NEAR_WEIGHT * 2 * near[division] / num_near
            )
            / weights
        )
        for division, price in usual.items()
    }


def _all_beats(bars: Sequence[Bar]) -> list[Beat]:
    """The beats of all bars; where a bar is cut off, its last beat is."""
    beats: list[Beat] = []
    for bar in bars:
        for start, length in bar.beats():
            if not beats or start > beats[-1].start:
                beats.append(Beat(start, length, {}))
    return beats
