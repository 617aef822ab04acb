"""Appointments: what has to happen at a time, once or again and again, and is remembered until it has.

What is promised: one that is put off or called off is not kept at its old time; those of a person who is erased, or of
a server that the bot leaves, are gone with them. What is not: keeping them; that is `bot.jobs.scheduler`.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.connections import Connections
from bot.store.rhythm import Rhythm
from bot.store.tables import appointments

ID_CHARS = 8
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """kind: whose handler keeps it. due: seconds since 1970. data: what the handler needs, as JSON can say it.

    person, server: keys of those it goes with, None if it outlives them. last: when it was kept before, of one that
    comes again.
    """

    id: str
    kind: str
    due: float
    data: Mapping[str, Any]
    person: str | None = None
    server: str | None = None
    rhythm: Rhythm | None = None
    last: float | None = None


def new_appointment(
    kind: str,
    due: float,
    data: Mapping[str, Any],
    *,
    person: str | None = None,
    server: str | None = None,
    rhythm: Rhythm | None = None,
) -> Appointment:
    """With an id that nobody can guess."""
    named = "".join(secrets.choice(_ALPHABET) for _ in range(ID_CHARS))
    return Appointment(id=named, kind=kind, due=due, data=data, person=person, server=server, rhythm=rhythm)


class Appointments:
    """The table `appointments`. Every change takes the connection of the transaction that it belongs to."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def add(self, connection: AsyncConnection, appointment: Appointment) -> None:
        """Remember it."""
        values = {"id": appointment.id, "created": time.time(), **_values(appointment)}
        await connection.execute(insert(appointments).values(**values))

    async def put(self, connection: AsyncConnection, appointment: Appointment) -> None:
        """Another time, other data. Nothing happens if it was called off."""
        this = appointments.c.id == appointment.id
        await connection.execute(update(appointments).where(this).values(**_values(appointment)))

    async def remove(self, connection: AsyncConnection, id: str) -> bool:  # noqa: A002 - the column's name
        """Call it off. False if there is none."""
        gone = await connection.execute(delete(appointments).where(appointments.c.id == id))
        return gone.rowcount == 1

    async def find(self, connection: AsyncConnection, id: str) -> Appointment | None:  # noqa: A002
        """One of them."""
        row = (await connection.execute(select(appointments).where(appointments.c.id == id))).one_or_none()
        return None if row is None else _appointment(row)

    async def get(self, id: str) -> Appointment | None:  # noqa: A002
        """The same outside of a transaction."""
        async with self._connections.reading() as connection:
            return await self.find(connection, id)

    async def of(self, kind: str, *, person: str | None = None, server: str | None = None) -> list[Appointment]:
        """Those of a kind, of a person or of a server if they are named, the next one first."""
        query = select(appointments).where(appointments.c.kind == kind)
        if person is not None:
            query = query.where(appointments.c.person == person)
        if server is not None:
            query = query.where(appointments.c.server == server)
        async with self._connections.reading() as connection:
            return await _all(connection, query.order_by(appointments.c.due, appointments.c.id))

    async def due(self, kinds: Collection[str], *, now: float, most: int) -> list[Appointment]:
        """Those of these kinds whose time has come, the oldest first."""
        query = (
            select(appointments)
            .where(appointments.c.kind.in_(kinds), appointments.c.due <= now)
            .order_by(appointments.c.due, appointments.c.created, appointments.c.id)
            .limit(most)
        )
        async with self._connections.reading() as connection:
            return await _all(connection, query)

    async def kept_after(self, moment: float) -> list[Appointment]:
        """Those that were last kept later than this: the clock was wrong then."""
        async with self._connections.reading() as connection:
            return await _all(connection, select(appointments).where(appointments.c.last > moment))


async def _all(connection: AsyncConnection, query: Select[Any]) -> list[Appointment]:
    found = (_appointment(row) for row in await connection.execute(query))
    return [appointment for appointment in found if appointment is not None]


def _values(appointment: Appointment) -> dict[str, Any]:
    rhythm = appointment.rhythm
    return {
        "kind": appointment.kind,
        "person": appointment.person,
        "server": appointment.server,
        "due": appointment.due,
        "rhythm": None if rhythm is None else rhythm.to_json(),
        "last": appointment.last,
        "data": dict(appointment.data),
    }


def _appointment(row: Row[Any]) -> Appointment | None:
    """None for a rhythm that another version wrote: it is left alone."""
    try:
        rhythm = None if row.rhythm is None else Rhythm.from_json(row.rhythm)
    except (KeyError, TypeError, ValueError):
        return None
    return Appointment(
        id=row.id,
        kind=row.kind,
        due=row.due,
        data=row.data,
        person=row.person,
        server=row.server,
        rhythm=rhythm,
        last=row.last,
    )
