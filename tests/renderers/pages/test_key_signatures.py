"""Every staff shows the key that its player reads, also where keys change in the middle of a piece."""

from lxml import etree

from renderers.pages.engraving import A4, engrave
from renderers.score.key_signatures import Key
from renderers.score.musicxml import convert_abc
from tests.renderers.score.test_transposition import MIXED

SHARP, FLAT, NATURAL = "E262", "E260", "E261"


def signatures(abc, paper=A4):
    """The accidentals of each key signature on the first page, as the page has them from left to right and down."""
    (page, *_) = engrave(convert_abc(abc), title="", composer="", paper=paper)
    found = [group for group in etree.fromstring(page.encode()).iter("{*}g") if group.get("class") == "keySig"]
    return [[use.get("{http://www.w3.org/1999/xlink}href")[1:5] for use in group.iter("{*}use")] for group in found]


def test_a_change_of_key_is_engraved_for_each_part_in_its_own_key():
    """Verovio alone gives the clarinet the flat of the flute."""
    assert signatures(MIXED) == [
        [],
        [SHARP, SHARP],
        [FLAT],
        [SHARP],
        [NATURAL],
        [SHARP, SHARP],
    ]


def test_a_change_of_key_in_one_part_alone_leaves_the_others_as_they_are():
    abc = MIXED.replace("[K:F]", "").replace("[K:Am]", "").replace("[K:Bm]", "")
    assert signatures(abc) == [[], [SHARP, SHARP], [SHARP]]


def test_a_change_of_key_at_a_repeat_or_a_second_ending_is_engraved_too():
    abc = (
        "X:1\n%%score 1 2\nL:1/4\nM:4/4\nK:C\nV:1\nV:2 transpose=-2\n[V:1]|:c4|[V:2][K:D]|:d4|\n"
        "[V:1][1 c4:|[V:2][1 d4:|\n[V:1][K:F][2 c4|][V:2][K:G][2 d4|]\n"
    )
    assert signatures(abc) == [[], [SHARP, SHARP], [FLAT], [SHARP]]


def test_the_sounding_key_is_spelled_with_at_most_seven_signs():
    assert Key(2, minor=False).sounding(-2) == Key(0, minor=False)
    assert Key(-6, minor=True).sounding(-2) == Key(4, minor=True), "eight flats are four sharps"
    assert Key(7, minor=False).sounding(3) == Key(4, minor=False)
    assert Key(0, minor=False).sounding(-14) == Key(-2, minor=False)
