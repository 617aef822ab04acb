"""Builds everything that `notabot run` needs from the settings, opens it, and keeps it running.

Promises: lifetimes nest like brackets, and whatever was opened is closed in the opposite order; one platform's outage
does not stop the other; SIGTERM or SIGINT let running pieces finish within `drain_s`, a second one stops at once, and
in both cases what was accepted goes on after the next start.
Not covered: what happens to a piece in a crash; that is `bot.jobs`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from bot import platforms
from bot.errors import BadInput
from bot.operations.supervision import Backoff, Supervised
from bot.platforms.discretion import open_discreet_logs
from bot.platforms.errors import BadToken
from bot.texts import explain

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.commands.command import Drawing, Registry, Services
    from bot.jobs import JobLimits, Maker
    from bot.operations.health import Health
    from bot.operations.metrics import Metrics
    from bot.store import Store
    from config.settings import Settings
    from generator.catalogue.catalogue import Catalogue

EXIT_DONE = 0
EXIT_STOPPED = 130  # told twice: what ran was interrupted
RETENTION_EVERY_S = 86_400.0
FETCHING_TOLD_EVERY_S = 10.0

log = logging.getLogger(__name__)


# --- what a command may use ------------------------------------------------------------------------------------------


@asynccontextmanager
async def open_services(
    settings: Settings, *, maker: Maker | None = None, metrics: Metrics | None = None, prove: bool = False
) -> AsyncIterator[Services]:
    """Store, composer, renderer, jobs: what a command may use. The jobs do not run yet: that is `services.jobs.run()`.

    maker: a stand-in for composing and rendering; with it neither the model nor the renderer is loaded.
    prove: render a bar first, so that nothing is accepted that could not be made.
    Raises StoreError, GeneratorError, RenderError.
    """
    from bot.commands.announce import Announcer
    from bot.commands.chains.posting import ChainPoster
    from bot.commands.challenges.posting import ChallengePoster
    from bot.commands.command import Services
    from bot.commands.duels.posting import DuelPoster
    from bot.commands.guessing.drawing import Bars
    from bot.commands.guessing.guessing import DailyBars, GuessPoster
    from bot.commands.posters import Posters
    from bot.commands.sharing.posting import SharePoster
    from bot.commands.sharing.words import may_be_shown
    from bot.commands.subscribing import SUBJECT, Subscriptions
    from bot.jobs import open_jobs
    from bot.jobs.course import SUBJECT as CHALLENGE
    from bot.jobs.curating import EXHIBIT, REPORT
    from bot.jobs.guessing import SUBJECT as GUESS
    from bot.making.workshop import open_reader
    from bot.store import open_store
    from bot.store.chains import KIND as CHAIN
    from bot.store.duels import SUBJECT as DUEL
    from generator.catalogue.catalogue import load_catalogue
    from generator.wishes.reading import read_wishes

    if maker is None:
        settings = await asyncio.to_thread(_fetch_weights, settings)
    catalogue = load_catalogue(settings.weights)
    read_wishes("chopin", catalogue)  # the first one loads the words, for which nobody should wait
    url = settings.database_url.get_secret_value() if settings.database_url else None
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(url, settings.data_dir))
        model, renderer = "a stand-in", None
        if maker is None:
            opened = await stack.enter_async_context(_open_maker(settings, catalogue, store, prove=prove))
            maker, model, renderer = opened
        measured = maker if metrics is None else metrics.measure_maker(maker)
        announcer = Announcer(settings, catalogue, is_open=lambda scope: scope in store.challenges.open_scopes)
        shares = SharePoster(store, catalogue)
        reader = await stack.enter_async_context(open_reader(settings))
        bars = Bars(store, reader)
        poster = Posters(
            {
                CHALLENGE: ChallengePoster(store, catalogue),
                DUEL: DuelPoster(store, catalogue),
                CHAIN: ChainPoster(store, catalogue, reader),
                EXHIBIT: shares,
                REPORT: shares,
                GUESS: GuessPoster(store, catalogue, bars),
            }
        )
        opened_jobs = open_jobs(store, measured, job_limits(settings), announcer, poster=poster)
        jobs = await stack.enter_async_context(opened_jobs)
        services = Services(settings, catalogue, store, jobs, model, reader, renderer, bars=bars)
        jobs.curator.is_fit = may_be_shown
        jobs.scheduler.on(SUBJECT, Subscriptions(services).keep)
        jobs.scheduler.on(GUESS, DailyBars(services).keep)
        yield services


@asynccontextmanager
async def _open_maker(
    settings: Settings, catalogue: Catalogue, store: Store, *, prove: bool
) -> AsyncIterator[tuple[Maker, str, Drawing]]:
    """The model and the renderer together, a short name of the model, and the renderer alone."""
    from bot.making.maker import RealMaker, describe_model, open_rival
    from bot.making.workshop import Workshop, open_camera, open_renderer_for, prove_renderer
    from generator.composer import SHIPPED_WEIGHTS, open_composer

    log.info("loading the model")
    async with (
        open_composer(settings) as composer,
        open_renderer_for(settings) as renderer,
        open_camera(settings) as camera,
        open_rival(settings) as rival,
    ):
        if prove:
            await prove_renderer(renderer)
        model = await asyncio.to_thread(describe_model, settings.weights or SHIPPED_WEIGHTS)
        name = model.get("name") or model["file"]
        workshop = Workshop(
            composer=composer,
            renderer=renderer,
            catalogue=catalogue,
            model=model,
            find_source=store.pieces.source,
            find_chain=store.chains.score,
            camera=camera,
            rival=rival,
        )
        yield RealMaker(workshop), f"{name} {model['sha256'][:8]}", renderer


def _fetch_weights(settings: Settings) -> Settings:
    """The settings with the weights on this machine; fetching them is logged, and what has to be known about them."""
    from bot.making.weights import remark_on, with_rival, with_weights

    told_s = -FETCHING_TOLD_EVERY_S

    def tell(name: str, done: int, total: int) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= FETCHING_TOLD_EVERY_S or done == total:
            told_s = time.monotonic()
            log.info("fetching the weights %s: %d of %d MB", name, done, total)

    settings = with_rival(with_weights(settings, tell), tell)
    if remark := remark_on(settings):
        log.warning("%s", remark)
    return settings


def job_limits(settings: Settings) -> JobLimits:
    """What the settings say about jobs."""
    from bot.jobs import JobLimits

    return JobLimits(
        slots=settings.slots,
        max_queue=settings.max_queue,
        max_waiting_per_person=settings.max_waiting_per_person,
        pieces_per_person_per_day=settings.pieces_per_person_per_day,
        pieces_per_guild_per_day=settings.pieces_per_guild_per_day,
        cooldown_s=settings.cooldown_s,
        job_time_limit_s=settings.job_time_limit_s,
        patience_s=settings.deliver_for_days * 86_400,
    )


# --- running ---------------------------------------------------------------------------------------------------------


def check_can_run(settings: Settings) -> None:
    """Raises BadInput with what to set."""
    if settings.queue_url is not None:
        raise BadInput(reason="no_such_queue")
    platforms.check_keys(settings)
    if not platforms.with_tokens(settings):
        raise BadInput(reason="no_token", settings=tuple(platforms.token_settings()))


async def serve(settings: Settings, *, maker: Maker | None = None, backoff: Backoff | None = None) -> int:
    """Run the bot until it is told to stop. Returns the exit code.

    maker, backoff: as in `open_services` and `Supervised`, for tests.
    Raises BadInput if there is nothing to serve, BadToken if every platform refuses its token, StoreError,
    GeneratorError.
    """
    from bot.commands import build_registry
    from bot.operations.health import Health, open_health
    from bot.operations.metrics import Metrics

    check_can_run(settings)
    metrics = Metrics()
    with open_discreet_logs(settings):
        async with open_services(settings, maker=maker, metrics=metrics, prove=True) as services:
            registry = metrics.measure_commands(build_registry(settings))
            async with open_platforms(settings, registry, services, backoff=backoff) as supervised:
                health = Health(services, supervised, metrics)
                spare_the_collector()
                async with open_health(health, host=settings.health_host, port=settings.health_port):
                    code = await _run(services, supervised, health)
        log.info("stopped")
    return code


def spare_the_collector() -> None:
    """Leave what was loaded out of the search for garbage: it stays, and looking through it takes a while."""
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def open_platforms(
    settings: Settings, registry: Registry, services: Services, *, backoff: Backoff | None = None
) -> AsyncIterator[Sequence[Supervised]]:
    """Those that have a token, not connected yet; the jobs know how to reach them.

    A token that cannot be one is logged, and the other platform goes on. Raises BadToken if there is no other.
    """
    refusals: list[BadToken] = []
    async with AsyncExitStack() as stack:
        supervised: list[Supervised] = []
        for spec in platforms.with_tokens(settings):
            try:
                platform = await stack.enter_async_context(spec.door().open_platform(settings, registry, services))
            except BadToken as error:
                log.error("going on without this platform: %s", explain(error))
                refusals.append(error)
                continue
            services.jobs.add_messenger(platform.messenger)
            supervised.append(Supervised(platform, backoff=backoff))
        if not supervised:
            raise BadToken(reason="all", refusals=tuple(refusals))
        yield supervised


async def _run(services: Services, supervised: Sequence[Supervised], health: Health) -> int:
    """Everything at once, until a signal comes or no platform is left."""
    log.info("serving %s with %s", " and ".join(platform.name for platform in supervised), services.model)
    with stop_signals() as stop:
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(services.jobs.run(), name="jobs"),
                    tasks.create_task(keep_daily(services.store, services.settings.retention_days), name="retention"),
                ]
                serving = [tasks.create_task(platform.serve(), name=platform.name) for platform in supervised]
                code = await _until_the_end(services, supervised, stop, health)
                for task in (*running, *serving):
                    task.cancel()
        except ExceptionGroup as group:
            raise _only_error(group) from None
    _refuse_if_nobody_was_let_in(supervised, stop)
    return code


async def _until_the_end(
    services: Services, supervised: Sequence[Supervised], stop: StopSignals, health: Health
) -> int:
    """Wait for a signal, or until all platforms have refused their tokens; after a signal, for what runs.

    Returns the exit code.
    """
    told = asyncio.create_task(stop.first.wait(), name="first signal")
    deserted = asyncio.create_task(_all_lost(supervised), name="no platform left")
    await _first_of(told, deserted)
    if not stop.first.is_set():
        return EXIT_DONE
    health.draining = True
    drain_s = services.settings.drain_s
    log.info("told to stop: nothing more is begun; what runs has %.0f s. A second signal stops at once", drain_s)
    drained = asyncio.create_task(services.jobs.drain(drain_s), name="drain")
    told_again = asyncio.create_task(stop.second.wait(), name="second signal")
    await _first_of(drained, told_again)
    if stop.second.is_set():
        log.warning("told twice: what runs is interrupted now and goes on after the next start")
        return EXIT_STOPPED
    log.info("all is finished" if drained.result() else "what is not finished goes on after the next start")
    return EXIT_DONE


async def _all_lost(supervised: Sequence[Supervised]) -> None:
    for platform in supervised:
        await platform.lost.wait()


async def _first_of(*tasks: asyncio.Task[object]) -> None:
    """Wait for one, cancel the others."""
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _only_error(group: ExceptionGroup[Exception]) -> Exception:
    """The one error inside, so that it can be told in its own sentence; the group itself if there are more."""
    inner: Exception = group
    while isinstance(inner, ExceptionGroup) and len(inner.exceptions) == 1:
        inner = inner.exceptions[0]
    return inner


def _refuse_if_nobody_was_let_in(supervised: Sequence[Supervised], stop: StopSignals) -> None:
    refusals = [platform.refused for platform in supervised if platform.lost.is_set()]
    if len(refusals) == len(supervised) and not stop.first.is_set():
        raise BadToken(reason="all", refusals=tuple(refusals))


class StopSignals:
    """What came so far."""

    def __init__(self) -> None:
        self.first, self.second = asyncio.Event(), asyncio.Event()

    def note(self) -> None:
        """A signal came."""
        (self.second if self.first.is_set() else self.first).set()


@contextmanager
def stop_signals() -> Iterator[StopSignals]:
    """SIGTERM and SIGINT are noted inside the block, instead of ending the program."""
    stop, loop = StopSignals(), asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        loop.add_signal_handler(number, stop.note)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


async def keep_daily(store: Store, retention_days: int, *, every_s: float = RETENTION_EVERY_S) -> None:
    """Remove what is too old, now and once a day. A failure is logged and does not matter until tomorrow."""
    from bot.store import keep_within

    while True:
        try:
            await keep_within(store, retention_days=retention_days)
        except Exception:
            log.exception("old pieces could not be removed; this is tried again tomorrow")
        await asyncio.sleep(every_s)
