"""A piece at one glance: every note at its pitch and time, and below them which sections are alike."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from renderers.pictures.artwork import Sound, Subject
from renderers.pictures.overview import FORM_SHARE, HEIGHT, WIDTH, draw_overview, form_of
from renderers.pictures.subject import subject_of
from renderers.sound.midi import play
from tests.renderers.playing import to_musicxml

LINE = round(HEIGHT * (1 - FORM_SHARE))


def subject(*sounds, is_minor=False, sections=((0.0, 0),)):
    return Subject(sounds=sounds, fifths=0, is_minor=is_minor, density=2.0, sections=sections)


def sound(start, end, pitch, *, weight=0.9, voice=0):
    return Sound(start=start, end=end, pitch=pitch, weight=weight, voice=voice)


def pixels(of):
    with Image.open(BytesIO(draw_overview(of)), formats=["PNG"]) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def drawn(of):
    """Where notes are: what an overview without them does not show."""
    bare = subject(is_minor=of.is_minor, sections=of.sections)
    return np.abs(pixels(of) - pixels(bare))[:LINE].sum(axis=2) > 120


def test_a_note_is_drawn_when_it_sounds_and_higher_ones_higher():
    found = drawn(subject(sound(0.0, 0.25, 48), sound(0.5, 1.0, 72)))
    rows, columns = np.nonzero(found[:, : WIDTH // 4])
    assert columns.max() - columns.min() == pytest.approx(WIDTH / 4, abs=4)
    low = rows.mean()
    rows, columns = np.nonzero(found[:, WIDTH // 2 :])
    assert columns.max() - columns.min() == pytest.approx(WIDTH / 2, abs=4)
    assert rows.mean() < low - LINE / 2
    assert not found[:, WIDTH // 4 + 2 : WIDTH // 2 - 2].any()


def test_the_lowest_and_the_highest_note_are_seen_whole():
    found = drawn(subject(sound(0.0, 0.4, 21), sound(0.6, 1.0, 108)))
    assert not found[0].any()
    assert not found[-1].any()
    assert found[:, : WIDTH // 3].any()
    assert found[:, -WIDTH // 3 :].any()


def test_two_players_have_colours_that_are_told_apart():
    picture = pixels(subject(sound(0.0, 0.4, 60, voice=0), sound(0.5, 0.9, 60, voice=1)))
    row = np.nonzero(drawn(subject(sound(0.0, 0.4, 60))).any(axis=1))[0]
    middle = row[len(row) // 2]
    assert np.abs(picture[middle, WIDTH // 5] - picture[middle, 7 * WIDTH // 10]).sum() > 60


@pytest.mark.parametrize("is_minor", [False, True])
def test_letters_can_be_read_on_light_and_on_dark_ground(is_minor):
    ribbon = pixels(subject(sound(0, 1, 60), is_minor=is_minor, sections=((0.0, 0), (0.5, 1))))[LINE + 2 :]
    for half in (ribbon[:, 20 : WIDTH // 2 - 20], ribbon[:, WIDTH // 2 + 20 : -20]):
        ground = np.median(half, axis=(0, 1))
        letter = half.min(axis=(0, 1)) if not is_minor else half.max(axis=(0, 1))
        assert np.abs(letter - ground).min() > 90


def test_what_comes_again_has_the_letter_it_had_and_neighbours_alike_have_one():
    of = subject_of(*play(to_musicxml("CDEF|G4|C4|E4|CDEF|G4|C4|E4|GFED|C4|D4|B4|CDEF|G4|C4|E4|")))
    form = form_of(of)
    assert [letter for _, _, letter in form] == ["A", "B", "A"]
    assert form[0][1] == form[1][0] == pytest.approx(0.5, abs=0.02)


def test_of_a_piece_without_notes_there_is_its_ground():
    assert pixels(subject()).shape == (HEIGHT, WIDTH, 3)
