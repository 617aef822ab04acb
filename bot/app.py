"""Builds everything that `notabot run` needs from the settings, opens it, and keeps it running.

Promises: lifetimes nest like brackets, and whatever was opened is closed in the opposite order; one platform's outage
does not stop the other; SIGTERM or SIGINT let running pieces finish within `drain_s`, a second one stops at once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.jobs import Maker
    from bot.services import Services
    from config.settings import Settings


@asynccontextmanager
async def open_services(settings: Settings, *, maker: Maker | None = None) -> AsyncIterator[Services]:
    """Store, composer, renderer, jobs: what a command may use. The jobs do not run yet: that is `services.jobs.run()`.

    maker: a stand-in for composing and drawing; with it neither the model nor the renderer is loaded.
    Raises StoreError, GeneratorError.
    """
    raise NotImplementedError
    yield  # pragma: no cover


async def serve(settings: Settings) -> int:
    """Run the bot until it is told to stop. Returns the exit code."""
    raise NotImplementedError
