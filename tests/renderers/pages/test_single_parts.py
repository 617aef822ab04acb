import pytest

from renderers.pages.engraving import engrave
from renderers.pages.paper import A4
from renderers.pages.single_parts import take_parts
from renderers.score.musicxml import convert_abc
from renderers.score.parts import parse_score
from tests.renderers.pages.test_engraving import words
from tests.renderers.test_sanitise import load_tune

DUET = """X:1
T:Duet
M:4/4
L:1/4
Q:"Allegro" 1/4=90
V:1 name="Flute"
V:2 name="Clarinet"
K:C
[V:1] CDEF|GABc|[P:B]c4|c4|[Q:"Adagio" 1/4=50]c4|c4|!segno!c4|!fine!c4|]
[V:2] z4|z4|z4|z4|z4|z4|C4|C4|]
"""


def parts_of(abc):
    return take_parts(convert_abc(abc))


def engrave_part(part):
    (page,) = engrave(part.musicxml, title="Duet", composer="", paper=A4, player=part.name)
    return page


def test_each_player_gets_a_score_with_nothing_but_the_own_notes():
    whole = parse_score(convert_abc(load_tune("quartet.abc")))
    parts = parts_of(load_tune("quartet.abc"))
    assert [part.name for part in parts] == ["Violin 1", "Violin 2", "Viola", "Violoncello"]
    alone = [parse_score(part.musicxml) for part in parts]
    assert [len(score.findall("part")) for score in alone] == [1] * 4
    assert [len(list(score.iter("note"))) for score in alone] == [len(list(p.iter("note"))) for p in whole.iter("part")]


def test_two_hands_are_one_part():
    assert [part.name for part in parts_of(load_tune("song.abc"))] == ["Singstimme Voice", "Piano"]


def test_players_of_one_name_are_numbered():
    assert [p.name for p in parts_of(DUET.replace("Clarinet", "Flute"))] == ["Flute 1", "Flute 2"]


def test_every_player_is_told_the_tempo_the_marks_and_where_to_jump():
    _, second = parts_of(DUET)
    page = engrave_part(second)
    said = words(page).split("visibility:hidden}")[1]
    assert all(said.count(word) == 1 for word in ("Allegro", "Adagio", "B", "Fine"))
    assert "<segno" in second.musicxml


@pytest.mark.parametrize("words", ["rit.", "poco rall.", "a tempo", "accelerando", "schneller"])
def test_every_player_is_told_where_the_tempo_changes(words):
    """Only the first violin knew that all slow down."""
    one, two = "[V:1] CDEF|GABc|", "[V:2] z4|z4|"
    _, second = parts_of(DUET.replace(one, f'[V:1] CDEF|"^{words}"GABc|'))
    assert second.musicxml.count(words) == 1
    both = DUET.replace(one, f'[V:1] CDEF|"^{words}"GABc|').replace(two, f'[V:2] z4|"^{words}"z4|')
    assert parts_of(both)[1].musicxml.count(words) == 1


def test_words_for_one_player_are_told_nobody_else():
    _, second = parts_of(DUET.replace("|GABc|", '|"^dolce"GABc|'))
    assert "dolce" not in second.musicxml


def test_bars_of_rest_are_one_sign_up_to_where_something_happens():
    first, second = map(engrave_part, parts_of(DUET))
    assert 'class="multiRest"' not in first
    assert second.count('class="multiRest"') == 3, "two bars each, up to a rehearsal mark, another tempo, and a note"
    assert second.count('class="measure"') == 5


def test_bars_of_rest_keep_their_repeats_and_what_reaches_into_them():
    rests = 'X:1\nM:4/4\nL:1/4\nV:1 nm="A"\nV:2 nm="B"\nK:C\n'
    _, second = parts_of(rests + "[V:1]|:c4|c4:|c4|c4|]\n[V:2]|:z4|z4:|z4|z4|]\n")
    assert engrave_part(second).count('class="multiRest"') == 2
    _, second = parts_of(rests + "[V:1]c4|c4|c4|c4|]\n[V:2]!<(!C4|z4|z4!<)!|C4|]\n")
    assert 'class="multiRest"' not in engrave_part(second)


def test_a_part_names_its_player_above_the_music_and_not_before_it():
    (part, *_) = parts_of(load_tune("quartet.abc"))
    (page, *_) = engrave(part.musicxml, title="Quartet", composer="Notabot", paper=A4, player=part.name)
    assert words(page).count("Violin 1") == 1
    assert 'class="label"' not in page


@pytest.mark.parametrize("name", ["quartet.abc", "song.abc", "waltz.abc"])
def test_every_part_can_be_read_as_a_score_of_its_own(name):
    for part in parts_of(load_tune(name)):
        assert part.musicxml.startswith("<?xml") or part.musicxml.startswith("<!DOCTYPE")
        assert engrave(part.musicxml, title="", composer="", paper=A4, player=part.name)
