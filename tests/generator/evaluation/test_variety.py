import numpy as np
import pytest

from generator.catalogue.style import Style
from generator.evaluation.variety import distance_within_styles, repetition, shared_grams_within_styles
from generator.notation import Tune, parse_tune

ONE, TWO = Style("Romantic", "One", "Keyboard"), Style("Romantic", "Two", "Keyboard")


def tune(*bars: str) -> Tune:
    return parse_tune("L:1/8\nM:4/4\nK:C\nV:1 treble\n" + "".join(f"[V:1]{bar}|\n" for bar in bars))


def test_the_distance_of_two_pieces_is_in_spreads_a_feature_and_within_a_style() -> None:
    scaled = np.array([[0.0, 0], [3, 3], [100, 100], [100, 102]])
    value, low, high = distance_within_styles(scaled, [ONE, ONE, TWO, TWO]) or []
    assert value == pytest.approx((3 + np.sqrt(2)) / 2, abs=1e-3)
    assert low <= value <= high


def test_pieces_that_are_all_the_same_have_no_distance() -> None:
    assert distance_within_styles(np.ones((3, 4)), [ONE] * 3) == [0, 0, 0]
    assert distance_within_styles(np.ones((2, 4)), [ONE, TWO]) is None


def test_shared_runs_are_found_at_another_pitch_but_not_in_another_style() -> None:
    theme, higher, other = tune("cdegfedc"), tune("defagfed"), tune("cgcgcgcg")
    assert theme != higher
    shared = shared_grams_within_styles([theme, tune("c'd'e'g'f'e'd'c'")], [ONE, ONE]) or []
    assert shared[0] == 1
    assert (shared_grams_within_styles([theme, other], [ONE, ONE]) or [])[0] == 0
    assert shared_grams_within_styles([theme, theme], [ONE, TWO]) is None


def test_the_share_is_of_the_piece_with_fewer_runs() -> None:
    short, long = tune("cdegfedc"), tune("cdegfedc", "cgcgcgcg")
    assert (shared_grams_within_styles([short, long], [ONE, ONE]) or [])[0] == 1


def test_repetition_is_the_share_of_bars_heard_before() -> None:
    assert (repetition([tune("c8", "d8", "c8", "c8")]) or [])[0] == 0.5
    assert (repetition([tune("c8", "d8"), tune("c8", "c8")]) or [])[0] == 0.25
    assert repetition([]) is None
