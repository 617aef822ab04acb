"""Jobs, from the request to the last message: the door that commands, platforms and operators use.

    accept    intake.py      limits, a place, one commit; then "accepted" may be said
    wait      dispatcher.py  whose turn it is; reporter.py shows it
    make      runner.py      compose and render, then job + piece + messages in one transaction
    deliver   outbox.py      every message once
    course    course.py      challenges, from stage to stage
    host      hosting.py     challenges, as people and organisers lead them
    chains    chaining.py    pieces that several people write, from turn to turn
    duels     duelling.py    votes between two pieces, and when it is known what they were
    show      curating.py    stars, galleries, shared pieces, reports
    look      board.py       who waits, how busy the bot is
    later     scheduler.py   what has to happen at a time

What is promised: an accepted request is on the disk. It ends in a result, or in a sentence with a reason, or it was
cancelled; each is delivered once, also if the process is killed at any moment and started again.
What is not: that a placeholder ("accepted, place 3") appears only once; see `bot.chat.Messenger` for what each part
of a result promises.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Address, Person
from bot.chat.messenger import Messenger
from bot.jobs import outbox
from bot.jobs.balloting import Ballots
from bot.jobs.board import Board, Hold
from bot.jobs.chaining import ChainHost
from bot.jobs.clock import ClockWatch, wall_clock
from bot.jobs.course import SUBJECT as CHALLENGE
from bot.jobs.course import Course
from bot.jobs.curating import Curator
from bot.jobs.dispatcher import EmbeddedDispatcher
from bot.jobs.duelling import Duelling
from bot.jobs.errors import AlreadyFinished, NoSuchJob, NotYours
from bot.jobs.guessing import Guessing
from bot.jobs.hosting import Host
from bot.jobs.intake import Intake
from bot.jobs.lock import only_process, watch_owner
from bot.jobs.loops import Heartbeats, run_loop
from bot.jobs.model import Accepted, JobLimits
from bot.jobs.order import REMEMBERED_PIECES, Pace
from bot.jobs.outbox import Outbox
from bot.jobs.ports import Announcer, Maker, Poster
from bot.jobs.reporter import EVERY_S, Reporter
from bot.jobs.runner import Runner
from bot.jobs.scheduler import Scheduler
from bot.jobs.together import Joining
from bot.jobs.writer import Writer, open_writer
from bot.making.task import Showing, Task
from bot.store import Store
from bot.store.batching import Batched
from bot.store.chains import KIND as CHAIN
from bot.store.deliveries import NEWS
from bot.store.duels import SUBJECT as DUEL
from bot.store.errors import StoreError
from bot.store.jobs import UNFINISHED, JobView
from bot.texts import Language

log = logging.getLogger(__name__)
LOOK_AGAIN_S = 0.05
PLACE_AGAIN_S = (0.5, 1.0, 2.0, 4.0)
PAUSED = "paused"


class Jobs:
    """Accepts requests, makes them into pieces, and delivers them. Made by `open_jobs`."""

    def __init__(
        self,
        *,
        store: Store,
        writer: Writer,
        maker: Maker,
        limits: JobLimits,
        announcer: Announcer,
        pace: Pace,
        hold: Hold,
        report_every_s: float,
        now: Callable[[], float],
        poster: Poster | None = None,
    ) -> None:
        self._store, self._writer, self._limits, self._now = store, writer, limits, now
        self._hold = hold
        self._messengers: dict[str, Messenger] = {}
        self._served: set[str] = set()
        self._tasks: asyncio.TaskGroup | None = None
        self._counts: Counter[str] = Counter()
        self._heartbeats = heartbeats = Heartbeats()
        self._places: Batched[tuple[str, Address], None] = Batched(self._place_all)  # a crowd is placed at once
        self._clock = ClockWatch(store, writer, now=now)
        self.scheduler = Scheduler(store, writer, heartbeats, now=now)
        self._dispatcher = EmbeddedDispatcher(store, heartbeats, may_start=lambda: not hold.is_on)
        self._intake = Intake(
            store=store, dispatcher=self._dispatcher, limits=limits, pace=pace, held=lambda: hold.is_on, now=now
        )
        self._reporter = Reporter(
            announcer, heartbeats, waiting=lambda: self.board.waiting(), pace=pace, every_s=report_every_s
        )
        self.board = Board(
            store=store,
            slots=limits.slots,
            pace=pace,
            hold=hold,
            heartbeats=heartbeats,
            counts=self._counts,
            platforms=self._messengers.keys(),
            progress_of=self._reporter.progress_of,
            remaining_s_of=self._reporter.remaining_s,
            now=now,
        )
        self._outbox = Outbox(
            store=store,
            writer=writer,
            announcer=announcer,
            reporter=self._reporter,
            heartbeats=heartbeats,
            counts=self._counts,
            place_of=self.board.place_of,
            patience_s=limits.patience_s,
            now=now,
            poster=poster,
        )
        self.course = Course(store, on_posted=self._outbox.wake, now=now)
        self.scheduler.on(CHALLENGE, self.course.keep)
        self.host = Host(store, writer, self.course, on_posted=self._outbox.wake, now=now)
        self.ballots = Ballots(store, writer, now=now)
        self.duels = Duelling(store, writer, on_posted=self._outbox.wake, now=now)
        self.scheduler.on(DUEL, self.duels.keep)
        self.curator = Curator(store, writer, on_posted=self._outbox.wake, now=now)
        self.guesses = Guessing(store, writer, on_posted=self._outbox.wake, now=now)
        self.chains = ChainHost(store, writer, dispatcher=self._dispatcher, on_posted=self._outbox.wake, now=now)
        self.scheduler.on(CHAIN, self.chains.keep)
        self._runner = Runner(
            store=store,
            writer=writer,
            maker=maker,
            reporter=self._reporter,
            pace=pace,
            limits=limits,
            counts=self._counts,
            on_finished=self._outbox.wake,
            joining=Joining(store, self._intake),
            on_accepted=self.committed,
            now=now,
        )

    # --- people --------------------------------------------------------------------------------------------------

    async def accept(
        self,
        task: Task,
        *,
        person: Person,
        address: Address,
        language: Language,
        event_key: str,
        showing: Showing | None = None,
    ) -> Accepted:
        """Write the request down; when this returns it is on the disk. Raises Refused, StoreError.

        event_key: the same when the same event comes again.
        """

        async def take(connection: AsyncConnection) -> Accepted:
            return await self.accept_within(
                connection,
                task,
                person=person,
                address=address,
                language=language,
                event_key=event_key,
                showing=showing,
            )

        accepted = await self._writer.write(take, urgent=True)
        self.committed(accepted)
        return accepted

    async def accept_within(
        self,
        connection: AsyncConnection,
        task: Task,
        *,
        person: Person,
        address: Address,
        language: Language,
        event_key: str,
        showing: Showing | None = None,
    ) -> Accepted:
        """The same in a transaction of somebody else, who calls `committed` behind it. Raises Refused, StoreError."""
        return await self._intake.take(
            connection,
            task,
            showing=showing or Showing(),
            person=person,
            address=address,
            language=language,
            event_key=event_key,
            draining=self._hold.draining,
        )

    def committed(self, accepted: Accepted) -> None:
        """What was accepted is on the disk."""
        if not accepted.again:
            self._counts["accepted"] += 1
            self._reporter.accepted(accepted.job, accepted.place)
            self._dispatcher.wake()

    async def placed(self, job: str, address: Address) -> None:
        """The status message exists: address.message is its id. Does nothing if it was posted otherwise meanwhile.

        A store that does not answer is waited for, but not for ever: then the message is posted once more.
        """
        for wait_s in PLACE_AGAIN_S:
            try:
                await self._places.get((job, address))
                break
            except StoreError as error:  # the person has their answer, and nothing to worry about
                log.warning("the first message of job %s waits for the store: %s", job, error)
                await asyncio.sleep(wait_s)
        self._outbox.wake()

    async def _place_all(self, places: Collection[tuple[str, Address]]) -> dict[tuple[str, Address], None]:
        addresses = dict(places)

        async def place(connection: AsyncConnection) -> None:
            messages = {job: address.message for job, address in addresses.items()}
            placed = await self._store.deliveries.placed(connection, messages)
            await self._store.jobs.place(connection, {job: addresses[job] for job in placed})

        await self._writer.write(place)
        return {}

    async def cancel(self, job: str, *, by: str, admin: bool = False) -> None:
        """When this returns no result will be delivered. by: the key of a person.

        Raises NoSuchJob, NotYours, AlreadyFinished, StoreError.
        """

        async def cancel(connection: AsyncConnection) -> None:
            found = await self._store.jobs.find(connection, job)
            if found is None:
                raise NoSuchJob
            if found.person != by and not admin:
                raise NotYours
            if found.state not in UNFINISHED:
                raise AlreadyFinished
            await self._cancel(connection, found)

        await self._writer.write(cancel, urgent=True)
        self._stopped([job])

    async def change(self, job: str, task: Task, *, by: str) -> bool:
        """Another task in the place of one that waits, which keeps its place. False if it does not wait any more.

        by: the key of a person. Raises NoSuchJob, NotYours, StoreError.
        """

        async def change(connection: AsyncConnection) -> bool:
            found = await self._store.jobs.find(connection, job)
            if found is None:
                raise NoSuchJob
            if found.person != by:
                raise NotYours
            return await self._store.jobs.change(connection, found, task)

        is_changed = await self._writer.write(change, urgent=True)
        if is_changed:
            self._reporter.tell_again(job)
        return is_changed

    async def clear(self) -> int:
        """Cancel all that wait; returns how many."""

        async def clear(connection: AsyncConnection) -> list[str]:
            queued = [job for job in await self._store.jobs.unfinished(connection) if job.state == "queued"]
            for job in queued:
                await self._cancel(connection, job)
            return [job.id for job in queued]

        cleared = await self._writer.write(clear)
        self._stopped(cleared)
        return len(cleared)

    async def _cancel(self, connection: AsyncConnection, job: JobView) -> None:
        await self._store.jobs.cancel(connection, job.id, now=self._now())
        await self._store.deliveries.add(
            connection, job=job.id, platform=job.platform, parts=[NEWS], first=1, due=self._now()
        )

    def _stopped(self, jobs: list[str]) -> None:
        self._counts["cancelled"] += len(jobs)
        for job in jobs:
            self._dispatcher.cancel(job)
        self._outbox.wake()

    # --- operators -----------------------------------------------------------------------------------------------

    async def pause(self) -> None:
        """Accept, but start nothing; outlives a restart."""
        await self._store.switches.set(PAUSED, True)
        self._hold.paused = True

    async def resume(self) -> None:
        """End a pause or a drain."""
        await self._store.switches.set(PAUSED, False)
        self._hold.paused = self._hold.draining = False
        self._dispatcher.wake()

    async def retry(self) -> int:
        """Take up again what could not be delivered for good; returns how many messages."""
        taken = await self._writer.write(
            lambda connection: self._store.deliveries.take_up_failed(connection, now=self._now())
        )
        self._counts["delivery_retried"] += taken
        self._outbox.wake()
        return taken

    async def drain(self, limit_s: float) -> bool:
        """Accept and start nothing more; wait for what is being made and delivered. True if all of it was.

        What waits stays in the store for the next start. `resume` takes a drain back.
        """
        self._hold.draining = True
        try:
            async with asyncio.timeout(limit_s):
                while not await self._is_drained():  # noqa: ASYNC110 - one of its causes is in the database
                    await asyncio.sleep(LOOK_AGAIN_S)
        except TimeoutError:
            return False
        return True

    async def _is_drained(self) -> bool:
        if self._dispatcher.running():
            return False
        try:
            async with self._store.reading() as connection:
                return await self._store.jobs.unsettled(connection, platforms=list(self._messengers)) == 0
        except StoreError as error:
            log.warning("draining waits for the store: %s", error)
            return False

    # --- running -------------------------------------------------------------------------------------------------

    def add_messenger(self, messenger: Messenger) -> None:
        """A platform that is served from now on."""
        self._messengers[messenger.name] = messenger
        if self._tasks is not None:
            self._serve(messenger, self._tasks)

    async def run(self) -> None:
        """Make, report and deliver, until cancelled; what is being made then waits for the next start."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                tasks.create_task(watch_owner(self._store), name="owner of the database")
                tasks.create_task(run_loop("clock", self._heartbeats, self._clock.step), name="clock")
                tasks.create_task(self.scheduler.run(), name="scheduler")
                for messenger in self._messengers.values():
                    self._serve(messenger, tasks)
                await self._dispatcher.run(self._limits.slots, self._runner.handle)
        finally:
            self._tasks = None
            self._served.clear()
            await self._give_back()

    async def _give_back(self) -> None:
        try:
            await self._writer.write(self._store.jobs.give_back)
        except StoreError as error:  # the next start takes them up as well, and counts a crash
            log.warning("what was being made could not be put back: %s", error)

    def _serve(self, messenger: Messenger, tasks: asyncio.TaskGroup) -> None:
        if messenger.name in self._served:
            return
        self._served.add(messenger.name)
        tasks.create_task(self._outbox.serve(messenger), name=f"outbox-{messenger.name}")
        tasks.create_task(self._reporter.serve(messenger), name=f"reporter-{messenger.name}")

    async def take_up(self) -> None:
        """What an earlier process left behind: begun jobs wait again, messages that were being sent are in doubt."""

        async def take_up(connection: AsyncConnection) -> int:
            again, given_up = await self._store.jobs.take_up(
                connection, max_crashes=self._limits.max_crashes, now=self._now()
            )
            for job in given_up:
                await self._store.deliveries.add(
                    connection, job=job.id, platform=job.platform, parts=[NEWS], first=1, due=self._now()
                )
            await self._store.deliveries.doubt(connection, now=self._now(), longest_s=outbox.LOOK_AFTER_S)
            return len(again)

        self._counts["resumed"] += await self._writer.write(take_up)


@asynccontextmanager
async def open_jobs(
    store: Store,
    maker: Maker,
    limits: JobLimits,
    announcer: Announcer,
    *,
    poster: Poster | None = None,
    report_every_s: float = EVERY_S,
    now: Callable[[], float] = wall_clock,
) -> AsyncIterator[Jobs]:
    """Take up what an earlier process left behind. Raises AnotherProcess, StoreError.

    Nothing is made or delivered until `run` is called. now: seconds since 1970.
    """
    async with only_process(store), open_writer(store) as writer:
        async with store.reading() as connection:
            known = await store.jobs.paces(connection, newest=REMEMBERED_PIECES)
            pace = Pace((bars, took_s) for bars, took_s in known if 0 <= took_s <= limits.job_time_limit_s)
        hold = Hold(paused=bool(await store.switches.get(PAUSED, False)))
        jobs = Jobs(
            store=store,
            writer=writer,
            maker=maker,
            limits=limits,
            announcer=announcer,
            pace=pace,
            hold=hold,
            report_every_s=report_every_s,
            now=now,
            poster=poster,
        )
        await jobs.take_up()
        await jobs.course.look()
        yield jobs
