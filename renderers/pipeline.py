"""The door of this package: ABC or another file of notation in, files out, by a child process that may die.

    async with open_renderer() as renderer:
        files = await renderer.render(abc, ["png", "mp3"], title="Nocturne", composer="Notabot")

The ABC is a whole tune with complete rests; it, and any `ScoreFile` in its place, may come from anybody. Files are
named by their endings (`_p1.png`, `.mp3`), which are in the table of `renderers.formats`.

`render` gives all that was asked for or raises; `render_most` gives what can be made. What kills the process is in both
tried once more in a fresh one; `render_most` then leaves that format out and makes the others.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renderers import errors
from renderers.errors import InputRefused, RenderError, ToolCrashed, ToolTimedOut
from renderers.formats import ABC, Format, in_order
from renderers.pages.printing import PRINTED_AS_EVER, Printing
from renderers.process.child import ProcessLimits, ToolProcess
from renderers.process.protocol import PREPARED, SOURCE, BrokenFrame, Frame
from renderers.sanitise import check_size
from renderers.score.abc.remarks import Remark
from renderers.score.files import ScoreFile, known_source
from renderers.sound.playing import AS_EVER, Playing

REQUESTS_PER_PROCESS = 200  # then a fresh one: native libraries leak
TIME_LIMITS_IN_ALL = 2  # for one piece, however often it is begun again
LEAST_TIME_S = 1.0  # less is not worth beginning

Told = Callable[[float], None]  # how much is made of what takes long, 0 to 1

log = logging.getLogger(__name__)


def _nobody(_done: float) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What became of a piece.

    files: by ending. missing: the formats that could not be made, with the reason of each. title, composer: what the
    score says. remarks: what could not be kept of the source. seconds: how long it lasts as it is played, repeats and
    all; None where nobody has played it. bars: how many are written.
    """

    files: dict[str, bytes]
    missing: dict[str, RenderError] = field(default_factory=dict)
    title: str = ""
    composer: str = ""
    remarks: tuple[Remark, ...] = ()
    bars: int = 0
    seconds: float | None = None


class Renderer:
    """A warm rendering process. Made by `open_renderer`."""

    def __init__(self, process: ToolProcess, *, soundfont: Path | None = None, time_s: float) -> None:
        """time_s: the limit of one request to the process."""
        self._process = process
        self._soundfont = soundfont
        self._time_s = time_s
        self._num_requests = 0
        self._num_pending = 0
        self._turn = asyncio.Lock()

    @property
    def is_well(self) -> bool:
        """Whether the process is there, or a piece is just being made, which starts it if need be."""
        return self._turn.locked() or self._process.is_running

    async def warm_up(self) -> None:
        """Start the process now, so that the first piece need not wait for it. Raises RenderError."""
        await self._process.start()

    async def render(
        self, source: str | ScoreFile, formats: Collection[str], *, title: str = "", composer: str = "", tune: str = ""
    ) -> dict[str, bytes]:
        """Render one piece; pieces wait for each other.

        source: ABC, or a file. formats: any names of `renderers.formats`. title, composer: what the score says; empty
        for what the source says. tune: the number or title of the one that is meant, where the source holds several.
        Returns files by ending.
        Raises InputRefused, ToolTimedOut, ToolCrashed, and ValueError for an unknown format.
        """
        rendering = await self._render(source, formats, title=title, composer=composer, tune=tune, everything=True)
        for error in rendering.missing.values():
            raise error
        return rendering.files

    async def render_most(
        self,
        source: str | ScoreFile,
        formats: Collection[str],
        *,
        title: str = "",
        composer: str = "",
        tune: str = "",
        playing: Playing = AS_EVER,
        printing: Printing = PRINTED_AS_EVER,
        tell: Told = _nobody,
    ) -> Rendering:
        """Render as much of one piece as can be rendered. As `render`, but raises only where there is no file at all.

        ABC that came as such, if it was asked for, is there whatever else happens, unless it is refused. playing: how
        it is to be heard, printing: how it is to be printed. tell: hears how much of a format that takes long is made.
        """
        return await self._render(
            source,
            formats,
            title=title,
            composer=composer,
            tune=tune,
            everything=False,
            playing=playing,
            printing=printing,
            tell=tell,
        )

    async def rest(self) -> None:
        """Let the process go, unless another piece is or will be made: the next one starts another."""
        if not self._num_pending:
            await self._process.stop()

    async def _render(
        self,
        source: str | ScoreFile,
        formats: Collection[str],
        *,
        title: str,
        composer: str,
        tune: str,
        everything: bool,
        playing: Playing = AS_EVER,
        printing: Printing = PRINTED_AS_EVER,
        tell: Told = _nobody,
    ) -> Rendering:
        """everything: do not go on without a format that cannot be made."""
        wanted = in_order(formats)
        source = source if isinstance(source, str) else known_source(source)
        abc = source if isinstance(source, str) else ""
        check_size(abc)
        files = {} if isinstance(source, str) else {SOURCE: source.content}
        request = {
            "abc": abc,
            "title": title,
            "composer": composer,
            "tune": tune,
            "playing": playing.to_json(),
            "printing": printing.to_json(),
            "soundfont": str(self._soundfont.resolve()) if self._soundfont else None,
        }
        self._num_pending += 1
        try:
            async with self._turn:
                self._num_requests += 1
                if self._num_requests % REQUESTS_PER_PROCESS == 0:
                    with suppress(RenderError):  # the first attempt meets the same error
                        await self._process.restart()
                until_s = time.monotonic() + TIME_LIMITS_IN_ALL * self._time_s
                attempts = _Attempts(wanted, until_s=until_s, is_file=bool(files), tell=tell)
                while attempts.left and not (everything and attempts.missing):
                    await self._attempt(request, files, attempts)
        finally:
            self._num_pending -= 1
        return attempts.rendering(abc or None)

    async def _attempt(self, request: dict[str, Any], files: dict[str, bytes], attempts: "_Attempts") -> None:
        """Ask for what is left. Afterwards less is left, or one chance to begin again is gone. Raises InputRefused."""
        names = [row.name for row in attempts.left]
        request = {**request, "formats": names}
        attempts.is_prepared = False
        try:
            header, _ = await self._process.ask(
                request, files=files, on_part=attempts.take, time_s=attempts.time_left_s()
            )
        except (ToolCrashed, ToolTimedOut) as error:
            attempts.blame(error)
            return
        if "error" in header:
            attempts.give_up(_error_of(header))


class _Attempts:
    """Where the rendering of one piece stands: what is made, what is left, and what is given up."""

    def __init__(self, wanted: Collection[Format], *, until_s: float, is_file: bool, tell: Told) -> None:
        self.left = list(wanted)
        self.files: dict[str, bytes] = {}
        self.missing: dict[str, RenderError] = {}
        self.said: dict[str, Any] = {}  # of the source, once it is understood
        self.seconds: float | None = None
        self.is_prepared = False
        self._is_abc_wanted = ABC in wanted
        self._may_begin_again = True
        self._until_s = until_s
        self._tell = tell
        self._is_file = is_file

    def time_left_s(self) -> float:
        return self._until_s - time.monotonic()

    def take(self, frame: Frame) -> None:
        """A part of the answer: the files of one format, or why there are none."""
        header, files = frame
        self.is_prepared = True
        if header["part"] == PREPARED:
            self.said = header
            return
        row = next((row for row in self.left if row.name == header["part"]), None)
        if row is None:
            raise BrokenFrame("a part that nobody asked for")
        if "done" in header:
            self._tell(float(header["done"]))
            return
        self.left.remove(row)
        self.files |= files
        self.seconds = header.get("seconds", self.seconds)
        if "error" in header:
            self.missing[row.name] = _error_of(header)

    def blame(self, error: RenderError) -> None:
        """The process is gone: what was being made is tried once more, unless it took too long, then left out."""
        if isinstance(error, ToolCrashed) and self._may_begin_again:
            self._may_begin_again = False
        elif not self.left:
            return  # all was made, and only the last word is missing
        elif not self.is_prepared:  # while it was read
            self.give_up(type(error)(reason="reading") if self._is_file else error)
        else:
            self.missing[self.left.pop(0).name] = error
        if self.left and self.time_left_s() < LEAST_TIME_S:
            self.give_up(ToolTimedOut())

    def give_up(self, error: RenderError) -> None:
        """Nothing more can be made. Raises InputRefused for what nobody understands."""
        if isinstance(error, InputRefused):
            raise error
        self.missing |= {row.name: error for row in self.left}
        self.left = []

    def rendering(self, abc: str | None) -> Rendering:
        """abc: as it came, if it did. Raises the first error where there is not one file."""
        if abc is not None and self._is_abc_wanted and self.missing.pop(ABC.name, None) is not None:
            self.files[ABC.ending] = abc.encode()
        for name, error in self.missing.items():
            is_usual = any(row.for_some for row in in_order([name]))
            level = logging.DEBUG if is_usual else logging.WARNING
            log.log(level, "%s could not be made: %s", name, type(error).__name__)
        if self.missing and not self.files:
            raise next(iter(self.missing.values()))
        return Rendering(
            files=self.files,
            missing=self.missing,
            title=str(self.said.get("title", "")),
            composer=str(self.said.get("composer", "")),
            remarks=tuple(Remark.from_json(plain) for plain in self.said.get("remarks", ())),
            bars=int(self.said.get("bars", 0)),
            seconds=self.seconds,
        )


@asynccontextmanager
async def open_renderer(
    *, soundfont: Path | None = None, limits: ProcessLimits | None = None
) -> AsyncIterator[Renderer]:
    """A renderer whose process lives as long as the `with` block. It starts with the first piece, or `warm_up`.

    soundfont: a .sf2 file; by default the best one that is installed. limits: what one piece may cost.
    """
    limits = limits or ProcessLimits()
    shared_limits = {"memory_mb": limits.memory_mb, "output_mb": limits.output_mb, "cpu_s": limits.cpu_s}
    process = ToolProcess("renderers.process.worker", arguments=[json.dumps(shared_limits)], limits=limits)
    try:
        yield Renderer(process, soundfont=soundfont, time_s=limits.time_s)
    finally:
        await process.stop()


async def render(
    source: str | ScoreFile,
    formats: Collection[str],
    *,
    title: str = "",
    composer: str = "",
    soundfont: Path | None = None,
    limits: ProcessLimits | None = None,
) -> dict[str, bytes]:
    """Render one piece with a process of its own. As `Renderer.render`; a second or two slower."""
    async with open_renderer(soundfont=soundfont, limits=limits) as renderer:
        return await renderer.render(source, formats, title=title, composer=composer)


def _error_of(header: dict[str, Any]) -> RenderError:
    """The error that the process reports."""
    if "where" in header:
        log.error("rendering failed:\n%s", header["where"])
    kind = getattr(errors, header["error"], ToolCrashed)
    return kind(reason=header["reason"], **header["values"]) if issubclass(kind, RenderError) else ToolCrashed()
