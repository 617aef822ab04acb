"""Every staff shows the key that its player reads, also where keys change in the middle of a piece."""

from lxml import etree

from renderers.pages.engraving import engrave
from renderers.pages.paper import A4
from renderers.score.key_signatures import Key
from renderers.score.musicxml import convert_abc
from tests.renderers.playing import messages_of
from tests.renderers.score.test_transposition import MIXED, made

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


DUO = """X:1
%%score 1 2
L:1/4
M:4/4
K:Eb
V:1
V:2 bass
[V:1]E2G2|[V:2]E,2B,,2|
[V:1]d c [K:Ab]A2|[V:2]F,2[K:Ab]A,,2|
[V:1]A4|][V:2]A,,4|]
"""


def order_of(abc, staff):
    """Notes and key signatures of one staff as the page has them from left to right, without the beginning."""
    (page, *_) = engrave(convert_abc(abc), title="", composer="", paper=A4)
    measures = [group for group in etree.fromstring(page.encode()).iter("{*}g") if group.get("class") == "measure"]
    staves = [[each for each in measure if each.get("class") == "staff"][staff - 1] for measure in measures]
    kinds = [group.get("class") for each in staves for group in each.iter("{*}g")]
    found = [kind for kind in kinds if kind in ("note", "keySig")]
    return found[found.index("note") :]


def test_a_change_within_a_bar_stands_where_it_is_written_and_not_before():
    """Verovio alone moves it to the barline, where it makes a D flat of the D before it."""
    assert order_of(DUO, 1) == ["note", "note", "note", "note", "keySig", "note", "note"]
    assert order_of(DUO, 2) == ["note", "note", "note", "keySig", "note", "note"]


def test_a_change_within_a_bar_is_in_the_key_of_each_part_and_holds_from_there_on():
    transposed = (
        DUO.replace("V:1\n", "V:1 transpose=-9\n").replace("[V:1]E2", "[V:1][K:C]c2").replace("[K:Ab]A2|[", "[K:F]f2|[")
    )
    assert signatures(transposed)[2:] == [[FLAT], [FLAT] * 4]
    keys = [message.key for _, message in messages_of(made(DUO, "mid")[".mid"], "key_signature")]
    assert keys == ["Eb", "Ab"]


def test_a_change_in_the_first_bar_leaves_its_beginning_alone():
    abc = DUO.replace("E2G2", "E2[K:F]G2").replace("E,2B,,2", "E,2[K:F]B,,2")
    assert [len(signature) for signature in signatures(abc)[:4]] == [3, 1, 3, 1], "staff by staff"
    assert order_of(abc, 1)[:3] == ["note", "keySig", "note"]
