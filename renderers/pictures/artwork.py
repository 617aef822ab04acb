"""A picture of a piece, drawn from the piece itself: the same piece always gives the same picture.

What decides: the key round the circle of fifths gives the colour, minor is darker than major; sections of music that
come again have one shade (form); each note stands at its pitch (contour), long notes are large and loud ones strong.
How many there are in a second decides what is drawn: of calm music a spiral of circles, from the middle outwards; of
lively music rays round a centre, once round as a clock's hand goes; between them hills with strokes above.
Not covered: words. Nothing is random.
"""

import colorsys
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

SIDE = 1000
MOST_NOTES = 1_500  # more would only be one blot
CALM, LIVELY = 3.2, 7.0  # notes a second
PLACES = 48  # at which a line of hills turns
TURNS = 2.25  # of the spiral
HUB, RIM = 0.10, 0.47  # of the rays, and where the spiral begins and ends: shares of the shorter side
LEAST_REACH = 14  # semitones that fill the picture
LIGHT_TURNS = 0.055  # of the colour, from voice to voice


@dataclass(frozen=True, slots=True)
class Sound:
    """A note. start, end: shares of the whole, 0 to 1; pitch: MIDI; weight: 0 to 1; voice: who plays it, from 0."""

    start: float
    end: float
    pitch: int
    weight: float
    voice: int


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is drawn. fifths: of the key, from -7; density: notes a second; sections: where each begins, 0 to 1, and
    which it is like, from 0.
    """

    sounds: Sequence[Sound]
    fifths: int
    is_minor: bool
    density: float
    sections: Sequence[tuple[float, int]]

    @cached_property
    def reach(self) -> tuple[int, int]:
        """The lowest and the highest pitch."""
        pitches = [sound.pitch for sound in self.sounds] or [60]
        return min(pitches), max(pitches)


def draw_artwork(subject: Subject, *, width: int = SIDE, height: int = SIDE) -> str:
    """An SVG, so wide and high in pixels."""
    palette = Palette(subject.fifths, is_minor=subject.is_minor)
    draw = _draw_spiral if subject.density < CALM else _draw_hills if subject.density < LIVELY else _draw_rays
    shapes = [ground_of(palette, width, height), *draw(subject, palette, _Sheet(width, height))]
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{"".join(shapes)}</svg>'


class _Sheet(NamedTuple):
    width: int
    height: int

    def around(self, turn: float, radius: float) -> tuple[float, float]:
        """A place round the middle. turn: 0 to 1, as a clock's hand goes; radius: a share of the shorter side."""
        length, angle = radius * min(self), 2 * math.pi * (turn - 0.25)
        return self.width / 2 + length * math.cos(angle), self.height / 2 + length * math.sin(angle)


def _drawn(subject: Subject) -> Sequence[Sound]:
    return subject.sounds[:: max(1, math.ceil(len(subject.sounds) / MOST_NOTES))]


def sections_of(subject: Subject) -> Iterator[tuple[float, float, int]]:
    """Where each begins and ends, and which it is like."""
    edges = [*(start for start, _ in subject.sections), 1.0]
    return ((start, end, kind) for (start, kind), end in zip(subject.sections, edges[1:], strict=True))


def _height(pitch: int, subject: Subject) -> float:
    """Of a pitch in the piece: 0 to 1."""
    low, high = subject.reach
    return 0.5 + (pitch - (low + high) / 2) / max(LEAST_REACH, high - low)


# --- calm


def _draw_spiral(subject: Subject, palette: "Palette", sheet: _Sheet) -> Iterator[str]:
    side = min(sheet)
    for start, end, kind in sections_of(subject):
        path = _along_spiral(sheet, start, end)
        colour = palette.band(kind)
        wide = 0.72 * side * (RIM - HUB) / TURNS
        yield _stroke(path, colour, wide, opacity=0.6)
    for sound in _drawn(subject):
        x, y = _on_spiral(sheet, sound.start, aside=_height(sound.pitch, subject) - 0.5)
        radius = side * min(0.06, 0.008 + 0.11 * math.sqrt(sound.end - sound.start))
        colour = palette.voice(sound.voice, sound.weight)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity="0.5"/>'


def _on_spiral(sheet: _Sheet, time: float, *, aside: float = 0.0) -> tuple[float, float]:
    """aside: towards the edge, in turns."""
    grown = math.sqrt(time)  # so that as much room is for the beginning as for the end
    return sheet.around(TURNS * grown, HUB / 2 + (RIM - HUB) * (grown + aside / TURNS * 0.8))


def _along_spiral(sheet: _Sheet, start: float, end: float) -> str:
    steps = max(2, round(120 * (end - start)))
    points = [_on_spiral(sheet, start + (end - start) * step / steps) for step in range(steps + 1)]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


# --- neither calm nor lively


def _draw_hills(subject: Subject, palette: "Palette", sheet: _Sheet) -> Iterator[str]:
    """The highest notes are the hills behind, the lowest those in front; every note is a stroke above them."""
    width, height = sheet
    for start, end, kind in sections_of(subject):
        left, right = (width * share for share in (start, end))
        place = f'x="{left:.1f}" y="0" width="{right - left:.1f}" height="{height}"'
        yield f'<rect {place} fill="{palette.band(kind)}" fill-opacity="0.6"/>'
    high, low = (_outline(subject, pick) for pick in (max, min))
    yield _hill(high, sheet, palette.voice(0, 0.5), opacity=0.22)
    for sound in _drawn(subject):
        x, y = width * sound.start, height * (0.86 - 0.72 * _height(sound.pitch, subject))
        long, thick = max(width * 0.014, (sound.end - sound.start) * width), height * 0.022
        place = f'x="{x:.1f}" y="{y - thick / 2:.1f}" width="{long:.1f}" height="{thick:.1f}" rx="{thick / 2:.1f}"'
        colour, opacity = palette.voice(sound.voice, sound.weight), 0.5 + 0.4 * sound.weight
        yield f'<rect {place} fill="{colour}" fill-opacity="{opacity:.2f}"/>'
    yield _hill(low, sheet, palette.voice(1, 0.9), opacity=0.45)


def _outline(subject: Subject, pick: Callable[[list[float]], float]) -> list[float]:
    """How high the outermost notes are at each place, between those around it, so that no leap is a needle."""
    heights: dict[int, list[float]] = {}
    for sound in subject.sounds:
        heights.setdefault(min(PLACES - 1, int(sound.start * PLACES)), []).append(_height(sound.pitch, subject))
    found = [
        pick(around)
        for place in range(PLACES)
        if (around := [one for near in range(place - 1, place + 2) for one in heights.get(near, ())])
    ]
    return [sum(found[max(0, at - 1) : at + 2]) / len(found[max(0, at - 1) : at + 2]) for at in range(len(found))]


def _hill(heights: Sequence[float], sheet: _Sheet, colour: str, *, opacity: float) -> str:
    width, height = sheet
    if len(heights) < 2:
        return ""
    points = [(width * at / (len(heights) - 1), height * (0.9 - 0.72 * share)) for at, share in enumerate(heights)]
    path = f"M0 {height}L{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (x + to_x) / 2
        path += f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    return f'<path d="{path}L{width} {height}Z" fill="{colour}" fill-opacity="{opacity}"/>'


# --- lively


def _draw_rays(subject: Subject, palette: "Palette", sheet: _Sheet) -> Iterator[str]:
    """Once round in the time that the piece takes, low notes within."""
    side = min(sheet)
    for start, end, kind in sections_of(subject):
        corners = [sheet.around(start + (end - start) * step / 24, 0.75) for step in range(25)]
        path = f"M{sheet.width / 2:.1f} {sheet.height / 2:.1f}L" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
        yield f'<path d="{path}Z" fill="{palette.band(kind)}" fill-opacity="0.6"/>'
    for sound in _drawn(subject):
        radius = HUB + (RIM - HUB) * _height(sound.pitch, subject)
        (x, y), (to_x, to_y) = (sheet.around(sound.start, share) for share in (radius * 0.78, radius))
        thick = side * min(0.02, 0.003 + (sound.end - sound.start) * 0.5)
        colour = palette.voice(sound.voice, sound.weight)
        yield _stroke(f"M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}", colour, thick, opacity=0.45 + 0.45 * sound.weight)


def _stroke(path: str, colour: str, thick: float, *, opacity: float) -> str:
    return f'<path d="{path}" fill="none" stroke-width="{thick:.1f}" stroke="{colour}" stroke-opacity="{opacity:.2g}"/>'


class Palette:
    """The colours of a piece, by its key."""

    def __init__(self, fifths: int, *, is_minor: bool) -> None:
        self._hue = (0.12 - fifths / 12) % 1.0  # C major is golden, sharps are green and blue, flats red and violet
        self._is_minor = is_minor

    def ground(self, depth: float) -> str:
        """From the top (0) to the bottom (1)."""
        lightness = 0.10 + 0.10 * (1 - depth) if self._is_minor else 0.94 - 0.14 * depth
        return _hex(self._hue, lightness, 0.45 if self._is_minor else 0.5)

    def band(self, kind: int) -> str:
        lightness = (0.22 + 0.05 * (kind % 4)) if self._is_minor else (0.86 - 0.06 * (kind % 4))
        return _hex(self._hue + 0.07 * kind, lightness, 0.4)

    def voice(self, number: int, weight: float) -> str:
        turned = self._hue + 0.45 + LIGHT_TURNS * (number % 8) * (1 if number % 2 else -1)
        lightness = (0.58 + 0.3 * weight) if self._is_minor else (0.52 - 0.28 * weight)
        return _hex(turned, lightness, 0.65)


def _hex(hue: float, lightness: float, saturation: float) -> str:
    rgb = colorsys.hls_to_rgb(hue % 1.0, min(1.0, max(0.0, lightness)), saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb)


def ground_of(palette: Palette, width: int, height: int) -> str:
    stops = "".join(f'<stop offset="{depth}" stop-color="{palette.ground(depth)}"/>' for depth in (0, 1))
    gradient = f'<linearGradient id="g" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>'
    return f'<defs>{gradient}</defs><rect width="{width}" height="{height}" fill="url(#g)"/>'
