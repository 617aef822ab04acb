"""The files of pieces, by what is in them: `files/ab/abcd…`, named by their sha256.

What is promised: a file that has its name is whole and on the disk, also after a power cut; the same content is kept
once; no name but 64 hexadecimal digits ever becomes a path. A file is removed when no piece uses it any more, never one
that was just put for a piece which is about to be recorded, whatever the wall clock says meanwhile.
What is not: a `kill -9` may leave a `.part` file or a file that no piece uses; `remove_unused` takes them.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from bot.store.connections import Connections
from bot.store.tables import files
from bot.store.translation import translated

KEEP_NEW_S = 3600.0  # so long a file may wait for its piece to be recorded
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PARTIAL = ".part"


class Blobs:
    """The folder `files`. Made by the store."""

    def __init__(self, connections: Connections, folder: Path) -> None:
        self.folder = folder
        self._connections = connections
        self._awaited: set[str] = set()  # put, but not yet recorded with a piece
        self._put_at: dict[str, float] = {}  # by the clock that never steps; of the last hour
        self._guard = threading.Lock()  # between "it is there already" and "nobody uses it: away with it"

    def path(self, sha256: str) -> Path:
        """Where the content is, whether it exists or not. Raises ValueError for what is not a sha256."""
        if _SHA256.fullmatch(sha256) is None:
            raise ValueError(f"not a sha256: {sha256[:80]!r}")
        return self.folder / sha256[:2] / sha256

    async def put(self, content: bytes) -> str:
        """Keep the content and return its sha256. Raises StoreFull, StoreBroken."""
        with translated():
            return await asyncio.to_thread(self._put, content)

    def recorded(self, sha256: str) -> None:
        """A piece names the content now, so its row protects it."""
        with self._guard:
            self._awaited.discard(sha256)

    async def remove(self, unused: Collection[str]) -> int:
        """Remove contents that no piece uses any more, and return how many those were."""
        with translated():
            return await asyncio.to_thread(self._remove, unused)

    async def remove_unused(self) -> int:
        """Remove all files that no piece uses, except those of the last hour; return how many those were."""
        removed = 0
        for folder in await asyncio.to_thread(self._folders):
            used = await self._used(folder.name)
            with translated():
                removed += await asyncio.to_thread(self._sweep, folder, used)
        return removed

    async def _used(self, prefix: str) -> set[str]:
        async with self._connections.reading() as connection:
            rows = await connection.execute(select(files.c.sha256).where(files.c.sha256.startswith(prefix)))
            return set(rows.scalars())

    # --- in a thread -----------------------------------------------------------------------------------------------

    def _put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        with self._guard:
            self._awaited.add(sha256)
            self._put_at[sha256] = time.monotonic()
            is_there = path.is_file() and path.stat().st_size == len(content)
            if is_there:
                os.utime(path)
        if not is_there:
            _write_whole(path, content)
        return sha256

    def _remove(self, unused: Iterable[str]) -> int:
        removed = 0
        with self._guard:
            for sha256 in unused:
                if sha256 in self._awaited:
                    continue
                with suppress(FileNotFoundError):
                    self.path(sha256).unlink()
                    removed += 1
        return removed

    def _folders(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("[0-9a-f][0-9a-f]") if path.is_dir())

    def _sweep(self, folder: Path, used: set[str]) -> int:
        removed = 0
        with self._guard:
            since = time.monotonic() - KEEP_NEW_S
            self._put_at = {sha256: moment for sha256, moment in self._put_at.items() if moment > since}
            for path in folder.iterdir():
                sha256 = path.name.partition(".")[0]
                is_new = sha256 in self._put_at or path.stat().st_mtime > time.time() - KEEP_NEW_S
                if not is_new and path.name not in used and _is_ours(path):
                    path.unlink()
                    removed += 1
        return removed


def _is_ours(path: Path) -> bool:
    """Somebody may have put a file of their own into the folder."""
    return _SHA256.fullmatch(path.name) is not None or path.name.endswith(_PARTIAL)


def _write_whole(path: Path, content: bytes) -> None:
    """Under its name either whole or not at all; on the disk, and its name too, when this returns."""
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(path.parent.parent)
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=_PARTIAL, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
