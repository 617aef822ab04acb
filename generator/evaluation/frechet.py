"""The Fréchet distance between two sets of pieces: how far apart their features lie, taken as two normal clouds.

    d² = |m₁ - m₂|² + tr(C₁ + C₂ - 2 (C₁ C₂)^½)      (Dowson & Landau 1982; Heusel et al. 2017)

Promises: features are in units of the spread of human training pieces, so none outweighs the others by its unit.
Not covered: distances of other papers, which measure other features; ours compare with ours alone. Small sets lie
further apart by chance, so every distance stands beside that of as many human pieces.
"""

from dataclasses import dataclass

import numpy as np

from generator.training.intervals import Interval, Numbers, recentred

FURTHEST = 5.0  # spreads from the mean; one odd piece must not decide the distance of four hundred
RESAMPLES = 200


@dataclass(frozen=True)
class Scale:
    """Mean and spread of each feature over human training pieces: (features,) each."""

    mean: Numbers
    spread: Numbers

    @classmethod
    def of(cls, features: Numbers) -> "Scale":
        """features: (pieces, features), NaN where unknown. A feature that never varies, or is never known, counts 0."""
        known = ~np.isnan(features)
        counts = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, features, 0).sum(axis=0) / counts
        variance = np.where(known, (features - mean) ** 2, 0).sum(axis=0) / counts
        return cls(mean, np.sqrt(variance))

    def apply(self, features: Numbers) -> Numbers:
        """In spreads from the mean, cut off at FURTHEST; what is unknown counts as the mean."""
        varies = self.spread > 1e-12
        scaled = np.where(varies, (features - self.mean) / np.where(varies, self.spread, 1), 0)
        return np.asarray(np.clip(np.nan_to_num(scaled, nan=0.0), -FURTHEST, FURTHEST))


def frechet_distance(first: Numbers, second: Numbers) -> float:
    """The squared distance d² of two sets: (pieces, features) each, at least two pieces."""
    means = first.mean(axis=0) - second.mean(axis=0)
    one, two = _covariance(first), _covariance(second)
    root = _root(one)
    eigenvalues = np.linalg.eigvalsh(root @ two @ root)
    cross = np.sqrt(np.maximum(eigenvalues, 0)).sum()
    return max(0.0, float(means @ means + np.trace(one) + np.trace(two) - 2 * cross))


def _covariance(features: Numbers) -> Numbers:
    return np.atleast_2d(np.cov(features, rowvar=False))


def _root(matrix: Numbers) -> Numbers:
    """The symmetric square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T)


def frechet_interval(first: Numbers, second: Numbers, *, seed: int, resamples: int = RESAMPLES) -> Interval:
    """By drawing the pieces of both sets again."""
    rng = np.random.default_rng(seed)
    distances = np.array(
        [
            frechet_distance(
                first[rng.integers(0, len(first), len(first))], second[rng.integers(0, len(second), len(second))]
            )
            for _ in range(resamples)
        ]
    )
    return recentred(distances, frechet_distance(first, second))
