"""What a bar must obey beyond its length."""

import pytest

from generator.notation import parse_bar, parse_header
from generator.writing.rules import Where, rules_for

CHOIR = parse_header(
    ["%%score [ ( 1 2 ) ( 3 4 ) ]", "L:1/8", "M:4/4", "K:F", *(f"V:{voice} treble" for voice in "1234")]
)
SONG = parse_header(["%%score 1 { 2 | 3 }", "L:1/8", "M:4/4", "K:F", "V:1 treble", "V:2 treble", "V:3 bass"])
PIANO = parse_header(["%%score { 1 | 2 }", "L:1/8", "M:4/4", "K:F", "V:1 treble", "V:2 bass"])
ORCHESTRA = parse_header(["%%score [ 1 2 3 4 5 6 ]", "K:F", *(f"V:{voice} treble" for voice in "123456")])


def rules(header, *, bars=12, **changes):
    return rules_for(header, bars=bars, **{"key_asked": False, "tempo_asked": False, **changes})


def bars(*lines):
    return [parse_bar(line) for line in lines]


def test_in_a_choir_no_voice_rests_for_a_bar_though_two_share_a_staff():
    before = bars("[V:1]c8|[V:2]A8|[V:3]F8|[V:4]F8|")
    assert rules(CHOIR, all_sing=True).missing_voice(before, ["1", "2", "4"]) == "3"
    assert rules(CHOIR).missing_voice(before, ["1", "2", "4"]) is None
    (alone,) = bars("[V:1]c8|[V:2]z8|[V:3]F8|[V:4]F8|")
    assert rules(CHOIR, all_sing=True).rests_too_long(before, alone)


def test_a_singer_may_wait_for_the_introduction_but_not_for_ever():
    introduction = bars(*["[V:2]c8|[V:3]C8|"] * 4)
    assert rules(SONG).missing_voice(introduction[:3], ["2", "3"]) is None
    assert rules(SONG).missing_voice(introduction, ["2", "3"]) == "1"


def test_rests_do_not_count_as_being_heard():
    before = bars(*["[V:1]z8|[V:2]c8|[V:3]C8|"] * 4)
    assert rules(SONG).missing_voice(before, ["2", "3"]) == "1"


def test_in_an_orchestra_instruments_rest_as_long_as_they_like():
    assert rules(ORCHESTRA).missing_voice(bars(*["[V:1]c8|"] * 12), ["1"]) is None


def test_who_is_asked_for_by_name_is_not_silent_throughout_however_many_they_are():
    before = bars(*["[V:1]c8|[V:2]c8|[V:3]c8|[V:4]c8|[V:5]c8|"] * 4)
    assert rules(ORCHESTRA, all_named=True).missing_voice(before, ["1", "2"]) == "6"
    assert rules(ORCHESTRA, all_named=True).missing_voice(before[:3], ["1", "2"]) is None


def test_both_hands_play_the_last_chord_and_the_theme_sounds_from_its_first_bar():
    piano = rules(PIANO)
    before = bars("[V:1]c8|[V:2]C8|")
    assert piano.missing_voice(before, ["1"]) is None
    assert piano.missing_voice(before, ["1"], Where.LAST) == "2"
    assert piano.missing_voice(before, ["2"], Where.THEME) == "1"
    (resting,) = bars("[V:1]z8|[V:2]C8|")
    assert piano.rests_too_long(before, resting, Where.LAST)
    assert not piano.rests_too_long(before, resting)
    assert piano.rests_too_long([resting], resting), "written rests are rests"


def test_a_singer_may_be_done_before_the_piano_is():
    before = bars("[V:1]c8|[V:2]c8|[V:3]C8|")
    assert rules(SONG, is_song=True).missing_voice(before, ["2", "3"], Where.LAST) is None
    assert rules(SONG, is_song=True).missing_voice(before, ["1", "2"], Where.LAST) == "3"
    assert rules(SONG).missing_voice(before, ["2", "3"], Where.LAST) == "1"


def test_the_hands_that_accompany_a_song_rest_for_a_bar_at_most():
    before = bars("[V:1]c8|[V:2]c8|")
    assert rules(SONG, is_song=True).missing_voice(before, ["1", "2"]) == "3"
    assert rules(SONG, is_song=True).missing_voice(bars("[V:2]c8|[V:3]C8|"), ["2", "3"]) is None
    assert rules(SONG).missing_voice(before, ["1", "2"]) is None


def test_what_was_asked_may_not_be_undone_inside_the_tune():
    (changed,) = bars("[V:1][K:G]c8|")
    assert not rules(SONG).breaks_rule(changed)
    assert rules(SONG, key_asked=True).breaks_rule(changed)
    for field in ("M:3/4", "L:1/4"):
        assert rules(SONG).breaks_rule(*bars(f"[V:1][{field}]c8|"))
    (faster,) = bars("[V:1][Q:1/4=140]c8|")
    assert rules(SONG, tempo_asked=True).breaks_rule(faster)
    assert not rules(SONG).breaks_rule(faster)


def test_barlines_are_single_and_of_a_known_kind():
    for closing in ("|", "||", "|]", ":|", "|1"):
        assert not rules(SONG).breaks_rule(*bars(f"[V:1]c8{closing}"))
    for closing in ("|]4", "|] |", ":|[2", "|:|"):
        assert rules(SONG).breaks_rule(*bars(f"[V:1]c8{closing}")), closing


def test_a_note_has_a_length_that_one_note_can_show():
    for music in ("c3 d4 e/ f3/2 g7 z9", "[ce]6 (3cde c>d"):
        assert not rules(SONG).breaks_rule(*bars(f"[V:1]{music}|")), music
    for music in ("c5", "[ce]9", "c/3", "c0"):
        assert rules(SONG).breaks_rule(*bars(f"[V:1]{music}|")), music


def test_a_bar_of_rests_is_silent():
    silent, heard = bars("[V:1]z8|[V:2]x8|", "[V:1]z8|[V:2][ce]8|")
    assert rules(SONG).is_silent(silent)
    assert not rules(SONG).is_silent(heard)


@pytest.mark.parametrize("field", ["K:bass", "K:treble-8", "I:staff +1"])
def test_a_clef_or_staff_may_change_even_where_key_and_tempo_were_asked(field):
    (bar,) = bars(f"[V:1][{field}]c8|")
    assert not rules(SONG, key_asked=True, tempo_asked=True).breaks_rule(bar)


@pytest.mark.parametrize("field", ["K:G", "K:none", "Q:1/4=90"])
def test_what_was_asked_is_not_undone_later_but_what_was_not_may_change(field):
    (bar,) = bars(f"[V:1][{field}]c8|")
    assert rules(SONG, key_asked=True, tempo_asked=True).breaks_rule(bar)
    assert not rules(SONG).breaks_rule(bar)


@pytest.mark.parametrize(
    "music",
    [
        "[M:none]c8",
        "[M:2/4]c4",
        "[L:1/4]c4",
        "[K:D#]c8",
        "[K:trombone]c8",
        "[K:C octave=-3]c8",
        "[Q:1/4=9999]c8",
        "[Q:1/8=30]c8",
        "[r:0/15]c8",
        "[I:staff +7]c8",
        "c,,,,,8",
        "[ce'''''']8",
        "[z]8",
        "{zz}c8",
        "{[ce}c8",
        "(1c8",
        '"^a%b"c8',
    ],
)
def test_what_cannot_be_drawn_or_is_not_the_models_to_change_breaks_a_rule(music):
    (bar,) = bars(f"[V:1]{music}|")
    assert rules(SONG).breaks_rule(bar)


def test_what_real_pieces_hold_breaks_no_rule():
    (bar,) = bars("""[V:1]{/^c}d>e (3(fga) {cd}[ce,,]2- "^dolce"!p![ce,,]/4z//.T=b'''3/2[Q:3/8=60]|""")
    assert not rules(SONG).breaks_rule(bar)
