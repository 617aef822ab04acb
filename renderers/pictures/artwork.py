"""A picture of a piece, drawn from the piece itself: the same piece always gives the same picture.

What decides: the key round the circle of fifths gives the colour, minor is darker than major; sections of music that
come again are bands of one shade (form); each note is a dot or a stroke at its pitch (contour), long notes wide and
loud ones strong; how many there are in a second makes the strokes arcs that flow (few), or angles (many).
Not covered: words. Nothing is random.
"""

import colorsys
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

SIDE = 1000
MOST_NOTES = 1_500  # more would only be one blot
MARGIN = 0.08
CALM, LIVELY = 3.2, 7.0  # notes a second
PLACES = 48  # at which the line turns
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
    palette = _Palette(subject.fifths, is_minor=subject.is_minor)
    shapes = [_ground(palette, width, height), *_bands(subject, palette, width, height)]
    shapes += _line(subject, palette, width, height)
    step = max(1, math.ceil(len(subject.sounds) / MOST_NOTES))
    for sound in subject.sounds[::step]:
        shapes.append(_note(sound, subject, palette, width, height))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{"".join(shapes)}</svg>'


class _Palette:
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


def _ground(palette: _Palette, width: int, height: int) -> str:
    stops = "".join(f'<stop offset="{depth}" stop-color="{palette.ground(depth)}"/>' for depth in (0, 1))
    gradient = f'<linearGradient id="g" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>'
    return f'<defs>{gradient}</defs><rect width="{width}" height="{height}" fill="url(#g)"/>'


def _bands(subject: Subject, palette: _Palette, width: int, height: int) -> list[str]:
    """A band for each section, alike where the music is: the form can be seen from afar."""
    edges = [*(start for start, _ in subject.sections), 1.0]
    bands = []
    for (start, kind), end in zip(subject.sections, edges[1:], strict=True):
        left, right = _x(start, width), _x(end, width)
        top = height * (MARGIN + 0.05 * (kind % 4))
        wide, high = max(1.0, right - left - width * 0.008), height - 2 * top
        place = f'x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="{width * 0.02:.1f}"'
        bands.append(f'<rect {place} fill="{palette.band(kind)}" fill-opacity="0.6"/>')
    return bands


def _line(subject: Subject, palette: _Palette, width: int, height: int) -> list[str]:
    """The highest notes as one line: curved in calm music, with corners in lively one."""
    tops: dict[int, Sound] = {}
    for sound in subject.sounds:
        place = int(sound.start * PLACES)
        if place not in tops or tops[place].pitch < sound.pitch:
            tops[place] = sound
    points = [(_x(sound.start, width), _y(sound.pitch, subject, height)) for _, sound in sorted(tops.items())]
    if len(points) < 2:
        return []
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x, y), (to_x, to_y) in pairwise(points):
        bend = (to_x - x) * (0.5 if subject.density < CALM else 0.25 if subject.density < LIVELY else 0.0)
        path += f"C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    thick = width * (0.009 if subject.density < CALM else 0.005)
    colour = palette.voice(0, 0.8)
    down = f"{path}V{height * (1 - MARGIN):.1f}H{points[0][0]:.1f}Z"
    return [
        f'<path d="{down}" fill="{colour}" fill-opacity="0.16"/>',
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{thick:.1f}" stroke-linejoin="round"/>',
    ]


def _note(sound: Sound, subject: Subject, palette: _Palette, width: int, height: int) -> str:
    """A circle in calm music, which grows with the length; a bar in lively one; between them rounded strokes."""
    x, y = _x(sound.start, width), _y(sound.pitch, subject, height)
    long = max(width * 0.012, (sound.end - sound.start) * width * (1 - 2 * MARGIN))
    colour = palette.voice(sound.voice, sound.weight)
    if subject.density < CALM:
        radius = min(width * 0.07, 0.5 * long + width * 0.008)
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity="0.42"/>'
    high = height * (0.022 if subject.density < LIVELY else 0.015)
    round_ = high / 2 if subject.density < LIVELY else 0
    return (
        f'<rect x="{x:.1f}" y="{y - high / 2:.1f}" width="{long:.1f}" height="{high:.1f}" rx="{round_:.1f}" '
        f'fill="{colour}" fill-opacity="{0.55 + 0.4 * sound.weight:.2f}"/>'
    )


def _x(share: float, width: int) -> float:
    return width * (MARGIN + share * (1 - 2 * MARGIN))


def _y(pitch: int, subject: Subject, height: int) -> float:
    low, high = subject.reach
    return height * (0.5 - 0.70 * (pitch - (low + high) / 2) / max(LEAST_REACH, high - low))
