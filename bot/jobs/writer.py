"""Many small changes in one transaction, so that a crowd does not wait for one disk write each.

What is promised: a change is on the disk when `write` returns; the others in its transaction do not notice its
failure; a caller that is cancelled meanwhile leaves the change either whole or not made at all.
What is not: an order between the changes of different callers. A change that raises JobsError must not have written
anything before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.errors import JobsError
from bot.store import Store
from bot.store.errors import StoreError

MOST_TOGETHER = 50

T = TypeVar("T")
Change = Callable[[AsyncConnection], Awaitable[T]]


@dataclass
class _Waiting:
    change: Change[Any]
    answer: asyncio.Future[Any]


class Writer:
    """Writes what waits. Made by `open_writer`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: asyncio.PriorityQueue[tuple[int, int, _Waiting | None]] = asyncio.PriorityQueue()
        self._numbers = count()

    async def write(self, change: Change[T], *, urgent: bool = False) -> T:
        """Run `change` in a transaction; it may run twice, the first time in one that is rolled back.

        urgent: a person waits for the answer, so it comes before what others only make progress with. Raises
        what it raises, and StoreError.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((0 if urgent else 1, next(self._numbers), _Waiting(change, answer)))
        return await answer

    async def serve(self) -> None:
        """Write until `stop`; then write what is left."""
        while True:
            urgency, _, first = await self._waiting.get()
            if first is None:
                return
            await self._write([first, *self._others_as_urgent_as(urgency)])

    def _others_as_urgent_as(self, urgency: int) -> list[_Waiting]:
        """What can go into the same transaction: nobody's answer waits for what only makes progress."""
        others: list[_Waiting] = []
        while len(others) < MOST_TOGETHER - 1 and not self._waiting.empty():
            following = self._waiting.get_nowait()
            if following[0] != urgency or following[2] is None:
                self._waiting.put_nowait(following)  # with its number, so in its old place
                break
            others.append(following[2])
        return others

    def stop(self) -> None:
        """Let `serve` end."""
        self._waiting.put_nowait((2, next(self._numbers), None))

    async def _write(self, together: list[_Waiting]) -> None:
        wanted = [waiting for waiting in together if not waiting.answer.done()]
        outcomes: list[Any] = []
        try:
            async with self._store.writing() as connection:
                for waiting in wanted:
                    outcomes.append(await _attempt(waiting.change, connection))  # noqa: PERF401 - the order counts
        except Exception as error:
            if len(wanted) == 1 or isinstance(error, StoreError):
                outcomes = [error] * len(wanted)
            else:  # one of them is a mistake of ours: the others shall not suffer
                for waiting in wanted:
                    await self._write([waiting])
                return
        for waiting, outcome in zip(wanted, outcomes, strict=True):
            _tell(waiting.answer, outcome)


async def _attempt(change: Change[Any], connection: AsyncConnection) -> Any:
    try:
        return await change(connection)
    except JobsError as refusal:
        return refusal


def _tell(answer: asyncio.Future[Any], outcome: Any) -> None:
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


@asynccontextmanager
async def open_writer(store: Store) -> AsyncIterator[Writer]:
    """A writer that works as long as the context lasts, and finishes what it was given."""
    writer = Writer(store)
    task = asyncio.create_task(writer.serve(), name="jobs-writer")
    try:
        yield writer
    finally:
        writer.stop()
        await task
