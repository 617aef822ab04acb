"""A folder of one's own in the system's temporary folder.

What is promised: it is gone after `remove`, and one whose owner was killed is removed when the next one is made. A
folder in use is locked by its owner, so that other processes and containers know that it is not theirs to remove.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "notabot-renderer-"


class OwnFolder:
    """A new, empty folder."""

    def __init__(self) -> None:
        for other in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            _remove_if_left(other)
        self.path, self._lock = _make_locked()

    def remove(self) -> None:
        """With all that is in it. What cannot be removed stays."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _make_locked() -> tuple[Path, int]:
    """A new folder, and the open file that holds its lock; once more if somebody took it for a left one before."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        with suppress(FileNotFoundError):
            lock = os.open(path, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.is_dir():
                return path, lock
            os.close(lock)


def _remove_if_left(folder: Path) -> None:
    """Remove a folder whose owner is gone; one that is not ours to open stays."""
    with suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
