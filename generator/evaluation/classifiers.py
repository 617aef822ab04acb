"""Whether a machine that knows human pieces hears composed ones as what they were meant to be.

A support vector machine (RBF kernel, scikit-learn) learns periods or composers from excerpts of training pieces, then
names held-out human excerpts and composed pieces. Of five kinds of classifiers it did best in a cross-validation on
training pieces.

Promises: no work is on both sides; labels with fewer than 15 training pieces, and nameless ones, are left out.
Not covered: people. What a machine takes for Chopin need not move anybody.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.evaluation.errors import ToolMissing
from generator.evaluation.frechet import Scale
from generator.training.corpus import NOBODY
from generator.training.intervals import Numbers, mean_interval, middle_95, ratio_interval, resampled_ratios

FEWEST_PIECES = 15
FOLDS = 5
PENALTY, WIDTH = 10.0, 0.002  # C and gamma

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Labelled:
    """Pieces with their vectors (pieces, numbers), labels, works and styles by name."""

    vectors: Numbers
    labels: Sequence[str]
    works: Sequence[str]
    styles: Sequence[str]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, places: Iterable[int]) -> "Labelled":
        """Some of the pieces."""
        chosen = list(places)
        return Labelled(
            self.vectors[np.asarray(chosen, dtype=np.int64)],
            [self.labels[place] for place in chosen],
            [self.works[place] for place in chosen],
            [self.styles[place] for place in chosen],
        )

    def with_labels(self, labels: Collection[str]) -> "Labelled":
        """The pieces that have one of these labels."""
        return self.take(place for place, label in enumerate(self.labels) if label in labels)


def common_labels(pieces: Labelled) -> set[str]:
    """Labels with enough pieces to be learnt."""
    counts = Counter(pieces.labels)
    return {label for label, count in counts.items() if count >= FEWEST_PIECES and label not in NOBODY}


def hear_labels(train: Labelled, held_out: Labelled, ours: Labelled) -> dict[str, Any] | None:
    """Accuracies of a classifier on human held-out pieces and on ours; None where there is nothing to learn or to hear.

    Each is [share, low, high]. `of_its_own`: ours as a share of held-out. `same_styles`: on human training pieces of
    our styles that were left out in turn, by works, each style as heavy as the others, as it is among ours.
    Raises ToolMissing.
    """
    labels = common_labels(train)
    train, held_out, ours = (pieces.with_labels(labels) for pieces in (train, held_out, ours))
    if len(labels) < 2 or not len(held_out) or not len(ours):
        return None
    model = Classifier(train)
    theirs_right, ours_right = model.right(held_out), model.right(ours)
    figures: dict[str, Any] = {
        "labels": sorted(labels),
        "trained_on": len(train),
        "held_out_pieces": len(held_out),
        "our_pieces": len(ours),
        "commonest": round(max(Counter(held_out.labels).values()) / len(held_out), 4),
        "held_out": accuracy(theirs_right, held_out.works),
        "ours": accuracy(ours_right, ours.works),
        "balanced_held_out": balanced(theirs_right, held_out.labels),
        "balanced_ours": balanced(ours_right, ours.labels),
        "of_its_own": share_of(ours_right, theirs_right, held_out.works),
        "by_style": by_style(ours_right, ours.styles),
    }
    return figures | same_styles(train, ours, ours_right)


class Classifier:
    """A trained classifier. Raises ToolMissing if scikit-learn is not installed."""

    def __init__(self, pieces: Labelled) -> None:
        try:
            from sklearn.svm import SVC
        except ImportError as error:
            raise ToolMissing from error
        self._scale = Scale.of(pieces.vectors)
        self._machine = SVC(C=PENALTY, gamma=WIDTH)
        self._machine.fit(self._scale.apply(pieces.vectors), list(pieces.labels))

    def right(self, pieces: Labelled) -> Flags:
        """Whether each piece is heard as what it is: (pieces,)."""
        heard = self._machine.predict(self._scale.apply(pieces.vectors))
        return np.asarray(heard == np.array(pieces.labels), dtype=np.bool_)


def same_styles(train: Labelled, ours: Labelled, ours_right: Flags) -> dict[str, Any]:
    """How well the classifier hears human pieces of our styles when it knows none of their works; {} for no pieces."""
    right, styles = out_of_fold(train), set(ours.styles)
    places = [place for place, style in enumerate(train.styles) if style in styles]
    if right is None or not places:
        return {}
    counts = Counter(train.styles[place] for place in places)
    wanted = Counter(ours.styles)
    weights = np.array([wanted[train.styles[place]] / counts[train.styles[place]] for place in places])
    works = [train.works[place] for place in places]
    heard = right[places] * weights
    value = float(heard.sum() / weights.sum())
    low, high = ratio_interval(list(heard), list(weights), groups=works)
    ratios = _ratios(ours_right, resampled_ratios(list(heard), list(weights), groups=works, seed=2))
    return {
        "same_styles": [round(value, 4), round(low, 4), round(high, 4)],
        "same_styles_pieces": len(places),
        "of_same_styles": _with_interval(float(ours_right.mean()) / value if value else 0.0, ratios),
    }


def out_of_fold(train: Labelled) -> Flags | None:
    """Whether each training piece is heard right by a classifier that knows none of its work; None for few works."""
    from sklearn.model_selection import GroupKFold

    if len(set(train.works)) < FOLDS:
        return None
    right = np.zeros(len(train), dtype=np.bool_)
    for known, left_out in GroupKFold(FOLDS).split(train.vectors, groups=train.works):
        part = train.take(known)
        if len(set(part.labels)) > 1:
            right[left_out] = Classifier(part).right(train.take(left_out))
    return right


def accuracy(right: Flags, works: Sequence[str]) -> list[float]:
    """[share, low, high], works drawn together."""
    low, high = mean_interval(list(right.astype(float)), groups=works)
    return [round(float(right.mean()), 4), round(low, 4), round(high, 4)]


def balanced(right: Flags, labels: Sequence[str]) -> float:
    """The mean over labels of the share that is heard right: always naming the commonest label gets 1 / labels."""
    names = np.array(labels)
    return round(float(np.mean([right[names == label].mean() for label in sorted(set(labels))])), 4)


def by_style(right: Flags, styles: Sequence[str]) -> dict[str, float]:
    """The share of each style that is heard right, the best heard first."""
    names = np.array(styles)
    shares = {style: round(float(right[names == style].mean()), 3) for style in sorted(set(styles))}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def share_of(ours: Flags, theirs: Flags, works: Sequence[str]) -> list[float] | None:
    """[ours / theirs, low, high]; None if theirs are never right."""
    if not theirs.any():
        return None
    drawn = resampled_ratios(list(theirs.astype(float)), [1.0] * len(theirs), groups=works, seed=2)
    return _with_interval(float(ours.mean() / theirs.mean()), _ratios(ours, drawn))


def _ratios(ours: Flags, theirs: Numbers) -> Numbers:
    """Ours, drawn again as often, divided by theirs."""
    drawn = resampled_ratios(list(ours.astype(float)), [1.0] * len(ours), seed=3)
    return np.divide(drawn, theirs, out=np.zeros_like(drawn), where=theirs > 0)


def _with_interval(value: float, drawn: Numbers) -> list[float]:
    low, high = middle_95(drawn)
    return [round(value, 4), round(low, 4), round(high, 4)]
