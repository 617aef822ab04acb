"""Servers and groups: the rules that their own administrators set there, who changed them, and who was welcomed.

What is promised: every change is written down with who made it, the newest ones are kept, and the last one can be taken
back; a server that the bot leaves is forgotten wholly, and nobody is welcomed twice between coming and leaving.
Not covered: what operators decide about a server; that stands in `rules`, and outlives all of this.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from sqlalchemy import Row, String, Table, cast, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batching import Batched
from bot.store.connections import Connections
from bot.store.tables import (
    appointments,
    chains,
    challenges,
    duels,
    exhibits,
    honours,
    reports,
    server_changes,
    servers,
    stars,
    takedowns,
)
from bot.texts import Language, languages
from config.zones import find_zone

_SCOPED = (exhibits, stars, takedowns, reports)  # what belongs to a server and goes with it

MOST_CHANGES = 20  # kept of one server
MOST_CHANNELS = 50
MOST_CHANNEL_CHARS, MOST_PLACE_CHARS = 25, 60
MOST_STARS = 1000
MOST_WORDS, MOST_WORD_CHARS = 100, 40

# Who may delete a piece: whoever asked for it; also those who manage the server; those alone.
Deleting = Literal["asker", "both", "managers"]


@dataclass(frozen=True, kw_only=True)
class ServerRules:
    """What holds in one server. None: as the bot's own settings say.

    channels: ids of those in which the bot may speak (on Telegram: of topics); none means all. language: for those who
    chose none themselves. quota: pieces a day of all together. bars: of the longest piece. zone: for what comes at an
    hour. gallery: where pieces are shown that so many stars liked ("chat" or "chat/topic"). reports: where those who
    manage it hear of reports, likewise, or a person's key. words: that titles and themes must not hold.
    Raises ValueError for a value that cannot be.
    """

    channels: tuple[str, ...] = ()
    language: Language | None = None
    quota: int | None = None
    bars: int | None = None
    deleting: Deleting = "asker"
    zone: str | None = None
    gallery: str | None = None
    stars: int | None = None
    reports: str | None = None
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        wrong = [name for name, is_right in self._checks().items() if not is_right]
        if wrong:
            raise ValueError(f"wrong rules: {', '.join(wrong)}")

    def _checks(self) -> dict[str, bool]:
        return {
            "channels": type(self.channels) is tuple
            and len(self.channels) <= MOST_CHANNELS
            and all(type(one) is str and 1 <= len(one) <= MOST_CHANNEL_CHARS for one in self.channels),
            "language": self.language is None or self.language in languages(),
            "quota": self.quota is None or (type(self.quota) is int and self.quota >= 0),
            "bars": self.bars is None or (type(self.bars) is int and self.bars >= 1),
            "deleting": self.deleting in get_args(Deleting),
            "zone": self.zone is None or (type(self.zone) is str and find_zone(self.zone) == self.zone),
            "gallery": self.gallery is None or _is_place(self.gallery),
            "stars": self.stars is None or (type(self.stars) is int and 1 <= self.stars <= MOST_STARS),
            "reports": self.reports is None or _is_place(self.reports),
            "words": type(self.words) is tuple
            and len(self.words) <= MOST_WORDS
            and all(type(word) is str and 1 <= len(word) <= MOST_WORD_CHARS for word in self.words),
        }


def _is_place(value: Any) -> bool:
    return type(value) is str and 1 <= len(value) <= MOST_PLACE_CHARS


@dataclass(frozen=True, kw_only=True)
class ServerChange:
    """person: the key of who made it; None if that person is forgotten. undone: it was taken back."""

    number: int
    person: str | None
    at: float
    before: ServerRules
    after: ServerRules
    undone: bool


class Servers:
    """The tables `servers` and `server_changes`. key: "discord:4711"."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._rows = Batched(self._find_all)

    async def rules(self, key: str) -> ServerRules:
        """What holds there; for an unknown server what usually does."""
        return _rules(await self._rows.get(key))

    async def find_rules(self, connection: AsyncConnection, key: str) -> ServerRules:
        """The same within a transaction."""
        return _rules(await _find(connection, key))

    async def changes(self, key: str) -> list[ServerChange]:
        """The newest first."""
        query = select(server_changes).where(server_changes.c.server == key).order_by(server_changes.c.number.desc())
        async with self._connections.reading() as connection:
            return [_change_of(row) for row in await connection.execute(query)]

    async def change(self, key: str, *, by: str, **values: Any) -> ServerRules:
        """Change some rules; returns all. What changes nothing is not written down. Raises ValueError, TypeError."""
        async with self._connections.writing() as connection:
            before = _rules(await _find(connection, key))
            after = replace(before, **values)
            if after != before:
                await _save(connection, key, after)
                await _note(connection, key, person=by, before=before, after=after)
        return after

    async def undo(self, key: str) -> ServerChange | None:
        """Take the newest change back that was not taken back before; None if there is none."""
        newest = (
            select(server_changes)
            .where(server_changes.c.server == key, server_changes.c.undone.is_(False))
            .order_by(server_changes.c.number.desc())
            .limit(1)
        )
        async with self._connections.writing() as connection:
            row = (await connection.execute(newest)).one_or_none()
            if row is None:
                return None
            change = _change_of(row)
            await _save(connection, key, change.before)
            this = (server_changes.c.server == key) & (server_changes.c.number == change.number)
            await connection.execute(update(server_changes).where(this).values(undone=True))
        return change

    async def reset(self, key: str) -> None:
        """Forget rules and changes; it stays known that the server was welcomed."""
        async with self._connections.writing() as connection:
            await connection.execute(delete(server_changes).where(server_changes.c.server == key))
            await connection.execute(update(servers).where(servers.c.key == key).values(**_values(ServerRules())))

    async def welcome(self, key: str) -> bool:
        """Whether it is new here and to be welcomed; that is so once."""
        async with self._connections.writing() as connection:
            row = await _find(connection, key)
            if row is None:
                await _save(connection, key, ServerRules())
            elif row.welcomed is not None:
                return False
            await connection.execute(update(servers).where(servers.c.key == key).values(welcomed=time.time()))
        return True

    async def leave(self, key: str) -> None:
        """Forget everything about it: the bot was removed."""
        async with self._connections.writing() as connection:
            await connection.execute(delete(server_changes).where(server_changes.c.server == key))
            await connection.execute(delete(servers).where(servers.c.key == key))
            await connection.execute(delete(appointments).where(appointments.c.server == key))
            for table in _SCOPED:
                await connection.execute(delete(table).where(table.c.scope == key))

    async def move(self, old: str, new: str) -> None:
        """A group got another id. Rules that were set under the new one by then stay."""
        set_there = select(func.count()).select_from(server_changes).where(server_changes.c.server == new)
        async with self._connections.writing() as connection:
            await connection.execute(update(appointments).where(appointments.c.server == old).values(server=new))
            for told in (challenges, chains):
                await _move_told(connection, told, old, new)
            for table in (*_SCOPED, duels, honours):
                await connection.execute(update(table).where(table.c.scope == old).values(scope=new))
            await connection.execute(update(exhibits).where(exhibits.c.place == old).values(place=new))
            row = await _find(connection, old)
            if row is None or (await connection.execute(set_there)).scalar_one():
                return
            await connection.execute(delete(servers).where(servers.c.key == new))
            values = {name: value for name, value in row._mapping.items() if name != "key"}
            values["rules"] = _moved(values["rules"], old.partition(":")[2], new.partition(":")[2])
            await connection.execute(insert(servers).values(key=new, **values))
            changes = update(server_changes).where(server_changes.c.server == old)
            await connection.execute(changes.values(server=new))
            await connection.execute(delete(servers).where(servers.c.key == old))

    async def _find_all(self, keys: Collection[str]) -> dict[str, Row[Any]]:
        async with self._connections.reading() as connection:
            return {row.key: row for row in await connection.execute(select(servers).where(servers.c.key.in_(keys)))}


async def find_reader(connection: AsyncConnection, person: str) -> list[dict[str, Any]]:
    """The servers whose reports this person reads in private."""
    rows = await connection.execute(select(servers).where(cast(servers.c.rules, String).contains(f'"{person}"')))
    return [{"key": row.key, "reports": person} for row in rows if row.rules.get("reports") == person]


async def forget_reader(connection: AsyncConnection, person: str) -> None:
    """Nobody reads these reports in private any more, nor does a change say that somebody did."""

    def without(rules: Mapping[str, Any]) -> dict[str, Any]:
        return {**rules, "reports": None} if rules.get("reports") == person else dict(rules)

    named = f'"{person}"'
    for row in (await connection.execute(select(servers).where(cast(servers.c.rules, String).contains(named)))).all():
        this = update(servers).where(servers.c.key == row.key)
        await connection.execute(this.values(rules=without(row.rules)))
    both = cast(server_changes.c.before, String) + cast(server_changes.c.after, String)
    for row in (await connection.execute(select(server_changes).where(both.contains(named)))).all():
        change = row._mapping
        these = (server_changes.c.server == row.server) & (server_changes.c.number == row.number)
        values = {"before": without(change["before"]), "after": without(change["after"])}
        await connection.execute(update(server_changes).where(these).values(**values))


async def _find(connection: AsyncConnection, key: str) -> Row[Any] | None:
    return (await connection.execute(select(servers).where(servers.c.key == key))).one_or_none()


async def _save(connection: AsyncConnection, key: str, rules: ServerRules) -> None:
    if await _find(connection, key) is None:
        await connection.execute(insert(servers).values(key=key, welcomed=None, **_values(rules)))
    else:
        await connection.execute(update(servers).where(servers.c.key == key).values(**_values(rules)))


async def _note(connection: AsyncConnection, key: str, *, person: str, before: ServerRules, after: ServerRules) -> None:
    theirs = server_changes.c.server == key
    newest = (await connection.execute(select(func.max(server_changes.c.number)).where(theirs))).scalar_one()
    number = (newest or 0) + 1
    written = {"before": _to_json(before), "after": _to_json(after)}
    await connection.execute(
        insert(server_changes).values(server=key, number=number, person=person, at=time.time(), undone=False, **written)
    )
    too_old = theirs & (server_changes.c.number <= number - MOST_CHANGES)
    await connection.execute(delete(server_changes).where(too_old))


async def _move_told(connection: AsyncConnection, table: Table, old: str, new: str) -> None:
    """What belongs to a group, and the place in it where it is told of."""
    was, now = old.partition(":")[2], new.partition(":")[2]
    for row in (await connection.execute(select(table).where(table.c.scope == old))).all():
        moved = {name: now if row.address.get(name) == was else row.address.get(name) for name in ("guild", "chat")}
        values = {"scope": new, "address": {**row.address, **moved}}
        await connection.execute(update(table).where(table.c.id == row.id).values(**values))


def _moved(rules: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """Places in the group are places in the one that it became."""

    def place(value: Any) -> Any:
        chat, slash, topic = str(value or "").partition("/")
        return f"{new}{slash}{topic}" if chat == old else value

    return {name: place(value) if name in ("gallery", "reports") else value for name, value in rules.items()}


def _to_json(rules: ServerRules) -> dict[str, Any]:
    return {**asdict(rules), "channels": list(rules.channels), "words": list(rules.words)}


def _values(rules: ServerRules) -> dict[str, Any]:
    """The columns. The quota has one of its own: it is counted in the transaction that takes a request."""
    chosen = _to_json(rules)
    return {"quota": chosen.pop("quota"), "rules": chosen, "changed": time.time()}


def _rules(row: Row[Any] | None) -> ServerRules:
    return ServerRules() if row is None else _read({**row.rules, "quota": row.quota})


def _read(written: Mapping[str, Any]) -> ServerRules:
    """What another version wrote and this one does not understand is as if not set."""
    rules = ServerRules()
    for field in fields(ServerRules):
        if field.name in written:
            value: Any = written[field.name]
            known: dict[str, Any] = {field.name: tuple(value) if isinstance(value, list) else value}
            try:
                rules = replace(rules, **known)
            except (ValueError, TypeError):
                continue
    return rules


def _change_of(row: Row[Any]) -> ServerChange:
    values = row._mapping
    return ServerChange(
        number=row.number,
        person=row.person,
        at=row.at,
        before=_read(values["before"]),
        after=_read(values["after"]),
        undone=row.undone,
    )
