"""From a waiting job to a piece on the disk and messages to deliver.

What is promised: the files of a piece are on the disk before the job is done; then the job, the piece and its messages
are written in one transaction, if this attempt is still the newest and nobody cancelled. An attempt that comes too late
leaves nothing. A full disk or a locked database is waited for. Every job ends in a result or a sentence.
What is not: that a piece is composed only once; after the death of the process it is composed again.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.clock import wall_clock
from bot.jobs.model import Accepted, JobLimits
from bot.jobs.order import Pace
from bot.jobs.ports import Maker
from bot.jobs.reporter import Reporter
from bot.jobs.together import Joining
from bot.jobs.writer import Writer
from bot.making.files import Piece
from bot.store import Store
from bot.store.deliveries import NEWS, RESULT
from bot.store.errors import StoreError
from bot.store.jobs import JobView
from bot.texts import explain_in_chat

log = logging.getLogger(__name__)
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0


@dataclass(frozen=True)
class Failure:
    """Why there is no piece: the key of a text, and what goes with it."""

    error: str
    detail: str | None = None


class Runner:
    """Handles jobs for a dispatcher. on_finished: called when messages wait to be delivered; on_accepted: when another
    job is to follow.
    """

    def __init__(
        self,
        *,
        store: Store,
        writer: Writer,
        maker: Maker,
        reporter: Reporter,
        pace: Pace,
        limits: JobLimits,
        counts: Counter[str],
        on_finished: Callable[[], None],
        joining: Joining,
        on_accepted: Callable[[Accepted], None],
        now: Callable[[], float] = wall_clock,
    ) -> None:
        self._store, self._writer, self._maker = store, writer, maker
        self._reporter, self._pace, self._limits = reporter, pace, limits
        self._counts, self._on_finished, self._now = counts, on_finished, now
        self._joining, self._on_accepted = joining, on_accepted
        self._begun_s: dict[str, float] = {}  # monotonic: the wall clock may be put meanwhile

    async def handle(self, job_id: str) -> None:
        """Make one job, from its start to its end in the tables."""
        job = await self._writer.write(lambda connection: self._store.jobs.start(connection, job_id, now=self._now()))
        if job is None:
            return
        self._reporter.begin(job)
        self._begun_s[job.id] = time.monotonic()
        try:
            await self._conclude(job, await self._make(job))
        finally:
            self._reporter.end(job.id)
            del self._begun_s[job.id]

    # --- making --------------------------------------------------------------------------------------------------

    async def _make(self, job: JobView) -> Piece | Failure:
        try:
            async with asyncio.timeout(self._limits.job_time_limit_s) as limit:
                return await self._maker.make(
                    job.id,
                    job.task,
                    language=job.language,
                    on_progress=lambda progress: self._reporter.bar(job.id, progress),
                    on_step=lambda step: self._reporter.rendering(
                        job.id, percent=getattr(step, "percent", None), page=getattr(step, "page", None)
                    ),
                )
        except Exception as error:
            return Failure("error.too_slow") if limit.expired() else failure_of(error, job)

    # --- ending --------------------------------------------------------------------------------------------------

    async def _conclude(self, job: JobView, outcome: Piece | Failure) -> None:
        """Write the end down, however long the store takes."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                if isinstance(outcome, Failure):
                    await self._give_up(job, outcome)
                else:
                    await self._keep(job, outcome)
            except StoreError as error:
                log.warning("job %s waits for the store: %s", job.id, error)
                await asyncio.sleep(wait_s)
                wait_s = min(LONGEST_WAIT_S, 2 * wait_s)
            except Exception as error:
                if isinstance(outcome, Failure):
                    raise
                outcome = failure_of(error, job)
            else:
                return

    async def _keep(self, job: JobView, piece: Piece) -> None:
        files = await self._store.pieces.put_files(piece.name, piece.files)
        others = [(one, await self._store.pieces.put_files(one.name, one.files)) for one in piece.others]

        following: list[Accepted] = []

        async def finish(connection: AsyncConnection) -> bool:
            following.clear()  # it may run twice
            if not await self._store.jobs.finish(connection, job, "done", now=self._now()):
                return False
            record = await self._joining.with_line(connection, job, piece.record)
            for id_, one, stored in (
                (job.id, piece, files),
                *((str(one.record["id"]), one, its) for one, its in others),
            ):
                await self._store.pieces.add(
                    connection,
                    id=id_,
                    person=job.person,
                    platform=job.platform,
                    guild=job.guild,
                    record=record if one is piece else one.record,
                    files=stored,
                    created=self._now(),
                )
            await self._store.deliveries.add(
                connection, job=job.id, platform=job.platform, parts=[RESULT], first=1, due=self._now()
            )
            accepted = await self._joining.put_together(connection, job, record)
            following.extend([accepted] if accepted is not None else [])
            return True

        if await self._ended(job, "done", await self._writer.write(finish)):
            seconds, shares = time.monotonic() - self._begun_s[job.id], self._reporter.shares_of(job.id)
            for accepted in following:
                self._on_accepted(accepted)
            self._pace.learn(bars=job.task.bars, seconds=seconds, shares=shares)

    async def _give_up(self, job: JobView, failure: Failure) -> None:
        async def finish(connection: AsyncConnection) -> bool:
            if not await self._store.jobs.finish(
                connection, job, "failed", now=self._now(), error=failure.error, detail=failure.detail
            ):
                return False
            await self._store.deliveries.add(
                connection, job=job.id, platform=job.platform, parts=[NEWS], first=1, due=self._now()
            )
            return True

        await self._ended(job, "failed", await self._writer.write(finish))

    async def _ended(self, job: JobView, state: str, is_ours: bool) -> bool:
        self._counts[state if is_ours else "dropped"] += 1
        if is_ours:
            self._on_finished()
        else:
            log.info("attempt %d of job %s came too late", job.attempt, job.id)
        return is_ours


def failure_of(error: Exception, job: JobView) -> Failure:
    """A sentence where the person can do something about it; else a reference number, and the error in the log."""
    sentence = explain_in_chat(error, job.language)
    if sentence is not None:
        log.info("job %s failed: %s", job.id, type(error).__name__)
        return Failure("error.sentence", sentence)
    reference = secrets.token_hex(4)
    log.error("job %s failed, reference %s", job.id, reference, exc_info=error)
    return Failure("error.unexpected", reference)
