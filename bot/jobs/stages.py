"""How far a piece has come, and how long the rest of it takes: bars, then the ending, then drawing and playing.

The last bars are composed several times, for the better ending, and a piece is drawn and played when all bars are
there: who counts bars alone says "2 seconds left" for half of the wait. Each stage is guessed as its usual share of the
whole, by how fast this piece has been so far.
Not promised: that a guess comes true.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from generator.request import Progress

ENDING_FROM = 0.85  # of the bars; endings are tried out from about there
SLOWEST, FASTEST = 6.0, 0.3  # as what is usual, by a factor


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Which parts of the whole time the stages take; together 1."""

    bars: float
    ending: float
    drawing: float

    def mixed(self, other: Shares, weight: float) -> Shares:
        """With so much of another."""
        return Shares(
            bars=(1 - weight) * self.bars + weight * other.bars,
            ending=(1 - weight) * self.ending + weight * other.ending,
            drawing=(1 - weight) * self.drawing + weight * other.drawing,
        )


USUAL = Shares(bars=0.4, ending=0.15, drawing=0.45)  # of 16 bars for piano, as `make measure NAME=speed` has them


class Watch:
    """The stages of one piece as they go by. now: in seconds, monotonic."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._begun_s = now, now()
        self._done = 0.0
        self._told_s = self._begun_s  # when a bar was finished last
        self._ending_s: float | None = None
        self._drawing_s: float | None = None

    def bar(self, progress: Progress) -> None:
        """One more bar is finished."""
        self._done, self._told_s = progress.bar / max(1, progress.bars), self._now()
        if self._done < ENDING_FROM:
            self._ending_s = None  # it is composed again
        elif self._ending_s is None:
            self._ending_s = self._told_s

    def draw(self) -> None:
        """All bars are finished."""
        if self._drawing_s is None:
            self._drawing_s = self._now()

    def shares(self) -> Shares | None:
        """Of a piece that has just been finished; None of what was not composed."""
        if self._ending_s is None or self._drawing_s is None:
            return None
        whole_s = max(1e-6, self._now() - self._begun_s)
        return Shares(
            bars=(self._ending_s - self._begun_s) / whole_s,
            ending=(self._drawing_s - self._ending_s) / whole_s,
            drawing=(self._now() - self._drawing_s) / whole_s,
        )

    def remaining_s(self, whole_s: float, shares: Shares) -> float:
        """Until it is drawn and played. whole_s: how long such a piece takes usually."""
        now_s = self._now()
        if self._drawing_s is not None:
            usual_s = (shares.bars + shares.ending) * whole_s
            speed = _within(self._drawing_s - self._begun_s, usual_s)
            return max(0.0, shares.drawing * whole_s * speed - (now_s - self._drawing_s))
        if self._done == 0:
            return max(0.0, whole_s - (now_s - self._begun_s))
        taken_s = (self._ending_s or self._told_s) - self._begun_s
        bars_s = taken_s if self._ending_s is not None else taken_s * ENDING_FROM / self._done
        speed = _within(bars_s, shares.bars * whole_s)
        bars_left_s = max(0.0, self._begun_s + bars_s - now_s)
        over_s = max(0.0, now_s - self._begun_s - bars_s) if self._ending_s is not None else 0.0
        ending_left_s = max(0.0, shares.ending * whole_s * speed - over_s)
        return bars_left_s + ending_left_s + shares.drawing * whole_s * speed


def _within(took_s: float, usual_s: float) -> float:
    return min(SLOWEST, max(FASTEST, took_s / max(1e-6, usual_s)))
