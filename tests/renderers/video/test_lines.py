"""Lines of music as pictures: every note and every measure is found on them, and all of it fits on a screen."""

from renderers.score.note_ids import name_notes
from renderers.sound.midi import play
from renderers.video.lines import draw_lines
from renderers.video.screens import place_lines
from renderers.video.shapes import TALL, WIDE
from renderers.video.timeline import read_timeline
from tests.renderers.playing import to_musicxml


def test_all_that_sounds_is_on_the_page_ties_trills_graces_and_chords_too():
    score = name_notes(
        to_musicxml("{fg}[Ce]2-[Ce]2|!trill!G4|(3CDE z2|[K:Gm]B4|]", "C,4|G,4-|G,4|z4|]", score="{ 1 | 2 }")
    )
    lines, timeline = draw_lines(score, WIDE), read_timeline(*play(score))
    heads = {note for line in lines for note in line.heads}
    assert {light.note for light in timeline.lights} == heads
    assert {number for line in lines for number in line.measures} == {1, 2, 3, 4}
    assert timeline.num_voices == 2


def test_what_two_hands_or_voices_strike_together_is_one_head_and_both_light_it():
    """A page writes the unison of voices that move together once: one of the two notes has no head of its own."""
    score = name_notes(to_musicxml("GFED|]", "EFDD|]", score="( 1 2 )", names=("Piano", "")))
    lines, timeline = draw_lines(score, WIDE), read_timeline(*play(score))
    heads = {note: box for line in lines for note, box in line.heads.items()}
    assert {light.note for light in timeline.lights} == heads.keys()
    assert heads["n2"] == heads["n6"]
    assert heads["n4"] == heads["n8"]
    assert heads["n1"] != heads["n5"]


def test_heads_stand_in_their_measures_and_on_their_line():
    (line,) = draw_lines(name_notes(to_musicxml("CEGc|CEGc|]")), WIDE)
    notes = [line.heads[f"n{number}"] for number in range(1, 9)]
    assert [box.middle for box in notes] == sorted(box.middle for box in notes)
    first, second = line.measures[1], line.measures[2]
    assert notes[3].middle < first.right <= second.left + 1 < notes[4].middle
    assert line.staves.left <= first.left < second.right <= line.staves.right < line.width
    assert all(0 < box.top < box.bottom < line.height for box in notes)


def test_twenty_four_staves_fit_on_a_screen():
    score = name_notes(to_musicxml(*["CEGc|CEGc|]"] * 24, names=("Violin",) * 24))
    for shape in (WIDE, TALL):
        lines = draw_lines(score, shape)
        places = place_lines(lines, shape)
        for line, place in zip(lines, places, strict=True):
            assert place.of(line.staves).top >= 0
            assert place.of(line.staves).bottom <= shape.height
