"""Metres and tempos: read as people and tunes write them, refused where nobody could play them."""

import pytest

from bot.texts import explain
from generator.errors import BadRequest, NotationError
from generator.notation.limits import Metre, check_tempo, parse_metre, read_metre_field
from tests.refusals import refuses


@pytest.mark.parametrize(
    ("written", "metre"),
    [("3/4", "3/4"), (" 6 / 8 ", "6/8"), ("C", "4/4"), ("c|", "2/2"), ("12/8", "12/8"), ("04/4", "4/4")],
)
def test_metres_are_read_as_people_write_them(written, metre):
    assert str(parse_metre(written)) == metre


@pytest.mark.parametrize("metre", ["", "4", "33/4", "3/5", "4/64", "-3/4", "3/4/4", "²/4", "x" * 999, "none", "٣/٤"])
def test_impossible_metres_are_refused_with_examples(metre):
    with refuses(BadRequest, match="3/4, 6/8 or C") as error:
        parse_metre(metre)
    assert len(explain(error.value)) < 200


def test_metres_of_tunes_are_read_by_sign_and_by_number():
    assert [read_metre_field(words) for words in ("C", "C|", "6/8")] == [Metre(4, 4), Metre(2, 2), Metre(6, 8)]
    assert read_metre_field("none") is None
    for wrong in ("4/5", "3/3", "waltz", "4", "4/4/4"):
        with pytest.raises(NotationError):
            read_metre_field(wrong)


def test_a_tune_may_have_a_metre_that_nobody_may_ask_for():
    assert read_metre_field("36/8") == Metre(36, 8)
    assert read_metre_field("5/64") == Metre(5, 64)


@pytest.mark.parametrize("tempo", [19, 301, 0, -5, 10**30, True, 90.5, float("nan"), "90"])
def test_impossible_tempos_are_refused_with_the_limits(tempo):
    with refuses(BadRequest, match="20 to 300"):
        check_tempo(tempo)


def test_the_slowest_and_the_fastest_tempo_are_possible():
    assert [check_tempo(tempo) for tempo in (20, 300)] == [20, 300]
