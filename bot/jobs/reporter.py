"""What people see while they wait: their place, then "bar 5 of 16".

What is promised: a status message is changed only when it would say something else, and not any more once its result
is about to be delivered. A platform that hangs holds up nobody but itself. A change that was given up is remembered,
because the platform may make it after the result is there. The first page is shown before all else of a piece is made,
but not where all of it is there in a moment, which would be a flicker.
What is not: that every bar is seen, or the page early. A platform may leave out a change, and a lost one is not
repeated. No result depends on what was shown here.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.chat.messages import Reply
from bot.chat.messenger import Messenger, TryLater, Unreachable
from bot.jobs.loops import Heartbeats, run_loop, wait_for
from bot.jobs.model import Waiting
from bot.jobs.order import Pace
from bot.jobs.ports import Announcer
from bot.jobs.stages import Shares, Watch
from bot.store.jobs import JobView
from generator.request import Progress

T = TypeVar("T")

log = logging.getLogger(__name__)
EVERY_S = 2.0
EDIT_LIMIT_S = 10.0
EDITS_AT_ONCE = 8
AFTER_FLOOD_S = 5.0
REMEMBERED = 1000
PERCENT_TOLD = 10
PAGE_AFTER_S = 0.7  # that long everything else has time to be there, too


@dataclass
class Making:
    """A job that is being made."""

    job: JobView
    watch: Watch
    progress: Progress | None = None
    is_rendering: bool = False
    percent: int | None = None  # of what takes long
    page: bytes | None = None  # the first, once it is drawn
    page_due_s: float = math.inf  # when it is shown; monotonic

    @property
    def is_page_near(self) -> bool:
        """Whether it is shown in a moment, so that words alone would only delay it."""
        return self.page is not None and not self.is_page_due

    @property
    def is_page_due(self) -> bool:
        """Whether it has been held back long enough."""
        return time.monotonic() >= self.page_due_s


class Reporter:
    """waiting: all unfinished jobs with their places and guesses."""

    def __init__(
        self,
        announcer: Announcer,
        heartbeats: Heartbeats,
        *,
        waiting: Callable[[], Awaitable[list[Waiting]]],
        pace: Pace,
        every_s: float = EVERY_S,
    ) -> None:
        self._announcer, self._heartbeats, self._waiting, self._every_s = announcer, heartbeats, waiting, every_s
        self._pace = pace
        self._making: dict[str, Making] = {}
        self._shown: dict[str, Any] = {}  # what each status message says now
        self._editing: dict[str, asyncio.Task[None]] = {}
        self._silent: dict[str, None] = {}  # in the order in which they fell silent
        self._quiet_until: dict[str, float] = {}
        self._given_up: dict[str, None] = {}  # jobs with an edit that may still be applied
        self._attempts: dict[str, int] = {}  # how often each was begun here
        self._wakes: dict[str, asyncio.Event] = {}  # by platform

    # --- what happens to a job -----------------------------------------------------------------------------------

    def accepted(self, job: str, place: int) -> None:
        """Its first message says this place."""
        self._shown[job] = ("waiting", place)

    def tell_again(self, job: str) -> None:
        """What its status message says is no longer so."""
        self._shown.pop(job, None)

    def begin(self, job: JobView) -> None:
        """It is being made."""
        self._making[job.id] = Making(job, Watch())
        _remember(self._attempts, job.id, self._attempts.pop(job.id, 0) + 1)

    def bar(self, job: str, progress: Progress) -> None:
        """One more bar is finished."""
        if job in self._making:
            self._making[job].progress = progress
            self._making[job].watch.bar(progress)

    def rendering(self, job: str, *, percent: int | None = None, page: bytes | None = None) -> None:
        """All bars are finished. percent: how much is made of what takes long; page: the first, once it is drawn."""
        making = self._making.get(job)
        if making is None:
            return
        making.is_rendering, making.percent = True, percent
        making.watch.draw()
        if page is not None and making.page is None:
            making.page, making.page_due_s = page, time.monotonic() + PAGE_AFTER_S
            asyncio.get_running_loop().call_later(PAGE_AFTER_S, self._look_now, job)

    def _look_now(self, job: str) -> None:
        """At a page that is due, if its piece is still being made."""
        making = self._making.get(job)
        if making is not None and (wake := self._wakes.get(making.job.platform)) is not None:
            wake.set()

    def end(self, job: str) -> None:
        """It is not being made any more."""
        self._making.pop(job, None)

    def progress_of(self, job: str) -> Progress | None:
        """How far it is."""
        making = self._making.get(job)
        return making.progress if making else None

    def remaining_s(self, job: str) -> float | None:
        """Until it is drawn and played; None if it is not being made."""
        making = self._making.get(job)
        if making is None:
            return None
        whole_s = self._pace.expected_s(place=0, slots=1, bars=making.job.task.bars)
        return making.watch.remaining_s(whole_s, self._pace.shares)

    def shares_of(self, job: str) -> Shares | None:
        """How long its stages took, of one that is finished."""
        making = self._making.get(job)
        return making.watch.shares() if making else None

    def may_come_late(self, job: JobView) -> bool:
        """Whether a platform may still make a change of its status message: one that was given up here, or that an
        earlier process was about to make when it died.
        """
        return job.id in self._given_up or job.attempt > self._attempts.get(job.id, 0)

    async def silence(self, job: str) -> None:
        """Say nothing more about it; when this returns nothing is on its way any more."""
        _remember(self._silent, job, None)
        self._shown.pop(job, None)
        editing = self._editing.get(job)
        if editing is not None:
            _, late = await asyncio.wait([editing], timeout=EDIT_LIMIT_S)
            if late:
                _remember(self._given_up, job, None)
            editing.cancel()
            await asyncio.wait([editing])

    # --- telling -------------------------------------------------------------------------------------------------

    def reply_for(self, waiting: Waiting, *, page: bytes | None = None) -> Reply:
        """What a status message says now. page: what it shows of a piece that is being made."""
        job = waiting.job
        making = self._making.get(job.id)
        if waiting.state == "queued":
            return self._announcer.waiting(job, place=waiting.place, expected_s=waiting.expected_s)
        remaining_s = self.remaining_s(job.id)
        if making is None or making.is_rendering:
            percent = making.percent if making else None
            return self._announcer.rendering(job, remaining_s=remaining_s, percent=percent, page=page)
        progress = making.progress
        bar, bars = (progress.bar, progress.bars) if progress else (0, job.task.bars)
        return self._announcer.progress(job, bar=bar, bars=bars, remaining_s=remaining_s)

    async def serve(self, messenger: Messenger) -> None:
        """Keep the status messages of one platform up to date until cancelled."""
        wake = self._wakes.setdefault(messenger.name, asyncio.Event())
        async with asyncio.TaskGroup() as edits:

            async def step() -> None:
                await wait_for(wake, self._every_s)
                wake.clear()
                if time.monotonic() < self._quiet_until.get(messenger.name, 0.0):
                    return
                for waiting in await self._waiting():
                    if waiting.job.platform == messenger.name:
                        self._tell(messenger, waiting, edits)

            await run_loop(f"reporter-{messenger.name}", self._heartbeats, step)

    def _tell(self, messenger: Messenger, waiting: Waiting, edits: asyncio.TaskGroup) -> None:
        job, making = waiting.job, self._making.get(waiting.job.id)
        news = self._news(waiting)
        if job.address.message is None or job.id in self._silent or job.id in self._editing:
            return
        if making is not None and making.is_page_near:
            return
        on_platform = sum(task.get_name() == _edit_name(messenger) for task in self._editing.values())
        if self._shown.get(job.id) == news or on_platform >= EDITS_AT_ONCE:
            return
        task = edits.create_task(self._edit(messenger, waiting, news), name=_edit_name(messenger))
        self._editing[job.id] = task
        task.add_done_callback(lambda _: self._editing.pop(job.id, None))

    def _news(self, waiting: Waiting) -> tuple[str, int]:
        """What a person would call new; a guess that changes is not."""
        making = self._making.get(waiting.job.id)
        if waiting.state == "queued":
            return "waiting", waiting.place
        if making is None:
            return "rendering", 0
        if making.is_page_due:
            return "page", 1
        if making.is_rendering:
            return "rendering", (making.percent or 0) // PERCENT_TOLD
        return "progress", making.progress.bar if making.progress else 0

    async def _edit(self, messenger: Messenger, waiting: Waiting, news: tuple[str, int]) -> None:
        job, making = waiting.job, self._making.get(waiting.job.id)
        page = making.page if making is not None and making.is_page_due else None
        try:
            async with asyncio.timeout(EDIT_LIMIT_S):
                if await messenger.edit_status(job.address, self.reply_for(waiting, page=page)):
                    self._show(job.id, news)
        except TryLater as error:
            if error.sent:
                _remember(self._given_up, job.id, None)
            self._quiet_until[messenger.name] = time.monotonic() + (error.after_s or AFTER_FLOOD_S)
        except TimeoutError:
            _remember(self._given_up, job.id, None)
            self._quiet_until[messenger.name] = time.monotonic() + AFTER_FLOOD_S
        except Unreachable:
            self._silent[job.id] = None
        except Exception:
            log.exception("the status of job %s cannot be shown", job.id)
            self._silent[job.id] = None

    def _show(self, job: str, news: tuple[str, int]) -> None:
        if job not in self._silent:
            self._shown[job] = news


def _remember(jobs: dict[str, T], job: str, what: T) -> None:
    """The newest only, so that nothing grows for ever."""
    jobs[job] = what
    if len(jobs) > REMEMBERED:
        jobs.pop(next(iter(jobs)))


def _edit_name(messenger: Messenger) -> str:
    return f"edit-{messenger.name}"
