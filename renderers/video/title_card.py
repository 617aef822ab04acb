"""What is seen before the music begins: a picture of the piece, what it is called and who wrote it."""

from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from renderers.pages.engraving import paint
from renderers.pages.text_runs import wrap
from renderers.pictures.artwork import Subject, draw_artwork
from renderers.pictures.lettering import length_of, write
from renderers.video.shapes import Shape

ART_SHARE, TITLE_SHARE, NAME_SHARE = 0.66, 0.062, 0.036  # of the shorter side
MOST_LINES, LINE_COLUMNS = 4, 20
LEADING = 1.3


def draw_title(subject: Subject, *, title: str, artist: str, shape: Shape) -> npt.NDArray[np.uint8]:
    """The picture, (height, width, 3): its artwork, and the words beside it; below it on a tall screen."""
    picture = Image.new("RGB", (shape.width, shape.height), "white")
    side = min(shape.width, shape.height)
    art = round(side * ART_SHARE)
    lines = _lines(title, artist, side)
    deep = sum(round(size * LEADING) for _, size, _ in lines)
    if shape.width > shape.height:
        left, top = (shape.height - art) // 2, (shape.height - art) // 2
        x, y, room = 2 * left + art, (shape.height - deep) // 2, shape.width - 3 * left - art
    else:
        left, top = (shape.width - art) // 2, (shape.height - art - deep) // 3
        x, y, room = left, top * 2 + art, art
    drawn = paint(draw_artwork(subject, width=art, height=art), fonts=(), width=art)
    with Image.open(BytesIO(drawn), formats=["PNG"]) as artwork:
        picture.paste(artwork.convert("RGB"), (left, top))
    words = Image.new("L", picture.size, 255)
    for text, size, bold in lines:
        width = min(room, round(length_of(text, size=size, bold=bold)))
        start = x if shape.width > shape.height else (shape.width - width) // 2
        write(words, (start, y), text, size=size, width=room, bold=bold)
        y += round(size * LEADING)
    picture.paste("black", mask=words.point(lambda light: 255 - light))
    return np.asarray(picture)


def _lines(title: str, artist: str, side: int) -> list[tuple[str, int, bool]]:
    """Text, size and whether it is bold."""
    large, small = round(side * TITLE_SHARE), round(side * NAME_SHARE)
    titles = [(line, large, True) for line in wrap(title, LINE_COLUMNS)[:MOST_LINES]]
    return [*titles, *([(artist, small, False)] if artist else [])]
