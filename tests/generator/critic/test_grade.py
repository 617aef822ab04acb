"""Small tunes in which what is graded can be counted by hand."""

from math import isnan

import pytest

from generator.critic.features import FEATURES
from generator.critic.grade import GRADES, grade
from generator.critic.human import load_humans
from generator.notation import parse_tune

HEADER = "%%score 1 2\nL:1/4\nM:4/4\nK:{key}\nV:1 treble\nV:2 bass\n"


def tune(*bars, key="C"):
    return parse_tune(HEADER.format(key=key) + "".join(f"{bar}\n" for bar in bars))


def test_a_cadence_is_counted_and_leads_to_the_end():
    graded = grade(tune("[V:1][EG]4|[V:2]C,4|", "[V:1][FB]4|[V:2]G,4|", "[V:1][Ec]4|[V:2]C,4|]"))
    assert graded["cadences"] == pytest.approx(8 / 3)
    assert graded["ends_after_dominant"] == 1
    assert graded["chord_notes"] == pytest.approx(1)
    assert graded["clashing_beats"] == 0


def test_a_semitone_on_the_beat_is_a_clash_and_fifths_in_a_row_are_parallel():
    graded = grade(tune("[V:1]GABc|[V:2]C,D,E,F,|", "[V:1]^c4|[V:2]C,4|]"))
    assert graded["strict_parallels"] == pytest.approx(16 * 3 / 5)
    assert graded["clashing_beats"] == pytest.approx(4 / 8)


def test_the_leading_note_counts_in_minor_only():
    bars = ("[V:1]A^GA=G|[V:2]A,4|", "[V:1]A4|[V:2]A,4|]")
    assert grade(tune(*bars, key="Am"))["raised_sevenths"] == pytest.approx(1 / 2)
    assert isnan(grade(tune("[V:1]cBcG|[V:2]C,4|]"))["raised_sevenths"])


def test_nothing_is_known_of_silence():
    assert all(map(isnan, grade(tune("[V:1]z4|[V:2]z4|]")).values()))


def test_grades_have_names_of_their_own_and_peoples_ranges_are_known():
    names = {one.name for one in GRADES}
    assert len(names) == len(GRADES)
    assert not names & {feature.name for feature in FEATURES}
    grades = load_humans().grades
    assert {"Keyboard", "Art Song", "Chamber", "Choral"} <= set(grades)
    for lengths in grades.values():
        assert {"clashing_beats", "chord_notes"} <= set(lengths[0].spreads)
