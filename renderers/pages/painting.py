"""SVG in, PNG on white out: resvg paints it.

What is promised: no fonts but those that are named, so that a picture is the same on every machine. Half of the time
goes into the PNG, which the wheel writes in one way only, for a white page too: what is smaller is there sooner.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import resvg
from resvg import usvg

from renderers.pages.fonts import TEXT_FAMILY

WHITE = (255, 255, 255, 255)
_TYPEFACES = 'font-family="Times, serif"'  # verovio's, and ours has to be called by its name


def paint(svg: str, *, fonts: Sequence[Path], width: int | None = None) -> bytes:
    """An SVG page as PNG. width: in pixels; None for the page's own. Raises ValueError for what is no SVG."""
    return Painter(svg, fonts=fonts).paint(width=width)


class Painter:
    """A page that is understood, to be painted in several sizes."""

    def __init__(self, svg: str, *, fonts: Sequence[Path]) -> None:
        """Raises ValueError for what is no SVG."""
        try:
            named = svg.replace(_TYPEFACES, f'font-family="{TEXT_FAMILY}"')
            self._tree = usvg.Tree.from_str(named, _options(tuple(fonts)))
        except BaseException as error:
            if isinstance(error, Exception | KeyboardInterrupt | SystemExit):
                raise
            raise ValueError("no SVG") from error  # a panic of Rust, which is no Exception

    def paint(self, *, width: int | None = None) -> bytes:
        """As PNG. width: in pixels; None for the page's own."""
        own_width, own_height = self._tree.int_size()
        size = (width or own_width, math.ceil(own_height * (width or own_width) / own_width))
        zoom = (size[0] / own_width, 0.0, 0.0, 0.0, size[1] / own_height, 0.0)
        return resvg.render(self._tree, zoom, bg_color=WHITE, bg_size=size)


@lru_cache(maxsize=2)
def _options(fonts: tuple[Path, ...]) -> usvg.Options:
    """With these fonts and no others: reading them takes as long as drawing a third of a page."""
    options = usvg.Options.default()
    for path in fonts:
        options.load_font_data(path.read_bytes())  # of a file only the name would be kept: opened for each word
    options.font_family = TEXT_FAMILY
    return options
