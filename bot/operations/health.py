"""Three addresses on a local port, for whoever watches over the bot.

/healthz  200 while the event loop turns; anything else, or silence, means: start it again
/readyz   200 if something could be kept now (the database takes a write, the disk has room), pieces are composed, what
          draws them is there (if it died, this look starts it again) and people are heard on every platform; else 503.
          The JSON says what is not ready and why
/metrics  for Prometheus

They say nothing about people, but they are not for strangers: by default only this machine can ask.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.commands.command import Services
from bot.errors import BadInput
from bot.operations.metrics import Metrics
from bot.operations.supervision import Supervised
from bot.texts import explain

DATABASE_TIME_LIMIT_S = 4.0
RENDERER_TIME_LIMIT_S = 4.0  # it starts in one or two seconds
LOOK_EVERY_S = 5.0
SHUTDOWN_S = 1.0
OK = "ok"

log = logging.getLogger(__name__)


@dataclass
class Health:
    """What the three addresses tell. draining: told to stop, so nothing more is accepted."""

    services: Services
    supervised: Sequence[Supervised]
    metrics: Metrics
    draining: bool = False
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _looked_until: float = 0.0  # monotonic
    _found: str = OK
    _starting: asyncio.Task[None] | None = None
    _start_again_from: float = 0.0  # monotonic

    async def readiness(self) -> dict[str, Any]:
        """Each part by name: "ok" or what is wrong; and whether the whole is ready."""
        parts = {"database": await self.store_state(), "jobs": self._jobs(), "renderer": await self.renderer_state()}
        platforms = {platform.name: _platform(platform) for platform in self.supervised}
        ready = all(state == OK for state in (*parts.values(), *platforms.values())) and not self.draining
        return {"ready": ready, "draining": self.draining, **parts, "platforms": platforms}

    async def close(self) -> None:
        """Nothing is started any more."""
        if self._starting is not None and not self._starting.done():
            self._starting.cancel()
            await asyncio.wait({self._starting})

    async def store_state(self) -> str:
        """OK or what is wrong; looked at anew after some seconds, however often somebody asks."""
        async with self._looking:
            if time.monotonic() >= self._looked_until:
                self._found = await self._look_at_store()
                self._looked_until = time.monotonic() + LOOK_EVERY_S
        return self._found

    async def _look_at_store(self) -> str:
        try:
            async with asyncio.timeout(DATABASE_TIME_LIMIT_S):
                await self.services.store.probe.look()
        except TimeoutError:
            return f"no answer within {DATABASE_TIME_LIMIT_S:g} s"
        except Exception as error:
            return explain(error) or f"unexpected: {type(error).__name__}"
        return OK

    async def renderer_state(self) -> str:
        """OK or why nothing can be drawn. What died while nobody needed it is started again."""
        renderer = self.services.renderer
        if renderer is None or renderer.is_well:
            return OK
        if self._starting is None or (self._starting.done() and time.monotonic() >= self._start_again_from):
            self._start_again_from = time.monotonic() + LOOK_EVERY_S
            self._starting = asyncio.create_task(renderer.warm_up(), name="renderer")
        starting = self._starting
        await asyncio.wait({starting}, timeout=RENDERER_TIME_LIMIT_S)
        if not starting.done() or starting.cancelled():
            return "being started"
        error = starting.exception()
        return OK if error is None else f"the process that draws does not start: {type(error).__name__}"

    def _jobs(self) -> str:
        health = self.services.jobs.board.health()
        return OK if health.alive else health.detail


def _platform(platform: Supervised) -> str:
    return OK if platform.ready else platform.trouble or "connecting"


@asynccontextmanager
async def open_health(health: Health, *, host: str, port: int) -> AsyncIterator[None]:
    """Serve the three addresses; port 0: do not. Raises BadInput if the port cannot be had."""
    if port == 0:
        yield
        return
    runner = web.AppRunner(_application(health), access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield
    finally:
        await runner.cleanup()
        await health.close()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise BadInput(reason="port_taken", host=host, port=port, why=error.strerror) from error
    log.info("health and metrics on http://%s:%d", host, port)


def _application(health: Health) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_request: web.Request) -> web.Response:
        state = await health.readiness()
        return web.json_response(state, status=200 if state["ready"] else 503)

    async def metrics(_request: web.Request) -> web.Response:
        try:
            health.metrics.note_store(is_well=await health.store_state() == OK)
            health.metrics.note_renderer(is_well=await health.renderer_state() == OK)
            async with asyncio.timeout(DATABASE_TIME_LIMIT_S):
                body = await health.metrics.expose(health.services, health.supervised)
        except Exception as error:
            log.warning("metrics could not be counted: %s", explain(error) or type(error).__name__)
            body = health.metrics.expose_without_counts(health.supervised)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    return application
