"""Two pages beside or below each other, each under its letter, and neither larger than the other."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from renderers.pictures.pair import GUTTER, MARGIN_PX, PAGE_WIDTH, ROW_WIDTH, draw_pair, draw_rows


def page(width=600, height=800, *, box=(100, 100, 500, 160)):
    image = Image.new("L", (width, height), 255)
    ImageDraw.Draw(image).rectangle(box, fill=0)
    content = BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def opened(content):
    return Image.open(BytesIO(content)).convert("L")


def ink_of(content):
    """How many pixels are dark."""
    return sum(opened(content).histogram()[:128])


def test_both_pages_are_as_wide_as_each_other():
    picture = opened(draw_pair([page(600), page(900, 1200, box=(150, 150, 750, 240))], letters="AB"))
    assert picture.width == 2 * PAGE_WIDTH + GUTTER
    halves = [picture.crop((left, 200, left + PAGE_WIDTH, picture.height)) for left in (0, PAGE_WIDTH + GUTTER)]
    boxes = [half.point(lambda ink: 255 * (ink < 128)).getbbox() for half in halves]
    assert boxes[0] == pytest.approx(boxes[1], abs=2)


def test_rows_are_drawn_at_one_scale_without_the_empty_part_of_the_page():
    picture = opened(draw_rows([page(), page(box=(100, 600, 300, 660))], letters="12"))
    assert picture.width == MARGIN_PX + ROW_WIDTH + GUTTER
    assert picture.height < 700
    music = picture.crop((MARGIN_PX, 0, picture.width, picture.height))
    thick = [sum(ink < 128 for ink in music.crop((x, 0, x + 1, music.height)).tobytes()) for x in (300, 900)]
    assert thick[0] == pytest.approx(2 * thick[1], rel=0.1), "the wide one is alone where the narrow one has ended"


@pytest.mark.parametrize("draw", [draw_pair, draw_rows])
def test_a_page_that_is_missing_or_broken_leaves_its_place_empty(draw):
    whole = ink_of(draw([page(), page()], letters="AB"))
    for broken in (None, b"\x89PNG not a picture"):
        half = ink_of(draw([page(), broken], letters="AB"))
        assert 0.4 * whole < half < 0.6 * whole, "one of both is there"
    assert ink_of(draw([None, None], letters="AB")) < 0.2 * whole, "only their letters"
