"""Words, dynamics and hairpins: none is printed twice, or into another."""

import re

import pytest
from lxml import etree

from renderers.pages.directions import settle_directions
from renderers.pages.engraving import engrave
from renderers.score.mei import MEI
from renderers.score.musicxml import convert_abc

STAFF = "X:1\nL:1/4\nM:4/4\nK:C\n"
TEMPO = '<tempo staff="1" tstamp="1" place="above"><rend>♩</rend> = 66</tempo>'


def settled(*elements, staves=(2,)):
    """The elements of a measure that stay."""
    mei = etree.fromstring(f'<mei xmlns="{MEI[1:-1]}"><measure>{"".join(elements)}</measure></mei>')
    settle_directions(mei, staves)
    return [child for child in mei[0] if child.get("staff")]


def words(text, *, at=1, staff=1, place="above", tag="dir", more=""):
    return f'<{tag} staff="{staff}" tstamp="{at}" place="{place}" {more}>{text}</{tag}>'


def texts(elements):
    return ["".join(element.itertext()).replace("\xa0", "") for element in elements]


def test_tempo_words_stand_beside_their_metronome_mark():
    assert texts(settled(TEMPO, words("Andante."))) == ["Andante. ♩ = 66"]
    assert texts(settled(TEMPO, words("Mit Leidenschaft"))) == ["Mit Leidenschaft ♩ = 66"]
    assert texts(settled(words("Langsam"), words("zart"), TEMPO)) == ["zart", "Langsam ♩ = 66"]
    assert texts(settled(TEMPO.replace("<rend>", "\n      <rend>"), words("Andante."))) == ["Andante. ♩ = 66"]


def test_what_the_mark_says_already_is_not_said_again():
    assert texts(settled(TEMPO.replace("<rend>", "Andante <rend>"), words("Andante"))) == ["Andante ♩ = 66"]


@pytest.mark.parametrize(
    "other", [words("dolce"), words("Marcato sempre"), words("Allegro", at=2), words("Andante", place="below")]
)
def test_other_words_stay_where_they_are(other):
    assert len(settled(TEMPO, other)) == 2


def test_words_of_both_hands_are_printed_once_and_those_of_two_players_twice():
    both = [words("rit."), words("rit.", staff=2)]
    assert texts(settled(*both)) == ["rit."]
    assert texts(settled(*both, staves=(1, 1))) == ["rit.", "rit."]


def test_dynamics_of_both_hands_stay_and_one_of_two_voices_goes():
    loud = [words("f", tag="dynam"), words("f", tag="dynam", staff=2), words("f", tag="dynam")]
    assert texts(settled(*loud)) == ["f", "f"]
    hairpin = '<hairpin staff="1" tstamp="1" tstamp2="0m+3" form="cres"/>'
    assert len(settled(hairpin, hairpin, hairpin.replace("cres", "dim"))) == 2


def test_words_leave_a_line_that_is_full():
    group = 'vgrp="2000"'
    line = [words("cresc.", tag="dynam", more=group), words("dim.", at=2, tag="dynam", more=group)]
    assert [element.get("vgrp") for element in settled(*line)] == [None, None]
    assert [element.get("vgrp") for element in settled(line[0], words("f", tag="dynam", more=group))] == [None, "2000"]
    assert [element.get("vgrp") for element in settled(line[0])] == ["2000"]


def hairpin(start, end, *, measures=0, staff=1):
    more = f'tstamp2="{measures}m+{end}" form="cres" vgrp="2000"'
    return f'<hairpin staff="{staff}" tstamp="{start}" place="below" {more}/>'


def lines(*elements):
    """Which of them stay on the line."""
    return [element.get("vgrp") is not None for element in settled(*elements)]


def loud(at):
    return words("f", at=at, tag="dynam", place="below", more='vgrp="2000"')


def test_hairpins_and_dynamics_one_after_the_other_share_a_line():
    assert lines(loud(1), hairpin(1, 2), hairpin(2, 3), loud(3)) == [True] * 4
    assert lines(hairpin(1, 3), hairpin(2, 4, staff=2)) == [True] * 2


def test_a_hairpin_under_another_or_with_a_dynamic_inside_leaves_the_line():
    assert lines(hairpin(1, 3), hairpin(2, 4)) == [True, False]
    assert lines(hairpin(1, 3), loud(2)) == [False, True]


def test_a_hairpin_from_the_measure_before_is_seen():
    mei = etree.fromstring(
        f'<mei xmlns="{MEI[1:-1]}"><measure>{hairpin(3, 3, measures=1)}</measure><measure>{loud(2)}</measure></mei>'
    )
    settle_directions(mei, (1,))
    assert mei[0][0].get("vgrp") is None


def test_words_side_by_side_are_not_read_as_one():
    music = '"^sotto voce"c c"^zart"c"^molto"c|"^a tempo"c c"^dolce"c c|' * 3
    (page,) = engrave(convert_abc(f"{STAFF}{music}\n"), title="", composer="")
    svg = etree.fromstring(page.encode())
    places = {}
    for text in svg.iterfind(".//{*}g[@class='dir']/{*}text"):
        word = re.sub(r"\s+", " ", "".join(text.itertext())).strip()
        places.setdefault(word, []).append((float(text.get("x")), float(text.get("y"))))
    for one, other in (("sotto voce", "zart"), ("a tempo", "dolce")):
        assert all(a[1] != b[1] for a, b in zip(places[one], places[other], strict=True))


def drawn_hairpins(abc):
    """From where to where, in the page's units, of the first page, which has one line of music."""
    page = etree.fromstring(engrave(convert_abc(abc), title="", composer="")[0].encode())
    found = []
    for hairpin in page.iterfind(".//{*}g[@class='hairpin']"):
        lines = re.findall(r"(\d+),\d+", " ".join(line.get("points", "") for line in hairpin.iter("{*}polyline")))
        found.append((min(map(int, lines)), max(map(int, lines))))
    return found


def test_a_hairpin_ends_where_a_bar_of_rest_begins():
    """One that nobody had ended went on through four bars of rest, and through the words behind them."""
    ((_, short),) = drawn_hairpins(f"{STAFF}!<(!CDEF|G4!<)!|z4|z4|z4|C4|\n")
    ((_, long),) = drawn_hairpins(f"{STAFF}!<(!CDEF|G4|z4|z4|z4|!<)!C4|\n")
    assert abs(short - long) < 500


def test_a_hairpin_between_the_hands_goes_on_where_one_of_them_rests():
    piano = "X:1\nL:1/4\nM:4/4\n%%score {1 | 2}\nK:C\nV:1\n!<(!CDEF|z4|z4|!<)!C4|\nV:2 bass\nC,4|C,4|C,4|C,4|\n"
    ((start, end),) = drawn_hairpins(piano)
    ((short_start, short_end),) = drawn_hairpins(piano.replace("F|", "F!<)!|").replace("!<)!C4", "C4"))
    assert end - start > 2 * (short_end - short_start)
