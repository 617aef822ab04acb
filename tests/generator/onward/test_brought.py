"""What can be worked on, and what is said of what cannot."""

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.errors import BadRequest
from generator.notation import parse_header
from generator.onward.asking import parse_bars, parse_how, work_on_piece
from generator.onward.brought import bring
from generator.onward.harmonising import melody_of
from generator.onward.reading import plain, read_tune
from generator.onward.styling import style_of
from generator.onward.work import How, Kind, Work
from tests.generator.onward.conftest import HEAD, WALTZ
from tests.refusals import refuses

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("abc", "said"),
    [
        (HEAD + "[V:1]z6|[V:2]z6|\n", "There is not a note"),
        (HEAD.replace("M:3/4", "M:none") + "[V:1]G6|[V:2]G,6|\n", "has no metre"),
        (HEAD + "[V:1]G6|[V:2]G,6|\n[V:1][M:none]G6|[V:2][M:none]G,6|\n", "From bar 2 on"),
        (HEAD + "[V:1]G6|[V:2]G,6|\n" * 300, "300 bars"),
        (HEAD + "[V:1]G6|[V:3]G,6|\n", "from bar 1"),
    ],
)
def test_music_that_no_bar_can_follow_is_refused_with_what_is_wrong(abc, said):
    with refuses(BadRequest, match=said):
        bring(abc)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": Kind.REWRITE}, "Say which of the 9 bars"),
        ({"kind": Kind.REWRITE, "first": 5, "last": 10}, "not all there"),
        ({"kind": Kind.CONTINUE, "first": 11}, "no bar 11: the music ends with bar 9"),
        ({"kind": Kind.CONTINUE, "first": 1}, "nothing would stay"),
        ({"kind": Kind.CONTINUE, "bars": 250}, "259 bars"),
        ({"kind": Kind.REWRITE, "first": 5, "last": 4}, "backwards"),
        ({"kind": Kind.REWRITE, "first": 0}, "no bar 0"),
        ({"kind": Kind.VARY, "how_far": 0.0}, "0 is no share of the bars"),
        ({"kind": Kind.VARY, "how_far": float("nan")}, "is no share of the bars"),
    ],
)
def test_bars_that_are_not_there_are_refused(asked, said):
    with refuses(BadRequest, match=said):
        work_on_piece(brought=bring(WALTZ), catalogue=CATALOGUE, seed=1, **asked)


@pytest.mark.parametrize(
    ("text", "bars"),
    [("5-8", (5, 8)), ("bars 5 to 8", (5, 8)), ("7", (7, 7)), ("Takte 2 bis 3", (2, 3)), ("第 5–8 小节", (5, 8))],
)
def test_bars_are_read_as_people_write_them(text, bars):
    assert parse_bars(text) == bars


@pytest.mark.parametrize("text", ["", "the end", "1-2-3", "12345", "5-"])
def test_what_names_no_bars_is_refused(text):
    if text == "5-":
        assert parse_bars(text) == (5, 5)
        return
    with refuses(BadRequest, match="which bars"):
        parse_bars(text)


def test_ways_of_varying_are_known_by_their_words():
    assert parse_how("same harmony") is How.SAME_HARMONY
    assert parse_how("every_second_bar") is How.EVERY_SECOND_BAR
    with refuses(BadRequest, match="how to vary"):
        parse_how("louder")


def test_whose_style_a_piece_is_comes_from_its_composer_and_its_players():
    walzer = bring(WALTZ).tune.header
    assert style_of(walzer, CATALOGUE).prompt_lines == ("%\n", "%\n", "%Keyboard\n"), "nobody knows Anna Größer"
    chopin = parse_header([line.replace("Anna Größer", "Frédéric Chopin") for line in walzer.lines])
    assert style_of(chopin, CATALOGUE).name == "Chopin keyboard"
    song = parse_header(["L:1/8", "K:C", 'V:1 nm="Soprano"', 'V:2 nm="Piano"', "V:3 bass"])
    assert style_of(song, CATALOGUE).instrumentation == "Art Song"
    choir = parse_header(
        ["L:1/8", "K:C", *(f'V:{n} nm="{name}"' for n, name in enumerate(("Soprano", "Alto", "Bass")))]
    )
    assert style_of(choir, CATALOGUE).instrumentation == "Choral"
    trio = parse_header(["L:1/8", "K:C", 'V:1 nm="Violin"', 'V:2 nm="Cello"'])
    assert style_of(trio, CATALOGUE).instrumentation == "Chamber"


def test_a_network_reads_plain_letters_counted_bars_and_its_own_key():
    reading = read_tune(bring(WALTZ).tune, total=12, at_home=True)
    assert str(reading.bars[0]) == "[r:0/11][V:1]G2|", "rests are left out, G major has become C"
    assert str(reading.tune).isascii()
    assert [str(bar) for bar in reading.home_again(reading.bars)] == [str(bar) for bar in reading.tune.bars]


def test_a_name_in_other_letters_becomes_the_english_one():
    assert plain('V:1 treble nm="Flöte" snm="Fl."') == 'V:1 treble nm="Flute" snm="Fl."'
    assert plain('V:1 treble nm="钢琴"') == 'V:1 treble nm="Piano"'


def test_a_melody_that_sounds_otherwise_than_written_is_not_harmonised():
    clarinet = bring(WALTZ.replace('nm="Klavier"', 'nm="Clarinet" transpose=-2').replace("[K:D]", ""))
    with refuses(BadRequest, match="transposing instrument"):
        melody_of(clarinet, ("L:1/8", "M:3/4", "K:C", "V:1", "V:2"), at_home=True)
    modulating = bring(WALTZ)
    with refuses(BadRequest, match="key signature in bar 6"):
        melody_of(modulating, ("L:1/8", "M:3/4", "K:C", "V:1", "V:2"), at_home=True)


def test_a_work_is_read_as_it_was_written():
    asked = work_on_piece(Kind.VARY, bring(WALTZ), CATALOGUE, how=How.SAME_RHYTHM, how_far=0.25)
    assert Work.from_json(asked.to_json()) == asked
