"""Who waits for what, and how busy the bot is: for whoever looks, nothing here changes anything.

What is not promised: that two answers agree; between them the world goes on. Guesses are guesses, see `order.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from bot.jobs.intake import DAY_S
from bot.jobs.loops import Heartbeats
from bot.jobs.model import JobsHealth, Summary, Waiting
from bot.jobs.order import Pace, place_of, places, with_guess
from bot.store import Store
from bot.store.jobs import JobView
from generator.request import Progress


@dataclass
class Hold:
    """Why nothing begins now. paused: an operator said so, which outlives a restart. draining: about to stop."""

    paused: bool = False
    draining: bool = False

    @property
    def is_on(self) -> bool:
        return self.paused or self.draining


class Board:
    """platforms: those that are served. progress_of: how far a job that is being made has come; remaining_s_of: how
    long the rest of it takes.
    """

    def __init__(
        self,
        *,
        store: Store,
        slots: int,
        pace: Pace,
        hold: Hold,
        heartbeats: Heartbeats,
        counts: Mapping[str, int],
        platforms: Collection[str],
        progress_of: Callable[[str], Progress | None],
        remaining_s_of: Callable[[str], float | None],
        now: Callable[[], float],
    ) -> None:
        self._store, self._slots, self._pace, self._hold = store, slots, pace, hold
        self._heartbeats, self._counts, self._platforms = heartbeats, counts, platforms
        self._progress_of, self._remaining_s_of, self._now = progress_of, remaining_s_of, now

    async def waiting(self, person: str | None = None) -> list[Waiting]:
        """What is not finished, in the order of turns; of one person or of all. Places count everybody."""
        async with self._store.reading() as connection:
            unfinished = await self._store.jobs.unfinished(connection)
        return [self._seen(waiting) for waiting in places(unfinished) if person in (None, waiting.job.person)]

    def _seen(self, waiting: Waiting) -> Waiting:
        """With a guess, and with the bars that are finished."""
        guessed = with_guess(waiting, self._pace, slots=self._slots, held=self._hold.is_on)
        progress = self._progress_of(waiting.job.id)
        if progress is None:
            return guessed
        expected_s = self._remaining_s_of(waiting.job.id)
        return replace(guessed, expected_s=expected_s, bar=progress.bar, bars=progress.bars)

    async def place_of(self, job: JobView) -> Waiting:
        """One job with its place and a guess."""
        for waiting in await self.waiting():
            if waiting.job.id == job.id:
                return waiting
        return Waiting(job=job, state="running", place=0)  # it has just ended: being drawn, as far as anybody can see

    async def summary(self) -> Summary:
        """How busy the bot is."""
        now = self._now()
        async with self._store.reading() as connection:
            unfinished = await self._store.jobs.unfinished(connection)
            ended = await self._store.jobs.finished_since(connection, now - DAY_S)
            deliveries = await self._store.deliveries.counts(connection)
            undelivered = await self._store.jobs.unsettled(connection, platforms=list(self._platforms))
        queued = [job for job in unfinished if job.state == "queued"]
        slots, held = self._slots, self._hold.is_on
        place = place_of(len(unfinished), slots=slots, held=held)
        return Summary(
            queued=len(queued),
            running=len(unfinished) - len(queued),
            slots=slots,
            paused=self._hold.paused,
            draining=self._hold.draining,
            expected_s=None if held else self._pace.expected_s(place=place, slots=slots),
            oldest_s=max((max(0.0, now - job.created) for job in queued), default=None),
            done_today=ended.get("done", 0),
            failed_today=ended.get("failed", 0),
            undelivered=undelivered,
            doubtful=deliveries.get("doubtful", 0),
            unreachable=deliveries.get("failed", 0),
        )

    def counts(self) -> Mapping[str, int]:
        """Since the start: accepted, done, failed, cancelled, dropped, resumed, delivery_sent, delivery_failed ..."""
        return dict(self._counts)

    def health(self) -> JobsHealth:
        """Whether every loop takes its steps."""
        return self._heartbeats.health()
