"""Bars said again: as they were, under another signature or clef, in another key."""

from generator.notation import parse_bar, parse_header
from generator.planning.again import Scene, say_again, with_barlines
from generator.planning.plan import Area

PIANO = parse_header(["L:1/8", "M:3/4", "K:C", "V:1 treble", "V:2 bass"])
THEME = parse_bar("[r:0/3][V:1](c2 ^f2) [ea]2|[V:2]C,6|")


def again(bar=THEME, *, between="", area=Area.HOME, is_minor=False):
    """The bar said again behind itself and one more."""
    before = [bar, parse_bar(between)] if between else [bar]
    origin, place = Scene(header=PIANO, before=[]), Scene(header=PIANO, before=before)
    return str(say_again(bar, origin=origin, place=place, area=area, is_minor=is_minor))


def test_a_bar_comes_back_character_by_character():
    assert again() == str(THEME)


def test_a_change_of_key_in_between_changes_no_sound():
    assert again(between="[V:1][K:G]g6|[V:2][K:G]G,6|") == "[r:0/3][V:1](c2 f2) [ea]2|[V:2]C,6|"


def test_a_change_of_clef_in_between_is_taken_back():
    assert again(between="[V:1]g6|[V:2][K:treble]g6|") == "[r:0/3][V:1](c2 ^f2) [ea]2|[V:2][K:bass]C,6|"


def test_in_the_dominant_every_note_sounds_a_fourth_lower():
    assert again(area=Area.DOMINANT) == "[r:0/3][V:1](G2 ^c2) [Be]2|[V:2]G,,6|"


def test_in_the_relative_key_notes_stay_in_the_scale():
    assert again(area=Area.RELATIVE) == "[r:0/3][V:1](A2 d2) [cf]2|[V:2]A,,6|"
    assert again(area=Area.RELATIVE, is_minor=True) == "[r:0/3][V:1](e2 a2) [gc']2|[V:2]E,6|"


def test_words_of_the_tempo_are_said_once():
    assert again(parse_bar('[V:1]"^Lento." [Q:1/4=50]!p!"^dolce"c6|[V:2]C6|')) == '[V:1]!p!"^dolce"c6|[V:2]C6|'


def test_barlines_are_put_behind_bars_in_every_voice():
    bars = [parse_bar("[V:1]c6|[V:2]C6|"), parse_bar("[V:1]e6:|[V:2]E6:|"), parse_bar("[V:1]d6|[V:2]D6|")]
    barred = list(map(str, with_barlines(bars, {0: ":|"})))
    assert barred == ["[V:1]c6:|[V:2]C6:|", "[V:1]e6|[V:2]E6|", "[V:1]d6|[V:2]D6|"], (
        "a repaired bar brings its own along"
    )
