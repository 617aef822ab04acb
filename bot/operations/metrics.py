"""Figures for Prometheus.

What lies in the tables (jobs and deliveries by state, the length of the queue) is counted when somebody asks, so it is
right after a restart too; what happens (time to acknowledge, time to compose) is measured while it happens, by
wrapping the maker and the commands: neither knows of it.
No label ever holds a person, a chat or a piece.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from bot.chat.messages import Action, Address, Ask, Person, Reply
from bot.commands.command import Command, Context, Here, Registry, Services
from bot.jobs import Maker
from bot.logs.lines import bound
from bot.making.files import Piece
from bot.making.task import Task
from bot.operations.supervision import Supervised
from bot.store import PersonSettings, ServerRules
from bot.store.tables import deliveries, jobs
from bot.texts import Language
from config.errors import NotabotError
from generator.request import Progress

ACKNOWLEDGE_BUCKETS_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
COMPOSE_BUCKETS_S = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)


class Metrics:
    """All figures of one running bot."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._acknowledge_s = Histogram(
            "notabot_acknowledge_seconds",
            "From a command or button to the first answer",
            ["platform"],
            buckets=ACKNOWLEDGE_BUCKETS_S,
            registry=self.registry,
        )
        self._compose_s = Histogram(
            "notabot_compose_seconds",
            "Composing and drawing one piece, all formats",
            buckets=COMPOSE_BUCKETS_S,
            registry=self.registry,
        )
        self._makes = Counter("notabot_makes", "Pieces begun, by how it ended", ["outcome"], registry=self.registry)
        self._waiting = self._gauge("notabot_jobs_waiting", "Jobs that wait")
        self._running = self._gauge("notabot_jobs_running", "Jobs being composed or drawn")
        self._slots = self._gauge("notabot_slots", "Jobs that can run at the same time")
        self._oldest_s = self._gauge("notabot_oldest_waiting_seconds", "How long the first of the queue has waited")
        self._paused = self._gauge("notabot_paused", "1 while an administrator has paused the queue")
        self._jobs = self._gauge("notabot_jobs", "Jobs in the database by state", "state")
        self._deliveries = self._gauge(
            "notabot_deliveries",
            "Messages in the database by platform and state; doubtful: may have arrived",
            "platform",
            "state",
        )
        self._events = _Events()
        self.registry.register(self._events)
        self._store_ready = self._gauge("notabot_store_ready", "1 while something can be kept: database and disk")
        self._renderer_ready = self._gauge("notabot_renderer_ready", "1 while the process that draws pieces is there")
        self._refusals = Counter(
            "notabot_refusals", "Requests that were refused, by the reason", ["reason"], registry=self.registry
        )
        self._skipped = self._gauge("notabot_updates_skipped", "Events that could not be read", "platform")
        self._ready = self._gauge("notabot_platform_ready", "1 while people are heard there", "platform")

    def _gauge(self, name: str, description: str, *labels: str) -> Gauge:
        return Gauge(name, description, labels, registry=self.registry)

    async def expose(self, services: Services, supervised: Sequence[Supervised]) -> bytes:
        """All figures now, in Prometheus' text format. Raises StoreError."""
        await self._count_jobs(services)
        await self._count_rows(services)
        self._events.counts = dict(services.jobs.board.counts())
        return self._expose(supervised)

    def expose_without_counts(self, supervised: Sequence[Supervised]) -> bytes:
        """What can be said while the database does not answer: that it does not, and nothing of before."""
        self.note_store(is_well=False)
        for gauge in (self._waiting, self._running, self._oldest_s):
            gauge.set(math.nan)
        self._jobs.clear()
        self._deliveries.clear()
        return self._expose(supervised)

    def note_store(self, *, is_well: bool) -> None:
        """Whether something could be kept now."""
        self._store_ready.set(is_well)

    def note_renderer(self, *, is_well: bool) -> None:
        """Whether pieces could be drawn now."""
        self._renderer_ready.set(is_well)

    def _expose(self, supervised: Sequence[Supervised]) -> bytes:
        for platform in supervised:
            self._ready.labels(platform.name).set(platform.ready)
            self._skipped.labels(platform.name).set(platform.platform.skipped)
        return generate_latest(self.registry)

    async def _count_jobs(self, services: Services) -> None:
        summary = await services.jobs.board.summary()
        self._waiting.set(summary.queued)
        self._running.set(summary.running)
        self._slots.set(summary.slots)
        self._oldest_s.set(summary.oldest_s or 0)
        self._paused.set(summary.paused)

    async def _count_rows(self, services: Services) -> None:
        by_state = select(jobs.c.state, func.count()).group_by(jobs.c.state)
        by_platform = select(deliveries.c.platform, deliveries.c.state, func.count()).group_by(
            deliveries.c.platform, deliveries.c.state
        )
        async with services.store.reading() as connection:
            job_rows = (await connection.execute(by_state)).all()
            delivery_rows = (await connection.execute(by_platform)).all()
        self._jobs.clear()
        for state, count in job_rows:
            self._jobs.labels(state).set(count)
        self._deliveries.clear()
        for platform, state, count in delivery_rows:
            self._deliveries.labels(platform, state).set(count)

    # --- while it happens --------------------------------------------------------------------------------------------

    def measure_maker(self, maker: Maker) -> Maker:
        """The same maker, timed, with the job on every line it logs."""
        return _MeasuredMaker(maker, self._compose_s, self._makes)

    def measure_commands(self, registry: Registry) -> Registry:
        """The same commands, actions and answers, timed from their beginning to their first answer."""
        return replace(
            registry,
            commands=[self._measured(command) for command in registry.commands],
            actions={verb: self._measured_action(act) for verb, act in registry.actions.items()},
            answers={verb: self._measured_answer(take) for verb, take in registry.answers.items()},
        )

    def _measured(self, command: Command) -> Command:
        handle = command.handle
        return replace(
            command,
            handle=None if handle is None else self._measured_handle(handle),
            subcommands=[self._measured(subcommand) for subcommand in command.subcommands],
        )

    def _measured_handle(self, handle: Callable[[Context], Awaitable[None]]) -> Callable[[Context], Awaitable[None]]:
        async def measured(context: Context) -> None:
            with self._counting_refusals():
                await handle(_MeasuredContext(context, self._acknowledge_s))

        return measured

    def _measured_action(
        self, act: Callable[[Context, Action], Awaitable[None]]
    ) -> Callable[[Context, Action], Awaitable[None]]:
        async def measured(context: Context, action: Action) -> None:
            with self._counting_refusals():
                await act(_MeasuredContext(context, self._acknowledge_s), action)

        return measured

    def _measured_answer(
        self, take: Callable[[Context, Action, str], Awaitable[None]]
    ) -> Callable[[Context, Action, str], Awaitable[None]]:
        async def measured(context: Context, action: Action, text: str) -> None:
            with self._counting_refusals():
                await take(_MeasuredContext(context, self._acknowledge_s), action, text)

        return measured

    @contextmanager
    def _counting_refusals(self) -> Iterator[None]:
        try:
            yield
        except NotabotError as error:
            self._refusals.labels(type(error).__name__).inc()
            raise


class _Events(Collector):
    """What the jobs have counted since the start: accepted, done, failed, delivery_sent ..."""

    def __init__(self) -> None:
        self.counts: Mapping[str, int] = {}

    def collect(self) -> Iterable[CounterMetricFamily]:
        family = CounterMetricFamily("notabot_events", "Since the start: jobs accepted, done ...", labels=["what"])
        for what, count in sorted(self.counts.items()):
            family.add_metric([what], count)
        yield family


class _MeasuredContext:
    """A context that looks at the clock when the person gets the first answer."""

    def __init__(self, context: Context, acknowledge_s: Histogram) -> None:
        self._context, self._acknowledge_s = context, acknowledge_s
        self._started_s: float | None = time.monotonic()
        self.services: Services = context.services
        self.person: Person = context.person
        self.address: Address = context.address
        self.language: Language = context.language
        self.event_key: str = context.event_key
        self.options: Mapping[str, Any] = context.options
        self.pressed: str | None = context.pressed
        self.likes: PersonSettings = context.likes
        self.rules: ServerRules = context.rules
        self.here: Here = context.here
        self.called: str = context.called

    async def reply(self, reply: Reply) -> str | None:
        message = await self._context.reply(reply)
        self._note()
        return message

    async def ask(self, ask: Ask) -> None:
        await self._context.ask(ask)
        self._note()

    async def confirm(self, reply: Reply, *, job: str) -> Address | None:
        address = await self._context.confirm(reply, job=job)
        self._note()
        return address

    async def edit(self, reply: Reply) -> None:
        await self._context.edit(reply)
        self._note()

    async def delete(self) -> None:
        await self._context.delete()
        self._note()

    async def remove(self, message: str) -> bool:
        return await self._context.remove(message)

    def _note(self) -> None:
        if self._started_s is not None:
            self._acknowledge_s.labels(self.person.platform).observe(time.monotonic() - self._started_s)
            self._started_s = None


class _MeasuredMaker:
    def __init__(self, maker: Maker, compose_s: Histogram, makes: Counter) -> None:
        self._maker, self._compose_s, self._makes = maker, compose_s, makes

    async def make(
        self,
        job: str,
        task: Task,
        *,
        language: Language,
        on_progress: Callable[[Progress], None],
        on_step: Callable[[str], None],
    ) -> Piece:
        outcome, started_s = "stopped", time.monotonic()
        try:
            with bound(job=job):
                made = await self._maker.make(job, task, language=language, on_progress=on_progress, on_step=on_step)
            outcome = "made"
        except Exception:
            outcome = "failed"
            raise
        finally:
            self._makes.labels(outcome).inc()
        self._compose_s.observe(time.monotonic() - started_s)
        return made
