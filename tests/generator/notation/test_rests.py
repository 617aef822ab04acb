"""Rests put in and taken out, the countdown, and bars cut, joined and replaced."""

from generator.errors import BadRequest
from generator.notation import (
    add_countdown,
    check_bars,
    complete_rests,
    cut_bars,
    parse_tune,
    reduce_rests,
    strip_countdown,
)
from tests.generator.notation.test_tune import QUARTET
from tests.refusals import refuses

PIANO = "%%score { 1 | 2 }\nL:1/8\nM:4/4\nK:C\nV:1 treble\nV:2 bass\n"


def bars(tune):
    return [str(bar) for bar in tune.bars]


def test_every_voice_gets_a_rest_as_long_as_the_bar():
    complete = bars(complete_rests(parse_tune(QUARTET)))
    assert complete[0].endswith("[V:2]|:x2|[V:3]|:z2|[V:4]|:G,2|"), "second voices of a staff rest unseen"
    assert complete[2] == "[V:1]z6|[V:2]x6|[V:3]z6|[V:4]z6|"
    assert complete[4] == "[V:1][M:4/4]z8||[V:2][M:4/4]x8||[V:3][M:4/4]d8||[V:4][M:4/4]z8||"
    assert complete[5] == "[V:1]z8|[V:2]x8|[V:3]z8|[V:4]z8|"


def test_an_all_rest_bar_after_a_repeat_does_not_repeat_again():
    # The reference took barline and length of an empty line from the line before it: false repeats in the audio.
    complete = complete_rests(parse_tune(f"{PIANO}[V:1]c8|\n[V:1]c8:|\n\n[V:1]c8|]\n"))
    assert bars(complete)[2] == "[V:1]z8|[V:2]z8|"


def test_an_all_rest_bar_makes_up_for_a_split_one():
    complete = complete_rests(parse_tune(f"{PIANO}[V:1]c8|\n[V:1]c6||\n\n[V:1]c8|]\n"))
    assert bars(complete)[2] == "[V:1]z2|[V:2]z2|"
    assert check_bars(complete) == []


def test_rests_of_odd_length_are_written_and_do_not_hang():
    complete = complete_rests(parse_tune(f"{PIANO}[V:1](3:2:1c2|\n".replace("M:4/4", "M:none")))
    assert bars(complete) == ["[V:1](3:2:1c2|[V:2]z4/3|"]
    assert check_bars(complete) == []


def test_taking_rests_out_again_gives_the_tune_as_it_was():
    tune = parse_tune(QUARTET)
    assert str(reduce_rests(complete_rests(tune))) == QUARTET
    assert check_bars(complete_rests(tune)) == []


def test_a_resting_voice_stays_where_a_repeat_would_be_lost():
    assert bars(reduce_rests(parse_tune(f"{PIANO}[V:1]z8:|[V:2]z8:|\n"))) == ["[V:1]z8:|"]


def test_the_countdown_counts_bars_before_and_after():
    tune = parse_tune(f"{PIANO}[V:1]c8|\n\n[V:1]c8|\n")
    assert bars(add_countdown(tune)) == ["[r:0/2][V:1]c8|", "[r:1/1]", "[r:2/0][V:1]c8|"]
    assert strip_countdown(add_countdown(tune)) == tune


def test_cut_bars_keep_the_metre_and_key_they_had():
    tune = parse_tune(f"{PIANO}[V:1][M:3/4][K:D]c6|[V:2][K:D]C6|\n[V:1]d6|\n[V:1]e6|\n")
    cut = cut_bars(tune, 1, 1)
    assert cut.header.field("M") == "3/4"
    assert bars(cut) == ["[V:1][K:D]d6|[V:2][K:D]z6|"]
    assert check_bars(cut) == []


def test_bars_that_are_cut_out_are_counted_anew():
    tune = add_countdown(parse_tune(f"{PIANO}[V:1]c8|\n[V:1]d8|\n"))
    assert bars(cut_bars(tune, 1, 1)) == ["[r:0/0][V:1]d8|"]


def test_bars_that_are_not_there_cannot_be_cut():
    tune = parse_tune(f"{PIANO}[V:1]c8|\n")
    with refuses(BadRequest, match="the tune ends with bar 1"):
        cut_bars(tune, 0, 1)
