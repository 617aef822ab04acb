"""Three addresses on a local port, for whoever watches over the bot.

/healthz  200 while the event loop turns; anything else, or silence, means: start it again
/readyz   200 if the database answers, pieces are composed and at least one platform hears people; else 503. The JSON
          says what is not ready and why, also when the other platform still makes the whole ready
/metrics  for Prometheus

They say nothing about people, but they are not for strangers: by default only this machine can ask.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import select

from bot.commands.command import Services
from bot.errors import BadInput
from bot.operations.metrics import Metrics
from bot.operations.supervision import Supervised
from bot.texts import explain

DATABASE_TIME_LIMIT_S = 3.0
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

    async def readiness(self) -> dict[str, Any]:
        """Each part by name: "ok" or what is wrong; and whether the whole is ready."""
        parts = {"database": await self._database(), "jobs": self._jobs()}
        platforms = {platform.name: _platform(platform) for platform in self.supervised}
        ready = all(state == OK for state in parts.values()) and OK in platforms.values() and not self.draining
        return {"ready": ready, "draining": self.draining, **parts, "platforms": platforms}

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(DATABASE_TIME_LIMIT_S), self.services.store.reading() as connection:
                await connection.execute(select(1))
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
            async with asyncio.timeout(DATABASE_TIME_LIMIT_S):
                body = await health.metrics.expose(health.services, health.supervised)
        except Exception as error:
            log.warning("metrics could not be counted: %s", explain(error) or type(error).__name__)
            return web.Response(status=503, text="the database does not answer\n")
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    return application
