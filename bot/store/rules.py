"""What operators decided while the bot was running: who may, how much, and switches such as "paused"."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batching import Batched
from bot.store.connections import Connections
from bot.store.tables import rules, switches

RuleKind = Literal["person", "guild", "chat"]
Verdict = Literal["allow", "block"]

_KEY = re.compile(r"[a-z]{1,20}:[!-~]{1,59}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """key: "discord:4711". verdict None: as the settings say. quota: pieces a day, None: as the settings say."""

    kind: RuleKind
    key: str
    verdict: Verdict | None
    quota: int | None
    changed: float


class Rules:
    """The table `rules`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._verdicts: Batched[tuple[RuleKind, str], Verdict] = Batched(self._find_verdicts)

    async def verdicts(self, places: Collection[tuple[RuleKind, str]]) -> Mapping[tuple[RuleKind, str], Verdict]:
        """What was decided about people, guilds and chats; perhaps about others too. Undecided ones are left out."""
        return await self._verdicts.get_all(places)

    async def set(self, kind: RuleKind, key: str, verdict: Verdict | None) -> None:
        """Allow or block; None takes the decision back. Raises ValueError for a wrong word or key."""
        if verdict is not None and verdict not in get_args(Verdict):
            raise ValueError(f"not a verdict: {verdict!r}")
        await self._change(kind, key, verdict=verdict)

    async def quota(self, kind: RuleKind, key: str) -> int | None:
        """Pieces a day, or None for what the settings say."""
        rule = await self._get(kind, key)
        return None if rule is None else rule.quota

    async def set_quota(self, kind: RuleKind, key: str, quota: int | None) -> None:
        """None: as the settings say. Raises ValueError for a negative number or a wrong key."""
        if quota is not None and quota < 0:
            raise ValueError("a quota is 0 or more")
        await self._change(kind, key, quota=quota)

    async def all(self) -> list[Rule]:
        """Every rule, by kind and key."""
        async with self._connections.reading() as connection:
            rows = await connection.execute(select(rules).order_by(rules.c.kind, rules.c.key))
            return [Rule(**row._mapping) for row in rows]

    async def _find_verdicts(self, wanted: Collection[tuple[RuleKind, str]]) -> dict[tuple[RuleKind, str], Verdict]:
        query = select(rules).where(rules.c.key.in_({key for _, key in wanted}), rules.c.verdict.is_not(None))
        async with self._connections.reading() as connection:
            return {(row.kind, row.key): row.verdict for row in await connection.execute(query)}

    async def _get(self, kind: RuleKind, key: str) -> Rule | None:
        async with self._connections.reading() as connection:
            return await _find(connection, kind, key)

    async def _change(self, kind: RuleKind, key: str, **values: Any) -> None:
        if kind not in get_args(RuleKind):
            raise ValueError(f"not a kind of rule: {kind!r}")
        if _KEY.fullmatch(key) is None:
            raise ValueError("a key is a platform and an id, like discord:4711")
        this = (rules.c.kind == kind) & (rules.c.key == key)
        async with self._connections.writing() as connection:
            if await _find(connection, kind, key) is None:
                await connection.execute(insert(rules).values(kind=kind, key=key, changed=time.time(), **values))
            else:
                await connection.execute(update(rules).where(this).values(changed=time.time(), **values))
            await connection.execute(delete(rules).where(this, rules.c.verdict.is_(None), rules.c.quota.is_(None)))


async def _find(connection: AsyncConnection, kind: str, key: str) -> Rule | None:
    row = (await connection.execute(select(rules).where(rules.c.kind == kind, rules.c.key == key))).one_or_none()
    return None if row is None else Rule(**row._mapping)


class Switches:
    """The table `switches`: values that outlive a restart. They are what JSON can say."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, name: str, default: Any = None) -> Any:
        """The value, or the default where none was set."""
        async with self._connections.reading() as connection:
            row = (await connection.execute(select(switches.c.value).where(switches.c.name == name))).one_or_none()
            return default if row is None else row.value

    async def set(self, name: str, value: Any) -> None:
        """Remember the value."""
        async with self._connections.writing() as connection:
            await connection.execute(delete(switches).where(switches.c.name == name))
            await connection.execute(insert(switches).values(name=name, value=value))
