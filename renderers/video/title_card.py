"""What is seen before the music begins: what the piece is called and who wrote it."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from renderers.pages.text_runs import wrap
from renderers.pictures.lettering import length_of, write
from renderers.video.shapes import Shape

TITLE_SHARE, NAME_SHARE = 0.075, 0.04  # of the shorter side
MOST_LINES, LINE_COLUMNS = 3, 26
LEADING = 1.3


def draw_title(*, title: str, artist: str, shape: Shape) -> npt.NDArray[np.uint8]:
    """The picture, (height, width, 3)."""
    picture = Image.new("L", (shape.width, shape.height), 255)
    side = min(shape.width, shape.height)
    large, small = round(side * TITLE_SHARE), round(side * NAME_SHARE)
    lines = [(line, large, True) for line in wrap(title, LINE_COLUMNS)[:MOST_LINES]]
    lines += [(artist, small, False)] if artist else []
    y = (shape.height - sum(round(size * LEADING) for _, size, _ in lines)) // 2
    room = shape.width - 4 * shape.margin
    for text, size, bold in lines:
        width = min(room, round(length_of(text, size=size, bold=bold)))
        write(picture, ((shape.width - width) // 2, y), text, size=size, width=room, bold=bold)
        y += round(size * LEADING)
    return np.asarray(picture.convert("RGB"))
