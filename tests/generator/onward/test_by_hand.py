"""Bars that somebody writes: put in where they say, refused with their place, and all others stand."""

import pytest

from generator.onward.brought import bring
from generator.onward.by_hand import numbered, read_lines, with_lines, written_lines
from generator.onward.errors import NotRight
from tests.generator.onward.conftest import WALTZ
from tests.generator.onward.test_editing import MINOR
from tests.refusals import refuses


@pytest.fixture
def tune():
    return bring(MINOR).tune


def test_what_is_shown_changes_nothing_when_it_comes_back(tune):
    with refuses(NotRight, match="stands there already"):
        read_lines(tune, written_lines(tune))


def test_lines_change_their_bars_and_voices_that_are_left_out_stay(tune):
    new = with_lines(tune, "2: [V:1]e2 g2 a4\n\n4. [V:2]A,,8")
    assert [str(bar) for bar in new.bars] == [
        str(tune.bars[0]),
        "[V:1]e2 g2 a4|[V:2][D,F,]4 [E,^G,]4|",
        str(tune.bars[2]),
        "[V:1]c8|][V:2]A,,8|]",
    ]


def test_lines_without_numbers_count_on(tune):
    assert numbered("[V:1]A8|\n3: [V:1]B8|\n[V:1]c8|", first=1) == "1: [V:1]A8|\n3: [V:1]B8|\n4: [V:1]c8|"
    assert set(read_lines(tune, "2: [V:1]A8\n[V:1]B8")) == {1, 2}


def test_one_voice_needs_no_name():
    alone = bring('X:1\nL:1/4\nM:3/4\nK:G\nV:1 treble nm="Flute"\n[V:1]GAB|\n[V:1]G3|]\n').tune
    assert str(with_lines(alone, "1: BAG").bars[0]) == "[V:1]BAG|"


def test_a_pickup_and_a_bar_that_was_short_may_stay_so():
    waltz = bring(WALTZ).tune
    assert str(with_lines(waltz, "1: [V:1]E2|[V:2]z2|").bars[0]) == "[V:1]E2|[V:2]z2|"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("2: [V:1]e2 g2 a4 a4", "Line 1, bar 2, voice 1: the voices are not equally long"),
        ("\n2: [V:1]e2 g2 a4 a4|[V:2]A,,12", "Line 2, bar 2, voice 1: the bar is too long"),
        ("1: [V:1]A8\n9: [V:1]A8", "Line 2: there is no bar 9, the music has 4 bars"),
        ("2: e8", "Line 1, bar 2: it does not say whose"),
        ("K:C", "Line 1: “K:C” belongs to the head"),
        ("[V:1]A8", "Line 1 does not say which bar"),
        ("2: [V:7]A8", "there is no voice 7. Use one of these: 1"),
        ("2: [V:1]H8", "Line 1, bar 2: I cannot read"),
        ("2: [V:1]A8|[V:1]A8", "voice 1 stands there twice"),
        ("2: [V:1]A4 | B4 |", "Line 1, bar 2: I cannot read"),
        ("1: [V:1]A8\n" * 65, "too many lines"),
        ("hello", "Line 1 does not say which bar"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tune, text, complaint):
    with refuses(NotRight, match=complaint):
        read_lines(tune, text)
