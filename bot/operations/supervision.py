"""Keeps one platform in service: starts it again after an outage, later every time; also after a refused token.

Promises: an outage of one platform, even a mistake in its code, is not felt by anything else; every outage is one line
in the log. Whether the platform is there is asked every few seconds beside its service, which may wait for much longer
to notice; when it answers again, service that waited for its next try begins at once. A token may be refused by
mistake, so it is tried again; only if it was refused before the platform was ever in service, and every other
platform's too, is there nothing to run for (`lost`).
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from contextlib import suppress
from dataclasses import dataclass

from bot.platforms.errors import BadToken, PlatformDown
from bot.platforms.spec import Platform
from bot.texts import explain

SERVED_S = 5.0  # who was served for so long had a good token
CHECK_EVERY_S, CHECK_LIMIT_S = 4.0, 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Pauses between two tries: each `factor` times the one before, up to a limit, and a little uneven so that many
    bots do not come back in the same second. Service of `healthy_s` or more starts again with the first pause.
    refused_s: after a token was refused, which a person has to put right, or the platform by itself.
    """

    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 300.0
    uneven: float = 0.2
    healthy_s: float = 120.0
    refused_s: float = 180.0

    def pause_s(self, failures: int) -> float:
        """After so many failures in a row, 1 or more."""
        steady = min(self.longest_s, self.first_s * self.factor ** min(failures - 1, 50))
        return steady * random.uniform(1 - self.uneven, 1 + self.uneven)


class Supervised:
    """A platform and how it fares. refused: its service ended so."""

    def __init__(self, platform: Platform, *, backoff: Backoff | None = None) -> None:
        self.platform = platform
        self.lost = asyncio.Event()  # set if the token was refused before it was ever good for anything
        self.backoff = backoff or Backoff()
        self.refused: BadToken | None = None
        self._ended = ""  # why service ended
        self._again_s = math.inf  # the longest pause after that
        self._silent = ""  # why it does not answer
        self._answers = asyncio.Event()  # again

    @property
    def name(self) -> str:
        return self.platform.name

    @property
    def ready(self) -> bool:
        """Whether people are heard there, and it answers."""
        return self.platform.ready and not self._silent

    @property
    def trouble(self) -> str:
        """Why it is not in service, "" if it is or is only just starting."""
        return self._ended or self._silent

    async def serve(self) -> None:
        """Until cancelled."""
        checking = asyncio.create_task(self._keep_checking(), name=f"{self.name} checks")
        try:
            await self._keep_serving()
        finally:
            checking.cancel()
            await asyncio.wait([checking])

    async def _keep_checking(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            before, self._silent = self._silent, await self._check()
            if before and not self._silent:
                log.info("%s answers again", self.name, extra={"platform": self.name})
                self._answers.set()
            elif self._silent and not before:
                log.warning("%s: %s", self.name, self._silent, extra={"platform": self.name})

    async def _check(self) -> str:
        """What is wrong, "" for nothing."""
        try:
            async with asyncio.timeout(CHECK_LIMIT_S):
                await self.platform.check()
        except TimeoutError:
            return f"no answer within {CHECK_LIMIT_S:g} s"
        except PlatformDown as error:
            return explain(error) or str(error)
        except Exception as error:  # a check does not end service
            return f"a mistake of ours ({type(error).__name__})"
        return ""

    async def _keep_serving(self) -> None:
        failures, was_served = 0, False
        while True:
            started_s = time.monotonic()
            await self._serve_once()
            served_s = time.monotonic() - started_s
            was_served = was_served or served_s >= SERVED_S
            if self.refused is not None and not was_served:
                self.lost.set()
            failures = 1 if served_s >= self.backoff.healthy_s else failures + 1
            pause_s = self.backoff.refused_s if self.refused else self.backoff.pause_s(failures)
            await self._pause(min(pause_s, self._again_s))

    async def _serve_once(self) -> None:
        self._ended, self._again_s, refused = "", math.inf, None
        try:
            await self.platform.serve()
            self._ended = "it ended its service without saying why"
        except BadToken as error:
            refused, self._ended = error, explain(error) or str(error)
            log.error("without %s for now: %s", self.name, self.trouble, extra={"platform": self.name})
        except PlatformDown as error:
            self._ended = explain(error) or str(error)
            self._again_s = math.inf if error.again_s is None else error.again_s
        except Exception as error:
            self._ended = f"a mistake of ours ({type(error).__name__}); the log has the details"
            log.exception("%s failed in a way it should not", self.name, extra={"platform": self.name})
        finally:
            self.refused = refused

    async def _pause(self, pause_s: float) -> None:
        log.warning(
            "%s is down and is tried again in %.1f s: %s",
            self.name,
            pause_s,
            self.trouble,
            extra={"platform": self.name},
        )
        self._answers.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._answers.wait()
