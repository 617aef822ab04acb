"""How people's songs move: what it costs that a note has a length, where it is in its bar and after what came before.

Prices are in nats, of shares counted in first voices of songs and chorales (`config/song_rhythms.json`, which `make
measure NAME=song_rhythms` writes). Lengths last from one note to the next, in sixteenths. Promises: whatever a price is
asked of has one. Not covered: triplets; metres other than those four.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from config.files import load_json

QUARTER = 4  # sixteenths
Prices = npt.NDArray[np.float64]
PRIOR_NOTES = 20.0  # a place that is seldom is believed as far as it is known, else what all places have holds
PRIOR_SONGS = 0.3
AFTER_SHARE = 0.7  # how far the length before is believed beside the place: the two know partly the same
ENDS_WITH_BAR = 0.5  # of songs; the others end in the place where they began, so that verses join


@dataclass(frozen=True, kw_only=True)
class Habit:
    """Of songs in one metre. bar: in sixteenths; lengths: the usual ones, n of them.

    usual: the price of the metre; begin, end: of the place where the first note begins and the last one ends, (bar,);
    at: of a length by the place where its note begins, (bar, n); after: what it costs more or less behind another
    length, (n + 1, n), the last row behind none.
    """

    metre: str
    bar: int
    lengths: npt.NDArray[np.int64]
    usual: float
    begin: Prices
    end: Prices
    at: Prices
    after: Prices


@cache
def habits() -> tuple[Habit, ...]:
    """Of each metre that is known."""
    loaded = load_json("song_rhythms.json")
    songs = sum(counted["songs"][0] for counted in loaded["metres"].values())
    return tuple(
        _habit(metre, counted, np.array(loaded["lengths"]), songs) for metre, counted in loaded["metres"].items()
    )


def _habit(metre: str, counted: dict[str, Any], lengths: npt.NDArray[np.int64], songs: int) -> Habit:
    at, after, begins = (np.array(counted[name], dtype=float) for name in ("at", "after", "begins"))
    bar = len(begins)
    begin = (begins + PRIOR_SONGS) / (begins.sum() + PRIOR_SONGS * bar)
    usual_after = _shares(after.sum(axis=0))
    behind = -np.log(_given(after, usual_after)) + np.log(usual_after)
    return Habit(
        metre=metre,
        bar=bar,
        lengths=lengths,
        usual=-float(np.log(counted["songs"][0] / songs)),
        begin=-np.log(begin),
        end=-np.log(ENDS_WITH_BAR * (np.arange(bar) == 0) + (1 - ENDS_WITH_BAR) * begin),
        at=-np.log(_given(at, _shares(at.sum(axis=0)))),
        after=AFTER_SHARE * np.vstack((behind, np.zeros(len(lengths)))),
    )


def _shares(counts: Prices) -> Prices:
    shares: Prices = (counts + 0.5) / (counts + 0.5).sum()
    return shares


def _given(counts: Prices, usual: Prices) -> Prices:
    """The share of each column in its row."""
    shares: Prices = (counts + PRIOR_NOTES * usual) / (counts.sum(axis=1, keepdims=True) + PRIOR_NOTES)
    return shares
