"""Where the cursor is at any moment: it glides from note to note, jumps where the music does, and turns pages in time.

A jump is seen where the bar that is played next is not the one that stands to the right. Pages turn a little before
they are needed, as for a player, but never before the last notes of the old one have been seen.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from renderers.video.lines import Box, Line
from renderers.video.screens import Place
from renderers.video.timeline import Bar, Light, Timeline

EARLY_S = 0.35  # how long before its first note a page is seen
SHARE_OF_LAST = 0.6  # of the time that the last notes of a page have, at least
SAME_S = 0.002
TOGETHER_S = 0.03  # what is struck on a beat may be so late
AT_ONCE_S = 0.05  # from the end of a bar to the first note of the next, at most
LOOSE_S = 0.3  # as far from its bar as a note may be played


@dataclass(frozen=True, slots=True)
class Stop:
    """A place that the cursor reaches. at: in seconds of the music; x: in pixels of the screen."""

    at: float
    line: int
    x: float


@dataclass(frozen=True, slots=True)
class Turn:
    """From this moment on, in seconds of the music, a screen is seen."""

    at: float
    screen: int


class Cursor:
    """The way of the cursor through a piece."""

    def __init__(self, timeline: Timeline, lines: Sequence[Line], places: Sequence[Place]) -> None:
        self._places = places
        heads = {note: (number, box) for number, line in enumerate(lines) for note, box in line.heads.items()}
        self._stops = _stops(timeline, lines, places, heads)
        self._moments = [stop.at for stop in self._stops]
        self.turns = _turns(self._stops, places)
        self._turned = [turn.at for turn in self.turns]

    def at(self, moment: float) -> tuple[int, float] | None:
        """Line and place on its screen; None where there is nothing to play. moment: in seconds of the music."""
        if not self._stops:
            return None
        index = max(0, bisect_right(self._moments, moment) - 1)
        before = self._stops[index]
        after = self._stops[index + 1] if index + 1 < len(self._stops) else before
        screen = self.screen_at(moment)
        if self._places[before.line].screen != screen:  # the page is turned, and its first note awaited
            awaited = (stop for stop in self._stops[index:] if self._places[stop.line].screen == screen)
            first = next(awaited, before)
            return first.line, first.x
        if after.line != before.line or after.x < before.x or after.at <= before.at:
            return before.line, before.x
        share = min(1.0, max(0.0, (moment - before.at) / (after.at - before.at)))
        return before.line, before.x + (after.x - before.x) * share

    def screen_at(self, moment: float) -> int:
        """Which screen is seen."""
        index = bisect_right(self._turned, moment) - 1
        return self.turns[max(0, index)].screen if self.turns else 0


def _stops(
    timeline: Timeline, lines: Sequence[Line], places: Sequence[Place], heads: Mapping[str, tuple[int, Box]]
) -> list[Stop]:
    measures = {
        number: (place, places[place].of(box))
        for place, line in enumerate(lines)
        for number, box in line.measures.items()
    }
    stops: list[Stop] = []
    shared = _share_out(timeline, _measures_of(lines))
    for (bar, lights), following in zip_longest(shared, timeline.bars[1:]):
        own = _stops_of_bar(bar, lights, places, heads, measures)
        if stops and own and own[0].at <= stops[-1].at:  # a player is ahead of the beat
            stops[-1] = replace(stops[-1], at=own[0].at - SAME_S)
        stops += own
        here, there = measures.get(bar.number), measures.get(following.number) if following else None
        is_next = following is not None and following.number == bar.number + 1
        if here is not None and (there is None or here[0] != there[0] or not is_next):
            stops.append(Stop(max(bar.start, bar.end - SAME_S), here[0], here[1].right))
    return stops


def _measures_of(lines: Sequence[Line]) -> dict[str, int]:
    """In which measure each note stands."""
    return {
        note: number
        for line in lines
        for note, head in line.heads.items()
        for number, box in line.measures.items()
        if box.left <= head.middle <= box.right
    }


def _share_out(timeline: Timeline, measures: Mapping[str, int]) -> list[tuple[Bar, list[Light]]]:
    """The notes of each bar that is played. Who plays ahead of the beat, or behind it, still plays that bar."""
    shared: list[tuple[Bar, list[Light]]] = [(bar, []) for bar in timeline.bars]
    now = 0
    for light in timeline.lights:
        while now + 1 < len(shared) and light.start >= shared[now][0].end - SAME_S:
            now += 1
        near = [
            place
            for place in (now, now + 1, now - 1)
            if 0 <= place < len(shared)
            and shared[place][0].number == measures.get(light.note)
            and shared[place][0].start - LOOSE_S < light.start < shared[place][0].end + LOOSE_S
        ]
        if shared:
            shared[near[0] if near else now][1].append(light)
    return shared


def _stops_of_bar(
    bar: Bar,
    lights: Sequence[Light],
    places: Sequence[Place],
    heads: Mapping[str, tuple[int, Box]],
    measures: Mapping[int, tuple[int, Box]],
) -> list[Stop]:
    """Where the cursor is in one bar. heads: line of a note and its box there; measures: line and box on the screen.

    Never back within a bar: of notes that begin together the leftmost counts, of others those more to the right.
    """
    reached: dict[tuple[int, float], float] = {}
    for light in lights:
        if light.note in heads:
            line, box = heads[light.note]
            place = (line, round(light.start, 2))
            x = places[line].of(box).middle
            reached[place] = min(reached.get(place, x), x)
    stops: list[Stop] = []
    if bar.number in measures and not any(moment <= bar.start + TOGETHER_S for _, moment in reached):
        line, box = measures[bar.number]
        stops.append(Stop(bar.start, line, box.left))
    for (line, moment), x in sorted(reached.items(), key=lambda each: (each[0][1], each[0][0])):
        if stops and (moment <= stops[-1].at or line < stops[-1].line or (line == stops[-1].line and x < stops[-1].x)):
            continue
        stops.append(Stop(moment, line, x))
    return stops


def _turns(stops: Sequence[Stop], places: Sequence[Place]) -> list[Turn]:
    turns = [Turn(0.0, places[stops[0].line].screen)] if stops else []
    moments = [stop.at for stop in stops]
    for before, after in pairwise(stops):
        screen = places[after.line].screen
        if screen != places[before.line].screen:
            last = moments[max(0, bisect_left(moments, after.at - AT_ONCE_S) - 1)]  # note before; not the bar's end
            turns.append(Turn(max(after.at - EARLY_S, last + SHARE_OF_LAST * (after.at - last)), screen))
    return turns
