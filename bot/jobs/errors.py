"""Why a request is not taken, or a job cannot be changed.

JobsError
├── Refused             a new request is not taken; nothing was written
│   ├── QueueFull       too many wait
│   ├── TooManyWaiting  this person's earlier requests come first
│   ├── DailyQuota      this person or guild had its share of today
│   ├── CoolDown        this person asked a moment ago
│   └── Draining        the program is about to stop
├── NoSuchJob           nobody knows this job
├── NotYours            somebody else asked for it
├── AlreadyFinished     too late to cancel
└── AnotherProcess      this data folder is in use by another process

The attributes hold what a sentence in another language needs.
"""

from __future__ import annotations

import math

from bot.errors import BotError


class JobsError(BotError):
    """The job cannot be changed. Look at /queue."""


class Refused(JobsError):
    """The request cannot be taken now. Try again in a few minutes."""


def minutes(seconds: float) -> str:
    """In words, rounded up: "a minute", "3 minutes", "2 hours"."""
    if seconds <= 60:
        return "a minute"
    if seconds <= 90 * 60:
        return f"{math.ceil(seconds / 60)} minutes"
    return f"{math.ceil(seconds / 3600)} hours"


class QueueFull(Refused):
    """Many people are waiting. Try again in a few minutes."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"Many people are waiting. Try again in about {minutes(wait_s)}.")
        self.wait_s = wait_s


class TooManyWaiting(Refused):
    """You have several pieces waiting. Wait for one of them, or cancel one with /cancel."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"You can have {limit} pieces on their way at the same time. Wait for one, or cancel one with /cancel."
        )
        self.limit = limit


class DailyQuota(Refused):
    """Today's pieces are used up. Come back tomorrow."""

    def __init__(self, limit: int, *, guild: bool, wait_s: float) -> None:
        whose = "This server has" if guild else "You have"
        super().__init__(f"{whose} had {limit} pieces within a day. Ask for the next one in {minutes(wait_s)}.")
        self.limit, self.guild, self.wait_s = limit, guild, wait_s


class CoolDown(Refused):
    """You have just asked. Wait a few seconds and ask again."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"You have just asked. Wait {max(1, math.ceil(wait_s))} s and ask again.")
        self.wait_s = wait_s


class Draining(Refused):
    """The bot is about to restart. Ask again in a few minutes; what was accepted will be delivered."""


class NoSuchJob(JobsError):
    """There is no job of that name. Look at /queue for yours."""


class NotYours(JobsError):
    """Somebody else asked for this piece, so only they can cancel it. Ask for your own with /compose."""


class AlreadyFinished(JobsError):
    """The job is finished, so there is nothing to cancel. Look at /queue for what still waits."""


class AnotherProcess(JobsError):
    """Another process uses this data folder. Stop it, or set NOTABOT_DATA_DIR to another folder."""
