"""A hand on the other hand's staff comes home at every barline."""

import pytest

from generator.critic.sounding import sounding_notes
from generator.notation import parse_tune
from generator.notation.crossing import come_home

HEADER = "%%score { 1 | 2 }\nL:1/4\nM:2/4\nK:C\nV:1 treble\nV:2 bass\n"


def left_hand(*bars: str, header: str = HEADER) -> list[str]:
    tune = parse_tune(header + "".join(f"[V:1]c2|[V:2]{bar}|\n" for bar in bars))
    home = come_home(tune)
    assert list(sounding_notes(home)) == list(sounding_notes(tune))
    assert come_home(home) == home
    return [bar.voices[1].music.removesuffix("|") for bar in home.bars]


def test_a_voice_that_a_source_forgot_comes_home_where_its_notes_lie_better() -> None:
    assert left_hand("C, [I:staff -1] e", "C, G,,", "C,2") == ["C, [I:staff -1] e[I:staff +1]", "C, G,,", "C,2"]


def test_a_voice_that_stays_by_intent_says_so_again_in_each_bar() -> None:
    assert left_hand("[I:staff -1] e g", "c' e'", "[I:staff +1] C, G,") == [
        "[I:staff -1] e g[I:staff +1]",
        "[I:staff -1]c' e'[I:staff +1]",
        "C, G,",
    ]


def test_a_return_that_a_source_writes_after_all_is_not_a_way_further_down() -> None:
    assert left_hand("[I:staff -1] e2", "C,2", "[I:staff +1] C,2")[1:] == ["C,2", "C,2"]


def test_a_clef_of_its_own_keeps_a_hand_at_home() -> None:
    assert left_hand("[K:treble] e g", "[I:staff -1] e2", "e2") == [
        "[K:treble] e g",
        "[I:staff -1] e2[I:staff +1]",
        "e2",
    ]


@pytest.mark.parametrize("score", ["1 | 2", "[ 1 2 ]"])
def test_staves_of_different_instruments_are_not_crossed(score: str) -> None:
    assert left_hand("[I:staff -1] e2", "C,2", header=HEADER.replace("{ 1 | 2 }", score)) == ["e2", "C,2"]


def test_a_tune_without_crossings_is_the_same_tune() -> None:
    tune = parse_tune(HEADER + "[V:1]c2|[V:2]C,2|\n")
    assert come_home(tune) is tune
