"""The first line of a page, and pieces below each other."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from renderers.pictures.cards import MARGIN, ROW_PX, WIDTH, Card, draw_cards
from renderers.pictures.first_line import first_line


def page(systems, *, staves=1, height=1400, shade=0):
    """A page with a title and systems of staves; in each system a line at the left holds the staves together."""
    image = Image.new("L", (1080, height), 255)
    draw = ImageDraw.Draw(image)
    draw.text((500, 30), "Title", fill=0, font_size=40)
    for top in systems:
        for staff in range(staves):
            for line in range(5):
                y = top + staff * 120 + line * 14
                draw.line((60, y, 1020, y), fill=shade, width=2)
        draw.line((60, top, 60, top + (staves - 1) * 120 + 56), fill=0, width=3)
    content = BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


@pytest.mark.parametrize(("staves", "height"), [(1, 56), (2, 176), (4, 416)])
def test_the_first_line_is_all_staves_of_the_first_system(staves, height):
    line = first_line(page([200, 800], staves=staves))
    assert height + 40 <= line.height <= height + 110
    dark_rows = (np.asarray(line) < 128).mean(axis=1) > 0.6
    assert dark_rows.sum() in range(5 * staves, 15 * staves + 1)


def test_no_sign_above_or_below_is_cut_through():
    """Of a tempo high above the staff only the lower half was seen."""
    image = Image.open(BytesIO(page([300, 800], staves=2)))
    draw = ImageDraw.Draw(image)
    draw.rectangle((80, 300 - 80, 200, 300 - 30), fill=0)
    draw.rectangle((80, 476 + 30, 200, 476 + 80), fill=0)
    content = BytesIO()
    image.save(content, "PNG")
    rows = (np.asarray(first_line(content.getvalue()))[:, 80:200] < 128).all(axis=1)
    assert rows.sum() >= 2 * 50
    assert not rows[[0, -1]].any()
    assert first_line(content.getvalue()).height < 176 + 2 * 100, "and no title"


def test_lines_that_fall_between_two_rows_are_lines():
    assert first_line(page([200, 800], staves=2, shade=150)).height == first_line(page([200, 800], staves=2)).height


def test_one_that_has_no_staves_gives_its_upper_part():
    blank = BytesIO()
    Image.new("L", (400, 500), 255).save(blank, "PNG")
    assert first_line(blank.getvalue()).size == (400, 100)


def test_cards_stand_below_each_other_and_a_page_that_cannot_be_read_is_left_out():
    cards = [
        Card(words=("1  Waltz", "Chopin keyboard", "k3f9 · 小明 · اداء 🎹"), page=page([200])),
        Card(words=("2  " + "very long " * 40,), page=b"no picture", depth=1, parent=0, marked=True),
        Card(words=("3",), depth=30, parent=1),
        Card(words=()),
    ]
    image = Image.open(BytesIO(draw_cards(cards)))
    assert image.size == (WIDTH, 2 * MARGIN + 4 * ROW_PX)
    pixels = np.asarray(image)
    assert (pixels[:, -MARGIN:] == 255).all(), "nothing runs out of the picture"
    assert (pixels[MARGIN : MARGIN + ROW_PX, 560:] < 128).any(), "there are words beside the music"
