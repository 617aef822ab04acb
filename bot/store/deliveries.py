"""The table of deliveries: every message that has to reach a chat, and how far it got.

pending → sending → sent | failed | doubtful. "sending" is written before anything is sent, so whatever is found there
after the death of the process may have arrived: it is in doubt.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Address
from bot.store.connections import Connections
from bot.store.tables import deliveries, jobs

Settled = Literal["sent", "failed", "doubtful"]
STATUS, RESULT, NEWS, ADMIT, LOOK, SWEEP = "status", "result", "news", "admit", "look", "sweep"
AMEND, REMOVE = "amend", "remove"  # a post says something else by now, or is to go
AFTERWARDS = (LOOK, SWEEP, AMEND, REMOVE)  # what comes after the messages, and is none itself
CHANGES = (ADMIT, *AFTERWARDS)  # of messages that have arrived
ERROR_CHARS = 500
TOLD_AGAIN = ("challenge", "chain", "duel")  # what goes on where the bot is away for a while
LAST = 1000  # the place of what changes a post, behind all that it is cut into


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message. tries: how often it was tried before. in_doubt: one of these may have arrived."""

    job: str
    part: str
    platform: str
    in_doubt: bool
    tries: int
    due: float


# Written once, because putting a statement together takes longer than running it.
_ADD = insert(deliveries)
_WAITS_FOR_STATUS = (deliveries.c.part == STATUS, deliveries.c.state == "pending")
_PLACED = (
    update(deliveries)
    .where(deliveries.c.job == bindparam("placed_job"), *_WAITS_FOR_STATUS)
    .values(state="sent", message=bindparam("message"), tries=deliveries.c.tries + 1)
)


_THIS, _BEFORE, _ITS = jobs.alias("this_post"), jobs.alias("post_before"), deliveries.alias("of_post_before")
_BEHIND_ANOTHER_POST = exists().where(
    _THIS.c.id == deliveries.c.job,
    _THIS.c.state == "posted",
    _BEFORE.c.person == _THIS.c.person,
    _BEFORE.c.state == "posted",
    _BEFORE.c.turn < _THIS.c.turn,
    _ITS.c.job == _BEFORE.c.id,
    _ITS.c.part.not_in(AFTERWARDS),
    _ITS.c.state.in_(("pending", "sending")),
)


class Deliveries:
    """Questions and changes. Belongs to a Store."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def add(
        self, connection: AsyncConnection, *, job: str, platform: str, parts: Sequence[str], first: int, due: float
    ) -> None:
        """Messages of a job, in this order; first: the place of the first of them, 0 for the status."""
        await connection.execute(
            _ADD,
            [
                {
                    "job": job,
                    "part": part,
                    "order": order,
                    "platform": platform,
                    "state": "pending",
                    "in_doubt": False,
                    "tries": 0,
                    "due": due,
                }
                for order, part in enumerate(parts, start=first)
            ],
        )

    async def add_missing(
        self, connection: AsyncConnection, delivery: Delivery, parts: Sequence[str], *, due: float
    ) -> None:
        """The parts of a result in order, those left out that are written down already."""
        job = deliveries.c.job == delivery.job
        known = set((await connection.scalars(select(deliveries.c.part).where(job))).all())
        last = await connection.scalar(select(func.max(deliveries.c.order)).where(job)) or 0
        new = [part for part in parts if part not in known]
        if new:
            await self.add(connection, job=delivery.job, platform=delivery.platform, parts=new, first=last + 1, due=due)

    async def admit(self, connection: AsyncConnection, delivery: Delivery, *, due: float) -> None:
        """Before anything else of this job: the result has to say that this message may be missing."""
        row = deliveries.c.job == delivery.job
        known = await connection.scalar(select(deliveries.c.state).where(row, deliveries.c.part == ADMIT))
        if known == "failed":
            await connection.execute(
                update(deliveries).where(row, deliveries.c.part == ADMIT).values(state="pending", tries=0, due=due)
            )
        if known is None:
            place = await connection.scalar(select(deliveries.c.order).where(row, deliveries.c.part == delivery.part))
            await self.add(
                connection, job=delivery.job, platform=delivery.platform, parts=[ADMIT], first=place or 0, due=due
            )

    async def uncertain(self, job: str) -> dict[str, str]:
        """The messages of a result that may be missing in the chat, each with what went wrong."""
        async with self._connections.reading() as connection:
            rows = await connection.execute(
                select(deliveries.c.part, deliveries.c.error).where(
                    deliveries.c.job == job,
                    deliveries.c.state.in_(("doubtful", "failed")),
                    deliveries.c.part.not_in((STATUS, *CHANGES)),
                )
            )
            return {row.part: row.error or "" for row in rows}

    async def message_of(self, job: str, part: str) -> str | None:
        """Where a message is, as the platform names it."""
        mine = select(deliveries.c.message).where(deliveries.c.job == job, deliveries.c.part == part)
        async with self._connections.reading() as connection:
            found: str | None = await connection.scalar(mine)
            return found

    async def learn(self, job: str, part: str, message: str) -> None:
        """A message that may have arrived has: somebody has pressed its button."""
        is_unsure = or_(
            deliveries.c.state == "doubtful",
            and_(deliveries.c.in_doubt, deliveries.c.state.in_(("pending", "sending"))),  # it is being looked for
        )
        this = deliveries.c.job == job, deliveries.c.part == part, is_unsure
        async with self._connections.writing() as connection:
            await connection.execute(update(deliveries).where(*this).values(state="sent", message=message, error=None))

    async def take_up_failed(self, connection: AsyncConnection, *, now: float) -> int:
        """Try again what was given up, but for first messages, which nobody misses; returns how many."""
        changed = await connection.execute(
            update(deliveries)
            .where(deliveries.c.state == "failed", deliveries.c.part != STATUS)
            .values(state="pending", tries=0, due=now, error=None)
        )
        return changed.rowcount

    async def tell_again(self, platform: str, guild: str) -> int:
        """The bot is in a server again: try once more what could not be told there of what people hold; how many."""
        subjects = or_(*(jobs.c.person.like(f"{subject}:%") for subject in TOLD_AGAIN))
        there = jobs.c.platform == platform, jobs.c.address["guild"].as_string() == guild
        posts = select(jobs.c.id).where(jobs.c.state == "posted", subjects, *there)
        async with self._connections.writing() as connection:
            return await self._take_up(connection, posts, time.time())

    async def move_posts(self, connection: AsyncConnection, stream: str, address: Address, *, now: float) -> int:
        """Tell elsewhere what could not be told of something; stream: "challenge:k3f9". Returns how many messages."""
        these = jobs.c.state == "posted", jobs.c.person == stream
        failed = select(deliveries.c.job).where(deliveries.c.state == "failed")
        moved = update(jobs).where(*these, jobs.c.id.in_(failed)).values(address=address.to_json())
        await connection.execute(moved)
        return await self._take_up(connection, select(jobs.c.id).where(*these), now)

    async def untold(self, stream: str) -> int:
        """How many messages about something could not be told where it is told of, though there was what to tell."""
        posts = select(jobs.c.id).where(jobs.c.state == "posted", jobs.c.person == stream)
        failed = (
            deliveries.c.state == "failed",
            deliveries.c.error.not_like("Gone:%"),
        )  # that had nothing to tell any more
        query = select(func.count()).where(deliveries.c.job.in_(posts), *failed, deliveries.c.part.not_in(CHANGES))
        async with self._connections.reading() as connection:
            return await connection.scalar(query) or 0

    async def _take_up(self, connection: AsyncConnection, posts: Select[Any], now: float) -> int:
        failed = deliveries.c.state == "failed", deliveries.c.job.in_(posts), deliveries.c.part.not_in(CHANGES)
        again = update(deliveries).where(*failed).values(state="pending", tries=0, due=now, error=None)
        return (await connection.execute(again)).rowcount

    async def given_up(self, connection: AsyncConnection) -> int:
        """How many `take_up_failed` would find."""
        query = select(func.count()).where(deliveries.c.state == "failed", deliveries.c.part != STATUS)
        return await connection.scalar(query) or 0

    async def bring_forward(self, connection: AsyncConnection, *, by: float) -> None:
        """The clock was put back by so many seconds: what waits waits as long as it was meant to."""
        await connection.execute(
            update(deliveries).where(deliveries.c.state == "pending").values(due=deliveries.c.due - by)
        )

    async def try_now(
        self, connection: AsyncConnection, platform: str, *, now: float, without: Sequence[str] = ()
    ) -> None:
        """What was tried before and waits to be tried again on this platform is due now; without: jobs left alone."""
        waits = [deliveries.c.platform == platform, deliveries.c.state == "pending", deliveries.c.tries > 0]
        await connection.execute(
            update(deliveries).where(*waits, deliveries.c.due > now, deliveries.c.job.not_in(without)).values(due=now)
        )

    async def due(self, platform: str, *, now: float, limit: int) -> list[Delivery]:
        """The first unsettled message of each job, if its time has come; of posts about the same the first one."""
        earlier = deliveries.alias("earlier")
        blocked = exists().where(
            earlier.c.job == deliveries.c.job,
            earlier.c.order < deliveries.c.order,
            earlier.c.state.in_(("pending", "sending")),
        )
        async with self._connections.reading() as connection:
            rows = await connection.execute(
                select(deliveries)
                .where(
                    deliveries.c.platform == platform,
                    deliveries.c.state == "pending",
                    deliveries.c.due <= now,
                    ~blocked,
                    ~_BEHIND_ANOTHER_POST,
                )
                .order_by(deliveries.c.due)
                .limit(limit)
            )
            return [
                Delivery(
                    job=row.job,
                    part=row.part,
                    platform=row.platform,
                    in_doubt=row.in_doubt,
                    tries=row.tries,
                    due=row.due,
                )
                for row in rows
            ]

    async def begin(self, connection: AsyncConnection, delivery: Delivery) -> bool:
        """Before anything is sent. False if it is not pending any more, or was tried since it was read."""
        changed = await connection.execute(
            update(deliveries)
            .where(*_this(delivery), deliveries.c.state == "pending", deliveries.c.tries == delivery.tries)
            .values(state="sending", tries=deliveries.c.tries + 1, error=None)
        )
        return changed.rowcount == 1

    async def settle(
        self,
        connection: AsyncConnection,
        delivery: Delivery,
        state: Settled,
        *,
        message: str | None = None,
        error: str | None = None,
    ) -> bool:
        """It has arrived, or will not be tried again."""
        error = error[:ERROR_CHARS] if error else None
        return await self._change(connection, delivery, "sending", state=state, message=message, error=error)

    async def postpone(
        self, connection: AsyncConnection, delivery: Delivery, *, due: float, in_doubt: bool, error: str
    ) -> bool:
        """Try again at `due`."""
        return await self._change(
            connection, delivery, "sending", state="pending", due=due, in_doubt=in_doubt, error=error[:ERROR_CHARS]
        )

    async def fail_rest(self, connection: AsyncConnection, job: str, *, error: str) -> None:
        """The chat is closed: none of the job's other messages will be tried."""
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.job == job, deliveries.c.state == "pending")
            .values(state="failed", error=error[:ERROR_CHARS])
        )

    async def is_status_in_doubt(self, job: str) -> bool:
        """Whether a second first message may stand in the chat."""
        mine = select(deliveries.c.in_doubt).where(deliveries.c.job == job, deliveries.c.part == STATUS)
        async with self._connections.reading() as connection:
            return bool(await connection.scalar(mine))

    async def doubt_status(self, connection: AsyncConnection, job: str) -> None:
        """We posted a first message although the command may have posted one as well."""
        await connection.execute(
            update(deliveries).where(deliveries.c.job == job, deliveries.c.part == STATUS).values(in_doubt=True)
        )

    async def placed(self, connection: AsyncConnection, messages: Mapping[str, str | None]) -> set[str]:
        """Commands posted the status of these jobs. Without those where it had been posted, or given up, before."""
        waits = select(deliveries.c.job).where(deliveries.c.job.in_(messages), *_WAITS_FOR_STATUS)
        placed = set((await connection.scalars(waits)).all())
        if placed:
            await connection.execute(_PLACED, [{"placed_job": job, "message": messages[job]} for job in placed])
        return placed

    async def doubt(self, connection: AsyncConnection, *, now: float, longest_s: float) -> int:
        """After the death of the process: what was being sent may have arrived. Returns how many.

        What is to wait for longer than `longest_s` may have been written down by a clock that was ahead: it is due now.
        """
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.state == "pending", deliveries.c.due > now + longest_s)
            .values(due=now)
        )
        changed = await connection.execute(
            update(deliveries).where(deliveries.c.state == "sending").values(state="pending", in_doubt=True)
        )
        return changed.rowcount

    async def messages(self, job: str) -> list[str]:
        """What has arrived of a job, as the platform names it, each once."""
        async with self._connections.reading() as connection:
            rows = await connection.execute(
                select(deliveries.c.message)
                .where(deliveries.c.job == job, deliveries.c.message.is_not(None))
                .order_by(deliveries.c.order)
            )
            return list(dict.fromkeys(row.message for row in rows))

    async def counts(self, connection: AsyncConnection) -> dict[str, int]:
        """How many are in which state; "sent" is left out, it only grows."""
        rows = await connection.execute(
            select(deliveries.c.state, func.count()).where(deliveries.c.state != "sent").group_by(deliveries.c.state)
        )
        return {row[0]: row[1] for row in rows}

    async def _change(self, connection: AsyncConnection, delivery: Delivery, was: str, **values: Any) -> bool:
        changed = await connection.execute(
            update(deliveries).where(*_this(delivery), deliveries.c.state == was).values(**values)
        )
        return changed.rowcount == 1


async def change_posts(connection: AsyncConnection, posts: Iterable[str], part: str, *, due: float) -> None:
    """Have messages that have arrived, or will, amended or removed: once more, if that was done before."""
    for post in posts:
        this = deliveries.c.job == post, deliveries.c.part == part
        again = update(deliveries).where(*this).values(state="pending", tries=0, in_doubt=False, due=due)
        if (await connection.execute(again)).rowcount:
            continue
        platform = await connection.scalar(select(jobs.c.platform).where(jobs.c.id == post))
        if platform is None:  # so old that the post is forgotten
            continue
        values = {"job": post, "part": part, "order": LAST, "platform": platform, "state": "pending"}
        await connection.execute(_ADD.values(in_doubt=False, tries=0, due=due, **values))


def _this(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    return deliveries.c.job == delivery.job, deliveries.c.part == delivery.part
