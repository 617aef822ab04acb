import pytest

from renderers.errors import NoFrets
from renderers.pages.engraving import engrave
from renderers.pages.paper import A4
from renderers.pages.tablature import is_tablature, write_tablature
from renderers.score.moments import read_moments
from renderers.score.musicxml import convert_abc
from renderers.score.parts import parse_score
from tests.renderers.pages.test_engraving import words
from tests.renderers.test_sanitise import load_tune

HEAD = 'X:1\nT:Study\nM:3/4\nL:1/8\nK:Am\nV:1 nm="Guitar" clef=treble-8\n'
STUDY = HEAD + "[V:1] A,2 [CE]2 [A,CEA]2|(3EFG A2 B2|c4- c2|[E,B,E^GBe]6|z2 A,2 {d}c2|A,,6|]\n"


def tab_of(abc):
    score = parse_score(write_tablature(convert_abc(abc)))
    return next(part for part in score.iterfind("part") if is_tablature(part))


def frets(part):
    """String and fret of all notes, measure by measure."""
    return [
        [(int(one.findtext("string")), int(one.findtext("fret"))) for one in measure.iter("technical")]
        for measure in part.iterfind("measure")
    ]


def test_every_note_that_is_struck_has_its_string_and_fret():
    first, second, third, fourth, fifth, last = frets(tab_of(STUDY))
    assert first[0] == (5, 0)
    assert len(first) == 7
    assert len(second) == 5
    assert len(third) == 1, "what a tie holds is not struck again"
    assert sorted(fourth) == [(1, 0), (2, 0), (3, 1), (4, 2), (5, 2), (6, 0)]
    assert len(fifth) == 2, "without the grace note"
    assert last == [], "lower than the lowest string"


def test_a_note_that_two_voices_have_in_common_is_taken_once():
    assert frets(tab_of(HEAD + "[V:1] [CA]2 B2 c2 & C2 B4|]\n"))[0].count((2, 0)) == 1
    assert len(frets(tab_of(HEAD + "[V:1] [CA]2 B2 c2 & C2 B4|]\n"))[0]) == 4


def test_measures_are_as_long_as_those_above():
    score = parse_score(write_tablature(convert_abc(STUDY)))
    lengths = []
    for part in score.iterfind("part"):
        reached = {}
        for moment in read_moments(part):
            reached[moment.measure] = max(reached.get(moment.measure, 0), moment.at + moment.length)
        lengths.append(reached)
    assert lengths[0] == lengths[1]


def test_the_page_shows_numbers_on_six_lines_and_neither_stems_nor_a_second_metre():
    (page,) = engrave(write_tablature(convert_abc(STUDY)), title="", composer="", paper=A4)
    assert page.count('class="tabGrp"') >= 12
    assert "tabDurSym" not in page
    assert page.count('xlink:href="#E083') == 1, "the three of the metre"
    assert page.count('class="tuplet"') == 2
    said = words(page).split("visibility:hidden}")[1].split()
    numbers = sorted(int(word) for word in said if word.isdecimal())
    assert numbers == sorted(fret for bar in frets(tab_of(STUDY)) for _, fret in bar)


def test_music_of_a_guitar_in_a_plain_clef_sounds_an_octave_lower():
    low, plain = (
        frets(tab_of(STUDY.replace("clef=treble-8", clef).replace("A,,6", octave)))
        for clef, octave in (("clef=treble-8", "E,6"), ("", "E6"))
    )
    assert low[0][0] == plain[0][0] == (5, 0)


def test_only_parts_with_frets_get_tablature():
    duet = HEAD.replace("V:1", 'V:2 nm="Flute"\nV:1') + "[V:2]c6|]\n[V:1]C6|]\n"
    score = parse_score(write_tablature(convert_abc(duet)))
    assert [is_tablature(part) for part in score.iterfind("part")].count(True) == 1
    assert len(score.findall("part")) == len(score.findall("part-list/score-part")) == 3


def test_a_piece_without_frets_is_refused():
    with pytest.raises(NoFrets):
        write_tablature(convert_abc(load_tune("quartet.abc")))
