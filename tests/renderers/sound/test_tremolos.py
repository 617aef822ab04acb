"""Tremolos are played as they are drawn."""

import pytest

from tests.renderers.playing import play


@pytest.mark.parametrize(
    ("music", "num_strokes"),
    [("!///!c4|", 32), ("!//!c4|", 16), ("!/!c4|", 8), ("!//!c z3|", 4), ("!/!c/ z z2 z/|", 2)],
)
def test_every_stroke_halves_the_note_that_is_repeated(music, num_strokes):
    assert len(play(music)) == num_strokes


def test_the_strokes_fill_the_time_of_the_note():
    strokes = play("z!//!c2 z|")
    assert [stroke.start for stroke in strokes] == pytest.approx([1 + place / 4 for place in range(8)])
    assert strokes[-1].end <= 3


def test_a_chord_is_struck_whole():
    assert [stroke.pitch for stroke in play("!/![ce]2 z2|")] == [72, 76] * 4


def test_a_tremolo_between_two_notes_changes_between_them():
    assert [stroke.pitch for stroke in play("!//-!c2e2|")] == [72, 76] * 8


def test_a_repeat_plays_its_tremolo_again():
    assert len(play("|:!/!c4:|")) == 16


def test_no_stroke_is_quicker_than_a_hand():
    assert len(play("!////!c4|", tempo="Q:1/4=300\n")) == 16
