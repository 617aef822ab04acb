"""Pieces that several people may work on: who may, which pieces belong to one, and which of them were changed at once.

A piece is opened by its owner, for all in a place or for some people; what these make of it, and of what was made of it
so, belongs to it, too. Its ends are the pieces of which nobody has made another yet.
Promises: two changes of the same piece by different people are found in the transaction that writes the second one
down, so no pair is missed or found twice. What was undone, deleted, or left side by side on purpose is no end.
Not covered: putting them together (`bot.making.merge`), and asking for it (`bot.jobs.together`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.making.edit import UNDONE
from bot.making.merge import BOTH, CLASHING
from bot.store.connections import Connections
from bot.store.lineage import Lineage, ancestors
from bot.store.tables import pieces

OPEN, OF = "together", "together_of"  # in records: of the piece itself, and of what was made of it
HANDS = "hands"  # in records: who changed which bars, by name and by the piece of the change
MOST_PEOPLE = 20

Records = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Share:
    """Who may work on a piece beside its owner: all in a place ("discord:77"), "" for no place, and people by key."""

    scope: str = ""
    people: tuple[str, ...] = ()

    def lets(self, person: str, scope: str) -> bool:
        """Whether somebody in a place may."""
        return person in self.people or (bool(self.scope) and self.scope == scope)

    def to_json(self) -> dict[str, Any]:
        return {"scope": self.scope, "people": list(self.people)}


def share_in(record: Mapping[str, Any]) -> Share | None:
    """To whom a piece is open, by its record."""
    written = record.get(OPEN)
    if not isinstance(written, Mapping):
        return None
    return Share(str(written.get("scope") or ""), tuple(str(key) for key in written.get("people") or ()))


@dataclass(frozen=True)
class Pair:
    """Two pieces of different people that were made from the same one, and that one."""

    mine: str
    theirs: str
    base: str


class Together:
    """What `pieces` and `lineage` say about it."""

    def __init__(self, connections: Connections, lineage: Lineage) -> None:
        self._connections, self._lineage = connections, lineage

    async def root_for(self, source: str, *, person: str, scope: str) -> str | None:
        """The opened piece that `source` belongs to, if this person may work on it there; None else."""
        async with self._connections.reading() as connection:
            return await self.root_within(connection, source, person=person, scope=scope)

    async def root_within(self, connection: AsyncConnection, source: str, *, person: str, scope: str) -> str | None:
        """The same within a transaction."""
        record = (await _records(connection, [source])).get(source)
        if record is None:
            return None
        root = source if share_in(record["record"]) else str(record["record"].get(OF) or "")
        opened = record if root == source else (await _records(connection, [root])).get(root)
        share = share_in(opened["record"]) if opened is not None else None
        if opened is None or share is None:
            return None
        return root if opened["person"] == person or share.lets(person, scope) else None

    async def pair_with(self, connection: AsyncConnection, piece: str, root: str) -> Pair | None:
        """The newest end that somebody else has made while `piece` was made, which has been written down."""
        parents = await self._lineage.family_within(connection, root)
        known = await _records(connection, list(parents))
        members = {id_: row for id_, row in known.items() if id_ == root or str(row["record"].get(OF) or "") == root}
        mine = members.get(piece)
        if mine is None:
            return None
        ends = _ends(members, parents)
        theirs = [
            id_
            for id_ in ends
            if id_ != piece
            and members[id_]["person"] != mine["person"]
            and not _are_apart(members, parents, piece, id_)
        ]
        if not theirs:
            return None
        newest = max(theirs, key=lambda id_: (members[id_]["created"], id_))
        base = _common(parents, piece, newest)
        return None if base is None or base in (piece, newest) else Pair(piece, newest, base)

    async def hands_of(self, connection: AsyncConnection, sources: Sequence[str]) -> list[dict[str, Any]]:
        """Who changed what of these pieces and of what they come from; each change once, in their order."""
        known = await _records(connection, sources)
        hands = [hand for id_ in sources if id_ in known for hand in known[id_]["record"].get(HANDS) or ()]
        return list({hand["piece"]: hand for hand in hands}.values())

    async def forget(self, connection: AsyncConnection, person: str) -> None:
        """Nobody's piece is open to this person by name, or names them, any more. Their pieces are still there."""
        theirs = set((await connection.execute(select(pieces.c.id).where(pieces.c.person == person))).scalars())
        written = cast(pieces.c.record, String)
        named = or_(written.like(f'%"{person}"%'), written.like(f'%"{HANDS}"%'))
        for row in (await connection.execute(select(pieces.c.id, pieces.c.record).where(named))).all():
            record = _without(row.record, person, theirs)
            if record != row.record:
                await connection.execute(update(pieces).where(pieces.c.id == row.id).values(record=record))


def _without(record: Mapping[str, Any], person: str, theirs: Collection[str]) -> dict[str, Any]:
    """The record without a person, whose pieces these are."""
    share, left = share_in(record), dict(record)
    if share is not None and person in share.people:
        left[OPEN] = Share(share.scope, tuple(key for key in share.people if key != person)).to_json()
    if hands := record.get(HANDS):
        left[HANDS] = [{**hand, "name": ""} if hand.get("piece") in theirs else hand for hand in hands]
    return left


async def _records(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    query = select(pieces.c.id, pieces.c.person, pieces.c.record, pieces.c.created)
    rows = await connection.execute(query.where(pieces.c.id.in_(ids), pieces.c.deleted.is_(None)))
    return {row.id: dict(row._mapping) for row in rows}


def _ends(members: Records, parents: Mapping[str, str | None]) -> set[str]:
    """Those of which nobody has made another, and which are a piece and not a question."""
    standing = {
        id_
        for id_, row in members.items()
        if (row["record"].get("choice") or {}).get("verdict") != UNDONE and CLASHING not in row["record"]
    }
    gone_on = {str(parents.get(id_)) for id_ in standing if parents.get(id_)}
    put_in = {str((members[id_]["record"].get("merged") or {}).get("with")) for id_ in standing}
    return standing - gone_on - put_in


def _are_apart(members: Records, parents: Mapping[str, str | None], one: str, other: str) -> bool:
    """Whether somebody wanted both to stay, of these or of what they come from."""
    lines = ({one, *ancestors(one, parents)}, {other, *ancestors(other, parents)})
    for row in members.values():
        clash = row["record"].get(CLASHING)
        if clash and row["record"].get("took") == BOTH:
            pair = (str(clash["mine"]), str(clash["theirs"]))
            if any(pair[0] in lines[way] and pair[1] in lines[1 - way] for way in (0, 1)):
                return True
    return False


def _common(parents: Mapping[str, str | None], one: str, other: str) -> str | None:
    """The nearest that both come from."""
    above = {other, *ancestors(other, parents)}
    return next((id_ for id_ in (one, *ancestors(one, parents)) if id_ in above), None)
