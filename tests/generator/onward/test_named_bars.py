"""Bars that are named in a sentence leave holes, each with its number."""

import re

import pytest

from generator.onward.named_bars import HOLE, mark_bars, place_of


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("bars 5-8 calmer", [(5, 8)]),
        ("bar 3 like bar 1", [(3, 3), (1, 1)]),
        ("the last two bars softer", [(-2, -1)]),
        ("die ersten drei Takte", [(1, 3)]),
        ("第五到八小节", [(5, 8)]),
        ("calmer", []),
    ],
)
def test_holes_stand_where_bars_were_named(words, named):
    marked, spans = mark_bars(words)
    assert [spans[place_of(hole)] for hole in re.findall(HOLE, marked)] == named
    assert not any(char.isdigit() for char in marked)


@pytest.mark.parametrize("stranger", ["\ue000", "\ue000a", "\ue000\ue105"])
def test_a_character_that_only_marks_holes_marks_none_where_somebody_writes_it(stranger):
    marked, spans = mark_bars(f"bar 2 calmer {stranger}")
    assert len(re.findall(HOLE, marked)) == len(spans) == 1
