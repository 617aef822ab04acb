import numpy as np
import pytest
from scipy.linalg import sqrtm

from generator.evaluation.frechet import FURTHEST, Scale, frechet_distance, frechet_interval


def cloud(seed: int, *, size: int = 300, middle: float = 0.0, spread: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(middle, spread, (size, 5))


def test_the_distance_is_the_one_of_the_formula_with_scipys_matrix_root() -> None:
    mixing = np.random.default_rng(1).normal(size=(5, 5))
    first, second = cloud(2) @ mixing, cloud(3, middle=0.5, spread=2)
    one, two = np.cov(first.T), np.cov(second.T)
    gap = first.mean(0) - second.mean(0)
    expected = gap @ gap + np.trace(one + two - 2 * sqrtm(one @ two).real)
    assert frechet_distance(first, second) == pytest.approx(expected, rel=1e-9)


def test_the_same_pieces_have_no_distance_and_moved_ones_the_squared_step() -> None:
    pieces = cloud(4)
    assert frechet_distance(pieces, pieces) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(pieces, pieces + 2) == pytest.approx(5 * 4)


def test_the_interval_holds_what_was_measured_and_knows_near_from_far() -> None:
    near, far = cloud(5), cloud(6, middle=1)
    low, high = frechet_interval(cloud(7), near, seed=1)
    assert low <= frechet_distance(cloud(7), near) <= high
    assert frechet_interval(far, near, seed=1)[0] > high


def test_a_scale_counts_in_spreads_and_what_is_unknown_as_the_mean() -> None:
    scale = Scale.of(np.array([[1.0, 7, np.nan], [3, 7, 2], [np.nan, 7, 4]]))
    scaled = scale.apply(np.array([[4.0, 9, np.nan], [2, 7, 4], [1000, 7, 3]]))
    assert scaled == pytest.approx(np.array([[2.0, 0, 0], [0, 0, 1], [FURTHEST, 0, 0]]))


def test_a_feature_that_is_never_known_changes_nothing() -> None:
    unknown = np.full((4, 1), np.nan)
    assert np.array_equal(Scale.of(unknown).apply(unknown), np.zeros((4, 1)))
