"""Presses on the same thing by a crowd, such as votes, taken together so that nobody is kept waiting.

What is promised: those who press in the same moment are heard in one transaction, in the order in which they came; what
refuses one refuses no other. What is not: what a press does; that is said by whoever takes them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.errors import JobsError
from bot.jobs.writer import Writer
from bot.store.batching import Batched

Press = TypeVar("Press")
Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Arrival(Generic[Press]):
    """target: what is pressed on. serial: in which order they came."""

    serial: int
    target: str
    press: Press


class Presses(Generic[Press, Answer]):
    """take: what is answered to presses on one target, each in its place; may raise JobsError before it writes."""

    def __init__(
        self,
        writer: Writer,
        take: Callable[[AsyncConnection, str, Sequence[Press]], Awaitable[Sequence[Answer | JobsError]]],
    ) -> None:
        self._writer, self._take = writer, take
        self._serials = count()
        self._arrivals: Batched[_Arrival[Press], Answer | JobsError] = Batched(self._take_all)

    async def take(self, target: str, press: Press) -> Answer:
        """In one transaction with all who press meanwhile. Raises the JobsError that refuses it, and StoreError."""
        answer = await self._arrivals.get(_Arrival(serial=next(self._serials), target=target, press=press))
        assert answer is not None, "every press has an answer"
        if isinstance(answer, JobsError):
            raise answer
        return answer

    async def _take_all(self, arrivals: Collection[_Arrival[Press]]) -> dict[_Arrival[Press], Answer | JobsError]:
        async def take(connection: AsyncConnection) -> dict[_Arrival[Press], Answer | JobsError]:
            answers: dict[_Arrival[Press], Answer | JobsError] = {}
            in_order = sorted(arrivals, key=lambda arrival: arrival.serial)
            for target in {arrival.target for arrival in arrivals}:
                mine = [arrival for arrival in in_order if arrival.target == target]
                try:
                    taken = await self._take(connection, target, [arrival.press for arrival in mine])
                except JobsError as refusal:
                    answers |= dict.fromkeys(mine, refusal)
                else:
                    answers |= zip(mine, taken, strict=True)
            return answers

        return await self._writer.write(take, urgent=True)
