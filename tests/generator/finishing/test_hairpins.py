"""Hairpins that a player can follow."""

import pytest

from generator.finishing.hairpins import calm_hairpins
from generator.finishing.spanners import mend_spanners
from generator.notation import check_bars, parse_tune

VIOLIN = "L:1/8\nM:4/4\nK:C\nV:1 treble\n"


def calmed(*bars):
    tune = parse_tune(VIOLIN + "".join(f"[V:1]{bar}|\n" for bar in bars))
    after = calm_hairpins(tune)
    assert check_bars(after) == check_bars(tune)
    assert str(calm_hairpins(after)) == str(after), "what is calm stays"
    assert str(mend_spanners(after)) == str(after), "each begins and ends"
    return [bar.voices[0].music.removesuffix("|") for bar in after.bars]


def test_hairpins_of_a_kind_behind_each_other_are_one():
    assert calmed("!<(! c2 d2!<)!!<(! e2!<)! !<(! f2!<)!") == ["!<(! c2 d2 e2  f2!<)!"]
    assert calmed("!>(! c4 d4!>)!", "!>(! e8!>)!") == ["!>(! c4 d4", " e8!>)!"]


@pytest.mark.parametrize(
    "bar", ["!<(! c4!<)!!>(! d4!>)!", "!<(! c4!<)!!mf!!<(! d4!<)!", "!<(! c2!<)! d2!<(! e4!<)!", "!<(! c4 d4!<)!"]
)
def test_others_stay(bar):
    assert calmed(bar) == [bar]


def test_together_they_are_no_longer_than_people_write_them():
    bars = ["!<(! c8", "c8!<)!", "!<(! c8", "c8!<)!", "!<(! c8", "c8!<)!"]
    assert calmed(*bars) == ["!<(! c8", "c8", " c8", "c8!<)!", "!<(! c8", "c8!<)!"]


def test_where_three_crowd_those_that_are_over_at_once_and_lead_nowhere_go():
    assert calmed("!<(! c!<)! d !>(! e!>)! f !<(! g2 a2!<)!") == [" c d  e f !<(! g2 a2!<)!"]
    assert calmed("!<(! c!<)!!f! d !>(! e!>)! f !<(! g2 a2!<)!") == ["!<(! c!<)!!f! d  e f !<(! g2 a2!<)!"]


def test_where_there_are_two_short_ones_stay():
    assert calmed("!<(! c!<)! d !>(! e!>)! f g2 a2") == ["!<(! c!<)! d !>(! e!>)! f g2 a2"]
