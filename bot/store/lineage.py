"""Which piece was made from which: ids and nothing else, which outlive pieces that are deleted and people's data.

What is promised: a family is found from any of its members, however it was deleted since; a very large one in part, the
ancestors and those nearest to them first. Not covered: what the pieces are; that is `pieces.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.connections import Connections
from bot.store.tables import lineage

MOST_GENERATIONS = 200
MOST_KIN = 500

Parents = Mapping[str, str | None]


def parent_of(record: Mapping[str, Any]) -> str | None:
    """The piece that one with this record was made from."""
    return record.get("redrawn") or record.get("parent") or None


def ancestors(piece: str, parents: Parents) -> list[str]:
    """What a piece comes from, the nearest first; a circle, which no piece should make, is gone round once."""
    found: list[str] = []
    at = parents.get(piece)
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return found


async def note_parent(connection: AsyncConnection, piece: str, parent: str | None, *, created: float) -> None:
    """Within the transaction that writes the piece down."""
    if parent is not None and parent != piece:
        await connection.execute(insert(lineage).values(piece=piece, parent=parent[:20], created=created))


class Lineage:
    """The table `lineage`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def family(self, piece: str) -> Parents:
        """All that have an ancestor in common with it, older ones before younger ones, with their parents; None for the
        first.
        """
        async with self._connections.reading() as connection:
            return await self.family_within(connection, piece)

    async def family_within(self, connection: AsyncConnection, piece: str) -> Parents:
        """The same within a transaction."""
        parents: dict[str, str | None] = {}
        ancestors = await self._ancestors(connection, piece)
        newest: dict[str, str | None] = {ancestors[0]: None}
        while newest and len(parents) < MOST_KIN:
            parents |= newest
            found = await self._children(connection, list(newest), most=MOST_KIN)
            newest = {child: parent for child, parent in found.items() if child not in parents}
        return parents | dict(zip(ancestors[1:], ancestors, strict=False))

    async def _ancestors(self, connection: AsyncConnection, piece: str) -> list[str]:
        """The first of all, and so on down to the piece itself."""
        found = [piece]
        while len(found) <= MOST_GENERATIONS:
            query = select(lineage.c.parent).where(lineage.c.piece == found[-1])
            parent = (await connection.execute(query)).scalar_one_or_none()
            if parent is None or parent in found:
                break
            found.append(parent)
        return found[::-1]

    async def _children(self, connection: AsyncConnection, parents: Sequence[str], *, most: int) -> dict[str, str]:
        query = select(lineage).where(lineage.c.parent.in_(parents))
        rows = await connection.execute(query.order_by(lineage.c.created, lineage.c.piece).limit(most))
        return {row.piece: row.parent for row in rows}
