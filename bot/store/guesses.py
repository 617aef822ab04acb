"""What people guessed on which day: which bars a human wrote, and which composer.

What is promised: one guess a person and day; the first counts, whatever is pressed afterwards. It is gone with the
person, and with what is too old.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.connections import Connections
from bot.store.rules import Switches
from bot.store.tables import guesses

SECRET = "guess_secret"  # noqa: S105 - the name of a switch


@dataclass(frozen=True, kw_only=True)
class Guess:
    """day: its ordinal. human: which bars were said to be by a human, 1 or 2, and whether that is right; composer
    likewise, None while nothing was said. told: whether the person has told others how it went.
    """

    person: str
    day: int
    human: int
    human_right: bool
    composer: str | None = None
    composer_right: bool | None = None
    told: bool = False
    at: float = 0.0


@dataclass(frozen=True, kw_only=True)
class DayCounts:
    """people: who guessed that day; right: who told a human from the machine."""

    people: int
    right: int


class Guesses:
    """The table `guesses`. What takes a connection belongs to the transaction of whoever calls it."""

    def __init__(self, connections: Connections, switches: Switches) -> None:
        self._connections, self._switches = connections, switches

    async def secret(self) -> str:
        """By which the bars of a day are chosen; drawn once."""
        known = await self._switches.get(SECRET)
        if known is None:
            known = secrets.token_hex(16)
            await self._switches.set(SECRET, known)
        return str(known)

    async def find(self, connection: AsyncConnection, person: str, day: int) -> Guess | None:
        """Somebody's of a day."""
        row = (await connection.execute(select(guesses).where(*_one(person, day)))).one_or_none()
        return None if row is None else _guess(row)

    async def add(self, connection: AsyncConnection, guess: Guess) -> None:
        """The first of a day."""
        await connection.execute(insert(guesses).values(**guess.__dict__))

    async def change(self, connection: AsyncConnection, guess: Guess, **values: Any) -> None:
        """What was said later."""
        await connection.execute(update(guesses).where(*_one(guess.person, guess.day)).values(**values))

    async def of(self, person: str) -> list[Guess]:
        """All of somebody's, the newest first."""
        mine = select(guesses).where(guesses.c.person == person).order_by(guesses.c.day.desc())
        async with self._connections.reading() as connection:
            return [_guess(row) for row in await connection.execute(mine)]

    async def counts(self, day: int) -> DayCounts:
        """Of all people together."""
        those = select(guesses.c.human_right, func.count()).where(guesses.c.day == day).group_by(guesses.c.human_right)
        async with self._connections.reading() as connection:
            found = {bool(right): count for right, count in await connection.execute(those)}
        return DayCounts(people=sum(found.values()), right=found.get(True, 0))


async def forget_guesses(connection: AsyncConnection, *, before: float) -> None:
    """Those that are older."""
    await connection.execute(delete(guesses).where(guesses.c.at < before))


def _one(person: str, day: int) -> tuple[Any, ...]:
    return guesses.c.person == person, guesses.c.day == day


def _guess(row: Row[Any]) -> Guess:
    return Guess(**row._mapping)
