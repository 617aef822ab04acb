"""How strong styles, settings and weights are by votes between two pieces: Bradley and Terry's model, with intervals.

Of two contestants with strengths s and t the chances that the first wins, the second wins, and of a tie are as
e^s : e^t : v·e^((s + t) / 2) (Davidson, "On extending the Bradley-Terry model to accommodate ties in paired comparison
experiments", JASA 65, 1970).
"Both good" and "neither" are ties: each says that the two are alike. v, how often people cannot tell, is estimated
with the strengths, of which the mean is 0. Each contestant has besides half won and half lost one comparison with an
average one, so that whoever never lost is not infinitely strong.

Intervals hold for the contestants, not for the pieces that were heard: votes in one duel are about the same two pieces,
and votes of one person come of one taste, so neither are taken for independent (a sandwich with two ways of clusters,
Cameron, Gelbach and Miller, "Robust inference with multiway clustering", JBES 29, 2011; Student's t, with one degree
less than the contestant has duels).
Promises: the order of votes changes nothing; contestants that no chain of votes connects are never compared: the
largest such group is rated, the others are left out. Not covered: who may vote.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Verdict = Literal["a", "b", "both", "neither"]
VERDICTS: tuple[Verdict, ...] = ("a", "b", "both", "neither")
LEAST_DUELS = 4  # of a contestant, below which no interval is said
NORMAL_975 = 1.959963984540054
MOST_STEPS, EXACT = 100, 1e-10
TIES_SPREAD = 3.0  # of log v beforehand: no tie among the votes does not mean that there never is one

Array = np.ndarray
Columns = tuple[Array, Array, Array]


@dataclass(frozen=True, kw_only=True)
class Vote:
    """One person's in one duel. a, b: the contestants whose pieces were shown as A and B."""

    duel: str
    voter: str
    a: str
    b: str
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Rating:
    """strength: 0 is average; low, high: its 95 % interval, None where too few duels were held."""

    name: str
    strength: float
    low: float | None
    high: float | None
    votes: int
    duels: int


def chance(strength: float) -> float:
    """That it wins against an average one, where one of them does."""
    return 1 / (1 + math.exp(-strength))


def rate(votes: Iterable[Vote]) -> tuple[Rating, ...]:
    """The strongest first; nothing where nobody was compared. A vote between a contestant and itself says nothing."""
    ordered = sorted((vote for vote in votes if vote.a != vote.b), key=lambda vote: (vote.duel, vote.voter))
    kept = _connected(ordered)
    if not kept:
        return ()
    names = sorted({name for vote in kept for name in (vote.a, vote.b)})
    places = {name: place for place, name in enumerate(names)}
    a, b = (np.array([places[getattr(vote, side)] for vote in kept]) for side in ("a", "b"))
    outcomes = np.array(
        [[vote.verdict == "a", vote.verdict == "b", vote.verdict in ("both", "neither")] for vote in kept]
    )
    columns = a, b, outcomes.astype(float)
    strengths, log_ties = fit(columns, len(names))
    spreads = _spreads(columns, strengths, log_ties, [vote.duel for vote in kept], [vote.voter for vote in kept])
    ratings = []
    for name, place in places.items():
        mine = (a == place) | (b == place)
        duels = len({vote.duel for vote, is_mine in zip(kept, mine, strict=True) if is_mine})
        reach = student_975(duels - 1) * float(spreads[place]) if duels >= LEAST_DUELS else None
        strength = float(strengths[place])
        low, high = (None, None) if reach is None else (strength - reach, strength + reach)
        ratings.append(Rating(name=name, strength=strength, low=low, high=high, votes=int(mine.sum()), duels=duels))
    return tuple(sorted(ratings, key=lambda rating: (-rating.strength, rating.name)))


def _connected(votes: Sequence[Vote]) -> list[Vote]:
    """Those of the largest group; of equal ones that with the first name."""
    group: dict[str, str] = {}

    def head(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    for vote in votes:
        one, other = sorted((head(vote.a), head(vote.b)))
        group[other] = one
    sizes: dict[str, int] = {}
    for vote in votes:
        sizes[head(vote.a)] = sizes.get(head(vote.a), 0) + 1
    best = min(sizes, key=lambda name: (-sizes[name], name), default="")
    return [vote for vote in votes if head(vote.a) == best]


def fit(columns: Columns, count: int) -> tuple[Array, float]:
    """The likeliest strengths (count,) of mean 0, and log v; Newton's method on a concave function.

    columns: a (n,), b (n,): places of the contestants; outcomes (n, 3): how often a won, b won, neither.
    """
    values = np.zeros(count + 1)
    level = _level(columns, values)
    for _ in range(MOST_STEPS):
        slope, curvature = _slopes(columns, values).sum(axis=0) + _prior_slope(values), _curvature(columns, values)
        step = np.linalg.solve(curvature, slope)
        size = 1.0
        while size > EXACT and _level(columns, values + size * step) < level:
            size /= 2
        values = values + size * step
        level = _level(columns, values)
        if float(np.abs(size * step).max()) < EXACT:
            break
    return values[:-1] - values[:-1].mean(), float(values[-1])


def chances(difference: Array, log_ties: float) -> Array:
    """Of winning, losing and a tie, (n, 3), where one is by so much stronger."""
    exponents = np.stack([difference / 2, -difference / 2, np.full_like(difference, log_ties)], axis=-1)
    exponents = np.exp(exponents - exponents.max(axis=-1, keepdims=True))
    shares: Array = exponents / exponents.sum(axis=-1, keepdims=True)
    return shares


def _level(columns: Columns, values: Array) -> float:
    a, b, outcomes = columns
    shares = chances(values[a] - values[b], values[-1])
    prior = -np.log1p(np.exp(-np.abs(values[:-1]))) - np.abs(values[:-1]) / 2  # half a win and half a loss
    return float(
        (outcomes * np.log(np.maximum(shares, 1e-300))).sum() + prior.sum() - (values[-1] / TIES_SPREAD) ** 2 / 2
    )


def _slopes(columns: Columns, values: Array) -> Array:
    """Of each vote, (n, count + 1)."""
    a, b, outcomes = columns
    shares = chances(values[a] - values[b], values[-1])
    left = outcomes - outcomes.sum(axis=1, keepdims=True) * shares
    by_difference = (left[:, 0] - left[:, 1]) / 2
    rows = np.arange(len(a))
    slopes = np.zeros((len(a), len(values)))
    slopes[rows, a] += by_difference
    slopes[rows, b] -= by_difference
    slopes[:, -1] = left[:, 2]
    return slopes


def _prior_slope(values: Array) -> Array:
    slope = -np.tanh(values / 2) / 2
    slope[-1] = -values[-1] / TIES_SPREAD**2
    return slope


def _curvature(columns: Columns, values: Array) -> Array:
    """Minus the second derivatives, (count + 1, count + 1)."""
    a, b, outcomes = columns
    weight = outcomes.sum(axis=1)
    win, loss, tie = chances(values[a] - values[b], values[-1]).T
    by_difference = weight * (win + loss - (win - loss) ** 2) / 4
    by_ties = weight * tie * (1 - tie)
    by_both = -weight * tie * (win - loss) / 2
    curvature = np.zeros((len(values), len(values)))
    for one, other, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
        np.add.at(curvature, (one, other), sign * by_difference)
    for one, sign in ((a, 1), (b, -1)):
        np.add.at(curvature[:, -1], one, sign * by_both)
        np.add.at(curvature[-1], one, sign * by_both)
    curvature[-1, -1] += by_ties.sum() + 1 / TIES_SPREAD**2
    half = np.tanh(values[:-1] / 2)
    curvature[np.arange(len(half)), np.arange(len(half))] += (1 - half**2) / 4
    return curvature


def _spreads(columns: Columns, strengths: Array, log_ties: float, duels: Sequence[str], voters: Sequence[str]) -> Array:
    """Standard errors of the strengths, (count,)."""
    values = np.append(strengths, log_ties)
    slopes = _slopes(columns, values)
    bread = np.linalg.inv(_curvature(columns, values))
    count = len(strengths)
    centred = np.eye(count, count + 1) - np.append(np.full((count, count), 1 / count), np.zeros((count, 1)), axis=1)

    def variances(clusters: Sequence[object]) -> Array:
        numbers = np.unique(np.array([str(cluster) for cluster in clusters]), return_inverse=True)[1]
        summed = np.zeros((int(numbers.max()) + 1, slopes.shape[1]))
        np.add.at(summed, numbers, slopes)
        few = len(summed) / max(1, len(summed) - (count - 1))  # slopes of what was fitted to them are too small
        spread: Array = few * ((summed @ bread @ centred.T) ** 2).sum(axis=0)
        return spread

    by_duel, by_voter, by_vote = (variances(each) for each in (duels, voters, range(len(duels))))
    both = by_duel + by_voter - by_vote
    both = np.where(both > by_vote / 4, both, np.maximum(by_duel, by_voter))  # a difference of estimates may be nothing
    result: Array = np.sqrt(both)
    return result


def student_975(degrees: int) -> float:
    """The 97.5 % quantile of Student's t (Abramowitz and Stegun 26.7.5; within 0.01 from 3 degrees on)."""
    z, powers = NORMAL_975, [NORMAL_975**power for power in range(10)]
    terms: tuple[Callable[[], float], ...] = (
        lambda: (powers[3] + z) / 4,
        lambda: (5 * powers[5] + 16 * powers[3] + 3 * z) / 96,
        lambda: (3 * powers[7] + 19 * powers[5] + 17 * powers[3] - 15 * z) / 384,
        lambda: (79 * powers[9] + 776 * powers[7] + 1482 * powers[5] - 1920 * powers[3] - 945 * z) / 92160,
    )
    return z + math.fsum(term() / float(degrees) ** power for power, term in enumerate(terms, 1))
