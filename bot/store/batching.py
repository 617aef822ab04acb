"""Many small questions asked as one, so that a crowd does not wait for one trip to the database each.

What is promised: an answer is not older than the question; an error is told to all who asked together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.store.errors import StoreError

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass
class _Round(Generic[Key, Value]):
    """Those who ask together. answers: None until somebody has asked for all of them."""

    keys: set[Key] = field(default_factory=set)
    answers: Mapping[Key, Value] | None = None
    error: StoreError | None = None


class Batched(Generic[Key, Value]):
    """ask: answers many keys at once; a key without an answer is left out."""

    def __init__(self, ask: Callable[[Collection[Key]], Awaitable[Mapping[Key, Value]]]) -> None:
        self._ask = ask
        self._turn = asyncio.Lock()
        self._gathering: _Round[Key, Value] = _Round()

    async def get(self, key: Key) -> Value | None:
        """The answer for one key, or None. Raises StoreError."""
        return (await self.get_all((key,))).get(key)

    async def get_all(self, keys: Collection[Key]) -> Mapping[Key, Value]:
        """The answers for these keys, among those of others. While one round is answered the next gathers.

        Raises StoreError.
        """
        mine = self._gathering
        mine.keys.update(keys)
        async with self._turn:
            if mine.answers is None and mine.error is None:
                await self._answer(mine)
        if mine.error is not None:
            raise mine.error
        return mine.answers or {}

    async def _answer(self, mine: _Round[Key, Value]) -> None:
        if self._gathering is mine:
            self._gathering = _Round()
        try:
            mine.answers = await self._ask(mine.keys)
        except StoreError as error:
            mine.error = error
