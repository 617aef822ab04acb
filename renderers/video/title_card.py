"""What is seen before the music begins: a picture of the piece, what it is called and who wrote it."""

from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from renderers.pages.painting import paint
from renderers.pictures.artwork import Subject, draw_artwork
from renderers.pictures.lettering import break_lines, length_of, write
from renderers.video.shapes import Shape

ART_SHARE, TITLE_SHARE, NAME_SHARE = 0.66, 0.062, 0.036  # of the shorter side
SMALLEST = 0.6  # of these sizes, for long words
MOST_LINES, MOST_NAME_LINES = 5, 2
LEADING = 1.3


def draw_title(subject: Subject, *, title: str, artist: str, shape: Shape) -> npt.NDArray[np.uint8]:
    """The picture, (height, width, 3): its artwork, and the words beside it; below it on a tall screen."""
    picture = Image.new("RGB", (shape.width, shape.height), "white")
    side = min(shape.width, shape.height)
    art = round(side * ART_SHARE)
    is_wide = shape.width > shape.height
    left = (side - art) // 2
    room = shape.width - round(2.5 * left) - art if is_wide else shape.width - left
    lines = lay_words(title, artist, side=side, room=room)
    deep = sum(round(size * LEADING) for _, size, _ in lines)
    if is_wide:
        top = left
        x, y = 2 * left + art, (shape.height - deep) // 2
    else:
        top = (shape.height - art - deep) // 3
        x, y = left // 2, top * 2 + art
    drawn = paint(draw_artwork(subject, width=art, height=art), fonts=(), width=art)
    with Image.open(BytesIO(drawn), formats=["PNG"]) as artwork:
        picture.paste(artwork.convert("RGB"), (left, top))
    words = Image.new("L", picture.size, 255)
    for text, size, bold in lines:
        width = min(room, round(length_of(text, size=size, bold=bold)))
        start = x if is_wide else (shape.width - width) // 2
        write(words, (start, y), text, size=size, width=room, bold=bold)
        y += round(size * LEADING)
    picture.paste("black", mask=words.point(lambda light: 255 - light))
    return np.asarray(picture)


def lay_words(title: str, artist: str, *, side: int, room: int) -> list[tuple[str, int, bool]]:
    """Text, size and whether it is bold, of each line.

    side: of the picture, the shorter one; room: of a line; both in pixels.
    """
    titles = _fitted(title, size=round(side * TITLE_SHARE), room=room, most=MOST_LINES, bold=True)
    return [*titles, *_fitted(artist, size=round(side * NAME_SHARE), room=room, most=MOST_NAME_LINES, bold=False)]


def _fitted(text: str, *, size: int, room: int, most: int, bold: bool) -> list[tuple[str, int, bool]]:
    """As large as it can be in so many lines; what is too long even so is cut off where it is written."""
    lines: list[str] = []
    for smaller in range(size, round(size * SMALLEST) - 1, -1):
        size = smaller
        lines = break_lines(text, size=size, width=room, bold=bold)
        if len(lines) <= most:
            return [(line, size, bold) for line in lines]
    return [(line, size, bold) for line in (*lines[: most - 1], " ".join(lines[most - 1 :]))]
