"""Frames: the page, the notes that sound in colour, the cursor. In planes of luma and chroma, as H.264 takes them.

Nothing is drawn twice: a frame is a copy of the page as it is lit now, with the cursor over it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renderers.video.cursor import Cursor
from renderers.video.lines import Line
from renderers.video.planes import GREY, Plane, Planes, colour_of, halved
from renderers.video.schedule import Schedule
from renderers.video.screens import Head, Place, Screen
from renderers.video.timeline import Timeline

# Dark enough for thin heads, unlike the cursor, the first ones unlike each other for whoever sees red and green alike.
VOICES = ("#1d4ed8", "#be123c", "#047857", "#7e22ce", "#0e7490", "#a21caf", "#1e3a8a", "#4d7c0f")
CURSOR = "#f59e0b"
CURSOR_WIDTH, CURSOR_STRENGTH = 10, 0.45
CURSOR_ROOM = 14  # above and below the staves
TINT_STRENGTH = 0.3


@dataclass(frozen=True)
class View:
    """What makes up a frame: the screen, the voice of each note that is lit, line and left edge of the cursor."""

    screen: int
    lit: Mapping[str, int]
    cursor: tuple[int, int] | None


class Stage:
    """What is seen of a piece at any moment, which only goes forward."""

    def __init__(
        self,
        timeline: Timeline,
        lines: Sequence[Line],
        places: Sequence[Place],
        *,
        width: int,
        paint: Callable[[int], Screen],
    ) -> None:
        """width: of a screen; paint: the one with a number."""
        self._width = width
        self._view = View(-1, {}, None)
        self._cursor = Cursor(timeline, lines, places)
        self.turns = self._cursor.turns
        self._lines, self._places, self._paint = lines, places, paint
        self._screens: dict[int, Screen] = {}
        self._seen = -1
        self._lit: Mapping[str, int] = {}
        self._page: Planes | None = None
        self._schedule = Schedule((light.note, light.start, light.end, light.voice) for light in timeline.lights)

    def look(self, moment: float) -> bool:
        """Go on to a moment, in seconds of the music. Returns whether anything is seen that was not before."""
        view = View(self._cursor.screen_at(moment), self._schedule.lit_at(moment), self._bar_at(moment))
        is_new, self._view = view != self._view, view
        return is_new

    def _bar_at(self, moment: float) -> tuple[int, int] | None:
        """The line on which the cursor is, and its left edge: on even pixels, of which colour has one for four."""
        place = self._cursor.at(moment)
        if place is None:
            return None
        left = min(max(0, round(place[1] - CURSOR_WIDTH / 2) // 2 * 2), self._width - CURSOR_WIDTH)
        return place[0], left

    def draw(self, target: Planes) -> None:
        """The frame that is seen at that moment, into `target`."""
        view = self._view
        if view.screen != self._seen or view.lit != self._lit or self._page is None:
            self._light(view.screen, view.lit)
        assert self._page is not None, "it was lit"
        target.put(self._page)
        if view.cursor is not None and self._places[view.cursor[0]].screen == view.screen:
            self._draw_cursor(target, *view.cursor)

    def _screen(self, number: int) -> Screen:
        if number not in self._screens:
            self._screens[number] = self._paint(number)
        return self._screens[number]

    def _light(self, number: int, lit: Mapping[str, int]) -> None:
        screen = self._screen(number)
        if number != self._seen or self._page is None:
            rows, columns = screen.luma.shape
            chroma = np.full((2, rows // 2, columns // 2), GREY, np.uint8)
            self._page = Planes(screen.luma.copy(), chroma[0], chroma[1])
        else:
            for note in self._lit.keys() - lit.keys():
                if note in screen.heads:
                    _restore(self._page, screen, screen.heads[note])
        for note in lit:
            if note in screen.heads:
                _restore(self._page, screen, screen.heads[note])
        for note, voice in lit.items():
            if note in screen.heads:
                _colour(self._page, screen.heads[note], voice)
        self._seen, self._lit = number, lit

    def _draw_cursor(self, target: Planes, line: int, left: int) -> None:
        staves = self._places[line].of(self._lines[line].staves)
        height = len(target.y)
        top = max(0, int(staves.top - CURSOR_ROOM) // 2 * 2)
        bottom = min(height, int(staves.bottom + CURSOR_ROOM) // 2 * 2)
        for plane, colour, step in zip((target.y, target.u, target.v), colour_of(CURSOR), (1, 2, 2), strict=True):
            part = plane[top // step : bottom // step, left // step : (left + CURSOR_WIDTH) // step]
            part[:] = _towards(part, colour, CURSOR_STRENGTH)
        screen, page = self._screens[self._seen], self._page
        assert page is not None, "the cursor is drawn on it"
        for note in self._lit:  # in front of it: of thin heads its colour would leave little
            head = screen.heads.get(note)
            if head is not None and left - head.ink.shape[1] < head.left < left + CURSOR_WIDTH:
                _uncover(target, page, head)


def _restore(page: Planes, screen: Screen, head: Head) -> None:
    rows, columns = _around(head)
    page.y[rows, columns] = screen.luma[rows, columns]
    for plane in (page.u, page.v):
        plane[_half(rows), _half(columns)] = GREY


def _colour(page: Planes, head: Head, voice: int) -> None:
    rows, columns = _around(head)
    colour = colour_of(VOICES[voice % len(VOICES)])
    tint, ink = head.tint * TINT_STRENGTH, head.ink
    luma = page.y[rows, columns].astype(np.float32)
    luma -= tint * (luma - 16) * (1 - colour[0] / 235)
    page.y[rows, columns] = (luma + (colour[0] - luma) * ink).round()
    share = halved(np.maximum(tint, ink))
    for plane, value in ((page.u, colour[1]), (page.v, colour[2])):
        part = plane[_half(rows), _half(columns)]
        part[:] = (part + (value - part.astype(np.float32)) * share).round()


def _uncover(target: Planes, page: Planes, head: Head) -> None:
    """Show a head and its glow as the page has them."""
    rows, columns = _around(head)
    share = np.maximum(head.tint, head.ink)
    target.y[rows, columns] = _towards(target.y[rows, columns], page.y[rows, columns], share)
    rows, columns, share = _half(rows), _half(columns), halved(share)
    for plane, below in ((target.u, page.u), (target.v, page.v)):
        plane[rows, columns] = _towards(plane[rows, columns], below[rows, columns], share)


def _around(head: Head) -> tuple[slice, slice]:
    rows, columns = head.ink.shape
    return slice(head.top, head.top + rows), slice(head.left, head.left + columns)


def _half(edges: slice) -> slice:
    return slice(edges.start // 2, edges.stop // 2)


def _towards(part: Plane, other: Plane | int, share: npt.NDArray[np.floating[Any]] | float) -> Plane:
    moved: Plane = (part + (other - part.astype(np.float32)) * np.float32(share)).round().astype(np.uint8)
    return moved
