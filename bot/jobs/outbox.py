"""Bringing messages to their chats: pending → sending → sent, failed or doubtful.

What is promised: "sending" is on the disk before anything is sent, so a message that may have arrived is known to be
in doubt, and the messenger is told. The parts of a job arrive in order, after its status message, and nothing about
its progress arrives after them. A chat or platform that hangs holds up nobody else. A platform that is away, or answers
what nobody can read, is waited for for days. What was given up can be taken up again. Where a message of a result may
be missing the result says so: that is a row of its own, written together with the doubt, so that no death loses it.
What is not: that a message reaches a chat that is closed. Its piece is kept and can be recalled.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Address, Reply
from bot.chat.messenger import MaybeSent, Messenger, PlatformError, TryLater, Unreachable
from bot.jobs.clock import wall_clock
from bot.jobs.loops import Heartbeats, run_loop, wait_for
from bot.jobs.model import Waiting
from bot.jobs.ports import Announcer, Poster
from bot.jobs.reporter import Reporter
from bot.jobs.writer import Change, Writer
from bot.making.post import Post
from bot.store import Store
from bot.store.deliveries import (
    ADMIT,
    AMEND,
    CHANGES,
    LOOK,
    NEWS,
    REMOVE,
    RESULT,
    STATUS,
    SWEEP,
    Delivery,
    Settled,
)
from bot.store.errors import StoreError
from bot.store.jobs import UNFINISHED, JobView

log = logging.getLogger(__name__)
LOOK_AGAIN_S = 0.5
AT_ONCE = 8  # messages on their way on one platform
SEND_LIMIT_S = 180.0
LONGEST_WAIT_S = 300.0
# While a platform is away, one of its messages is tried so often; the first that arrives brings all others forward.
PROBE_S = 15.0
MOST_STUMBLES = 8  # tries that end in a mistake of ours
LEAST_PATIENCE_S = 3600.0  # by the clock that never steps: an hour of trying, whatever the date has become
LOOK_AFTER_S = 60.0  # a platform may still apply for so long what we have given up
NONCE_CHARS = 25
_REFERENCE = re.compile(r"\breference ([0-9a-f]+)$")  # of a mistake of ours, as it is written down

T = TypeVar("T")


class Gone(Exception):
    """There is nothing to send any more: the piece or the person was erased."""


@dataclass(frozen=True)
class Arrived:
    """message: its id; address: where the status message is now."""

    message: str | None = None
    address: Address | None = None


class Outbox:
    """Delivers for every platform it serves.

    place_of: an unfinished job with its place and guess. patience_s: how long a finished job is tried to deliver.
    poster: what messages say that nobody waits for.
    """

    def __init__(
        self,
        *,
        store: Store,
        writer: Writer,
        announcer: Announcer,
        reporter: Reporter,
        heartbeats: Heartbeats,
        counts: Counter[str],
        place_of: Callable[[JobView], Awaitable[Waiting]],
        patience_s: float,
        now: Callable[[], float] = wall_clock,
        send_limit_s: float = SEND_LIMIT_S,
        poster: Poster | None = None,
    ) -> None:
        self._store, self._writer, self._announcer, self._reporter = store, writer, announcer, reporter
        self._heartbeats, self._counts, self._place_of, self._now = heartbeats, counts, place_of, now
        self._send_limit_s, self._patience_s, self._poster = send_limit_s, patience_s, poster
        self._stumbles: Counter[tuple[str, str]] = Counter()
        self._first_tried: dict[tuple[str, str], float] = {}  # monotonic
        self._wakes: dict[str, asyncio.Event] = {}
        self._under_way: dict[str, set[str]] = {}  # jobs, by platform
        self._next_probe: dict[str, float] = {}  # by platform that did not answer lately; monotonic
        self._told_to_wait: dict[str, float] = {}  # jobs for which a platform has said how long, until when; monotonic

    def wake(self) -> None:
        """There is something to deliver."""
        for event in self._wakes.values():
            event.set()

    async def serve(self, messenger: Messenger) -> None:
        """Deliver on one platform until cancelled."""
        wake = self._wakes.setdefault(messenger.name, asyncio.Event())
        under_way = self._under_way[messenger.name] = set()

        async def step() -> None:
            wake.clear()
            if len(under_way) < AT_ONCE:
                await self._begin_due(messenger, under_way, tasks)
            await wait_for(wake, LOOK_AGAIN_S)

        async with asyncio.TaskGroup() as tasks:
            await run_loop(f"outbox-{messenger.name}", self._heartbeats, step)

    async def _begin_due(self, messenger: Messenger, under_way: set[str], tasks: asyncio.TaskGroup) -> None:
        due = await self._store.deliveries.due(messenger.name, now=self._now(), limit=2 * AT_ONCE)
        for delivery in due:
            if delivery.job in under_way or len(under_way) >= AT_ONCE:
                continue
            under_way.add(delivery.job)
            tasks.create_task(self._try(messenger, delivery), name=f"delivery {delivery.job} {delivery.part}")

    async def _try(self, messenger: Messenger, delivery: Delivery) -> None:
        try:
            await self._deliver(messenger, delivery)
        except Exception:
            log.exception("delivering %s of job %s stumbled", delivery.part, delivery.job)
            await asyncio.sleep(LOOK_AGAIN_S)
        finally:
            self._under_way[messenger.name].discard(delivery.job)
            self._wakes[messenger.name].set()

    # --- one message ---------------------------------------------------------------------------------------------

    async def _deliver(self, messenger: Messenger, delivery: Delivery) -> None:
        if delivery.part != STATUS:
            await self._reporter.silence(delivery.job)
        if not await self._write(lambda connection: self._store.deliveries.begin(connection, delivery)):
            return
        try:
            arrived = await self._send(messenger, delivery)
        except (Gone, Unreachable, MaybeSent) as error:
            await self._end(delivery, error)
        except (TryLater, TimeoutError) as error:
            await self._postpone(messenger, delivery, error)
        except Exception as error:
            await self._stumble(messenger, delivery, error)
        else:
            await self._settle(delivery, "sent", arrived=arrived)
            if self._next_probe.pop(messenger.name, None) is not None:
                await self._bring_forward(messenger.name)
                self._wakes[messenger.name].set()

    async def _bring_forward(self, platform: str) -> None:
        """The platform is there: what waited for it is due now, but for what it has told to wait."""
        now, moment = self._now(), time.monotonic()
        self._told_to_wait = {job: until for job, until in self._told_to_wait.items() if until > moment}
        without = tuple(self._told_to_wait)
        await self._write(
            lambda connection: self._store.deliveries.try_now(connection, platform, now=now, without=without)
        )

    async def _send(self, messenger: Messenger, delivery: Delivery) -> Arrived:
        job = await self._retry(lambda: self._store.jobs.get(delivery.job))
        if job is None:
            raise Gone
        if delivery.part == SWEEP:
            async with asyncio.timeout(self._send_limit_s):
                await messenger.sweep(job.address, job.id)
            return Arrived()
        if delivery.part in (AMEND, REMOVE):
            await self._change(messenger, job, delivery)
            return Arrived()
        reply = await self._reply(job, delivery)
        if delivery.part in (RESULT, NEWS):
            await self._cut(messenger, job, delivery, reply)
        address = await self._address(job, delivery)
        part, in_doubt = await self._as_sent(job, delivery)
        nonce = f"{job.id}-{part}"[:NONCE_CHARS]
        async with asyncio.timeout(self._send_limit_s):
            if part == STATUS:
                address = await messenger.post_status(address, reply, nonce=nonce)
                return Arrived(address.message, address)
            return Arrived(await messenger.deliver(address, part, reply, nonce=nonce, in_doubt=in_doubt))

    async def _change(self, messenger: Messenger, job: JobView, delivery: Delivery) -> None:
        """A post that has arrived says something else by now, or goes."""
        found = await self._retry(lambda: self._store.deliveries.message_of(job.id, RESULT))
        if found is None:  # it never arrived
            return
        address = replace(job.address, message=found)
        if delivery.part == AMEND:
            reply = await self._reply(job, delivery)
            async with asyncio.timeout(self._send_limit_s):
                await messenger.amend(address, reply)
            return
        messages = await self._retry(lambda: self._store.deliveries.messages(job.id))
        async with asyncio.timeout(self._send_limit_s):
            for message in messages:
                await messenger.remove(replace(address, message=message))

    async def _address(self, job: JobView, delivery: Delivery) -> Address:
        """What follows a result, and what changes it, belongs to the message that it became: perhaps a new one."""
        if delivery.part in (STATUS, RESULT, NEWS):
            return job.address
        result = await self._retry(lambda: self._store.deliveries.message_of(job.id, RESULT))
        return job.address if result is None else replace(job.address, message=result)

    async def _as_sent(self, job: JobView, delivery: Delivery) -> tuple[str, bool]:
        """Part and doubt as the messenger is told: a look and an admission say what is known again."""
        if delivery.part == LOOK:  # saying it again changes nothing, and puts right what a late edit has undone
            return (NEWS if job.state in ("failed", "cancelled") else RESULT), True
        if delivery.part == ADMIT:  # words alone may come twice
            is_there = RESULT not in await self._retry(lambda: self._store.deliveries.uncertain(job.id))
            return (RESULT, True) if is_there else (NEWS, False)
        return delivery.part, delivery.in_doubt

    async def _cut(self, messenger: Messenger, job: JobView, delivery: Delivery, reply: Reply) -> None:
        """Write down what else there is to send: only now and here it is known what this platform takes."""
        parts = [part for part in messenger.parts(reply) if part != RESULT]
        may_come_late = delivery.in_doubt or self._reporter.may_come_late(job)
        look = [LOOK] if may_come_late else []
        if await self._retry(lambda: self._store.deliveries.is_status_in_doubt(job.id)):
            look.append(SWEEP)

        async def cut(connection: AsyncConnection) -> None:
            now = self._now()  # not before: the store may have been waited for, and the clock been put meanwhile
            if delivery.part == RESULT:
                await self._store.deliveries.add_missing(connection, delivery, parts, due=now)
            await self._store.deliveries.add_missing(connection, delivery, look, due=now + LOOK_AFTER_S)

        if look or (parts and delivery.part == RESULT):
            await self._write(cut)

    async def _reply(self, job: JobView, delivery: Delivery) -> Reply:
        if isinstance(job.task, Post):
            return await self._post(job, job.task, delivery)
        if delivery.part == STATUS and job.state in UNFINISHED:
            return self._reporter.reply_for(await self._retry(lambda: self._place_of(job)))
        if delivery.part == STATUS:
            return self._announcer.rendering(job)
        if delivery.part == NEWS or (delivery.part == LOOK and job.state != "done"):
            return self._announcer.cancelled(job) if job.state == "cancelled" else self._announcer.failed(job)
        piece = await self._retry(lambda: self._store.pieces.get(job.id))
        if piece is None or piece.deleted is not None:
            raise Gone
        uncertain = await self._retry(lambda: self._store.deliveries.uncertain(job.id))
        if delivery.part == ADMIT and (found := _REFERENCE.search(uncertain.get(RESULT, ""))):
            return self._announcer.failed(replace(job, state="failed", error="error.not_shown", detail=found[1]))
        reply = self._announcer.result(job, piece, self._store.blobs.path, in_doubt=bool(uncertain))
        return replace(reply, attachments=()) if delivery.part == ADMIT and RESULT in uncertain else reply

    async def _post(self, job: JobView, post: Post, delivery: Delivery) -> Reply:
        """Raises Gone where there is nothing to tell any more."""
        poster = self._poster
        reply = None if poster is None else await self._retry(lambda: poster.reply(post, job.language))
        if poster is None or reply is None:
            raise Gone
        if delivery.part != ADMIT:
            return reply
        uncertain = await self._retry(lambda: self._store.deliveries.uncertain(job.id))
        return poster.admission(post, reply, is_there=RESULT not in uncertain)

    # --- what became of it ---------------------------------------------------------------------------------------

    async def _settle(
        self, delivery: Delivery, state: Settled, *, arrived: Arrived | None = None, error: str | None = None
    ) -> None:
        arrived = arrived or Arrived()

        async def settle(connection: AsyncConnection) -> None:
            await self._store.deliveries.settle(connection, delivery, state, message=arrived.message, error=error)
            if state != "sent" and delivery.part not in (STATUS, NEWS, *CHANGES):
                await self._store.deliveries.admit(connection, delivery, due=self._now())
            if arrived.address is not None:  # the command may have posted one, too, and died before it could say so
                await self._store.deliveries.doubt_status(connection, delivery.job)
                await self._store.jobs.place(connection, {delivery.job: arrived.address})

        await self._write(settle)
        self._forget(delivery)
        self._counts[f"delivery_{state}"] += 1

    async def _end(self, delivery: Delivery, error: Gone | Unreachable | MaybeSent) -> None:
        """Trying again is of no use."""
        if delivery.part in CHANGES:  # what it looked after has arrived, whatever has become of it since
            await self._settle(delivery, "sent")
        elif isinstance(error, MaybeSent):
            await self._settle(delivery, "doubtful", error=_words(error))
        else:
            await self._close(delivery, error, "nothing to send" if isinstance(error, Gone) else "unreachable")

    async def _close(self, delivery: Delivery, error: Exception, why: str) -> None:
        """A closed chat takes none of the job's other messages; a status message alone may be too late to post."""

        async def close(connection: AsyncConnection) -> None:
            await self._store.deliveries.settle(connection, delivery, "failed", error=_words(error))
            if delivery.part != STATUS:
                await self._store.deliveries.fail_rest(connection, delivery.job, error=_words(error))

        await self._write(close)
        self._forget(delivery)
        self._counts["delivery_failed"] += 1
        log.info("%s of job %s is not delivered: %s", delivery.part, delivery.job, why)

    async def _postpone(self, messenger: Messenger, delivery: Delivery, error: TryLater | TimeoutError) -> None:
        may_have_arrived = error.sent if isinstance(error, TryLater) else True
        asked_s = error.after_s if isinstance(error, TryLater) else None
        job = await self._retry(lambda: self._store.jobs.get(delivery.job))
        if job is not None and self._is_given_up(job, delivery):
            await self._close(delivery, error, "the platform did not take it for days; /admin retry takes it up again")
            return
        if asked_s is not None:
            self._told_to_wait[delivery.job] = time.monotonic() + asked_s
        wait_s = self._wait_s(messenger.name, delivery.tries + 1) if asked_s is None else asked_s
        in_doubt = delivery.in_doubt or may_have_arrived
        await self._write(
            lambda connection: self._store.deliveries.postpone(
                connection, delivery, due=self._now() + wait_s, in_doubt=in_doubt, error=_words(error)
            )
        )
        self._counts["delivery_postponed"] += 1

    def _wait_s(self, platform: str, tries: int) -> float:
        """Until the next try: longer every time, but one message of a platform that is away probes it often."""
        wait_s, moment = wait_before(tries), time.monotonic()
        if self._next_probe.get(platform, 0.0) <= moment:
            wait_s = min(wait_s, PROBE_S)
            self._next_probe[platform] = moment + wait_s
        return wait_s

    def _is_given_up(self, job: JobView, delivery: Delivery) -> bool:
        first = self._first_tried.setdefault((delivery.job, delivery.part), time.monotonic())
        has_tried = time.monotonic() - first >= min(LEAST_PATIENCE_S, self._patience_s)
        return job.finished is not None and self._now() - job.finished > self._patience_s and has_tried

    def _forget(self, delivery: Delivery) -> None:
        self._stumbles.pop((delivery.job, delivery.part), None)
        self._first_tried.pop((delivery.job, delivery.part), None)

    async def _stumble(self, messenger: Messenger, delivery: Delivery, error: Exception) -> None:
        """A mistake of ours: it is tried a few times, then the person is told where the piece is.

        A platform's refusal has not arrived; whatever else went wrong may have.
        """
        reference = secrets.token_hex(4)
        log.error("%s of job %s cannot be sent, reference %s", delivery.part, delivery.job, reference, exc_info=error)
        self._stumbles[delivery.job, delivery.part] += 1
        if self._stumbles[delivery.job, delivery.part] < MOST_STUMBLES:
            later = TryLater(type(error).__name__, sent=not isinstance(error, PlatformError))
            await self._postpone(messenger, delivery, later)
            return
        await self._settle(delivery, "failed", error=f"{type(error).__name__}, reference {reference}")

    # --- a store that does not answer ----------------------------------------------------------------------------

    async def _write(self, change: Change[T]) -> T:
        return await self._retry(lambda: self._writer.write(change))

    async def _retry(self, act: Callable[[], Awaitable[T]]) -> T:
        """What was sent must be written down, however long the store takes."""
        wait_s = LOOK_AGAIN_S
        while True:
            try:
                return await act()
            except StoreError as error:
                log.warning("a delivery waits for the store: %s", error)
                await asyncio.sleep(wait_s)
                wait_s = min(30.0, 2 * wait_s)


def wait_before(tries: int) -> float:
    """Seconds until the next try: 2, 4, 8 ... 300."""
    return min(LONGEST_WAIT_S, 2.0 ** min(tries, 10))


def _words(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
