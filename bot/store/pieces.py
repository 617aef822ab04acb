"""Pieces that were made, and which files belong to them.

What is promised: a deleted piece is gone for everybody: its files (unless another piece has the very same content) and
what was written down about it; nobody is shown it any more. Its row stays, so that its buttons can say so.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.making.workshop import Source, SourceIsGone
from bot.store.appointments import Appointments
from bot.store.blobs import Blobs
from bot.store.connections import Connections
from bot.store.duels import note_duel
from bot.store.exhibits import forget_pieces
from bot.store.lineage import note_parent, parent_of
from bot.store.tables import files, is_blind, pieces
from renderers.formats import ABC

_ID = re.compile(r"[0-9a-z]{1,20}", re.ASCII)  # anything may be typed behind /piece, also what no database can read


@dataclass(frozen=True)
class StoredFile:
    """One file of a piece. ending: "_p1.png"; name: with the ending; sha256: for `Blobs.path`; size in bytes."""

    ending: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class PieceView:
    """A piece. person is a key ("discord:4711"); moments are seconds since 1970.

    Of a deleted one the record and the files are empty: look at `deleted` first.
    """

    id: str
    person: str
    platform: str
    guild: str | None
    record: Mapping[str, Any]
    created: float
    deleted: float | None = None
    files: tuple[StoredFile, ...] = ()

    def file(self, ending: str) -> StoredFile | None:
        """The file with this ending, e.g. ".mp3"."""
        return next((file for file in self.files if file.ending == ending), None)


@dataclass(frozen=True)
class PieceCounts:
    """pieces: those that exist; deleted: those that do not any more; files and bytes: on the disk."""

    pieces: int
    deleted: int
    files: int
    bytes: int


class Pieces:
    """The tables `pieces` and `files`."""

    def __init__(self, connections: Connections, blobs: Blobs) -> None:
        self._connections, self._blobs = connections, blobs

    async def put_files(self, name: str, contents: Mapping[str, bytes]) -> tuple[StoredFile, ...]:
        """Bring the files of a piece to the disk, before it is written down. name: of all, contents: by ending."""
        return tuple(
            [
                StoredFile(ending, name + ending, await self._blobs.put(content), len(content))
                for ending, content in contents.items()
            ]
        )

    async def add(
        self,
        connection: AsyncConnection,
        *,
        id: str,  # noqa: A002 - the column's name
        person: str,
        platform: str,
        guild: str | None,
        record: Mapping[str, Any],
        files: Sequence[StoredFile],
        created: float,
    ) -> None:
        """Write down a piece whose files are on the disk already."""
        await connection.execute(
            insert(pieces).values(
                id=id, person=person, platform=platform, guild=guild, record=dict(record), created=created
            )
        )
        await note_parent(connection, id, parent_of(record), created=created)
        waiting = Appointments(self._connections)
        await note_duel(connection, waiting, id=id, person=person, record=record, created=created)
        await _add_files(connection, id, files)
        for file in files:
            self._blobs.recorded(file.sha256)

    async def get(self, id: str) -> PieceView | None:  # noqa: A002
        """The piece, also a deleted one. None for whatever is not the id of one."""
        if _ID.fullmatch(id) is None:
            return None
        async with self._connections.reading() as connection:
            row = (await connection.execute(select(pieces).where(pieces.c.id == id))).one_or_none()
            return None if row is None else (await _views(connection, [row]))[0]

    async def some(self, ids: Collection[str]) -> dict[str, PieceView]:
        """Those of them that are there, by id; also deleted ones."""
        async with self._connections.reading() as connection:
            rows = (await connection.execute(select(pieces).where(pieces.c.id.in_(ids)))).all()
            return {piece.id: piece for piece in await _views(connection, rows)}

    async def source(self, id: str) -> Source:  # noqa: A002
        """A piece that another is made from. Raises SourceIsGone."""
        piece = await self.get(id)
        file = piece.file(ABC.ending) if piece is not None else None
        if piece is None or file is None:
            raise SourceIsGone(id=id)
        try:
            abc = (await asyncio.to_thread(self._blobs.path(file.sha256).read_bytes)).decode()
        except (OSError, UnicodeDecodeError) as error:
            raise SourceIsGone(id=id) from error
        return Source(id=id, name=file.name.removesuffix(ABC.ending), abc=abc, record=piece.record)

    async def of(self, person: str, limit: int = 20, offset: int = 0) -> list[PieceView]:
        """A person's pieces that are not deleted, newest first; those composed for a duel once it is unveiled."""
        mine = select(pieces).where(pieces.c.person == person, pieces.c.deleted.is_(None))
        mine = mine.where(~is_blind(only_composed=True))
        newest_first = mine.order_by(pieces.c.created.desc(), pieces.c.id).limit(limit).offset(offset)
        async with self._connections.reading() as connection:
            return await _views(connection, (await connection.execute(newest_first)).all())

    async def delete(self, id: str) -> bool:  # noqa: A002
        """Delete the piece for everybody. False if there is none, or it was deleted before."""
        if _ID.fullmatch(id) is None:
            return False
        async with self._connections.writing() as connection:
            known = await connection.execute(select(pieces.c.id).where(pieces.c.id == id, pieces.c.deleted.is_(None)))
            if known.one_or_none() is None:
                return False
            unused = await self.mark_deleted(connection, [id])
        await self._blobs.remove(unused)
        return True

    async def note(self, id: str, **values: Any) -> bool:  # noqa: A002
        """Write something into the record of a piece that is there. False if it is not."""
        async with self._connections.writing() as connection:
            row = (
                await connection.execute(select(pieces.c.record).where(pieces.c.id == id, pieces.c.deleted.is_(None)))
            ).one_or_none()
            if row is None:
                return False
            await connection.execute(update(pieces).where(pieces.c.id == id).values(record={**row.record, **values}))
        return True

    async def mark_deleted(self, connection: AsyncConnection, ids: Collection[str]) -> set[str]:
        """Empty the rows of these pieces; returns the contents to remove from the blobs after the commit."""
        unused = await self.drop_files(connection, ids)
        await forget_pieces(connection, ids)
        await connection.execute(update(pieces).where(pieces.c.id.in_(ids)).values(deleted=time.time(), record={}))
        return unused

    async def drop_files(self, connection: AsyncConnection, ids: Collection[str] | Select[str]) -> set[str]:
        """Take their files from these pieces; returns the contents that no piece uses now."""
        others = select(files.c.sha256).where(files.c.piece.not_in(ids))
        only_here = select(files.c.sha256).where(files.c.piece.in_(ids), files.c.sha256.not_in(others)).distinct()
        unused = set((await connection.execute(only_here)).scalars())
        await connection.execute(delete(files).where(files.c.piece.in_(ids)))
        return unused

    async def counts(self) -> PieceCounts:
        """For the operators."""
        contents = select(files.c.sha256, func.max(files.c.size).label("size")).group_by(files.c.sha256).subquery()
        async with self._connections.reading() as connection:
            total, deleted = (
                await connection.execute(select(func.count(), func.count(pieces.c.deleted)).select_from(pieces))
            ).one()
            number, size = (
                await connection.execute(
                    select(func.count(), func.coalesce(func.sum(contents.c.size), 0)).select_from(contents)
                )
            ).one()
        return PieceCounts(total - deleted, deleted, number, int(size))


async def _add_files(connection: AsyncConnection, piece: str, stored: Sequence[StoredFile]) -> None:
    rows = [{"piece": piece, "ending": f.ending, "name": f.name, "sha256": f.sha256, "size": f.size} for f in stored]
    if rows:
        await connection.execute(insert(files), rows)


async def _views(connection: AsyncConnection, rows: Iterable[Row[Any]]) -> list[PieceView]:
    rows = list(rows)
    ids = [row.id for row in rows]
    found = await connection.execute(
        select(files).where(files.c.piece.in_(ids)).order_by(files.c.piece, files.c.ending)
    )
    by_piece: dict[str, list[StoredFile]] = {id_: [] for id_ in ids}
    for file in found:
        by_piece[file.piece].append(StoredFile(file.ending, file.name, file.sha256, file.size))
    return [PieceView(**row._mapping, files=tuple(by_piece[row.id])) for row in rows]
