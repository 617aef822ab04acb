"""What jobs tell others: small frozen views, and the limits they work within."""

from __future__ import annotations

from dataclasses import dataclass

from bot.store.jobs import JobState, JobView


@dataclass(frozen=True, kw_only=True)
class JobLimits:
    """How much may be asked for.

    slots: pieces made at the same time. max_waiting_per_person counts what waits and what is being made.
    A day is the last 24 hours. 0 for a number of pieces a day, or for cooldown_s, means no limit.
    patience_s: how long a result waits for a platform that is away.
    max_crashes: starts that may end with the death of the process before a job is given up.
    """

    slots: int = 4
    max_queue: int = 100
    max_waiting_per_person: int = 5
    pieces_per_person_per_day: int = 50
    pieces_per_guild_per_day: int = 500
    cooldown_s: float = 0.0
    job_time_limit_s: float = 600.0
    patience_s: float = 3 * 24 * 3600.0
    max_crashes: int = 3


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A request is on disk. place 0: begins at once. again: the same event had been accepted before. paused: nothing
    begins until an operator says so.

    expected_s: a guess of how long until the result; None while nothing is known, or while the bot is paused.
    """

    job: str
    place: int
    expected_s: float | None
    again: bool = False
    paused: bool = False


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A job that is not finished. place: 0 while it is made, 1 for the next one. bar of bars once it has begun."""

    job: JobView
    state: JobState
    place: int
    expected_s: float | None = None
    bar: int | None = None
    bars: int | None = None


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How busy the bot is. expected_s: for a new request of common length. oldest_s: age of the oldest that waits.

    A day is the last 24 hours. undelivered: messages on their way to a chat. doubtful: messages that may or may not
    have arrived. unreachable: results that found their chat closed.
    """

    queued: int
    running: int
    slots: int
    paused: bool
    draining: bool
    expected_s: float | None
    oldest_s: float | None
    done_today: int
    failed_today: int
    undelivered: int = 0
    doubtful: int = 0
    unreachable: int = 0


@dataclass(frozen=True)
class JobsHealth:
    """alive: every loop has taken a step lately. detail: which has not, or "ok"."""

    alive: bool
    detail: str
