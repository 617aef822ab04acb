"""The journal of a batch: one JSON line for each piece that is made or could not be, beside the plan.

What is promised: a line is on the disk when `note` returns; a line that was half written when the process was killed is
taken out, and its piece is known by its files; two processes never write one journal.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from bot.errors import BadInput, CannotWrite

Line = Mapping[str, Any]


class Journal:
    """Made by `open_journal`. lines: what is written down, by the id of the piece."""

    def __init__(self, file: BinaryIO, path: Path, lines: Mapping[str, Line]) -> None:
        self._file, self._path = file, path
        self.lines = dict(lines)

    def note(self, line: Line) -> None:
        """Write a line; the newest of a piece counts. Raises CannotWrite."""
        try:
            self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise CannotWrite(reason="failed", place=self._path, why=error.strerror or "?") from error
        self.lines[str(line["id"])] = line


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """Open it, or make it. Raises BadInput if another process has it, CannotWrite."""
    try:
        file = path.open("a+b")
    except OSError as error:
        raise CannotWrite(reason="failed", place=path, why=error.strerror or "?") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadInput(reason="batch_running", file=path) from error
        file.seek(0)
        yield Journal(file, path, _repaired(file))


def _repaired(file: BinaryIO) -> dict[str, Line]:
    """What is written, by id. Lines that are no whole ones are taken out of the file."""
    content = file.read()
    whole: list[bytes] = []
    lines: dict[str, Line] = {}
    for written in content.splitlines(keepends=True):
        line = _read(written)
        if line is not None:
            whole.append(written)
            lines[str(line["id"])] = line
    if b"".join(whole) != content:
        file.truncate(0)  # it is open for appending: what is written goes to the end
        file.write(b"".join(whole))
        file.flush()
        os.fsync(file.fileno())
    return lines


def _read(written: bytes) -> Line | None:
    if not written.endswith(b"\n"):
        return None
    try:
        line = json.loads(written)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "id" in line else None
