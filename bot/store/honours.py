"""Honours: what people have of the challenges of a server that are over.

What is promised: they are written down in the transaction that closes a challenge, and stay when it is too old to be
kept; whoever is forgotten has none. Not covered: what they come to (`bot.challenges.fame`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.challenges.fame import Honour
from bot.store.connections import Connections
from bot.store.tables import honours

MOST = 5000  # of a server, the newest


class Honours:
    """The table `honours`. Belongs to a Store."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def of(self, scope: str, *, until: float | None = None) -> list[Honour]:
        """Those of a server or private chat. until: of challenges that were over by then."""
        mine = select(honours).where(honours.c.scope == scope)
        if until is not None:
            mine = mine.where(honours.c.over <= until)
        newest = mine.order_by(honours.c.over.desc(), honours.c.challenge, honours.c.person).limit(MOST)
        async with self._connections.reading() as connection:
            return [Honour(**row._mapping) for row in await connection.execute(newest)]

    async def add(self, connection: AsyncConnection, given: Sequence[Honour]) -> None:
        """Of one challenge that is closed now."""
        if given:
            await connection.execute(insert(honours), [asdict(honour) for honour in given])
