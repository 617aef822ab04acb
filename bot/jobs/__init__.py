"""Requests on their way to becoming pieces: never lost, never doubled, never forgotten.

The life of a job is in `service.py`; the reasons why nothing is lost or doubled are in `runner.py` and `outbox.py`.
"""

from bot.jobs.errors import (
    AlreadyFinished,
    AnotherProcess,
    CoolDown,
    DailyQuota,
    Draining,
    JobsError,
    NoSuchJob,
    NotYours,
    QueueFull,
    Refused,
    TooManyWaiting,
)
from bot.jobs.model import Accepted, JobLimits, JobsHealth, Summary, Waiting
from bot.jobs.ports import Announcer, Dispatcher, Maker
from bot.jobs.scheduler import Kept, Scheduler
from bot.jobs.service import Jobs, open_jobs
from bot.store.jobs import JobView

__all__ = [
    "Accepted",
    "AlreadyFinished",
    "Announcer",
    "AnotherProcess",
    "CoolDown",
    "DailyQuota",
    "Dispatcher",
    "Draining",
    "JobLimits",
    "JobView",
    "Jobs",
    "JobsError",
    "JobsHealth",
    "Kept",
    "Maker",
    "NoSuchJob",
    "NotYours",
    "QueueFull",
    "Refused",
    "Scheduler",
    "Summary",
    "TooManyWaiting",
    "Waiting",
    "open_jobs",
]
