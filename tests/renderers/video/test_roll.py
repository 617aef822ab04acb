"""A falling piano roll: keys are in colour while they are held, blocks come down just then, the pedal is seen."""

from itertools import pairwise

import numpy as np
import pytest

from renderers.pages.fonts import prepare_fonts
from renderers.score.note_ids import name_notes
from renderers.sound.loudness import SAMPLE_RATE
from renderers.sound.midi import play
from renderers.video.film import make_video
from renderers.video.keyboard import lay_keys
from renderers.video.planes import GREY, plain
from renderers.video.roll import HEADER, LANE, Roll
from renderers.video.shapes import FRAMES_PER_S, TALL, WIDE, Shape
from renderers.video.timeline import Timeline, Tone, read_timeline
from tests.measure.video import strikes_seen
from tests.renderers.playing import to_musicxml

SMALL = Shape(width=320, height=192, margin=8, comfort=30, largest=60)
PIANO = name_notes(to_musicxml("|: CC^Gc :|[Q:1/4=240] [Ec]4|]", "!ped!C,4!ped-up!|!ped!C,4|]", score="{ 1 | 2 }"))


def timeline_of(*voices, **how):
    return read_timeline(*play(name_notes(to_musicxml(*voices, **how))))


def frame(roll, moment, shape=SMALL):
    target = plain(shape.height, shape.width, (0, GREY, GREY))
    roll.look(moment)
    roll.draw(target)
    return target


def colour_above(roll, picture, pitch, *, rows=6):
    """How colourful it is just above a key."""
    key, line = roll.keyboard.keys[pitch], (len(picture.y) - roll.keyboard.height) // 2
    patch = [plane[line - rows // 2 : line, key.left // 2 + 1 : key.right // 2 - 1] for plane in (picture.u, picture.v)]
    return max(np.abs(part.astype(int) - GREY).mean() for part in patch)


def test_each_key_takes_on_colour_within_a_frame_of_being_struck_and_is_let_go_before():
    played = play(PIANO)
    samples = np.zeros((round(5.5 * SAMPLE_RATE), 2), np.float32)
    video = make_video(PIANO, played, samples, shape=SMALL, fonts=prepare_fonts(), as_roll=True)
    timeline = read_timeline(*played)
    late, already, missed = strikes_seen(video, timeline, Roll(timeline, SMALL).keyboard)
    assert len(late) == len(timeline.tones) == 13
    assert (set(late), already, missed) == ({0}, 0, 0)


def test_a_block_comes_down_onto_its_key_when_it_is_struck():
    timeline = timeline_of("z2 ^Gc|]")
    roll = Roll(timeline, SMALL)
    for tone in timeline.tones:
        before, at = (frame(roll, tone.start + after / FRAMES_PER_S) for after in (-2, 1))
        assert colour_above(roll, before, tone.pitch) < 8
        assert colour_above(roll, at, tone.pitch) > 15
        assert colour_above(roll, at, 62) < 8, "and nowhere else"


def test_all_that_is_seen_falls_by_the_same_even_number_of_pixels():
    """Else colours, of which there is one for four pixels, would be painted anew in each frame."""
    roll = Roll(timeline_of("c8|c8|]"), SMALL)
    first, second = frame(roll, -1.0), frame(roll, -1.0 + 1 / FRAMES_PER_S)
    line = SMALL.height - roll.keyboard.height
    (step,) = (step for step in range(2, 20, 2) if (second.y[step:line] == first.y[: line - step]).all())
    assert (second.u[step // 2 : line // 2] == first.u[: (line - step) // 2]).all()
    assert (first.y != second.y).any()


def test_the_keyboard_has_whole_octaves_and_is_as_large_as_the_piece():
    melody = lay_keys({62, 71}, left=0, width=1280, height=720)
    assert (min(melody.keys), max(melody.keys)) == (48, 84)
    assert sum(key.is_black for key in melody.keys.values()) == 15
    on_a_phone = lay_keys({62, 71}, left=0, width=720, height=1280)
    assert (min(on_a_phone.keys), max(on_a_phone.keys)) == (60, 84)
    whole = lay_keys({22, 107}, left=LANE, width=1280, height=720)
    assert len(whole.keys) == 88
    assert (whole.left >= LANE, whole.right <= 1280) == (True, True)
    assert min(lay_keys({12, 60}, left=0, width=1280, height=720).keys) == 12, "an organ goes lower"


@pytest.mark.parametrize("width", [320, 720, 1280])
def test_keys_stand_beside_each_other_on_even_pixels(width):
    for pitches in ({60}, {36, 84}, {21, 108}, {0, 127}):
        keyboard = lay_keys(pitches, left=0, width=width, height=720)
        whites = [key for key in keyboard.keys.values() if not key.is_black]
        assert all(before.right == after.left for before, after in pairwise(whites))
        assert keyboard.right <= width
        assert all(key.left % 2 == key.right % 2 == 0 and key.left < key.right for key in keyboard.keys.values())


def test_a_key_that_two_voices_strike_is_one_and_who_comes_later_takes_it_over():
    timeline = timeline_of("C4-|C4|]", "z4|C4|]")
    assert [(tone.pitch, tone.voice) for tone in timeline.tones] == [(60, 0), (60, 1)]
    assert timeline.tones[0].end == pytest.approx(2.0)
    together = timeline_of("C4|]", "C2 z2|]")
    assert [(tone.voice, tone.end > 1.5) for tone in together.tones] == [(0, True)]


def test_the_pedal_falls_too_and_is_said_to_be_down():
    timeline = read_timeline(*play(PIANO))
    assert len(timeline.pedals) == 3, "once in each time, and at the end"
    start, end = timeline.pedals[0]
    roll = Roll(timeline, SMALL)
    before = frame(roll, start - 0.1)
    during = frame(roll, (start + end) / 2)
    line = SMALL.height - roll.keyboard.height
    assert np.abs(before.v[: line // 2, : LANE // 2].astype(int) - GREY).max() > 2, "it is seen to come"
    word = slice(line, SMALL.height), slice(0, roll.keyboard.left)
    assert during.y[word].max() > before.y[word].max() + 30
    without = Roll(timeline_of("C4|]"), SMALL)
    assert without.keyboard.left < LANE


def test_bars_fall_with_their_lines_and_numbers():
    roll = Roll(timeline_of("C4|z4|z4|]"), SMALL)
    picture = frame(roll, 1.5)
    beside = roll.keyboard.right - 20
    rows = np.flatnonzero(picture.y[: SMALL.height - roll.keyboard.height, beside] > 60)
    assert len(rows) == 2, "one line, of the second bar"
    number = picture.y[rows[0] - 22 : rows[0], roll.keyboard.left + 4 : roll.keyboard.left + 20]
    assert number.max() > 100


def test_who_has_which_colour_is_said_where_several_play():
    duo = Roll(timeline_of("C4|]", "E4|]", names=("Flute", "Violin")), WIDE)
    header = frame(duo, 0.0, WIDE)
    assert header.y[:HEADER].max() > 150
    assert np.abs(header.v[: HEADER // 2].astype(int) - GREY).max() > 20
    alone = frame(Roll(read_timeline(*play(PIANO)), WIDE), -20.0, WIDE)
    assert alone.y[: HEADER // 2].max() < 100
    many = Roll(timeline_of(*["C4|]"] * 9, names=["Contrabassoon in a long name"] * 9), TALL)
    assert frame(many, -20.0, TALL).y[: HEADER // 2].max() < 100


def test_a_piece_without_a_key_to_press_is_a_keyboard_at_rest():
    roll = Roll(timeline_of("z4|z4|]"), SMALL)
    assert len(roll.keyboard.keys) == 13
    assert frame(roll, 1.0).y.max() > 200


def test_soft_notes_are_darker():
    def seen(strength):
        tone = Tone(pitch=60, start=0.5, end=1.5, voice=0, strength=strength)
        roll = Roll(Timeline(lights=(), bars=(), num_voices=1, tones=(tone,)), SMALL)
        line = SMALL.height - roll.keyboard.height
        return frame(roll, 0.0).y[:line, (roll.keyboard.keys[60].left + roll.keyboard.keys[60].right) // 2]

    assert np.median(seen(0.2)) < np.median(seen(0.9))


def test_the_pedal_is_down_as_long_as_one_of_two_players_holds_it():
    """The shorter of two had ended both."""
    roll = Roll(Timeline(lights=(), bars=(), num_voices=1, pedals=((1.0, 2.0), (0.0, 4.0))), SMALL)
    word = slice(SMALL.height - roll.keyboard.height, SMALL.height), slice(0, roll.keyboard.left)
    brightness = [frame(roll, moment).y[word].max() for moment in (-1.0, 0.5, 1.5, 3.0, 5.0)]
    assert brightness[1] == brightness[2] == brightness[3] > brightness[0] + 30
    assert brightness[4] == brightness[0]
