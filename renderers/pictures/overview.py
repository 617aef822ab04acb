"""A piece at one glance: all its notes as they follow each other, and below them its form.

Each note stands at its pitch and is as long as it sounds, louder ones are stronger, players have colours of their own;
lines mark the octaves (every C). Sections are as for the artwork (`subject.py`): those that begin alike have one colour
and one letter. Not covered: drums, names of keys, numbers of bars.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import groupby
from string import ascii_uppercase

from PIL import Image

from renderers.pages.painting import paint
from renderers.pictures.artwork import Palette, Subject, ground_of, sections_of
from renderers.pictures.lettering import length_of, write

WIDTH, HEIGHT = 1200, 675
FORM_SHARE = 0.12  # of the height, for the form below the notes
LEAST_REACH = 24  # semitones that fill the height
MARGIN = 1.5  # semitones above and below
THINNEST, SHORTEST = 3.0, 2.5  # of a note, in pixels
LETTER_PX = 40
OCTAVE = 12
HUES_APART = 3  # so many of the artwork's steps lie between the colours of two players, whom one wants to tell apart


def draw_overview(subject: Subject) -> bytes:
    """A PNG of 1200 by 675 pixels."""
    painted = paint(_draw(subject), fonts=(), width=WIDTH)
    with Image.open(BytesIO(painted), formats=["PNG"]) as opened:
        picture = opened.convert("RGB")
    letters = Image.new("L", picture.size, 255)
    for left, right, letter in form_of(subject):
        width = round(length_of(letter, size=LETTER_PX, bold=True))
        if width < WIDTH * (right - left):
            place = (
                round(WIDTH * (left + right) / 2 - width / 2),
                round(HEIGHT * (1 - FORM_SHARE / 2) - 0.62 * LETTER_PX),
            )
            write(letters, place, letter, size=LETTER_PX, width=width + 1, bold=True)
    picture.paste("white" if subject.is_minor else "black", mask=letters.point(lambda light: 255 - light))
    content = BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def form_of(subject: Subject) -> Sequence[tuple[float, float, str]]:
    """Where each section begins and ends, 0 to 1, and its letter: neighbours that are alike are one."""
    grouped = (list(alike) for _, alike in groupby(sections_of(subject), key=lambda section: section[2]))
    return [(alike[0][0], alike[-1][1], ascii_uppercase[alike[0][2] % len(ascii_uppercase)]) for alike in grouped]


def _draw(subject: Subject) -> str:
    palette = Palette(subject.fifths, is_minor=subject.is_minor)
    shapes = [ground_of(palette, WIDTH, HEIGHT), *_draw_form(subject, palette), *_draw_notes(subject, palette)]
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">{"".join(shapes)}</svg>'


def _draw_form(subject: Subject, palette: Palette) -> Iterator[str]:
    """Pale behind the notes, full below them."""
    line = HEIGHT * (1 - FORM_SHARE)
    for start, end, kind in sections_of(subject):
        left, wide, colour = WIDTH * start, WIDTH * (end - start), palette.band(kind)
        yield _box(left, 0, wide, line, colour, opacity=0.5)
        yield _box(left, line, wide, HEIGHT - line, colour, opacity=1)
        yield _box(left, 0, 1.5, HEIGHT, palette.ground(1), opacity=0.9)


def _draw_notes(subject: Subject, palette: Palette) -> Iterator[str]:
    low, high = subject.reach
    short = max(0.0, LEAST_REACH - (high - low)) / 2
    bottom, top = low - short - MARGIN, high + short + MARGIN
    line = HEIGHT * (1 - FORM_SHARE)
    step = line / (top - bottom)
    for octave in range(-(-int(bottom) // OCTAVE), int(top) // OCTAVE + 1):
        yield _box(0, (top - OCTAVE * octave) * step, WIDTH, 1, palette.voice(0, 0.5), opacity=0.25)
    thick = max(THINNEST, 0.8 * step)
    for sound in sorted(subject.sounds, key=lambda sound: (-sound.voice, sound.start)):
        long = max(SHORTEST, WIDTH * (sound.end - sound.start) - 1)
        y = (top - sound.pitch) * step - thick / 2
        colour = palette.voice(HUES_APART * sound.voice, sound.weight)
        yield _box(WIDTH * sound.start, y, long, thick, colour, opacity=0.55 + 0.45 * sound.weight)


def _box(x: float, y: float, width: float, height: float, colour: str, *, opacity: float) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} fill="{colour}" fill-opacity="{opacity:.2f}"/>'
