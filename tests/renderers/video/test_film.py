"""A video: what plays it, when a note takes on colour, and what is heard."""

from io import BytesIO

import numpy as np
import pytest

from renderers.errors import InputRefused, NoCamera
from renderers.pages.fonts import prepare_fonts
from renderers.recipe import Recipe
from renderers.score.note_ids import name_notes
from renderers.sound.loudness import SAMPLE_RATE
from renderers.sound.midi import play
from renderers.video import camera
from renderers.video.film import make_video
from renderers.video.shapes import FRAMES_PER_S, LEAD_S, LONGEST_MINUTES, Shape
from renderers.video.timeline import read_timeline
from tests.measure.video import decoded, onsets_seen, screens_of, sound_of
from tests.renderers.playing import to_musicxml

SMALL = Shape(width=320, height=192, margin=8, comfort=30, largest=60)
# Heads of 6 to 8 pixels, as in a score of 14 staves.
SMALL_HEADS = Shape(width=320, height=192, margin=8, comfort=10, largest=14)
MUSIC = "|: CEGc :|[Q:1/4=240] [Ec]4-|[Ec]4|]"
CLICK_S = 1.0


@pytest.fixture(scope="module")
def film():
    """A repeat and a change of tempo; of the sound, silence with a click after a second."""
    score = name_notes(to_musicxml(MUSIC))
    played = play(score)
    samples = np.zeros((round(5.5 * SAMPLE_RATE), 2), np.float32)
    samples[round(CLICK_S * SAMPLE_RATE)] = 0.9
    told = []
    video = make_video(
        score, played, samples, shape=SMALL, fonts=prepare_fonts(), title="Étude 夜", artist="N", tell=told.append
    )
    return video, read_timeline(*played), screens_of(score, SMALL), told


def test_every_player_can_play_it_from_its_first_bytes(film):
    import av

    video = film[0]
    assert video[4:8] == b"ftyp"
    assert video.index(b"moov") < video.index(b"mdat"), "else nothing is seen before all is there"
    with av.open(BytesIO(video)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.name, picture.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (picture.codec_context.width, picture.codec_context.height) == (320, 192)
        assert (sound.codec_context.name, sound.codec_context.channels) == ("aac", 2)
        assert container.duration / 1e6 == pytest.approx(LEAD_S + 5.5, abs=0.1)
        assert container.metadata["title"] == "Étude 夜"


def test_each_note_takes_on_colour_within_a_frame_of_being_heard(film):
    video, timeline, screens, _ = film
    late, already, missed = onsets_seen(video, timeline, screens)
    assert [light.start for light in timeline.lights][:8] == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5])
    assert len(late) == len(timeline.lights) == 12
    assert (set(late), already, missed) == ({0}, 0, 0)


def test_small_heads_take_on_colour_as_soon():
    """Of them little more than the colour changes, which the encoder had put off by up to five frames."""
    score = name_notes(to_musicxml("CEGc|GECE|", "GECE|CEGc|", names=("Violin",) * 2))
    played = play(score)
    samples = np.zeros((round(4.5 * SAMPLE_RATE), 2), np.float32)
    video = make_video(score, played, samples, shape=SMALL_HEADS, fonts=prepare_fonts())
    late, already, missed = onsets_seen(video, read_timeline(*played), screens_of(score, SMALL_HEADS))
    assert len(late) == 16
    assert (set(late), already, missed) == ({0}, 0, 0)


def test_strokes_of_a_trill_are_not_taken_for_notes_that_are_lit_early():
    score = name_notes(to_musicxml("Tc2z2|"))
    played = play(score)
    video = make_video(score, played, np.zeros((2 * SAMPLE_RATE, 2), np.float32), shape=SMALL, fonts=prepare_fonts())
    timeline = read_timeline(*played)
    late, already, missed = onsets_seen(video, timeline, screens_of(score, SMALL))
    assert (late, already, missed) == ([0], len(timeline.lights) - 1, 0)


def test_what_is_heard_comes_when_it_should(film):
    sound = np.abs(sound_of(film[0]))
    assert np.argmax(sound) / SAMPLE_RATE == pytest.approx(LEAD_S + CLICK_S, abs=0.003)


def test_a_frame_comes_at_least_twice_a_second_and_the_first_shows_the_artwork(film):
    frames = list(decoded(film[0]))
    numbers = [number for number, _ in frames]
    assert max(np.diff(numbers)) <= FRAMES_PER_S // 2
    assert numbers[0] == 0
    assert np.abs(frames[0][1][1].astype(int) - 128).max() > 10


def test_it_tells_how_far_it_is(film):
    told = film[3]
    assert told == sorted(told)
    assert told[0] == 0
    assert 10 <= len(told) <= 30


def test_without_the_extra_only_the_video_is_missing(monkeypatch):
    monkeypatch.setattr(camera, "find_spec", lambda name: None)
    recipe = Recipe("X:1\nM:4/4\nL:1/4\nK:C\nCEGc|]\n")
    assert recipe.render(["abc"])
    with pytest.raises(NoCamera):
        recipe.render(["mp4"])
    assert "_recording" not in recipe.__dict__, "nothing was done in vain"


def test_what_is_too_long_is_refused_before_anything_is_drawn():
    samples = np.broadcast_to(np.zeros((1, 2), np.float32), ((60 * LONGEST_MINUTES + 1) * SAMPLE_RATE, 2))
    with pytest.raises(InputRefused) as refused:
        make_video("", None, samples, shape=SMALL, fonts=())
    assert refused.value.reason == "long_video"
