"""A voice that keeps the rhythm of another bar: which characters may come."""

import pytest

from generator.guard.rhythm import expected, goes_on, model_of


def followed(model, music):
    """Whether each character of the music may come behind those before it."""
    return all(goes_on(model, music[:place], letter) for place, letter in enumerate(music))


@pytest.mark.parametrize("other", ["e2 (d/f/) z [ac']3", "_E2 (^D,,/=F/) z [A,C]3", "^^e'2 (d/d/) z [cc]3"])
def test_pitches_are_free_and_nothing_else(other):
    model = model_of('"^dolce"!p!c2 (d/e/) z [ce]3|')
    assert followed(model, other)
    assert goes_on(model, other, "")


@pytest.mark.parametrize("other", ["e3", "e2 d/", "e2 (d/f/) f", "e2 (d/f/) z a3", "^=e2", "z2", "e2 (d/f/) z [ac]3 d"])
def test_other_lengths_rests_and_chords_may_not_come(other):
    assert not followed(model_of("c2 (d/e/) z [ce]3|"), other)


def test_what_alone_may_come_is_expected():
    model = model_of("c2 d4|")
    assert [expected(model, music) for music in ("", "e", "e2", "e2 ", "e2 f")] == ["", "", " ", "", ""]


def test_a_voice_does_not_end_before_its_model():
    assert not goes_on(model_of("c2 d4|"), "e2", "")
