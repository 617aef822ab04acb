"""MIDI: how loud and how long each note is played."""

from itertools import pairwise

from tests.renderers.playing import play

PIANO = {"score": "{ 1 | 2 }", "names": ("Piano", "")}


def velocities(*music, **options):
    return [note.velocity for note in play(*music, **options)]


def test_each_mark_is_louder_than_the_softer_one():
    marks = ["ppp", "pp", "p", "mp", "mf", "f", "ff", "fff"]
    loud = velocities("|".join(f"!{mark}!C4" for mark in marks) + "|]")
    assert all(b > a + 5 for a, b in pairwise(loud))


def test_a_mark_lasts_until_the_next_one_also_when_repeated():
    loud = velocities("|:!pp!C4|C4|!ff!C4:|")
    assert max(loud[0:2] + loud[3:5]) + 40 < min(loud[2], loud[5])


def test_a_hairpin_grows_evenly_to_the_mark_it_leads_to():
    loud = velocities("!p! !<(! C/D/E/F/ G/A/B/c/|d/e/f/g/ a/b/c'/ !<)!d'/|!f!c4|]")
    on_beats = loud[0:16:2]
    assert all(b > a - 4 for a, b in pairwise(on_beats))
    assert loud[0] < 60 < loud[8] < 85 < loud[16] + 5
    assert on_beats[4] > on_beats[0] + 8


def test_a_hairpin_without_a_goal_changes_the_level_by_one_degree():
    softer = velocities("!f!C4|!>(!C D E !>)!F|C4|]")
    assert 8 <= softer[0] - softer[-1] <= 20


def test_the_word_crescendo_grows_until_the_next_mark():
    loud = velocities('!p!C4|"_cresc."C4|C4|!f!C4|]')
    assert loud[0] < loud[2] < loud[3]


def test_an_accent_and_a_sforzato_stand_out_and_a_fortepiano_falls_back():
    (plain,), (accented,) = velocities("!mf!z C z2|]"), velocities("!mf!z !>!C z2|]")
    assert accented > plain + 8
    struck = velocities("!p!C !sfz!C C C|]")
    assert struck[1] > struck[2] + 10
    before, struck, after, *_ = velocities('!f!C4|"_fp"C C C C|]')
    assert before > after + 20
    assert struck > after + 15


def test_without_marks_the_music_is_neither_loud_nor_flat():
    loud = velocities("CDEF|GABc|dcBA|GFED|]")
    assert 55 < min(loud) < max(loud) < 85
    assert len(set(loud)) > 3
    assert loud[0] > loud[1], "the first beat carries the bar"


def test_a_mark_between_the_staves_of_a_piano_means_both_hands():
    notes = play("!ff!c4|!pp!c4|]", "C4|C4|]", **PIANO)
    left = [note.velocity for note in notes if note.track.endswith("(left hand)")]
    assert left[0] > 90
    assert left[1] < 45


def test_a_part_without_marks_goes_along_with_the_others():
    notes = play("C4|C4|]", "!pp!E4|!ff!E4|]")
    first = [note.velocity for note in notes if note.track == "Violin"]
    assert first[0] < 50 < 90 < first[1]


def test_staccato_is_short_tenuto_and_slurred_notes_are_full_and_plain_ones_between():
    short, plain, held, bound, *_ = (note.end - note.start for note in play(".C D !tenuto!E (F|G4)|]"))
    assert short < 0.6 < plain < held
    assert held > 0.99
    assert bound > 0.99


def test_a_staccato_in_a_fast_tempo_is_still_heard():
    notes = play(".C/4.D/4.E/4.F/4 z3|]", tempo="Q:1/4=240\n")
    assert all((note.end - note.start) / 4 >= 0.03 for note in notes)  # seconds: a quarter lasts a quarter second


def test_the_melody_of_a_piano_is_louder_than_what_lies_below():
    notes = play("[Ec]4|]", "C,4|]", **PIANO)
    assert notes[2].velocity > notes[1].velocity > notes[0].velocity
