"""A file that somebody sent: fetched, known by its content, and read into ABC.

The one way for all commands to which files can be sent. Promises: nothing is fetched that is too large by what the
platform says, and no more than the limit whatever it says; nothing is parsed in this process; what cannot be read ends
in one sentence (RenderError, FileTooLarge, FileNotFetched) before anything is accepted or counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from bot.chat.messages import SentFile
from bot.commands.command import Context
from bot.commands.errors import NotWords
from bot.errors import FileNotFetched, FileTooLarge
from bot.making.reading import with_all_rests
from renderers.formats import ABC
from renderers.score.files import MAX_FILE_BYTES, ScoreFile, kind_of
from renderers.score.hum import has_ears, is_recording

MAX_NAME_CHARS = 60


@dataclass(frozen=True, kw_only=True)
class SentScore:
    """What a file says. name: what it was called, without its ending; kind: its format, by its content.

    abc: all of it, for everything that is made of it; bars: how many there are; remarks: what could not be kept, as
    records have it.
    """

    name: str
    kind: str
    abc: str
    title: str
    composer: str
    bars: int
    remarks: tuple[Mapping[str, Any], ...]


async def read_sent(context: Context, file: SentFile, *, tune: str = "") -> SentScore:
    """Fetch and read a file. As `read_content`."""
    return await read_content(context, file, await fetch(file), tune=tune)


async def read_content(context: Context, file: SentFile, content: bytes, *, tune: str = "") -> SentScore:
    """Read a file. tune: which one is meant, where it holds several. Raises BotError, RenderError."""
    kind = kind_of(content).name
    reader = context.services.reader
    if reader is None:
        raise FileNotFetched
    name = plain_name(file.name)
    source = ScoreFile(name=name, content=content)
    read = await reader.render_most(source, [ABC.name], tune=tune)
    is_abc = kind == "abc"  # its remarks are made again when it is drawn
    return SentScore(
        name=name,
        kind=kind,
        abc=with_all_rests(read.files[ABC.ending].decode()),
        title=read.title,
        composer=read.composer,
        bars=read.bars,
        remarks=() if is_abc else tuple(remark.to_json() for remark in read.remarks),
    )


async def fetch(file: SentFile) -> bytes:
    """Its content. Raises FileTooLarge, FileNotFetched, and NotWords for a recording where nobody can hear it."""
    too_large = FileTooLarge(limit=MAX_FILE_BYTES // 1_000_000)
    if file.size is not None and file.size > MAX_FILE_BYTES:
        raise too_large
    content = await file.fetch(MAX_FILE_BYTES)
    if len(content) > MAX_FILE_BYTES:
        raise too_large
    if is_recording(content) and not has_ears():
        raise NotWords(reason="voice")
    return content


def plain_name(name: str) -> str:
    """What a file was called, without folders and ending, in signs that any file system takes."""
    stem = PurePath(name.replace("\\", "/")).stem
    return re.sub(r"[^\w-]+", "_", stem)[:MAX_NAME_CHARS].strip("_") or "score"
