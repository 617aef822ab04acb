"""What a file on this machine holds: its text if that is ABC, else the file as it is.

Promises: nothing is parsed here. Not covered: which file is meant (`sources.py`).
"""

from __future__ import annotations

from pathlib import Path

from bot.errors import BadInput
from renderers.errors import InputRefused
from renderers.formats import ABC
from renderers.score.abc.letters import decode_bytes
from renderers.score.files import MAX_FILE_BYTES, ScoreFile, kind_of


def load_score(file: Path) -> str | ScoreFile:
    """The ABC in a file, or the file itself if it is in another format. Raises BadInput, InputRefused."""
    content = _read(file)
    try:
        is_abc = kind_of(content).name == "abc"
    except InputRefused as error:
        if error.reason == "file_kind" and file.suffix.lower() == ABC.ending:
            raise BadInput(reason="no_key_line", file=file) from error
        raise
    return _with_plain_line_ends(content) if is_abc else ScoreFile(name=file.name, content=content)


def load_abc(file: Path) -> str:
    """The text of an ABC file, whatever its line ends and encoding. Raises BadInput."""
    text = _with_plain_line_ends(_read(file))
    if "\0" in text:
        raise BadInput(reason="not_text", file=file)
    if not any(line.startswith("K:") for line in text.split("\n")):
        raise BadInput(reason="no_key_line", file=file)
    return text


def _with_plain_line_ends(content: bytes) -> str:
    return decode_bytes(content).replace("\r\n", "\n").replace("\r", "\n")


def _read(file: Path) -> bytes:
    """The content. Raises BadInput."""
    if file.is_dir():
        raise BadInput(reason="is_folder", file=file)
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise BadInput(reason="no_such_file", file=file) from error
    except OSError as error:
        raise BadInput(reason="unreadable", file=file, why=error.strerror) from error
    if len(content) > MAX_FILE_BYTES:
        raise BadInput(reason="too_large", file=file)
    if not content.strip(b"\0 \t\r\n"):
        raise BadInput(reason="empty", file=file)
    return content
