"""What people want to find again.

Promises: a piece is somebody's favourite once; one that was deleted is nobody's. Whoever takes connections works in the
transaction of whoever calls.
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.connections import Connections
from bot.store.tables import favourites, is_a_piece, is_blind, pieces


class Favourites:
    """The table `favourites`. person: a key."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def of(self, person: str, *, limit: int = 20, offset: int = 0) -> list[str]:
        """Ids of somebody's favourites that are there, the newest first."""
        mine = select(favourites.c.piece).join(pieces, pieces.c.id == favourites.c.piece)
        mine = mine.where(favourites.c.person == person, pieces.c.deleted.is_(None))
        newest = mine.order_by(favourites.c.added.desc(), favourites.c.piece).limit(limit).offset(offset)
        async with self._connections.reading() as connection:
            return list(await connection.scalars(newest))

    async def count(self, person: str) -> int:
        """How many there are."""
        mine = select(func.count()).select_from(favourites.join(pieces, pieces.c.id == favourites.c.piece))
        async with self._connections.reading() as connection:
            found = mine.where(favourites.c.person == person, pieces.c.deleted.is_(None))
            return await connection.scalar(found) or 0

    async def random(self, person: str) -> str | None:
        """Any of somebody's own pieces and favourites, but for what a duel shows blind."""
        mine = select(favourites.c.piece).where(favourites.c.person == person)
        query = select(pieces.c.id).where(pieces.c.deleted.is_(None), is_a_piece(), ~is_blind())
        query = query.where((pieces.c.person == person) | pieces.c.id.in_(mine))
        async with self._connections.reading() as connection:
            found: str | None = await connection.scalar(query.order_by(func.random()).limit(1))
            return found

    async def add(self, connection: AsyncConnection, person: str, piece: str, *, now: float) -> bool:
        """False if it was one."""
        this = favourites.c.person == person, favourites.c.piece == piece
        if await connection.scalar(select(favourites.c.piece).where(*this)) is not None:
            return False
        await connection.execute(insert(favourites).values(person=person, piece=piece, added=now))
        return True

    async def remove(self, connection: AsyncConnection, person: str, piece: str) -> bool:
        """False if it was none."""
        this = favourites.c.person == person, favourites.c.piece == piece
        return (await connection.execute(delete(favourites).where(*this))).rowcount > 0
