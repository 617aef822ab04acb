"""One process for one data folder: two would both deliver.

The lock is the system's and goes away with the process, however it ends.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.jobs.errors import AnotherProcess

LOCK_FILE = "notabot.lock"


@contextmanager
def only_process(folder: Path) -> Iterator[None]:
    """Hold the lock. Raises AnotherProcess."""
    with (folder / LOCK_FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AnotherProcess from error
        yield
