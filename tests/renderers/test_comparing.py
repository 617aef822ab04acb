"""Old and new side by side: the bars that differ are coloured, and nothing else is."""

import io

import pytest
from PIL import Image

from renderers.errors import InputRefused
from renderers.pages.comparing import NEW, OLD, coloured
from renderers.recipe import Recipe

TUNE = "X:1\n{was}%%changed 2\nT:Now\nL:1/4\nM:2/4\nK:C\nV:1 treble\n[V:1]CD|\n[V:1]EF|]\n"
WAS = "".join(f"%%was {line}\n" for line in TUNE.format(was="").replace("T:Now", "T:Before").splitlines())


def test_only_the_measures_that_are_named_are_coloured():
    svg = '<g id="a" class="measure"><g class="note"/></g><g class="measure" id="b"/>'
    assert coloured(svg, {2}, "#123456") == svg.replace(
        '<g class="measure" id="b"', '<g color="#123456" fill="#123456" class="measure" id="b"'
    )


def test_both_halves_are_in_one_picture_each_in_its_colour():
    files = Recipe(TUNE.format(was=WAS)).render(["comparison"])
    picture = Image.open(io.BytesIO(files["_compare.png"])).convert("RGB")
    middle = picture.width // 2
    halves = (picture.crop((0, 0, middle, picture.height)), picture.crop((middle, 0, *picture.size)))
    seen = [{colour for _, colour in half.getcolors(100_000)} for half in halves]
    old, new = (tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) for colour in (OLD, NEW))
    assert (old in seen[0], new in seen[1]) == (True, True)
    assert (new in seen[0], old in seen[1]) == (False, False)


def test_a_text_without_an_old_one_is_refused():
    with pytest.raises(InputRefused):
        Recipe(TUNE.format(was="")).render(["comparison"])
