"""An operator's worst week: kills and faults of every kind at once, and outages that last.

What is promised is counted as in `chaos.py`; what went wrong meanwhile came from one seed (`storms.py`).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.chaos import Outcome, ask_all, kill_often, open_trial
from tests.e2e.storms import OutageKind, Storm, outage

DELIVERED_WITHIN_S = 30.0  # of the end of an outage


async def worst_week(
    platform: str, folder: Path, *, jobs: int, kills: int, seed: int, limit_s: float = 7200.0, **stub: str
) -> tuple[Outcome, Counter[str]]:
    """Ask for so many pieces amid kills and faults. Returns what became of them, and how many faults of which kind.

    stub: variables of `tests.fakes.stub_bot`.
    """
    began_s = time.monotonic()
    random.seed(seed)
    beside = {"STUB_DISK_FULL": str(folder.with_suffix(".full")), "STUB_CLOCK": str(folder.with_suffix(".clock"))}
    async with open_trial(platform, folder, delay_s="0.05-0.4", **beside, **stub) as trial:
        storm = Storm(trial, seed=seed)
        await trial.until(lambda: bool(trial.rows("SELECT name FROM sqlite_master")), limit_s=60.0, why="a start")
        async with asyncio.timeout(limit_s):
            storming = asyncio.create_task(storm.run(), name="storm")
            killing = asyncio.create_task(kill_often(trial, jobs=jobs, kills=kills), name="killing")
            try:
                await ask_all(trial, jobs)
                await killing
            finally:
                for task in (storming, killing):
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
            await trial.settle(jobs=jobs, limit_s=limit_s)
        return trial.outcome(since=began_s), storm.counts


@dataclass(frozen=True)
class Outage:
    """What became of the jobs that an outage met. delivered_s: after its end the last result was there."""

    outcome: Outcome
    kind: OutageKind
    lasted_s: float
    delivered_s: float

    @property
    def clean(self) -> bool:
        return self.outcome.clean and not self.outcome.given_up and self.delivered_s <= DELIVERED_WITHIN_S

    def line(self) -> str:
        return (
            f"{self.outcome.platform:<9} {self.lasted_s:.0f} s of {self.kind}: {self.outcome.jobs} jobs, "
            f"{len(self.outcome.lost)} lost, {len(self.outcome.doubled)} doubled, "
            f"{len(self.outcome.given_up)} given up, "
            f"the last delivered {self.delivered_s:.1f} s after its end"
        )


async def survive(
    platform: str, folder: Path, kind: OutageKind, *, lasts_s: float, jobs: int = 8, **stub: str
) -> Outage:
    """An outage while pieces are made: every answer is garbage, an error or none; then all is well again.

    stub: variables of `tests.fakes.stub_bot`.
    """
    began_s = time.monotonic()
    async with open_trial(platform, folder, delay_s="1.0-2.0", **stub) as trial:
        for number in range(jobs):
            await trial.chat.ask(number)
        await trial.until(lambda: len(trial.rows("SELECT id FROM jobs")) >= jobs, limit_s=60.0, why="accepted")
        async with outage(trial.chat, kind):
            await asyncio.sleep(lasts_s)
        ended_s = time.monotonic()
        await trial.until(lambda: len(trial.chat.results()) >= jobs, limit_s=300.0, why="results after the outage")
        delivered_s = time.monotonic() - ended_s
        await trial.settle(jobs=jobs, limit_s=300.0)  # the bot looks at some messages once more, a minute later
        return Outage(trial.outcome(since=began_s), kind, lasts_s, delivered_s)
