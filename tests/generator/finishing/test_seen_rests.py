"""Every moment of a staff has a note or a rest, and no two rests say the same."""

from generator.finishing.seen_rests import show_rests
from generator.notation import check_bars, parse_tune

HEADER = "%%score {{ {staves} }}\nL:1/8\nM:4/4\nK:C\nV:1 treble\nV:2 bass\nV:3 treble\n"


def shown(first, second="C,8", third="x8", *, staves="( 1 3 ) | 2"):
    music = f"[V:1]{first}|[V:2]{second}|[V:3]{third}|\n"
    tune = parse_tune(HEADER.format(staves=staves) + music)
    after = show_rests(tune)
    assert check_bars(after) == check_bars(tune)
    assert str(show_rests(after)) == str(after), "what is mended stays"
    return tuple(voice.music.removesuffix("|") for voice in after.bars[0].voices)


def test_a_hidden_rest_is_seen_where_the_staff_would_be_empty():
    assert shown("x2 c6")[0] == "z2 c6"
    assert shown("x2 x2 x4")[0] == "z2 z2 z4"


def test_it_stays_hidden_beside_a_note_or_a_rest_that_lasts_as_long():
    assert shown("x2 c6", third="E2 x6") == ("x2 c6", "C,8", "E2 x6")
    assert shown("x2 c6", third="EF x6")[0] == "x2 c6"
    assert shown("x4 c4", third="E2 x6")[0] == "z4 c4"


def test_a_visitor_from_the_other_staff_fills_it():
    assert shown("x4 c4", "[I:staff -1]E4[I:staff +1] C,4")[0] == "x4 c4"


def test_voices_of_a_hand_share_their_rests():
    assert shown("z4 c4", third="z4 E4") == ("z4 c4", "C,8", "x4 E4")
    assert shown("z4 c4", third="z2 z2 E4")[2] == "x2 x2 E4"
    assert shown("z2 z2 c4", third="z4 E4") == ("z2 z2 c4", "C,8", "x4 E4")


def test_players_of_their_own_staff_keep_their_rests():
    assert shown("z4 c4", "z8", "z4 E4", staves="1 | 2 | 3") == ("z4 c4", "z8", "z4 E4")


def test_a_bar_that_cannot_be_read_stays():
    assert shown("x2 c0 c6")[0] == "x2 c0 c6"
