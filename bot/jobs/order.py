"""Whose turn it is, in numbers a person can use: how many come first, and how long it may take.

The order itself is that of the table: `turn`, then `created`. A turn is given out by `JobTable.usage`.
What is not promised: that a guess comes true. It knows no styles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.jobs.model import Waiting
from bot.jobs.stages import USUAL, Shares
from bot.store.jobs import JobView

MEMORY = 0.8  # weight of what was known before against one more piece
REMEMBERED_PIECES = 20
COMMON_BARS = 16
FIRST_S_PER_BAR = 0.4  # where nothing was finished yet


class Pace:
    """How long pieces take here, and their stages, learnt from those that were finished; guessed before the first."""

    def __init__(self, pieces: Iterable[tuple[int, float]] = ()) -> None:
        self._bars: float = COMMON_BARS
        self._seconds_per_bar: float | None = None
        self.shares = USUAL
        for bars, seconds in pieces:
            self.learn(bars=bars, seconds=seconds)

    def learn(self, *, bars: int, seconds: float, shares: Shares | None = None) -> None:
        """One more piece is finished. shares: of its stages, if it had any."""
        if shares is not None:
            self.shares = self.shares.mixed(shares, 1 - MEMORY)
        latest = max(0.0, seconds) / max(1, bars)
        if self._seconds_per_bar is None:
            self._bars, self._seconds_per_bar = float(bars), latest
            return
        self._bars = MEMORY * self._bars + (1 - MEMORY) * bars
        self._seconds_per_bar = MEMORY * self._seconds_per_bar + (1 - MEMORY) * latest

    def expected_s(self, *, place: int, slots: int, bars: int = COMMON_BARS) -> float:
        """Seconds until a piece with `place` - 1 others before it is finished."""
        per_bar_s = FIRST_S_PER_BAR if self._seconds_per_bar is None else self._seconds_per_bar
        return per_bar_s * (self._bars * place / slots + bars)


def place_of(ahead: int, *, slots: int, held: bool) -> int:
    """0: begins at once. ahead: those that are made or come before; held: nothing begins now."""
    return max(0, ahead - slots + 1) or (1 if held else 0)


def places(jobs: Iterable[JobView]) -> list[Waiting]:
    """Unfinished jobs, in the order of the table, with their places and without guesses."""
    waiting, place = [], 0
    for job in jobs:
        place += job.state == "queued"
        waiting.append(Waiting(job=job, state=job.state, place=0 if job.state == "running" else place))
    return waiting


def with_guess(waiting: Waiting, pace: Pace, *, slots: int, held: bool) -> Waiting:
    """The same with a guess of when it is finished, which nobody can make while nothing begins."""
    if held and waiting.state == "queued":
        return waiting
    expected_s = pace.expected_s(place=waiting.place, slots=slots, bars=waiting.job.task.bars)
    return replace(waiting, expected_s=expected_s)
