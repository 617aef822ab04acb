"""The shapes that a video may have, how large music is set in each, and when the music begins in it."""

from dataclasses import dataclass

FRAMES_PER_S = 25
LONGEST_MINUTES = 10
CARD_S, FADE_S, BREATH_S = 2.0, 0.4, 0.4  # the title, its going, and the page before the first note
LEAD_FRAMES = round((CARD_S + FADE_S + BREATH_S) * FRAMES_PER_S)
LEAD_S = LEAD_FRAMES / FRAMES_PER_S


@dataclass(frozen=True, kw_only=True)
class Shape:
    """width, height: in pixels, even. margin: around the music, in pixels.

    comfort: the scale in percent below which fewer lines shall stand on a screen; largest: the one above which music
    looks clumsy.
    """

    width: int
    height: int
    margin: int
    comfort: int
    largest: int


WIDE = Shape(width=1280, height=720, margin=24, comfort=46, largest=66)
TALL = Shape(width=720, height=1280, margin=18, comfort=44, largest=56)  # a phone that is held upright
