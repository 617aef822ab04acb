import numpy as np
import pytest

from generator.training.intervals import mean_interval, ratio_interval, recentred, resampled_ratios, wilson


def test_the_interval_of_a_share_is_wilsons() -> None:
    # statsmodels.stats.proportion.proportion_confint(8, 10, method="wilson")
    assert wilson(8, 10) == pytest.approx((0.490162, 0.943318), abs=1e-5)
    assert wilson(0, 0) == (0, 1)
    assert wilson(10, 10)[1] == pytest.approx(1)
    assert wilson(10, 10)[0] == pytest.approx(10 / (10 + 1.959964**2))


def test_the_interval_of_a_mean_is_near_the_one_of_a_normal_distribution() -> None:
    values = np.random.default_rng(5).normal(3, 2, 400)
    low, high = mean_interval(list(values))
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.05)


def test_a_ratio_that_all_pieces_share_is_certain() -> None:
    assert ratio_interval([1, 2, 3], [2, 4, 6]) == pytest.approx((0.5, 0.5))


def test_pieces_of_one_work_are_drawn_together() -> None:
    values, works = [0.0] * 10 + [1.0] * 10, ["a"] * 10 + ["b"] * 10
    assert set(np.round(resampled_ratios(values, [1.0] * 20, groups=works), 6)) == {0, 0.5, 1}
    low, high = mean_interval(values)
    assert 0.2 < low < high < 0.8


def test_the_same_numbers_give_the_same_interval() -> None:
    assert mean_interval([1, 2, 5, 9]) == mean_interval([1, 2, 5, 9])


def test_a_recentred_interval_stands_around_what_was_measured() -> None:
    drawn = np.linspace(4, 6, 201)
    assert recentred(drawn, 3.0) == pytest.approx((2.05, 3.95))
    assert recentred(drawn, 0.5)[0] == 0
