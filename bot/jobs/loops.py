"""Loops that come round for as long as the program runs, whatever goes wrong in one round."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.jobs.model import JobsHealth
from bot.store.errors import StoreError

log = logging.getLogger(__name__)
SILENT_FOR_S = 60.0  # a loop that has not come round for so long is stuck
AFTER_TROUBLE_S = 1.0


class Pulse:
    """When each loop came round last."""

    def __init__(self) -> None:
        self._beats: dict[str, float] = {}

    def beat(self, loop: str) -> None:
        """It has come round."""
        self._beats[loop] = time.monotonic()

    def forget(self, loop: str) -> None:
        """It has ended."""
        self._beats.pop(loop, None)

    def health(self) -> JobsHealth:
        """Which loops are stuck."""
        if not self._beats:
            return JobsHealth(False, "not running")
        oldest = time.monotonic() - SILENT_FOR_S
        stuck = sorted(loop for loop, beat in self._beats.items() if beat < oldest)
        return JobsHealth(not stuck, f"stuck: {', '.join(stuck)}" if stuck else "ok")


async def keep_going(loop: str, pulse: Pulse, come_round: Callable[[], Awaitable[None]]) -> None:
    """Call `come_round`, which waits by itself for something to do, until cancelled."""
    pulse.beat(loop)
    try:
        while True:
            try:
                await come_round()
            except StoreError as error:
                log.warning("%s waits for the store: %s", loop, error)
                await asyncio.sleep(AFTER_TROUBLE_S)
            except Exception:
                log.exception("%s stumbled", loop)
                await asyncio.sleep(AFTER_TROUBLE_S)
            pulse.beat(loop)
    finally:
        pulse.forget(loop)


async def wait_for(event: asyncio.Event, limit_s: float) -> None:
    """Until the event is set, but not longer than the limit."""
    with suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            await event.wait()
