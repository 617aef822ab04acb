"""How long notes are written: where each one ends.

People let go early, hold on a little, and press the pedal instead; a page is read most easily where a note lasts until
the next one begins. An end that lies on a plain place of the beat is taken as it is; otherwise the places near by, and
the next notes of the same player, compete: by how far they are, how fine, and whether they leave a rest behind.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from renderers.score.midi.clock import QUARTER, Clock
from renderers.score.midi.onsets import OnsetQuantiser, Touch, place_price, place_prices

DIVISIONS = (1, 2, 4, 8)
FINER = (16, 32)
EXACT_FINE_PRICE, FINE_PRICE = 0.7, 1.2  # of a place in the beat, where ends are exact, and where they are not
FINEST_PRICE = 2.0  # of eighths of a beat and less, where ends are not exact: people let go anywhere
FINEST_PLACE = 2.0  # what such places cost in themselves
REST_PRICE, NEXT_NOTE_PRICE = 1.0, -1.0
EXACT_GAP_PRICE, GAP_PRICE = 9.0, 7.0  # of a rest as long as the whole note
OVERLAP_PRICE = 14.0  # of holding on into the next note for as long as the whole note
FARTHEST = 40.0
LOOK_BACK, LOOK_AHEAD = QUARTER // 2, QUARTER
SHORTEST = QUARTER // 16
SHORTEST_PLAYED = QUARTER // 4  # of what people played, where no other note begins: a short touch, no short note


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A note whose beginning has its place. start: in grains; raw_start, raw_end: as it was played."""

    start: int
    raw_start: float
    raw_end: float
    pitch: int


class LengthQuantiser:
    """Finds the ends of the notes of one player, whose number is that of its line."""

    def __init__(
        self,
        quantiser: OnsetQuantiser,
        number: int,
        notes: Sequence[Played],
        *,
        clock: Clock,
        touch: Touch,
    ) -> None:
        """number: of the player's line. touch: how exact the ends are."""
        self._quantiser = quantiser
        self._number = number
        self._notes = notes
        self._clock = clock
        self._touch = touch
        self._onsets = sorted({note.start for note in notes})
        self._onset_set = frozenset(self._onsets)

    def run(self) -> list[int]:
        """The ends of all notes, in grains, each later than its beginning."""
        return [self._end(note) for note in self._notes]

    def _end(self, note: Played) -> int:
        spread = self._touch.grains(self._clock, note.raw_end)
        best = min(self._candidates(note), key=lambda end: self._cost(note, end, spread))
        return max(best, note.start + 1)

    def _candidates(self, note: Played) -> set[int]:
        ends = (note.raw_end, note.start + note.raw_end - note.raw_start)
        found: set[int] = set()
        for end in ends:
            index = self._quantiser.beat_at(end)
            beat = self._quantiser.beats[index]
            for division in (*DIVISIONS, *FINER, *self._divisions_near(note, index)):
                step = beat.length / division
                below = int((end - beat.start) // step)
                found |= {beat.start + round((below + more) * step) for more in (0, 1)}
            found.add(beat.start + beat.length)
        low, high = min(ends) - LOOK_BACK, max(ends) + LOOK_AHEAD
        found |= set(self._onsets[bisect_left(self._onsets, low) : bisect_right(self._onsets, high)])
        is_heard = not self._touch.is_exact and not self._quantiser.touch.is_exact
        shortest = SHORTEST_PLAYED if is_heard else SHORTEST
        long_enough = {end for end in found if end >= note.start + shortest}
        onsets = {end for end in found & self._onset_set if end >= note.start + SHORTEST}
        return long_enough | onsets or {note.start + SHORTEST}

    def _divisions_near(self, note: Played, index: int) -> set[int]:
        """How this player divides the beats in which the note begins and ends."""
        beats = self._quantiser.beats
        own = (self._quantiser.beat_at(note.start), index, index - 1)
        found = {beats[one].divisions.get(self._number, 1) for one in own if one >= 0}
        return found | {2 * division for division in found if division in (3, 6)}

    def _cost(self, note: Played, end: int, spread: float) -> float:
        length = end - note.start
        played = note.raw_end - note.raw_start
        distance = min((end - note.raw_end, length - played), key=abs)
        cost = self._price_of_place(end)
        if end in self._onset_set:
            cost += NEXT_NOTE_PRICE
        misfit = (distance / spread) ** 2 / 2
        if distance > 0:
            rest = 0.0 if end in self._onset_set else REST_PRICE
            gap = EXACT_GAP_PRICE if self._touch.is_exact else GAP_PRICE
            misfit = min(misfit, gap * distance / length + rest)
        elif end in self._onset_set and not self._touch.is_exact:
            misfit = min(misfit, OVERLAP_PRICE * -distance / length)
        return cost + min(misfit, FARTHEST + abs(distance) / QUARTER)

    def _price_of_place(self, end: int) -> float:
        beat = self._quantiser.beats[self._quantiser.beat_at(end)]
        inside = (end - beat.start) % beat.length
        place = place_price(inside, beat.length, place_prices(beat.length))
        if self._touch.is_exact:
            return EXACT_FINE_PRICE * place
        is_finest = place >= FINEST_PLACE and end not in self._onset_set
        return (FINEST_PRICE if is_finest else FINE_PRICE) * place
