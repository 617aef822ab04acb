"""Converts files in a process of its own, so that one that crashes, hangs or swells costs that file only.

Promises: every file ends as pieces or as the reason why not, within the time limit and the time a new process needs.
A process does many files, one after the other, until one of them breaks it.
"""

import logging
import multiprocessing
import resource
import signal
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from threading import local
from types import TracebackType
from typing import Any, Self

from generator.training.prepare.cleaning import clean_score, is_aligned
from generator.training.prepare.duplicates import sketch
from generator.training.prepare.errors import Unusable
from generator.training.prepare.formats import Score, ScoreReader, read_scores
from generator.training.prepare.mending import mend
from generator.training.prepare.musicxml import Metadata, convert_score, read_metadata

MEMORY_LIMIT_BYTES = 4 * 1024**3
START_LIMIT_S = 60.0  # to start a process, on a busy machine
DEFAULT_LIMIT_S = 120.0  # the longest of our scores needs 10 s on a free core


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One piece of a file, clean. number: counted from 0 among the pieces of its file; sketch: see `duplicates.py`."""

    number: int
    abc: str
    key: str
    metre: str
    bars: int
    voices: int
    aligned: bool
    sketch: frozenset[int]
    metadata: Metadata


@dataclass(frozen=True)
class Converted:
    """What came of a file: pieces, and the reasons why others of its pieces, or all of it, cannot be used."""

    pieces: tuple[Piece, ...] = ()
    problems: tuple[str, ...] = ()


def convert_file(path: Path, *, reader: ScoreReader) -> Converted:
    """All pieces of a file, in this process."""
    try:
        scores = read_scores(path, reader)
    except Unusable as error:
        return Converted(problems=(str(error),))
    pieces, problems = [], []
    for number, score in enumerate(scores):
        try:
            if isinstance(score, Unusable):
                raise score
            pieces.append(_convert(number, score))
        except Unusable as error:
            problems.append(str(error))
    return Converted(tuple(pieces), tuple(problems))


def _convert(number: int, score: Score) -> Piece:
    document = ET.fromstring(score.musicxml)  # noqa: S314  # written by the reader
    metadata = read_metadata(document)
    tune = mend(clean_score(convert_score(document), title=metadata.title)).tune
    header = tune.header
    return Piece(
        number=number,
        abc=str(tune),
        key=header.key,
        metre=header.field("M") or "none",
        bars=len(tune.bars),
        voices=len(header.voices),
        aligned=score.is_even and is_aligned(tune),
        sketch=sketch(tune),
        metadata=metadata,
    )


class Child:
    """A process that converts files. A context manager; the process starts with the first file."""

    def __init__(self, *, limit_s: float, convert: Callable[[Path], Any]) -> None:
        self._limit_s, self._convert = limit_s, convert
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()

    def convert(self, path: Path) -> Converted:
        """The pieces of a file, or why there are none."""
        try:
            connection = self._connected()
            connection.send(path)
            if not connection.poll(self._limit_s):
                self.end()
                return Converted(problems=(f"took longer than {self._limit_s:g} s",))
            received = connection.recv()
        except (EOFError, OSError):
            self.end()
            return Converted(problems=("the converter crashed",))
        if isinstance(received, Converted):
            return received
        self.end()  # an error that nobody expected may have left the process in any state
        return Converted(problems=(f"the converter failed: {received}",))

    def _connected(self) -> Connection:
        if self._connection is None:
            # spawn, because a forked process shares locks with the threads of whoever called us.
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            self._process = context.Process(target=serve, args=(theirs, self._convert), daemon=True)
            self._process.start()
            theirs.close()
            self._connection = ours
            if not ours.poll(START_LIMIT_S) or ours.recv() != "ready":
                raise EOFError
        return self._connection

    def end(self) -> None:
        """Kill the process, if there is one."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None


def serve(connection: Connection, convert: Callable[[Path], Any]) -> None:
    """What the process does: one file after the other until the pipe is closed."""
    logging.disable()  # converters log what does not concern us
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that kills this one
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    connection.send("ready")
    while True:
        try:
            path = connection.recv()
        except EOFError:
            return
        try:
            result = convert(path)
        except Exception as error:  # RecursionError, MemoryError and whatever else a hostile file brings about
            result = f"{type(error).__name__} {str(error)[:80]}".rstrip()
        connection.send(result)


def convert_files(
    paths: Sequence[Path], *, reader: ScoreReader, workers: int = 1, limit_s: float = DEFAULT_LIMIT_S
) -> Iterator[Converted]:
    """What comes of each file, in the order of `paths`. workers: processes side by side."""
    mine = local()
    children: list[Child] = []

    def convert(path: Path) -> Converted:
        if not hasattr(mine, "child"):
            mine.child = Child(limit_s=limit_s, convert=partial(convert_file, reader=reader))
            children.append(mine.child)
        converted: Converted = mine.child.convert(path)
        return converted

    pool = ThreadPoolExecutor(workers)
    try:
        yield from pool.map(convert, paths)
    finally:
        pool.shutdown(cancel_futures=True)
        for child in children:
            child.end()
