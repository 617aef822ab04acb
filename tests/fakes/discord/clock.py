"""The fake's own time, which a test can move forward: tokens die and nonces are forgotten by it."""

from __future__ import annotations

import time

DISCORD_EPOCH_MS = 1_420_070_400_000


class Clock:
    """Runs like the real one, plus what `advance` has added."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead_s

    def advance(self, seconds: float) -> None:
        self._ahead_s += seconds


class Snowflakes:
    """Ids as Discord makes them: they grow, and hold the moment they were made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def __call__(self) -> str:
        drawn = (int(self._clock.now() * 1000) - DISCORD_EPOCH_MS) << 22
        self._last = max(drawn, self._last + 1)
        return str(self._last)
