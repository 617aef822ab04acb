"""What is delivered stands alone."""

import pytest

from generator.finishing.delivery import delivered_text, finish_tune
from generator.notation import check_bars, parse_tune
from generator.notation.voices import score_without

TUNE = """%%score { ( 1 3 ) | ( 2 4 ) }
L:1/8
M:3/4
K:C
V:1 treble nm="Piano"
V:3 treble
V:2 bass
V:4 bass
[r:0/2][V:1]c6|[V:2]C6|
[r:1/1][V:1][CEG]6||[V:3]C6||
[r:2/0][V:1]d6||[V:2]G,6||[V:4]x6||
"""


def finished(text=TUNE):
    tune = parse_tune(text)
    return finish_tune(tune.header, tune.bars)


def test_second_voices_that_never_sound_are_left_out_and_main_voices_rest():
    tune = finished()
    assert tune.header.score == "{ ( 1 3 ) | 2 }"
    assert [voice.id for voice in tune.header.voices] == ["1", "3", "2"]
    assert str(tune.bars[1]) == "[V:1][CEG]6||[V:2]z6||[V:3]C6||"
    assert check_bars(tune) == []


def test_the_last_bar_ends_with_a_final_barline_and_no_bar_has_a_countdown():
    tune = finished()
    assert str(tune.bars[-1]) == "[V:1]d6|][V:2]G,6|][V:3]x6|]"
    assert "[r:" not in str(tune)


def test_a_repeat_at_the_end_stays():
    assert str(
        finished(TUNE.replace("d6||", "d6:|").replace(",6||", ",6:|").replace("x6||", "x6:|")).bars[-1]
    ).endswith(":|")


def test_title_and_credit_head_the_text():
    text = delivered_text(finished(), title="Keyboard piece", credit="Notabot, after Chopin")
    assert text.splitlines()[:4] == ["X:1", "T:Keyboard piece", "C:Notabot, after Chopin", "%%score { ( 1 3 ) | 2 }"]


@pytest.mark.parametrize(
    ("score", "gone", "left"),
    [
        ("{ ( 1 3 ) | ( 2 4 ) }", {"3", "4"}, "{ 1 | 2 }"),
        ("[ (1 2) 3 ]", {"2"}, "[ 1 3 ]"),
        ("( 1 2 3 )", {"2"}, "( 1 3 )"),
    ],
)
def test_voices_leave_the_score_line_with_their_parentheses(score, gone, left):
    assert score_without(score, gone) == left


def barlines_after_delivery(*barlines):
    """What becomes of the barlines of a tune for one voice."""
    lines = "".join(f"[V:1]c8{barline}\n" for barline in barlines)
    tune = finished(f"L:1/8\nM:4/4\nK:C\nV:1 treble\n{lines}")
    assert check_bars(tune) == []
    return [bar.voices[0].music.removeprefix("c8") for bar in tune.bars]


@pytest.mark.parametrize(
    ("barline", "final"),
    [("|", "|]"), ("||", "|]"), ("| ", "|]"), ("|:", "|]"), ("::", ":|"), (":|", ":|"), ("|1", "|]"), ("[|", "|]")],
)
def test_whatever_barline_comes_last_one_final_barline_closes_the_piece(barline, final):
    assert barlines_after_delivery("|", barline) == ["|", final]


@pytest.mark.parametrize("change", ["[K:bass]", "[K:D]", "[Q:1/4=60]", "[I:staff +1]", "[K:treble][Q:1/4=60]"])
def test_nothing_changes_behind_the_last_note(change):
    tune = finished(f"L:1/8\nM:4/4\nK:C\nV:1 treble\nV:2 bass\n[V:1]c4 [K:G]G4{change}|[V:2]C8{change}|\n")
    assert str(tune.bars[-1]) == "[V:1]c4 [K:G]G4|][V:2]C8|]"


def test_a_change_before_the_last_note_or_in_an_earlier_bar_stays():
    header = "L:1/8\nM:4/4\nK:C\nV:1 treble\n"
    tune = finished(f"{header}[V:1]c8[K:G]|\n[V:1]c4 [K:F]f4|\n")
    assert [str(bar) for bar in tune.bars] == ["[V:1]c8[K:G]|", "[V:1]c4 [K:F]f4|]"]


@pytest.mark.parametrize(
    ("written", "delivered"),
    [
        (["|:", "|", ":|", "|"], ["|:", "|", ":|", "|]"]),
        (["|:", "|", "|:", ":|"], ["||", "|", "|:", ":|"]),
        (["|", "::", "|", "|"], ["|", ":|", "|", "|]"]),
        # A second repeat without a beginning would go back to the start of the piece, and a third once more.
        (["|", ":|", "|", ":|"], ["|", "::", "|", ":|"]),
        (["|1", ":|2", "|", ":|", "|"], ["|1", ":|2", "|", "||", "|]"]),
        (["|1", "|", "|", "|"], ["||", "|", "|", "|]"]),
        (["|", ":|2", "|", "|"], ["|", ":|", "|", "|]"]),
        (["|:", "|1", ":|2", "||", "|"], ["|:", "|1", ":|2", "||", "|]"]),
        (["|1", ":|2", ":|3", "|"], ["|1", ":|2", ":|3", "|]"]),
    ],
)
def test_repeats_and_endings_that_lack_their_other_half_become_plain_bars(written, delivered):
    assert barlines_after_delivery(*written) == delivered


def test_a_repeat_that_never_ends_leaves_a_double_barline_and_none_where_the_piece_begins():
    header = "L:1/8\nM:4/4\nK:C\nV:1 treble\nV:2 bass\n"
    tune = finished(f"{header}[V:1]|:c8|[V:2]|:C8|\n[V:1]|:c8|[V:2]|:C8|\n[V:1]c8|[V:2]C8|\n")
    assert [str(bar) for bar in tune.bars] == ["[V:1]c8|[V:2]C8|", "[V:1]||c8|[V:2]||C8|", "[V:1]c8|][V:2]C8|]"]


def test_bars_that_a_repeat_sign_made_short_may_stay_short_without_it():
    tune = finished("L:1/8\nM:4/4\nK:C\nV:1 treble\n[V:1]c8|\n[V:1]c6|:\n[V:1]c2|\n[V:1]c8|\n[V:1]c8|\n")
    assert check_bars(tune) == []
    assert "|:" not in str(tune)


def test_beside_a_pickup_the_other_voices_get_rests_that_can_be_printed():
    pickup = TUNE.replace("[r:0/2][V:1]c6|[V:2]C6|", "[r:0/2][V:1]c2 d3|")
    assert str(finished(pickup).bars[0]) == "[V:1]c2 d3|[V:2]z4 z|[V:3]x4 x|"


def test_hairpins_pedals_slurs_and_ties_begin_and_end():
    tune = finished(
        TUNE.replace("[V:1]c6", "[V:1]!<(! (c6-").replace("[V:2]G,6", "[V:2]!ped! G,6").replace("d6||", "!f! d6||")
    )
    assert [str(bar) for bar in tune.bars] == [
        "[V:1]!<(! c6|[V:2]C6|[V:3]x6|",
        "[V:1][CEG]6!<)!||[V:2]z6||[V:3]C6||",
        "[V:1]!f! d6|][V:2]!ped! G,6!ped-up!|][V:3]x6|]",
    ]
