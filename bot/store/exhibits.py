"""Pieces that are shown to others: in a server's gallery, or shared to a chat; and what may not be shown there.

Promises: a piece stands in a gallery once, and once in a chat that it was shared to; what is taken down leaves its chat
whoever dies meanwhile, because the row that removes its message is written together with it. Whoever takes connections
works in the transaction of whoever calls. Not covered: what is shown when; that is `bot.jobs.curating`.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.connections import Connections
from bot.store.deliveries import AMEND, REMOVE, change_posts
from bot.store.tables import (
    deliveries,
    exhibits,
    favourites,
    is_a_piece,
    is_blind,
    jobs,
    pieces,
    reports,
    stars,
    takedowns,
)

ExhibitKind = Literal["gallery", "share"]
AMEND_AFTER_S = 3.0  # several stars in a row are one change of the message


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """As it stands in the table, which see."""

    id: str
    kind: ExhibitKind
    place: str
    scope: str
    piece: str
    person: str | None
    credit: str
    sharer: str
    is_up: bool
    at: float


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a message shows. exhibit: that which it is; topic: of the chat, in which it stands."""

    piece: str
    exhibit: Exhibit | None = None
    topic: str | None = None


class Exhibits:
    """The tables `exhibits` and `takedowns`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    # --- looking -------------------------------------------------------------------------------------------------

    async def get(self, id: str) -> Exhibit | None:  # noqa: A002 - the column's name
        """One of them, also one that was taken down."""
        async with self._connections.reading() as connection:
            row = (await connection.execute(select(exhibits).where(exhibits.c.id == id))).one_or_none()
            return None if row is None else _exhibit(row)

    async def find(self, connection: AsyncConnection, kind: ExhibitKind, place: str, piece: str) -> Exhibit | None:
        """That of a piece in a place, also one that was taken down."""
        this = exhibits.c.kind == kind, exhibits.c.place == place, exhibits.c.piece == piece
        row = (await connection.execute(select(exhibits).where(*this))).one_or_none()
        return None if row is None else _exhibit(row)

    async def of(self, piece: str) -> list[Exhibit]:
        """Where a piece is shown."""
        query = select(exhibits).where(exhibits.c.piece == piece, exhibits.c.state == "up").order_by(exhibits.c.at)
        async with self._connections.reading() as connection:
            return [_exhibit(row) for row in await connection.execute(query)]

    async def gallery(self, scopes: Collection[str], *, limit: int = 20) -> list[str]:
        """Ids of the pieces in the galleries of these servers, the newest first."""
        query = select(exhibits.c.piece, func.max(exhibits.c.at).label("newest"))
        query = query.join(pieces, pieces.c.id == exhibits.c.piece).where(pieces.c.deleted.is_(None))
        query = query.where(exhibits.c.scope.in_(scopes), exhibits.c.kind == "gallery", exhibits.c.state == "up")
        query = query.group_by(exhibits.c.piece).order_by(func.max(exhibits.c.at).desc(), exhibits.c.piece)
        async with self._connections.reading() as connection:
            return [row.piece for row in await connection.execute(query.limit(limit))]

    async def random(self, scope: str, *, only_gallery: bool = False) -> str | None:
        """One that everybody in a server may see: made there, shared there, or in its gallery; none taken down,
        none that a duel shows blind.
        """
        shown = select(exhibits.c.piece).where(exhibits.c.scope == scope, exhibits.c.state == "up")
        platform, _, guild = scope.partition(":")
        if only_gallery:
            allowed: ColumnElement[bool] = pieces.c.id.in_(shown.where(exhibits.c.kind == "gallery"))
        else:
            made_there = (pieces.c.platform == platform) & (pieces.c.guild == guild)
            allowed = or_(made_there, pieces.c.id.in_(shown))
        banned = select(takedowns.c.piece).where(takedowns.c.scope == scope)
        query = select(pieces.c.id).where(allowed, pieces.c.deleted.is_(None), pieces.c.id.not_in(banned))
        query = query.where(is_a_piece(), ~is_blind())
        async with self._connections.reading() as connection:
            found: str | None = await connection.scalar(query.order_by(func.random()).limit(1))
            return found

    async def piece_at(self, platform: str, chat: str, message: str) -> Shown | None:
        """What a message shows, if it came as a result or as an exhibit; None for other messages."""
        query = select(deliveries.c.job, jobs.c.address).join(jobs, jobs.c.id == deliveries.c.job)
        query = query.where(deliveries.c.message == message, deliveries.c.platform == platform)
        async with self._connections.reading() as connection:
            rows = (await connection.execute(query)).all()
            at = next((row for row in rows if row.address.get("chat") == chat), None)
            if at is None:
                return None
            job, topic = at.job, at.address.get("topic")
            row = (await connection.execute(select(exhibits).where(exhibits.c.id == job))).one_or_none()
            if row is not None:
                return Shown(piece=row.piece, exhibit=_exhibit(row), topic=topic)
            known = await connection.scalar(select(pieces.c.id).where(pieces.c.id == job))
        return None if known is None else Shown(piece=job, topic=topic)

    async def is_public(self, connection: AsyncConnection, scope: str, piece: str) -> bool:
        """Whether everybody in a server may see it: it was made there, or is shown there."""
        platform, _, guild = scope.partition(":")
        row = (await connection.execute(select(pieces).where(pieces.c.id == piece))).one_or_none()
        if row is None or row.deleted is not None:
            return False
        if (row.platform, row.guild) == (platform, guild):
            return True
        shown = exhibits.c.scope == scope, exhibits.c.piece == piece, exhibits.c.state == "up"
        return await connection.scalar(select(exhibits.c.id).where(*shown).limit(1)) is not None

    async def reason_down(self, scope: str, piece: str) -> str | None:
        """Why it may not be shown there; None if it may."""
        async with self._connections.reading() as connection:
            return await self.find_reason_down(connection, scope, piece)

    async def find_reason_down(self, connection: AsyncConnection, scope: str, piece: str) -> str | None:
        """The same within a transaction."""
        this = takedowns.c.scope == scope, takedowns.c.piece == piece
        found: str | None = await connection.scalar(select(takedowns.c.reason).where(*this))
        return found

    async def down(self, scope: str) -> set[str]:
        """Ids of all that may not be shown there."""
        async with self._connections.reading() as connection:
            return set(await connection.scalars(select(takedowns.c.piece).where(takedowns.c.scope == scope)))

    # --- changing ------------------------------------------------------------------------------------------------

    async def add(self, connection: AsyncConnection, exhibit: Exhibit) -> None:
        """A new one, in the place of one that was taken down."""
        this = exhibits.c.kind == exhibit.kind, exhibits.c.place == exhibit.place, exhibits.c.piece == exhibit.piece
        await connection.execute(delete(exhibits).where(*this, exhibits.c.state == "down"))
        values = {name: value for name, value in exhibit.__dict__.items() if name != "is_up"}
        await connection.execute(insert(exhibits).values(state="up", **values))

    async def amend(self, connection: AsyncConnection, scope: str, piece: str, *, now: float) -> None:
        """What the gallery's message says has changed."""
        these = exhibits.c.scope == scope, exhibits.c.piece == piece, exhibits.c.kind == "gallery"
        rows = (await connection.execute(select(exhibits).where(*these, exhibits.c.state == "up"))).all()
        await change_posts(connection, [row.id for row in rows], AMEND, due=now + AMEND_AFTER_S)

    async def take_down(self, connection: AsyncConnection, scope: str, piece: str, *, reason: str, now: float) -> None:
        """Out of a server for good: out of its gallery, and wherever it was shared to."""
        this = takedowns.c.scope == scope, takedowns.c.piece == piece
        await connection.execute(delete(takedowns).where(*this))
        await connection.execute(insert(takedowns).values(scope=scope, piece=piece, reason=reason, at=now))
        await connection.execute(delete(stars).where(stars.c.scope == scope, stars.c.piece == piece))
        await _take_down(connection, (exhibits.c.scope == scope) & (exhibits.c.piece == piece), now=now)

    async def allow(self, connection: AsyncConnection, scope: str, piece: str) -> bool:
        """It may be shown there again. False if it might."""
        this = takedowns.c.scope == scope, takedowns.c.piece == piece
        return (await connection.execute(delete(takedowns).where(*this))).rowcount > 0

    async def take_one_down(self, connection: AsyncConnection, id: str, *, now: float) -> None:  # noqa: A002
        """Whoever shared it takes it back."""
        await _take_down(connection, exhibits.c.id == id, now=now)


async def forget_pieces(connection: AsyncConnection, ids: Collection[str] | Select[Any]) -> None:
    """Pieces are gone: they are nobody's favourites, have no stars or reports, and are shown nowhere."""
    await _take_down(connection, exhibits.c.piece.in_(ids), now=time.time())
    await connection.execute(delete(favourites).where(favourites.c.piece.in_(ids)))
    await connection.execute(delete(stars).where(stars.c.piece.in_(ids)))
    await connection.execute(delete(reports).where(reports.c.piece.in_(ids)))


async def forget_person(connection: AsyncConnection, person: str) -> None:
    """Somebody's favourites and stars go, and their names; counts that others see become true without them."""
    theirs = select(stars.c.piece).where(stars.c.person == person)
    shown = exhibits.c.piece.in_(theirs), exhibits.c.kind == "gallery", exhibits.c.state == "up"
    rows = (await connection.execute(select(exhibits).where(*shown))).all()
    await connection.execute(delete(favourites).where(favourites.c.person == person))
    await connection.execute(delete(stars).where(stars.c.person == person))
    await change_posts(connection, [row.id for row in rows], AMEND, due=time.time())
    shared = (await connection.execute(select(exhibits).where(exhibits.c.person == person))).all()
    await connection.execute(update(exhibits).where(exhibits.c.person == person).values(person=None, sharer=""))
    await change_posts(connection, [row.id for row in shared if row.state == "up"], AMEND, due=time.time())


async def _take_down(connection: AsyncConnection, which: ColumnElement[bool], *, now: float) -> None:
    rows = (await connection.execute(select(exhibits).where(which, exhibits.c.state == "up"))).all()
    await connection.execute(
        update(exhibits).where(exhibits.c.id.in_([row.id for row in rows])).values(state="down", credit="", sharer="")
    )
    await change_posts(connection, [row.id for row in rows], REMOVE, due=now)


def _exhibit(row: Row[Any]) -> Exhibit:
    return Exhibit(
        id=row.id,
        kind=cast(ExhibitKind, row.kind),
        place=row.place,
        scope=row.scope,
        piece=row.piece,
        person=row.person,
        credit=row.credit,
        sharer=row.sharer,
        is_up=row.state == "up",
        at=row.at,
    )
