"""Which ways to sample are tried next: temperature × top-p × top-k, narrowed round by round to what somebody liked.

Promises: the same ratings lead to the same settings; a round holds settings that differ, all of them possible. A lone
high mark counts less than several good ones near each other. Not covered: the pieces, and who rates them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.model.patches import VOCABULARY
from generator.model.sampling_settings import Sampling

LEAST_STARS, MOST_STARS = 1, 5
MOST_ROUNDS = 10
LOWEST, HIGHEST = (0.5, 0.01, 2), (1.9, 0.5, VOCABULARY)  # temperature, what top-p leaves out, top-k
LEAST = (0.01, 0.01, 1)  # what has a logarithm
# How far the first round goes from the middle, as factors: of the temperature, of what top-p leaves out, of top-k.
FACTORS = (1.4, 2.2, 2.2)
NARROWER, NARROWEST = 0.7, 0.25  # of that in every further round, and in the last ones
NEAR = 0.6  # settings so far from each other, in first steps, still say something about each other
CLEARLY = 0.05  # stars above the mean
DOUBT = 0.5  # a mark alone is drawn to the mean as by half a mark
# Corners of a cube: hotter, more left out, more to choose from. Four tell the three apart; the others are opposite.
CORNERS = ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))


@dataclass(frozen=True)
class Rated:
    """A piece was composed so and got so many stars, 1 to 5."""

    sampling: Sampling
    stars: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """The settings that suit best. stars: what those near them got, weighed; mean: of all; pieces: rated in all."""

    sampling: Sampling
    stars: float
    mean: float
    pieces: int

    @property
    def is_clear(self) -> bool:
        """Whether anything was liked better than the rest."""
        return self.stars - self.mean > CLEARLY


def settings_to_try(middle: Sampling, *, count: int, round_: int) -> tuple[Sampling, ...]:
    """So many settings around a middle, in the first round without it, as it is known; round_ counts from 1."""
    reach = max(NARROWEST, NARROWER ** (round_ - 1))
    turn = (-1) ** (round_ - 1)
    corners = [tuple(turn * sign for sign in corner) for corner in CORNERS]
    others = [tuple(-sign for sign in corner) for corner in corners]
    near, far = ([_moved(middle, signs, reach) for signs in each] for each in (corners, others))
    tried = (*near, middle, *far) if round_ == 1 else (middle, *near, *far)
    return tuple(dict.fromkeys(tried))[:count]


def best_of(rated: Sequence[Rated], middle: Sampling) -> Found | None:
    """What was liked best of all that was tried; of equals the nearest to the middle. None without marks."""
    if not rated:
        return None
    mean = sum(one.stars for one in rated) / len(rated)
    liked = {each: _liking(each, rated, mean) for each in dict.fromkeys(one.sampling for one in rated)}
    best = min(liked, key=lambda each: (-round(liked[each], 6), _distance(each, middle)))
    return Found(sampling=best, stars=liked[best], mean=mean, pieces=len(rated))


def _liking(sampling: Sampling, rated: Sequence[Rated], mean: float) -> float:
    weights = [math.exp(-0.5 * (_distance(one.sampling, sampling) / NEAR) ** 2) for one in rated]
    marks = sum(weight * one.stars for weight, one in zip(weights, rated, strict=True))
    return (marks + DOUBT * mean) / (sum(weights) + DOUBT)


def _place(sampling: Sampling) -> tuple[float, ...]:
    """In steps of the first round."""
    values = (sampling.temperature, 1 - sampling.top_p, sampling.top_k or VOCABULARY)
    return tuple(_steps(max(value, low), factor) for value, low, factor in zip(values, LEAST, FACTORS, strict=True))


def _steps(value: float, factor: float) -> float:
    return math.log(value) / math.log(factor)


def _distance(one: Sampling, other: Sampling) -> float:
    return math.dist(_place(one), _place(other))


def _moved(middle: Sampling, signs: Sequence[int], reach: float) -> Sampling:
    """The settings at a corner around the middle, which is moved inwards where corners would lie outside."""
    values = []
    for place, sign, low, high, factor in zip(_place(middle), signs, LOWEST, HIGHEST, FACTORS, strict=True):
        within = min(_steps(high, factor) - reach, max(_steps(low, factor) + reach, place))
        values.append(factor ** (within + sign * reach))
    temperature, left_out, top_k = values
    return replace(middle, temperature=round(temperature, 2), top_p=round(1 - left_out, 3), top_k=round(top_k))
