"""How sure a figure is: intervals that would hold the true value in 95 of 100 repetitions.

Promises: the same numbers give the same interval.
Not covered: what is wrong with all pieces alike; an interval only knows chance.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
Interval = tuple[float, float]
Numbers = NDArray[np.float64]
Z_95 = 1.959964


def wilson(successes: int, trials: int) -> Interval:
    """Of a share (Wilson 1927): (low, high), (0, 1) where nothing was tried."""
    if not trials:
        return 0.0, 1.0
    share, weight = successes / trials, Z_95**2 / trials
    middle = (share + weight / 2) / (1 + weight)
    half = Z_95 / (1 + weight) * math.sqrt(share * (1 - share) / trials + weight / (4 * trials))
    return max(0.0, middle - half), min(1.0, middle + half)


def resampled_ratios(
    above: Sequence[float],
    below: Sequence[float],
    *,
    groups: Sequence[str] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Numbers:
    """sum(above) / sum(below) of pieces drawn again, with putting back: (resamples,).

    groups: pieces of one group, such as the movements of a work, are drawn together.
    """
    sums = _group_sums(above, below, groups)
    draws = np.random.default_rng(seed).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=resamples)
    drawn = draws @ sums
    return np.divide(drawn[:, 0], drawn[:, 1], out=np.zeros(resamples), where=drawn[:, 1] > 0)


def _group_sums(above: Sequence[float], below: Sequence[float], groups: Sequence[str] | None) -> Numbers:
    """The two sums of each group: (groups, 2)."""
    values = np.stack([np.asarray(above, float), np.asarray(below, float)], axis=1)
    if groups is None:
        return values
    _, places = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.zeros((int(places.max()) + 1, 2))
    np.add.at(sums, places, values)
    return sums


def ratio_interval(
    above: Sequence[float], below: Sequence[float], *, groups: Sequence[str] | None = None, seed: int = 1
) -> Interval:
    """Of sum(above) / sum(below) over pieces, by drawing the pieces again."""
    return middle_95(resampled_ratios(above, below, groups=groups, seed=seed))


def mean_interval(values: Sequence[float], *, groups: Sequence[str] | None = None, seed: int = 1) -> Interval:
    """Of the mean over pieces."""
    return ratio_interval(values, [1.0] * len(values), groups=groups, seed=seed)


def middle_95(values: Numbers) -> Interval:
    """Where the middle 95 % of the values lie."""
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def recentred(values: Numbers, measured: float) -> Interval:
    """The middle 95 % moved so that its median is what was measured, and not below 0.

    For distances: drawing pieces again adds distance by itself, since a resample has fewer different pieces.
    """
    low, high = middle_95(values)
    shift = measured - float(np.median(values))
    return max(0.0, low + shift), high + shift
