"""A finished piece, what its files are called, and how they get on the disk whole or not at all.

Files are named `{what}_{YYYYMMDD}_{HHMMSS}_{id}{ending}`, for example
`chopin_keyboard_20261121_142312_k3f9.abc` and `chopin_keyboard_20261121_142312_k3f9_p1.png`.

What is promised: the files of one piece are first written into a hidden folder beside their place, then renamed, the
`.json` last. Whoever sees the `.json` sees all files. A full disk, a signal or an exception leaves nothing behind.
What is not: `kill -9` or a power cut may leave the hidden folder `.notabot-...`, which may be deleted.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
import string
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import CannotWrite

ID_CHARS = 4
_ID_ALPHABET = string.ascii_lowercase + string.digits
_STAGING_PREFIX = ".notabot-"
_NAME = re.compile(r"(?P<what>.+)_\d{8}_\d{6}_[0-9a-z]+")

_REASONS = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "quota",
    errno.EFBIG: "file_size",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EROFS: "read_only",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "no_folder",
    errno.ENAMETOOLONG: "long_name",
}


@dataclass(frozen=True)
class PieceName:
    """The name all files of one piece share; `str()` gives it without an ending. what: "chopin_keyboard"."""

    what: str
    made: datetime
    id: str

    def __str__(self) -> str:
        """For example `chopin_keyboard_20261121_142312_k3f9`."""
        return f"{self.what}_{self.made:%Y%m%d_%H%M%S}_{self.id}"


def what_of(name: str) -> str | None:
    """What the name of a piece's files begins with: "chopin_keyboard"; None for a name that is not ours."""
    found = _NAME.fullmatch(name)
    return found["what"] if found else None


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A finished piece: all there is to know about it, as in its `.json`, and its files by ending.

    others: pieces of their own that came about with it.
    """

    record: Mapping[str, Any]
    files: Mapping[str, bytes]
    others: tuple[Piece, ...] = ()

    @property
    def name(self) -> str:
        """What its files are called, without ending."""
        return str(self.record["name"])


@dataclass(frozen=True)
class WrittenFile:
    """A file in its final place."""

    path: Path
    size_bytes: int


def new_id(chars: int = ID_CHARS) -> str:
    """Characters of a-z and 0-9 that nobody can guess; four make 1.7 million names for one second and style."""
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(chars))


def print_record(record: Mapping[str, Any], *, indent: int | None = None) -> str:
    """The text of a piece's `.json`."""
    return json.dumps(record, ensure_ascii=False, indent=indent)


class PieceFolder:
    """A folder that takes whole pieces. Made by `open_piece_folder`."""

    def __init__(self, path: Path, staging: Path) -> None:
        self.path = path
        self._staging = staging

    def write(
        self, name: str, files: Mapping[str, bytes], record: Mapping[str, Any] | None = None
    ) -> list[WrittenFile]:
        """Write the files of a piece, all or none.

        files: contents by ending (`.abc`, `_p1.png`); record: what the `.json` shall say, none for no `.json`.
        An existing file of the same name is replaced. Raises CannotWrite.
        """
        contents = {name + ending: content for ending, content in files.items()}
        if record is not None:
            contents[f"{name}.json"] = (print_record(record, indent=2) + "\n").encode()
        with _explained(self.path):
            for file_name, content in contents.items():
                _write_through(self._staging / file_name, content)
            self._move(list(contents))
        return [WrittenFile(self.path / file_name, len(content)) for file_name, content in contents.items()]

    def _move(self, file_names: list[str]) -> None:
        new = [file_name for file_name in file_names if not (self.path / file_name).exists()]
        try:
            for file_name in file_names:
                (self._staging / file_name).replace(self.path / file_name)
        except BaseException:
            for file_name in new:
                (self.path / file_name).unlink(missing_ok=True)
            raise


@contextmanager
def open_piece_folder(path: Path) -> Iterator[PieceFolder]:
    """Make the folder if need be, and prove that it can be written to before any work is done.

    Raises CannotWrite, also for what goes wrong inside. A folder made here and left empty is removed again.
    """
    is_new = not path.exists()
    with _explained(path):
        path.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=path))
    try:
        yield PieceFolder(path, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if is_new:
            with suppress(OSError):  # not empty: somebody has a piece in it
                path.rmdir()


def _write_through(path: Path, content: bytes) -> None:
    """Write and reach the disk: some file systems only tell there that they are full."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, "failed")
        raise CannotWrite(reason=reason, place=place, why=error.strerror or "?") from error
