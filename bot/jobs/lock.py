"""One process for one data folder and one database: two would both deliver.

The locks are the system's and the server's, and go away with the process, however it ends.
"""

from __future__ import annotations

import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bot.jobs.errors import AnotherProcess
from bot.store import Store
from bot.store.ownership import NotOwner

LOCK_FILE = "notabot.lock"


@asynccontextmanager
async def only_process(store: Store) -> AsyncIterator[None]:
    """Hold the folder and the database. Raises AnotherProcess, StoreError."""
    with _only_here(store.folder):
        try:
            async with store.ownership.held():
                yield
        except NotOwner as error:
            raise _taken() from error


async def watch_owner(store: Store) -> None:
    """Until cancelled. Raises AnotherProcess when somebody else has taken the database."""
    try:
        await store.ownership.watch()
    except NotOwner as error:
        raise _taken() from error


@contextmanager
def _only_here(folder: Path) -> Iterator[None]:
    with (folder / LOCK_FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AnotherProcess from error
        yield


def _taken() -> AnotherProcess:
    return AnotherProcess(reason="database")
