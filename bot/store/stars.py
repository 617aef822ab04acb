"""Who likes which piece in which server.

Promises: a person's star counts once for a piece in a server, below however many messages it stands. Whoever takes
connections works in the transaction of whoever calls. Not covered: whose stars count; that is `bot.jobs.curating`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.connections import Connections
from bot.store.tables import pieces, stars


class Stars:
    """The table `stars`. scope: "discord:4711"; person: a key; message: "chat/message", "" for a button."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def count(self, scope: str, piece: str) -> int:
        """How many people like it there."""
        async with self._connections.reading() as connection:
            return await self.find_count(connection, scope, piece)

    async def find_count(self, connection: AsyncConnection, scope: str, piece: str) -> int:
        """The same within a transaction."""
        liked = select(func.count(func.distinct(stars.c.person)))
        return await connection.scalar(liked.where(stars.c.scope == scope, stars.c.piece == piece)) or 0

    async def best(self, scope: str, *, since: float = 0.0, limit: int = 200) -> dict[str, int]:
        """Stars of the pieces of a server that got any since then and are there, the most first."""
        number = func.count(func.distinct(stars.c.person))
        query = select(stars.c.piece, number).join(pieces, pieces.c.id == stars.c.piece)
        query = query.where(stars.c.scope == scope, stars.c.at >= since, pieces.c.deleted.is_(None))
        query = query.group_by(stars.c.piece).order_by(number.desc(), stars.c.piece).limit(limit)
        async with self._connections.reading() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}

    async def scopes(self, person: str, *, limit: int = 5) -> list[str]:
        """Where somebody liked something, the latest first."""
        query = select(stars.c.scope).where(stars.c.person == person).group_by(stars.c.scope)
        async with self._connections.reading() as connection:
            return list(await connection.scalars(query.order_by(func.max(stars.c.at).desc()).limit(limit)))

    async def add(
        self, connection: AsyncConnection, *, scope: str, piece: str, person: str, message: str, now: float
    ) -> bool:
        """False if this very one is there."""
        this = stars.c.scope == scope, stars.c.piece == piece, stars.c.person == person, stars.c.message == message
        if await connection.scalar(select(stars.c.piece).where(*this)) is not None:
            return False
        values = {"scope": scope, "piece": piece, "person": person, "message": message, "at": now}
        await connection.execute(insert(stars).values(**values))
        return True

    async def remove(
        self, connection: AsyncConnection, person: str, *, piece: str | None = None, message: str | None = None
    ) -> Sequence[tuple[str, str]]:
        """Those of a person for a piece, or below a message; returns the servers and pieces that they were for."""
        these = [stars.c.person == person]
        these += [stars.c.piece == piece] if piece is not None else []
        these += [stars.c.message == message] if message is not None else []
        found = (await connection.execute(select(stars.c.scope, stars.c.piece).where(*these).distinct())).all()
        await connection.execute(delete(stars).where(*these))
        return [(row.scope, row.piece) for row in found]

    async def likes(self, connection: AsyncConnection, person: str, piece: str) -> bool:
        """Whether a star of theirs is anywhere."""
        this = select(stars.c.piece).where(stars.c.person == person, stars.c.piece == piece).limit(1)
        return await connection.scalar(this) is not None
