"""The door of jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.chat import Address, Language, Messenger, Person
from bot.jobs.model import Accepted, JobLimits, JobsHealth, Summary, Waiting
from bot.jobs.ports import Announcer, Maker
from bot.wish import Wish

if TYPE_CHECKING:
    from bot.store import Store


class Jobs:
    """Accepts requests, makes them into pieces, and delivers them. Made by `open_jobs`."""

    def add_messenger(self, messenger: Messenger) -> None:
        """A platform that is served from now on."""
        raise NotImplementedError

    async def accept(
        self, *, person: Person, address: Address, language: Language, wish: Wish, event_key: str
    ) -> Accepted:
        """Raises Refused, StoreError."""
        raise NotImplementedError

    async def placed(self, job: str, address: Address) -> None:
        """The status message exists: address.message is its id."""
        raise NotImplementedError

    async def cancel(self, job: str, *, by: str, admin: bool = False) -> None:
        """by: the key of a person. Raises NoSuchJob, NotYours, AlreadyFinished."""
        raise NotImplementedError

    async def waiting(self, person: str | None = None) -> list[Waiting]:
        """What is not finished, in the order of turns; of one person or of all. Places count everybody."""
        raise NotImplementedError

    async def summary(self) -> Summary:
        """How busy the bot is."""
        raise NotImplementedError

    async def pause(self) -> None:
        """Accept, but start nothing; outlives a restart."""
        raise NotImplementedError

    async def resume(self) -> None:
        """End a pause or a drain."""
        raise NotImplementedError

    async def clear(self) -> int:
        """Cancel all that wait; returns how many."""
        raise NotImplementedError

    async def run(self) -> None:
        """Make, report and deliver, until cancelled."""
        raise NotImplementedError

    async def drain(self, limit_s: float) -> bool:
        """Accept and start nothing more; wait for what is being made and delivered. True if all of it was."""
        raise NotImplementedError

    def health(self) -> JobsHealth:
        """Whether every loop runs."""
        raise NotImplementedError


@asynccontextmanager
async def open_jobs(store: Store, maker: Maker, limits: JobLimits, announcer: Announcer) -> AsyncIterator[Jobs]:
    """Take up what an earlier process left behind. Raises AnotherProcess, StoreError."""
    raise NotImplementedError
    yield Jobs()
