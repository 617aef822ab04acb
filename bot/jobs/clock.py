"""The wall clock, which somebody may put forward or back while the program runs.

What is promised: what was to wait for some seconds waits for about as long by the clock that cannot be put, however the
other one is. Forward needs nothing: what waits is then due early. Back, it would wait for as long as the step was.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from bot.jobs.writer import Writer
from bot.store import Store

LOOK_EVERY_S = 1.0
STEP_S = 5.0  # less is drift, or a machine that was busy

log = logging.getLogger(__name__)


def wall_clock() -> float:
    """Seconds since 1970. Asked for anew each time, so that whoever puts the clock puts it for all of us."""
    return time.time()


class ClockWatch:
    """now: the wall clock, in seconds since 1970."""

    def __init__(self, store: Store, writer: Writer, *, now: Callable[[], float]) -> None:
        self._store, self._writer, self._now = store, writer, now
        self._ahead_s = self._difference()
        self._owed_s = 0.0  # by which it was put back, and what waits does not know yet

    def _difference(self) -> float:
        return self._now() - time.monotonic()

    async def step(self) -> None:
        """Look once, after a second."""
        await asyncio.sleep(LOOK_EVERY_S)
        before, self._ahead_s = self._ahead_s, self._difference()
        if before - self._ahead_s > STEP_S:
            self._owed_s += before - self._ahead_s
            log.warning("the clock was put back by %.0f s; what waits is brought forward", before - self._ahead_s)
        if owed_s := self._owed_s:  # also what a store that did not answer made us leave undone
            await self._writer.write(lambda connection: self._store.deliveries.bring_forward(connection, by=owed_s))
            self._owed_s -= owed_s
