"""The table of jobs: who waits for what, who is next, and who may finish a job.

Every method takes the connection of the transaction it belongs to. What is promised: a job is finished by its newest
attempt only, and once. What is not: limits and their words, which are the business of `bot.jobs.intake`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Address, Person
from bot.making.kinds import read_task, write_task
from bot.making.post import Post
from bot.making.task import Showing, Task
from bot.store.connections import Connections
from bot.store.deliveries import AFTERWARDS
from bot.store.tables import deliveries, jobs, rules, servers
from bot.texts import Language, known_language

JobState = Literal["queued", "running", "done", "failed", "cancelled", "posted"]
UNFINISHED: tuple[JobState, ...] = ("queued", "running")
DETAIL_CHARS = 500
MOST_NAMED = 1000


@dataclass(frozen=True, kw_only=True)
class JobView:
    """A job as it stands in the table.

    error: the key of the text that tells what went wrong; detail: the sentence or reference number that goes with it.
    crashes: starts that ended with the death of the process.
    """

    id: str
    person: str
    platform: str
    guild: str | None
    language: Language
    task: Task
    showing: Showing
    address: Address
    state: JobState
    attempt: int
    created: float
    error: str | None = None
    detail: str | None = None
    crashes: int = 0
    turn: int = 0
    started: float | None = None
    finished: float | None = None


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a person and their guild have asked for so far, and how long the queue is.

    known: the job that this event has made before. turn: the place of a new request, behind what is being made and
    behind the person's own waiting requests. ahead: how many are being made, or come before it. today: created within
    the last day, without those that failed or were cancelled before they began. oldest: when the oldest of them was
    created. newest: when the person asked last. quota: what operators decided; server_quota: what those who manage the
    server did.
    """

    known: str | None
    turn: int
    ahead: int
    queued: int
    unfinished: int
    person_today: int
    person_oldest: float | None
    guild_today: int
    guild_oldest: float | None
    newest: float | None
    person_quota: int | None
    guild_quota: int | None
    server_quota: int | None


class JobTable:
    """Questions and changes. Belongs to a Store."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, job: str) -> JobView | None:
        """One job, whatever its state."""
        async with self._connections.reading() as connection:
            return await self.find(connection, job)

    async def of_event(self, event_key: str) -> JobView | None:
        """The job that an event has asked for, whatever its state."""
        async with self._connections.reading() as connection:
            row = (await connection.execute(select(jobs).where(jobs.c.event_key == event_key))).one_or_none()
        return None if row is None else view_of(row)

    async def names_in(self, platform: str, guild: str) -> dict[str, str]:
        """What those are called who have asked for something in a server or group lately: their keys, by name."""
        query = select(jobs.c.person, jobs.c.address).where(jobs.c.platform == platform, jobs.c.guild == guild)
        async with self._connections.reading() as connection:
            rows = (await connection.execute(query.order_by(jobs.c.created.desc()).limit(MOST_NAMED))).all()
        return {str(row.address["name"]): row.person for row in reversed(rows) if row.address.get("name")}

    async def addresses(self, ids: Collection[str]) -> dict[str, Address]:
        """Where those of these jobs that are still there were asked for."""
        query = select(jobs.c.id, jobs.c.address).where(jobs.c.id.in_(ids))
        async with self._connections.reading() as connection:
            return {row.id: Address.from_json(row.address) for row in await connection.execute(query)}

    async def find(self, connection: AsyncConnection, job: str) -> JobView | None:
        """The same within a transaction."""
        row = (await connection.execute(select(jobs).where(jobs.c.id == job))).one_or_none()
        return None if row is None else view_of(row)

    async def usage(
        self,
        connection: AsyncConnection,
        *,
        event_key: str,
        person: str,
        platform: str,
        guild: str | None,
        since: float,
        until: float,
    ) -> Usage:
        """All that a new request asks about, in one question. What is dated later than `until` was
        written down by a clock that was ahead: it counts for no day and no cooldown.
        """
        about: dict[str, Any] = {"event_key": event_key, "person": person, "platform": platform, "guild": guild}
        about |= {"since": since, "until": until}
        row = (await connection.execute(_USAGE, about | {"guild_key": f"{platform}:{guild}"})).one()
        return Usage(**row._mapping)

    async def add(
        self,
        connection: AsyncConnection,
        *,
        id: str,  # noqa: A002 - the column's name
        person: Person,
        language: Language,
        task: Task,
        showing: Showing,
        address: Address,
        event_key: str,
        created: float,
        turn: int,
    ) -> None:
        """A new job, which waits."""
        await connection.execute(
            _ADD,
            {
                "id": id,
                "person": person.key,
                "platform": person.platform,
                "guild": address.guild,
                "language": language,
                "state": "queued",
                "task": write_task(task, showing),
                "address": address.to_json(),
                "event_key": event_key,
                "turn": turn,
                "attempt": 0,
                "crashes": 0,
                "created": created,
            },
        )

    async def add_post(
        self,
        connection: AsyncConnection,
        *,
        id: str,  # noqa: A002 - the column's name
        post: Post,
        address: Address,
        language: Language,
        created: float,
    ) -> bool:
        """A message that is due, behind the others of its subject. It is nobody's, and counts for no quota.

        False if it was written down before.
        """
        known = await connection.scalar(select(jobs.c.id).where(jobs.c.event_key == post.key))
        if known is not None:
            return False
        stream = f"{post.subject}:{post.target}"
        newest = await connection.scalar(select(func.max(jobs.c.turn)).where(jobs.c.person == stream))
        await connection.execute(
            _ADD,
            {
                "id": id,
                "person": stream,
                "platform": address.platform,
                "guild": None,
                "language": language,
                "state": "posted",
                "task": write_task(post, Showing()),
                "address": address.to_json(),
                "event_key": post.key,
                "turn": (newest or 0) + 1,
                "attempt": 0,
                "crashes": 0,
                "created": created,
                "finished": created,
            },
        )
        return True

    async def unfinished(self, connection: AsyncConnection) -> list[JobView]:
        """What is being made, oldest start first, then what waits, in the fair order."""
        rows = await connection.execute(
            select(jobs)
            .where(jobs.c.state.in_(UNFINISHED))
            .order_by(case((jobs.c.state == "running", 0), else_=1), jobs.c.turn, jobs.c.created, jobs.c.id)
        )
        return [view_of(row) for row in rows]

    async def next_queued(self, connection: AsyncConnection, *, without: Collection[str]) -> JobView | None:
        """Whose turn it is. without: jobs that are about to start."""
        query = select(jobs).where(jobs.c.state == "queued")
        if without:
            query = query.where(jobs.c.id.not_in(without))
        row = (await connection.execute(query.order_by(jobs.c.turn, jobs.c.created, jobs.c.id).limit(1))).one_or_none()
        return None if row is None else view_of(row)

    async def change(self, connection: AsyncConnection, job: JobView, task: Task) -> bool:
        """Another task in the place of a job's that waits. False if it does not wait any more."""
        changed = await connection.execute(
            update(jobs).where(jobs.c.id == job.id, jobs.c.state == "queued").values(task=write_task(task, job.showing))
        )
        return changed.rowcount == 1

    async def start(self, connection: AsyncConnection, job: str, *, now: float) -> JobView | None:
        """Begin a new attempt; None if the job does not wait any more."""
        changed = await connection.execute(
            update(jobs)
            .where(jobs.c.id == job, jobs.c.state == "queued")
            .values(state="running", attempt=jobs.c.attempt + 1, started=now)
        )
        return await self.find(connection, job) if changed.rowcount else None

    async def finish(
        self,
        connection: AsyncConnection,
        job: JobView,
        state: Literal["done", "failed"],
        *,
        now: float,
        error: str | None = None,
        detail: str | None = None,
    ) -> bool:
        """End this attempt. False if it is not the newest one, or the job was cancelled: drop what it made."""
        changed = await connection.execute(
            update(jobs)
            .where(jobs.c.id == job.id, jobs.c.attempt == job.attempt, jobs.c.state == "running")
            .values(state=state, finished=now, error=error, detail=detail[:DETAIL_CHARS] if detail else None)
        )
        return changed.rowcount == 1

    async def give_back(self, connection: AsyncConnection) -> int:
        """Let all that is being made wait again in its old place, because the program stops; nobody is to blame."""
        changed = await connection.execute(update(jobs).where(jobs.c.state == "running").values(state="queued"))
        return changed.rowcount

    async def cancel(self, connection: AsyncConnection, job: str, *, now: float) -> bool:
        """False if it is finished already, or unknown."""
        changed = await connection.execute(
            update(jobs).where(jobs.c.id == job, jobs.c.state.in_(UNFINISHED)).values(state="cancelled", finished=now)
        )
        return changed.rowcount == 1

    async def take_up(
        self, connection: AsyncConnection, *, max_crashes: int, now: float
    ) -> tuple[list[str], list[JobView]]:
        """After the death of the process: what was being made waits again, or is given up after `max_crashes`.

        Returns the ids of those that wait again, and those that are given up.
        """
        running = [job for job in await self.unfinished(connection) if job.state == "running"]
        again = [job.id for job in running if job.crashes + 1 < max_crashes]
        given_up = [job for job in running if job.crashes + 1 >= max_crashes]
        crashed = update(jobs).where(jobs.c.state == "running")
        await connection.execute(
            crashed.where(jobs.c.crashes + 1 < max_crashes).values(state="queued", crashes=jobs.c.crashes + 1)
        )
        await connection.execute(
            crashed.values(state="failed", crashes=jobs.c.crashes + 1, finished=now, error="error.killed_worker")
        )
        return again, given_up

    async def place(self, connection: AsyncConnection, addresses: Mapping[str, Address]) -> None:
        """Remember the message of each job that is edited into the result."""
        if addresses:
            values = [{"placed_job": job, "address": address.to_json()} for job, address in addresses.items()]
            await connection.execute(_PLACE, values)

    async def finished_since(self, connection: AsyncConnection, since: float) -> dict[str, int]:
        """How many ended in which state."""
        rows = await connection.execute(
            select(jobs.c.state, func.count())
            .where(jobs.c.finished > since, jobs.c.state.not_in(UNFINISHED))
            .group_by(jobs.c.state)
        )
        return {row[0]: row[1] for row in rows}

    async def paces(self, connection: AsyncConnection, *, newest: int) -> list[tuple[int, float]]:
        """Bars and seconds of the newest finished jobs, oldest first."""
        rows = await connection.execute(
            select(jobs.c.task, jobs.c.started, jobs.c.finished)
            .where(jobs.c.state == "done", jobs.c.started.is_not(None), jobs.c.finished.is_not(None))
            .order_by(jobs.c.turn.desc())
            .limit(newest)
        )
        return [(read_task(task)[0].bars, finished - started) for task, started, finished in rows][::-1]

    async def ahead(self, connection: AsyncConnection, job: JobView) -> int:
        """How many are being made, or come before this one."""
        before = or_(jobs.c.turn < job.turn, and_(jobs.c.turn == job.turn, jobs.c.created < job.created))
        query = select(func.count()).where(
            or_(jobs.c.state == "running", and_(jobs.c.state == "queued", before)), jobs.c.id != job.id
        )
        return await connection.scalar(query) or 0

    async def unsettled(self, connection: AsyncConnection, *, platforms: Sequence[str]) -> int:
        """Messages about finished jobs that have still to reach their chat."""
        count = await connection.scalar(
            select(func.count())
            .select_from(deliveries.join(jobs, jobs.c.id == deliveries.c.job))
            .where(
                deliveries.c.state.in_(("pending", "sending")),
                deliveries.c.part.not_in(AFTERWARDS),
                deliveries.c.platform.in_(platforms),
                jobs.c.state.not_in(UNFINISHED),
            )
        )
        return count or 0


def _count(condition: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(jobs).where(condition).scalar_subquery()


def _pieces(condition: ColumnElement[bool]) -> Any:
    """A task may count as several."""
    each = func.coalesce(jobs.c.task["pieces"].as_integer(), 1)
    return select(func.coalesce(func.sum(each), 0)).select_from(jobs).where(condition).scalar_subquery()


def _first(condition: ColumnElement[bool]) -> Any:
    return select(func.min(jobs.c.created)).where(condition).scalar_subquery()


def _quota(kind: str, key: BindParameter[Any]) -> Any:
    return select(rules.c.quota).where(rules.c.kind == kind, rules.c.key == key).scalar_subquery()


def _turn(mine: ColumnElement[bool]) -> Any:
    """After the newest that has begun (looked for state by state, as the index has them), and after the own newest."""
    newest = select(func.max(jobs.c.turn).label("turn"))
    begun = [
        newest.where(jobs.c.state == state, jobs.c.started.is_not(None))
        for state in ("running", "done", "failed", "cancelled")
    ]
    turns = union_all(*begun, newest.where(mine, jobs.c.state == "queued")).subquery()
    return select((func.coalesce(func.max(turns.c.turn), 0) + 1).label("turn")).cte("next_turn")


def _usage() -> Select[Any]:
    """The columns are those of Usage. Values: event_key, person, platform, guild, guild_key, since, until."""
    counts = and_(
        jobs.c.created > bindparam("since"),
        jobs.c.created <= bindparam("until"),
        jobs.c.state != "failed",
        or_(jobs.c.state != "cancelled", jobs.c.started.is_not(None)),
    )
    mine = jobs.c.person == bindparam("person")
    ours = and_(jobs.c.guild == bindparam("guild"), jobs.c.platform == bindparam("platform"))
    turn = select(_turn(mine).c.turn).scalar_subquery()
    return select(
        select(jobs.c.id).where(jobs.c.event_key == bindparam("event_key")).scalar_subquery().label("known"),
        turn.label("turn"),
        _count(or_(jobs.c.state == "running", and_(jobs.c.state == "queued", jobs.c.turn <= turn))).label("ahead"),
        _count(jobs.c.state == "queued").label("queued"),
        _count(and_(mine, jobs.c.state.in_(UNFINISHED))).label("unfinished"),
        _pieces(and_(mine, counts)).label("person_today"),
        _first(and_(mine, counts)).label("person_oldest"),
        _pieces(and_(ours, counts)).label("guild_today"),
        _first(and_(ours, counts)).label("guild_oldest"),
        select(func.max(jobs.c.created))
        .where(mine, jobs.c.created <= bindparam("until"))
        .scalar_subquery()
        .label("newest"),
        _quota("person", bindparam("person")).label("person_quota"),
        _quota("guild", bindparam("guild_key")).label("guild_quota"),
        select(servers.c.quota).where(servers.c.key == bindparam("guild_key")).scalar_subquery().label("server_quota"),
    )


_USAGE = _usage()  # putting such a question together takes longer than answering it
_ADD = insert(jobs)
_PLACE = update(jobs).where(jobs.c.id == bindparam("placed_job"))


def view_of(row: Row[Any]) -> JobView:
    """A row of the table as a view."""
    task, showing = read_task(row.task)
    return JobView(
        id=row.id,
        person=row.person,
        platform=row.platform,
        guild=row.guild,
        language=known_language(row.language),
        task=task,
        showing=showing,
        address=Address.from_json(row.address),
        state=cast(JobState, row.state),
        attempt=row.attempt,
        created=row.created,
        error=row.error,
        detail=row.detail,
        crashes=row.crashes,
        turn=row.turn,
        started=row.started,
        finished=row.finished,
    )
