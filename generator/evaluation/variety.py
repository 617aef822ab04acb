"""How different pieces of one style are from each other, and how much each repeats itself.

Promises: composed and human pieces are compared at the same lengths and as many of each style.
Not covered: whether a repetition is a form or a rut.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from generator.catalogue.style import Style
from generator.critic.repetition import repeated_bars
from generator.evaluation.histograms import melody_grams
from generator.notation import Tune
from generator.training.intervals import Numbers, mean_interval

GRAM_INTERVALS = 6  # runs of seven notes
Figure = list[float]  # value, low, high


def distance_within_styles(scaled: Numbers, styles: Sequence[Style]) -> Figure | None:
    """Mean distance of two pieces of a style, in spreads a feature; the mean over styles with its interval.

    scaled: (pieces, features), in spreads of human pieces.
    """
    distances = []
    for places in _by_style(styles):
        pairs = np.array(list(combinations(places, 2)))
        gaps = scaled[pairs[:, 0]] - scaled[pairs[:, 1]]
        distances.append(float(np.sqrt((gaps**2).mean(axis=1)).mean()))
    return _figure(distances)


def shared_grams_within_styles(tunes: Sequence[Tune], styles: Sequence[Style]) -> Figure | None:
    """The share of the smaller of two pieces' melodic runs of seven notes that the other piece of its style has too."""
    grams = [melody_grams(tune, intervals=GRAM_INTERVALS) for tune in tunes]
    shares = []
    for places in _by_style(styles):
        pairs = [(grams[one], grams[two]) for one, two in combinations(places, 2)]
        shares.append(float(np.mean([_overlap(one, two) for one, two in pairs])))
    return _figure(shares)


def _overlap(one: frozenset[tuple[int, ...]], two: frozenset[tuple[int, ...]]) -> float:
    smaller = min(len(one), len(two))
    return len(one & two) / smaller if smaller else 0.0


def repetition(tunes: Sequence[Tune]) -> Figure | None:
    """The share of bars that are the same as an earlier one; the mean over pieces with its interval."""
    return _figure([repeated_bars(tune) / len(tune.bars) for tune in tunes if tune.bars])


def _by_style(styles: Sequence[Style]) -> list[list[int]]:
    """The places of each style's pieces, of styles with two at least."""
    places: defaultdict[Style, list[int]] = defaultdict(list)
    for place, style in enumerate(styles):
        places[style].append(place)
    return [found for found in places.values() if len(found) > 1]


def _figure(values: Sequence[float]) -> Figure | None:
    if not values:
        return None
    low, high = mean_interval(values)
    return [round(float(np.mean(values)), 4), round(low, 4), round(high, 4)]
