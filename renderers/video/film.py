"""The door of this package: from a score, what is played of it and how that sounds, to a video."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from renderers.errors import InputRefused
from renderers.pictures.subject import subject_of
from renderers.sound.loudness import SAMPLE_RATE, Samples
from renderers.sound.performance import Performance
from renderers.sound.phrasing import Struck
from renderers.video.drawing import Stage
from renderers.video.encoding import FALLING, STANDING, encode
from renderers.video.lines import draw_lines
from renderers.video.planes import Planes, mix, planes_of
from renderers.video.roll import Roll
from renderers.video.screens import Screen, paint_screen, place_lines
from renderers.video.shapes import CARD_S, FADE_S, FRAMES_PER_S, LEAD_FRAMES, LONGEST_MINUTES, Shape
from renderers.video.timeline import Timeline, read_timeline
from renderers.video.title_card import draw_title

TIMES_TOLD = 20


def make_video(
    musicxml: str,
    played: tuple[Performance, Sequence[Struck]],
    samples: Samples,
    *,
    shape: Shape,
    fonts: Sequence[Path],
    title: str = "",
    artist: str = "",
    as_roll: bool = False,
    tell: Callable[[float], None] = lambda _: None,
) -> bytes:
    """An MP4 of a score whose notes have names (`renderers.score.note_ids`), as it is played.

    as_roll: keys are seen and what falls on them, not the page. samples: as they are heard, from the first beat on.
    tell: hears how much is done, 0 to 1.
    Raises InputRefused, NoCamera.
    """
    length_s = len(samples) / SAMPLE_RATE
    if length_s > 60 * LONGEST_MINUTES:
        raise InputRefused(reason="long_video", limit=LONGEST_MINUTES)
    timeline = read_timeline(*played)
    stage = Roll(timeline, shape) if as_roll else _stage(musicxml, timeline, shape, fonts)
    card = planes_of(draw_title(subject_of(*played), title=title, artist=artist, shape=shape))
    bare = math.ceil((CARD_S + FADE_S) * FRAMES_PER_S)  # the first frame on which nothing is left of the title
    num_frames = LEAD_FRAMES + round(length_s * FRAMES_PER_S)
    told_every = max(1, num_frames // TIMES_TOLD)

    def is_new(number: int) -> bool:
        if number % told_every == 0:
            tell(number / num_frames)
        return stage.look((number - LEAD_FRAMES) / FRAMES_PER_S) or CARD_S * FRAMES_PER_S < number <= bare

    def draw(number: int, target: Planes) -> None:
        going = (number / FRAMES_PER_S - CARD_S) / FADE_S
        if going <= 0:
            target.put(card)
        else:
            stage.draw(target)
            if number < bare:
                mix(target, card, 1 - going)

    return encode(
        draw,
        is_new,
        samples,
        shape=shape,
        num_frames=num_frames,
        lead_frames=LEAD_FRAMES,
        turns={bare, *(LEAD_FRAMES + math.ceil(turn.at * FRAMES_PER_S) for turn in stage.turns[1:])},
        effort=FALLING if as_roll else STANDING,
        tags={"title": title, "artist": artist},
    )


def _stage(musicxml: str, timeline: Timeline, shape: Shape, fonts: Sequence[Path]) -> Stage:
    lines = draw_lines(musicxml, shape)
    places = place_lines(lines, shape)

    def paint(number: int) -> Screen:
        return paint_screen(number, lines, places, shape=shape, fonts=fonts)

    return Stage(timeline, lines, places, width=shape.width, paint=paint)
