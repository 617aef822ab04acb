"""What is delivered stands alone."""

import pytest

from generator.delivery import delivered_text, finish_tune
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
