"""The bars of a day as a picture and two things to hear; drawn once, and kept as a piece of nobody's.

Promises: both are drawn and played by the same hand, without a word. What cannot be kept is drawn again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.chat.messages import Attachment
from bot.commands.command import FileReader
from bot.commands.errors import NoFile
from bot.guesses.puzzles import Puzzle
from bot.making.files import PieceName
from bot.store import Store
from bot.texts import Language, say
from renderers.formats import AUDIO, PAGES
from renderers.pictures.pair import draw_rows
from renderers.score.files import ScoreFile

NUMBERS = ("1", "2")
NOBODY = "notabot:bars"


def heard_as(number: str) -> str:
    """The ending of the file in which one of them can be heard."""
    return f"_{number}{AUDIO.ending}"


class Bars:
    """reader: draws them; None where nothing is drawn."""

    def __init__(self, store: Store, reader: FileReader | None) -> None:
        self._store, self._reader = store, reader
        self._drawing = asyncio.Lock()

    async def attachments(self, puzzle: Puzzle, language: Language) -> Sequence[Attachment]:
        """Raises RenderError, StoreError."""
        async with self._drawing:
            known = await self._kept(puzzle)
            files = known if known is not None else await self._draw(puzzle)
        described = say("guess.described", language)
        shown = [_file(puzzle, PAGES.page_ending(1), files, "picture", description=described)]
        heard = [_file(puzzle, heard_as(number), files, "audio", title=number) for number in NUMBERS]
        return [file for file in (*shown, *heard) if file is not None]

    async def _kept(self, puzzle: Puzzle) -> Mapping[str, Path | bytes] | None:
        piece = await self._store.pieces.get(puzzle.name)
        if piece is None or piece.deleted is not None or not piece.files:
            return None
        return {file.ending: self._store.blobs.path(file.sha256) for file in piece.files}

    async def _draw(self, puzzle: Puzzle) -> Mapping[str, Path | bytes]:
        drawn = [await self.render(abc) for abc in puzzle.abcs]
        pages = [files.get(PAGES.page_ending(1)) for files in drawn]
        files = {PAGES.page_ending(1): await asyncio.to_thread(draw_rows, pages, letters=NUMBERS)}
        for number, made in zip(NUMBERS, drawn, strict=True):
            files |= {heard_as(number): made[AUDIO.ending]} if AUDIO.ending in made else {}
        if await self._store.pieces.get(puzzle.name) is None:
            await self._keep(puzzle, files)
        return files

    async def render(self, abc: str) -> Mapping[str, bytes]:
        """Page and sound of some bars. Raises RenderError."""
        if self._reader is None:
            raise NoFile
        source = ScoreFile(name="bars.abc", content=f"X:1\n{abc}".encode())
        return (await self._reader.render_most(source, [PAGES.name, AUDIO.name])).files

    async def _keep(self, puzzle: Puzzle, files: Mapping[str, bytes]) -> None:
        name = PieceName("bars", datetime.now(UTC), puzzle.name)
        record = {"id": puzzle.name, "name": str(name), "kind": "bars", "title": puzzle.name, "request": {}}
        stored = await self._store.pieces.put_files(str(name), files)
        async with self._store.writing() as connection:
            await self._store.pieces.add(
                connection,
                id=puzzle.name,
                person=NOBODY,
                platform="notabot",
                guild=None,
                record=record,
                files=stored,
                created=time.time(),
            )


def _file(puzzle: Puzzle, ending: str, files: Mapping[str, Path | bytes], kind: str, **said: str) -> Attachment | None:
    content = files.get(ending)
    if content is None:
        return None
    name = puzzle.name + ending
    performer = "?" if kind == "audio" else ""
    make: Callable[..., Attachment] = Attachment
    if isinstance(content, bytes):
        return make(name, kind, data=content, performer=performer, **said)
    return make(name, kind, path=content, performer=performer, **said)
