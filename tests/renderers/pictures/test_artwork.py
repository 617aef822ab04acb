"""Artwork: of each piece its own, the same every time, and unlike for a nocturne, a chorale and a scherzo."""

import re
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from renderers.pages.painting import paint
from renderers.pictures.artwork import MOST_NOTES, Sound, Subject, draw_artwork
from renderers.pictures.subject import subject_of
from renderers.sound.midi import play
from tests.renderers.playing import to_musicxml

NOCTURNE = play(
    to_musicxml("E4|D4|E4|D4|", "A,CEC|A,DFD|A,CEC|A,DFD|", key="Am", tempo="Q:1/4=60\n", score="{ 1 | 2 }")
)
CHORALE = play(to_musicxml("GABc|dcB2|", "DFGG|AAG2|", "B,CDE|FED2|", key="G", tempo="Q:1/4=70\n"))
SCHERZO = play(to_musicxml("e/f/g/e/ f/d/e/c/|" * 4, "C4|" * 4, key="Eb", tempo="Q:1/4=280\n"))


def pixels(played):
    svg = draw_artwork(subject_of(*played), width=64, height=64)
    with Image.open(BytesIO(paint(svg, fonts=()))) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_a_nocturne_a_chorale_and_a_scherzo_look_unlike():
    pictures = [pixels(played) for played in (NOCTURNE, CHORALE, SCHERZO)]
    for number, picture in enumerate(pictures):
        for other in pictures[:number]:
            assert np.abs(picture - other).mean() > 20, "as anybody sees from afar"
    assert pictures[0].mean() < 110 < pictures[1].mean(), "minor is dark"
    drawn = [draw_artwork(subject_of(*played)) for played in (NOCTURNE, CHORALE, SCHERZO)]
    assert ["<circle" in each for each in drawn] == [True, True, False]


@pytest.mark.parametrize("density", [2.0, 5.0, 9.0])
def test_calm_and_lively_music_reach_all_quarters_of_the_picture(density):
    sounds = [Sound(start=n / 60, end=(n + 1) / 60, pitch=50 + n * 7 % 30, weight=0.6, voice=n % 3) for n in range(60)]
    sections = [(0.0, 0), (0.5, 1)]
    subject = Subject(sounds=sounds, fifths=1, is_minor=False, density=density, sections=sections)
    picture, empty = (
        np.asarray(Image.open(BytesIO(paint(draw_artwork(each, width=96, height=96), fonts=()))).convert("RGB"))
        for each in (subject, replace(subject, sounds=()))
    )
    is_drawn = np.abs(picture.astype(int) - empty).sum(axis=2) > 24
    for quarter in (is_drawn[:48, :48], is_drawn[:48, 48:], is_drawn[48:, :48], is_drawn[48:, 48:]):
        assert quarter.mean() > 0.05


def test_the_same_piece_gives_the_same_picture():
    assert draw_artwork(subject_of(*CHORALE)) == draw_artwork(subject_of(*CHORALE))


def test_what_comes_again_has_the_same_shade():
    subject = subject_of(*play(to_musicxml("CDEF|G4|C4|E4|GFED|C4|D4|B4|CDEF|G4|C4|E4|")))
    assert [kind for _, kind in subject.sections] == [0, 1, 0]
    assert [start for start, _ in subject.sections] == pytest.approx([0, 1 / 3, 2 / 3], abs=0.05)
    for density in (2.0, 5.0, 9.0):
        drawn = draw_artwork(replace(subject, density=density))
        bands = re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})" (?:fill|stroke)-opacity="0.6"', drawn)
        assert bands[0] == bands[2] != bands[1]


def test_nothing_and_very_much_can_be_drawn():
    nothing = Subject(sounds=(), fifths=0, is_minor=False, density=0.0, sections=[(0.0, 0)])
    assert paint(draw_artwork(nothing, width=32, height=32), fonts=())
    many = [Sound(start=n / 9000, end=n / 9000, pitch=n % 128, weight=0.5, voice=n % 30) for n in range(9000)]
    for density in (2.0, 5.0, 90.0):
        svg = draw_artwork(Subject(sounds=many, fifths=-7, is_minor=True, density=density, sections=[(0.0, 0)]))
        assert svg.count("<") <= 2 * (MOST_NOTES + 20)
