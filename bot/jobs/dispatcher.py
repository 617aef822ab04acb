"""The embedded dispatcher: one process, and the table of jobs is the queue.

What is promised: never more than `slots` jobs at a time, in the fair order. A job that was being made when a process
died is made alone, so that only what really kills processes is blamed three times. One process only: see `lock.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.loops import Heartbeats, run_loop, wait_for
from bot.jobs.ports import Handler
from bot.store import Store
from bot.store.jobs import JobView

log = logging.getLogger(__name__)
LOOK_AGAIN_S = 1.0


class EmbeddedDispatcher:
    """may_start: asked before every start; call `wake` when its answer changes."""

    def __init__(self, store: Store, heartbeats: Heartbeats, *, may_start: Callable[[], bool]) -> None:
        self._store, self._heartbeats, self._may_start = store, heartbeats, may_start
        self._wake = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._alone = False

    async def enqueue(self, connection: AsyncConnection, job: str) -> None:
        """Nothing to write: the job's row is the queue."""

    def wake(self) -> None:
        """Look at the table again."""
        self._wake.set()

    def cancel(self, job: str) -> None:
        """Stop its handler, if it has one."""
        if job in self._tasks:
            self._tasks[job].cancel()

    def running(self) -> int:
        """How many handlers run."""
        return len(self._tasks)

    async def run(self, slots: int, handler: Handler) -> None:
        """Handle jobs until cancelled; the handlers are cancelled with it."""

        async def step() -> None:
            self._wake.clear()
            while (job := await self._next(slots)) is not None:
                self._begin(tasks, job, handler)
            await wait_for(self._wake, LOOK_AGAIN_S)

        async with asyncio.TaskGroup() as tasks:
            await run_loop("dispatcher", self._heartbeats, step)

    async def _next(self, slots: int) -> JobView | None:
        if not self._may_start() or self._alone or len(self._tasks) >= slots:
            return None
        async with self._store.reading() as connection:
            job = await self._store.jobs.next_queued(connection, without=list(self._tasks))
        must_wait = job is not None and job.crashes > 0 and self._tasks
        return None if must_wait or not self._may_start() else job

    def _begin(self, tasks: asyncio.TaskGroup, job: JobView, handler: Handler) -> None:
        self._alone = job.crashes > 0
        task = tasks.create_task(self._handle(job.id, handler), name=f"job {job.id}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._end(job.id))

    def _end(self, job: str) -> None:
        self._tasks.pop(job, None)
        self._alone = False
        self._wake.set()

    async def _handle(self, job: str, handler: Handler) -> None:
        try:
            await handler(job)
        except Exception:
            log.exception("the handler of job %s stumbled", job)
            await asyncio.sleep(LOOK_AGAIN_S)
