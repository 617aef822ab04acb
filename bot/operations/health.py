"""Three addresses on a local port, for whoever watches over the bot.

/healthz  200 while the event loop turns; anything else, or silence, means: start it again
/readyz   200 if something could be kept now (the database takes a write, the disk has room), pieces are composed and
          people are heard on every platform; else 503. The JSON says what is not ready and why
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

    async def readiness(self) -> dict[str, Any]:
        """Each part by name: "ok" or what is wrong; and whether the whole is ready."""
        parts = {"database": await self.store_state(), "jobs": self._jobs()}
        platforms = {platform.name: _platform(platform) for platform in self.supervised}
        ready = all(state == OK for state in (*parts.values(), *platforms.values())) and not self.draining
        return {"ready": ready, "draining": self.draining, **parts, "platforms": platforms}

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
            async with asyncio.timeout(DATABASE_TIME_LIMIT_S):
                body = await health.metrics.expose(health.services, health.supervised)
        except Exception as error:
            log.warning("metrics could not be counted: %s", explain(error) or type(error).__name__)
            body = health.metrics.expose_without_counts(health.supervised)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    return application
