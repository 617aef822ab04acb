"""Lines of music on screens: as many as fit below each other, painted when they are first seen.

A screen is painted in luma and has, for each note on it, the shape of its head, by which it is coloured.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from renderers.pages.painting import paint
from renderers.video.lines import Box, Line
from renderers.video.planes import BLACK, WHITE, Plane
from renderers.video.shapes import Shape

TINT_ROOM = 0.5  # around a head, of its height


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a line stands: on which screen, its upper left corner in pixels; zoom: its share of the engraved size."""

    screen: int
    x: int
    y: int
    zoom: float

    def of(self, box: Box) -> Box:
        """A box of the line, on the screen."""
        return box.moved(self.x, self.y, self.zoom)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a note on a screen. top, left: of its surroundings, in pixels, even.

    ink: (height, width), how much of each pixel it covers, 0 to 1; tint: likewise of the glow around it.
    """

    top: int
    left: int
    ink: npt.NDArray[np.float32]
    tint: npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Screen:
    """luma: (height, width), of the page; heads: by the id of the note."""

    luma: Plane
    heads: dict[str, Head]


def place_lines(lines: Sequence[Line], shape: Shape) -> list[Place]:
    """Share the lines out over screens, in their order."""
    screens: list[list[Place]] = [[]]
    filled = 0
    for line in lines:
        zoom = min(1.0, shape.height / line.height)
        height = int(line.height * zoom)
        if screens[-1] and filled + height > shape.height:
            screens.append([])
            filled = 0
        x = round((shape.width - line.width * zoom) / 2)
        screens[-1].append(Place(screen=len(screens) - 1, x=x, y=filled, zoom=zoom))
        filled += height
    return [place for screen in _spread(screens, lines, shape) for place in screen]


def _spread(screens: Sequence[Sequence[Place]], lines: Sequence[Line], shape: Shape) -> list[list[Place]]:
    """The room that is left, in equal parts above, between and below the lines of each screen."""
    spread = []
    number = 0
    for screen in screens:
        own = lines[number : number + len(screen)]
        number += len(screen)
        room = shape.height - sum(int(line.height * place.zoom) for line, place in zip(own, screen, strict=True))
        gap = room / (len(screen) + 1)
        spread.append([replace(place, y=place.y + round(gap * nth)) for nth, place in enumerate(screen, 1)])
    return spread


def paint_screen(
    number: int, lines: Sequence[Line], places: Sequence[Place], *, shape: Shape, fonts: Sequence[Path]
) -> Screen:
    """The picture of one screen."""
    luma = np.full((shape.height, shape.width), WHITE, np.uint8)
    covered = np.zeros((shape.height, shape.width), np.float32)
    boxes: dict[str, Box] = {}
    for line, place in zip(lines, places, strict=True):
        if place.screen != number:
            continue
        width = round(line.width * place.zoom)
        page = _grey(paint(line.svg, fonts=fonts, width=width))
        _put(luma, BLACK + (page * ((WHITE - BLACK) / 255)).round().astype(np.uint8), place)
        _put(covered, 1 - _grey(paint(line.only_heads, fonts=(), width=width)).astype(np.float32) / 255, place)
        boxes |= {note: place.of(box) for note, box in line.heads.items()}
    return Screen(luma=luma, heads={note: _head(box, covered) for note, box in boxes.items()})


def _grey(png: bytes) -> Plane:
    with Image.open(BytesIO(png), formats=["PNG"]) as image:
        return np.asarray(image.convert("L"))


def _put(canvas: npt.NDArray[np.generic], picture: npt.NDArray[np.generic], place: Place) -> None:
    """As much of the picture as is on the canvas."""
    x, y = max(0, place.x), max(0, place.y)
    part = picture[y - place.y :, x - place.x :][: canvas.shape[0] - y, : canvas.shape[1] - x]
    canvas[y : y + part.shape[0], x : x + part.shape[1]] = part


def _head(box: Box, covered: npt.NDArray[np.float32]) -> Head:
    """On even pixels, of which colour has one for four."""
    room = (box.bottom - box.top) * TINT_ROOM
    height, width = covered.shape
    top, left = (max(0, int(edge - room) // 2 * 2) for edge in (box.top, box.left))
    bottom, right = min(height, _even(box.bottom + room)), min(width, _even(box.right + room))
    y, x = np.ogrid[top:bottom, left:right]
    distance = np.hypot(
        (y + 0.5 - (box.top + box.bottom) / 2) / max(1.0, (box.bottom - box.top) / 2 + room),
        (x + 0.5 - box.middle) / max(1.0, (box.right - box.left) / 2 + room),
    )
    inside = np.zeros((max(0, bottom - top), max(0, right - left)), np.float32)
    core = (slice(int(box.top), int(box.bottom) + 1), slice(int(box.left), int(box.right) + 1))
    own = np.zeros_like(covered[top:bottom, left:right])
    own[core[0].start - top : core[0].stop - top, core[1].start - left : core[1].stop - left] = 1
    inside = covered[top:bottom, left:right] * own
    return Head(top=top, left=left, ink=inside, tint=np.clip(2.5 * (1 - distance), 0, 1).astype(np.float32))


def _even(edge: float) -> int:
    return -(-int(edge + 1) // 2) * 2
