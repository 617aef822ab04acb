"""How a request becomes a job: limits, a place in the order, and one commit before anybody is told.

What is promised: the same event makes one job, however often it comes; limits are counted in the transaction that
writes the job, so a crowd cannot slip through. Failed jobs do not count for a day's quota, nor do those cancelled
before they began: it is given back by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Address, Person
from bot.jobs.clock import wall_clock
from bot.jobs.errors import CoolDown, DailyQuota, Draining, QueueFull, TooManyWaiting
from bot.jobs.model import Accepted, JobLimits
from bot.jobs.order import Pace, place_of
from bot.jobs.ports import Dispatcher
from bot.making.task import Showing, Task
from bot.store import Store
from bot.store.deliveries import STATUS
from bot.store.jobs import Usage
from bot.texts import Language

DAY_S = 24 * 3600.0
PLACED_WITHIN_S = 10.0  # then we post the status message ourselves
ID_CHARS = 8
ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def new_job_id() -> str:
    """Eight characters that nobody can guess; also the name of the piece and what keeps its messages single."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_CHARS))


class Intake:
    """Writes requests down. held: whether nothing begins now, because the bot is paused."""

    def __init__(
        self,
        *,
        store: Store,
        dispatcher: Dispatcher,
        limits: JobLimits,
        pace: Pace,
        held: Callable[[], bool],
        now: Callable[[], float] = wall_clock,
    ) -> None:
        self._store, self._dispatcher, self._limits, self._pace = store, dispatcher, limits, pace
        self._held, self._now = held, now

    async def take(
        self,
        connection: AsyncConnection,
        task: Task,
        *,
        showing: Showing,
        person: Person,
        address: Address,
        language: Language,
        event_key: str,
        draining: bool,
        is_counted: bool = True,
    ) -> Accepted:
        """Write the job and its first message down, or find them. Raises Refused, before anything is written.

        is_counted: somebody has asked for it and is told that it is on its way; limits hold for it.
        """
        now = self._now()
        usage = await self._store.jobs.usage(
            connection,
            event_key=event_key,
            person=person.key,
            platform=person.platform,
            guild=address.guild,
            since=now - DAY_S,
            until=now,
        )
        if usage.known is not None:
            return await self._accepted_before(connection, usage.known)
        if draining:
            raise Draining
        if is_counted:
            self._check(usage, pieces=task.pieces)
        job = new_job_id()
        await self._store.jobs.add(
            connection,
            id=job,
            person=person,
            language=language,
            task=task,
            showing=showing,
            address=address,
            event_key=event_key,
            created=now,
            turn=usage.turn,
        )
        if is_counted:
            await self._store.deliveries.add(
                connection, job=job, platform=person.platform, parts=[STATUS], first=0, due=now + PLACED_WITHIN_S
            )
        await self._dispatcher.enqueue(connection, job)
        return self._accepted(job, task, ahead=usage.ahead, is_queued=True)

    async def _accepted_before(self, connection: AsyncConnection, known: str) -> Accepted:
        job = await self._store.jobs.find(connection, known)
        assert job is not None
        is_queued = job.state == "queued"
        ahead = await self._store.jobs.ahead(connection, job) if is_queued else 0
        return replace(self._accepted(job.id, job.task, ahead=ahead, is_queued=is_queued), again=True)

    def _accepted(self, job: str, task: Task, *, ahead: int, is_queued: bool) -> Accepted:
        held, slots = self._held(), self._limits.slots
        place = place_of(ahead, slots=slots, held=held and is_queued)
        expected_s = None if held else self._pace.expected_s(place=place, slots=slots, bars=task.bars)
        return Accepted(job=job, place=place, expected_s=expected_s, paused=held)

    def _check(self, usage: Usage, *, pieces: int) -> None:
        limits, now = self._limits, self._now()
        if usage.unfinished >= limits.max_waiting_per_person:
            raise TooManyWaiting(limits.max_waiting_per_person)
        if limits.cooldown_s and usage.newest is not None and now - usage.newest < limits.cooldown_s:
            raise CoolDown(min(limits.cooldown_s, usage.newest + limits.cooldown_s - now))
        _check_quotas(usage, limits, pieces=pieces, now=now)
        if usage.queued >= limits.max_queue:
            raise QueueFull(self._pace.expected_s(place=usage.queued, slots=limits.slots) or 180.0)


def _check_quotas(usage: Usage, limits: JobLimits, *, pieces: int, now: float) -> None:
    """What an operator decided about a person or guild counts before the settings; what a server's own administrators
    set makes it less, never more.
    """
    persons = usage.person_quota if usage.person_quota is not None else limits.pieces_per_person_per_day or None
    guilds = usage.guild_quota if usage.guild_quota is not None else limits.pieces_per_guild_per_day or None
    if usage.server_quota is not None:
        guilds = usage.server_quota if guilds is None else min(guilds, usage.server_quota)
    if persons is not None and usage.person_today + pieces > persons:
        raise DailyQuota(persons, guild=False, wait_s=(usage.person_oldest or now) + DAY_S - now)
    if guilds is not None and usage.guild_today + pieces > guilds:
        raise DailyQuota(guilds, guild=True, wait_s=(usage.guild_oldest or now) + DAY_S - now)
