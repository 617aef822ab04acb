"""The scheduler: what has to happen at a time happens then, once, over restarts and whatever the clock does.

    jobs.scheduler.on("challenge", keep)                     who keeps appointments of a kind, said before `Jobs.run`
    await jobs.scheduler.add(new_appointment("challenge", due, {"id": 7}, person=..., server=..., rhythm=...))
    await jobs.scheduler.remove(id)

    async def keep(connection, appointment, now) -> Kept:    in the transaction that also crosses the appointment out
        ...                                                  write what has to be written through this connection
        return Kept(afterwards=tell_somebody)                after the commit; lost if the process dies right then

What is promised: what a handler writes and that it was kept are one commit, so it happens exactly once. What was due
while the program was away happens after the start, the oldest first; one with a rhythm once for all the times it
missed. A handler that raises has written nothing and is asked again, later and later; it holds up nobody else. A clock
that is put forward lets things happen early, and one that is put back lets nothing happen twice; what a clock that
was wrong by days has put off is put back.
What is not: `afterwards` (let the outbox of `deliveries` or a job do what must not be lost). Kinds that nobody has
spoken for are left alone.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.clock import wall_clock
from bot.jobs.loops import Heartbeats, run_loop, wait_for
from bot.jobs.writer import Writer
from bot.store import Appointment, Store, StoreError

LOOK_EVERY_S = 1.0
MOST_AT_ONCE = 100
FIRST_REST_S, LONGEST_REST_S = 5.0, 300.0  # after a handler that raised
WRONG_BY_S = 25 * 3600.0  # one that was kept so far in the future was kept by a wrong clock; a change of hours is less

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """due: when it is due again; None for never, or when its rhythm says. ends: also if it has a rhythm.

    data: in the place of what it had. afterwards: called once this is on the disk.
    """

    due: float | None = None
    data: Mapping[str, Any] | None = None
    ends: bool = False
    afterwards: Callable[[], None] | None = None


Keep = Callable[[AsyncConnection, Appointment, float], Awaitable[Kept]]


class Scheduler:
    """now: the wall clock, in seconds since 1970."""

    def __init__(
        self, store: Store, writer: Writer, heartbeats: Heartbeats, *, now: Callable[[], float] = wall_clock
    ) -> None:
        self._store, self._writer, self._heartbeats, self._now = store, writer, heartbeats, now
        self._handlers: dict[str, Keep] = {}
        self._resting: dict[str, tuple[float, float]] = {}  # until when by the steady clock, and for how long
        self._wake = asyncio.Event()

    def on(self, kind: str, keep: Keep) -> None:
        """Appointments of this kind are kept by this handler."""
        self._handlers[kind] = keep

    async def add(self, appointment: Appointment) -> None:
        """Remember it; when this returns it is on the disk. Raises StoreError."""
        await self._writer.write(lambda connection: self._store.appointments.add(connection, appointment), urgent=True)
        self._wake.set()

    async def put(self, appointment: Appointment) -> None:
        """Another time, other data. Raises StoreError."""
        await self._writer.write(lambda connection: self._store.appointments.put(connection, appointment), urgent=True)
        self._wake.set()

    async def remove(self, id: str) -> bool:  # noqa: A002 - the column's name
        """Call it off. False if there is none (any more). Raises StoreError."""
        return await self._writer.write(lambda connection: self._store.appointments.remove(connection, id), urgent=True)

    async def run(self) -> None:
        """Keep appointments until cancelled."""
        await run_loop("scheduler", self._heartbeats, self._step)

    async def _step(self) -> None:
        self._wake.clear()
        if await self.keep_due() == 0:
            await wait_for(self._wake, LOOK_EVERY_S)

    async def keep_due(self) -> int:
        """Keep all whose time has come; returns how many were kept. Raises StoreError."""
        if not self._handlers:
            return 0
        await self._correct()
        resting = [one for one, (until_s, _) in self._resting.items() if until_s > time.monotonic()]
        most = MOST_AT_ONCE + len(resting)
        due = await self._store.appointments.due(self._handlers, now=self._now(), most=most)
        return sum([await self._try(one) for one in due if one.id not in resting])

    async def _try(self, appointment: Appointment) -> bool:
        try:
            kept = await self._writer.write(lambda connection: self._keep(connection, appointment))
        except StoreError:
            raise
        except Exception:
            rest_s = min(LONGEST_REST_S, 2 * self._resting.get(appointment.id, (0.0, FIRST_REST_S / 2))[1])
            self._resting[appointment.id] = time.monotonic() + rest_s, rest_s
            log.exception("a %s that is due could not be kept; again in %.0f s", appointment.kind, rest_s)
            return False
        self._resting.pop(appointment.id, None)
        if kept is None:
            return False
        if kept.afterwards is not None:
            kept.afterwards()
        return True

    async def _keep(self, connection: AsyncConnection, seen: Appointment) -> Kept | None:
        """In one transaction. None if it was called off or put off meanwhile."""
        table, now = self._store.appointments, self._now()
        appointment = await table.find(connection, seen.id)
        if appointment is None or appointment.due != seen.due:
            return None
        kept = await self._handlers[appointment.kind](connection, appointment, now)
        due = kept.due
        if due is None and appointment.rhythm is not None and not kept.ends:
            due = appointment.rhythm.next_after(max(now, appointment.due))
        if due is None:
            await table.remove(connection, appointment.id)
            return kept
        data = appointment.data if kept.data is None else kept.data
        await table.put(connection, replace(appointment, due=due, data=data, last=max(now, appointment.due)))
        return kept

    async def _correct(self) -> None:
        """What a wrong clock has put off by days or years is due again when its rhythm says."""
        wrong = await self._store.appointments.kept_after(self._now() + WRONG_BY_S)
        for appointment in wrong:
            await self._writer.write(partial(self._put_back, seen=appointment))

    async def _put_back(self, connection: AsyncConnection, *, seen: Appointment) -> None:
        table = self._store.appointments
        found = await table.find(connection, seen.id)
        if found is not None and found.last == seen.last:
            due = found.due if found.rhythm is None else found.rhythm.next_after(self._now())
            await table.put(connection, replace(found, due=due, last=None))
            log.warning("the clock was wrong when a %s was kept last; it is due again by its rhythm", found.kind)
