"""Who asked those who manage a server to look at a piece there.

Promises: a person reports a piece in a server once; who it was is told to nobody. Whoever takes connections works in
the transaction of whoever calls.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.connections import Connections
from bot.store.tables import reports


@dataclass(frozen=True, kw_only=True)
class Case:
    """A piece that was reported. people: how many did; reasons: of those who gave one, the newest first."""

    piece: str
    people: int
    reasons: tuple[str, ...] = ()


class Reports:
    """The table `reports`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def case(self, scope: str, piece: str) -> Case | None:
        """What nobody has looked at yet."""
        open_ = reports.c.scope == scope, reports.c.piece == piece, reports.c.closed.is_(None)
        async with self._connections.reading() as connection:
            rows = (await connection.execute(select(reports).where(*open_).order_by(reports.c.at.desc()))).all()
        reasons = tuple(row.reason for row in rows if row.reason)
        return Case(piece=piece, people=len(rows), reasons=reasons) if rows else None

    async def open_cases(self, scope: str, *, limit: int = 10) -> list[str]:
        """Ids of the pieces that were reported, the oldest first."""
        query = select(reports.c.piece).where(reports.c.scope == scope, reports.c.closed.is_(None))
        async with self._connections.reading() as connection:
            return list(
                await connection.scalars(
                    query.group_by(reports.c.piece).order_by(func.min(reports.c.at), reports.c.piece).limit(limit)
                )
            )

    async def add(
        self, connection: AsyncConnection, *, scope: str, piece: str, person: str, reason: str, now: float
    ) -> bool:
        """False if this person has reported it there before; a reason is taken all the same."""
        this = reports.c.scope == scope, reports.c.piece == piece, reports.c.person == person
        if await connection.scalar(select(reports.c.piece).where(*this)) is not None:
            if reason:
                await connection.execute(update(reports).where(*this).values(reason=reason))
            return False
        values = {"scope": scope, "piece": piece, "person": person, "reason": reason, "at": now, "closed": None}
        await connection.execute(insert(reports).values(**values))
        return True

    async def lately(self, connection: AsyncConnection, person: str, *, since: float) -> int:
        """How many somebody has made since then."""
        mine = select(func.count()).where(reports.c.person == person, reports.c.at >= since)
        return await connection.scalar(mine) or 0

    async def close(self, connection: AsyncConnection, scope: str, piece: str, *, now: float) -> int:
        """Those who manage the server have looked at it; returns how many reports that were."""
        open_ = reports.c.scope == scope, reports.c.piece == piece, reports.c.closed.is_(None)
        return (await connection.execute(update(reports).where(*open_).values(closed=now))).rowcount
