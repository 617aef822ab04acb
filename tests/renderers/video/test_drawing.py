"""Frames: what is lit, and the cursor over the page."""

import numpy as np
import pytest

from renderers.video.drawing import VOICES, Stage
from renderers.video.planes import GREY, WHITE, Planes, colour_of
from renderers.video.screens import Head, Place, Screen
from renderers.video.timeline import Bar, Light, Timeline
from tests.renderers.video.test_cursor import line

HEIGHT, WIDTH = 60, 400
THIN = 0.5  # of a half note's head, where it has most ink


@pytest.mark.parametrize("voice", range(len(VOICES)))
def test_a_thin_head_has_the_colour_of_its_voice_also_where_the_cursor_is(voice):
    """Dark blue and the orange of the cursor had become grey: such notes were seen three frames late."""
    head = Head(top=16, left=8, ink=np.full((16, 16), THIN, np.float32), tint=np.ones((16, 16), np.float32))
    page = Screen(luma=np.full((HEIGHT, WIDTH), WHITE, np.uint8), heads={"1a": head})
    timeline = Timeline(lights=(Light("1a", 0.0, 1.0, voice),), bars=(Bar(1, 0.0, 2.0),), num_voices=8)
    place = Place(screen=0, x=0, y=0, zoom=1.0)
    stage = Stage(timeline, [line(1)], [place], width=WIDTH, paint=lambda _: page)
    frame = Planes(*(np.zeros((HEIGHT // part, WIDTH // part), np.uint8) for part in (1, 2, 2)))
    stage.look(0.0)
    stage.draw(frame)
    meant = [(value - GREY) * THIN for value in colour_of(VOICES[voice])[1:]]
    assert [float(plane[12, 7]) - GREY for plane in (frame.u, frame.v)] == pytest.approx(meant, abs=1)
    assert frame.u[20, 7] < GREY - 10, "the cursor is there, below the head"
