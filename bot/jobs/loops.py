"""Loops that run for as long as the program does, whatever goes wrong in one of their steps."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.jobs.model import JobsHealth
from bot.store.errors import StoreError

log = logging.getLogger(__name__)
SILENT_FOR_S = 60.0  # a loop that has not taken a step for so long is stuck
AFTER_TROUBLE_S = 1.0


class Heartbeats:
    """When each loop took its last step."""

    def __init__(self) -> None:
        self._beats: dict[str, float] = {}

    def beat(self, loop: str) -> None:
        """It has taken a step."""
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


async def run_loop(loop: str, heartbeats: Heartbeats, step: Callable[[], Awaitable[None]]) -> None:
    """Call `step`, which waits by itself for something to do, until cancelled."""
    heartbeats.beat(loop)
    try:
        while True:
            try:
                await step()
            except StoreError as error:
                log.warning("%s waits for the store: %s", loop, error)
                await asyncio.sleep(AFTER_TROUBLE_S)
            except Exception:
                log.exception("%s stumbled", loop)
                await asyncio.sleep(AFTER_TROUBLE_S)
            heartbeats.beat(loop)
    finally:
        heartbeats.forget(loop)


async def wait_for(event: asyncio.Event, limit_s: float) -> None:
    """Until the event is set, but not longer than the limit."""
    with suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            await event.wait()
