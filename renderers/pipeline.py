"""The door of this package: ABC or another file of notation in, files out, by child processes that may die.

    async with open_renderer() as renderer:
        files = await renderer.render(abc, ["png", "mp3"], title="Nocturne", composer="Notabot")

The ABC is a whole tune with complete rests; it, and any `ScoreFile` in its place, may come from anybody. Files are
named by their endings (`_p1.png`, `.mp3`), which are in the table of `renderers.formats`.

`render` gives all that was asked for or raises; `render_most` gives what can be made. What kills a process is in both
tried once more in a fresh one; `render_most` then leaves that format out and makes the others. What is heard is made by
one process while another draws: neither verovio nor much of ours lets a second thread run.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renderers.errors import RenderError, ToolCrashed, ToolTimedOut
from renderers.formats import ABC, FORMATS, Format, in_order
from renderers.pages.printing import PRINTED_AS_EVER, Printing
from renderers.process.attempts import Attempts, Shown, Told, error_of, nobody
from renderers.process.child import ProcessLimits, ToolProcess
from renderers.process.protocol import SOURCE
from renderers.sanitise import check_size
from renderers.score.abc.remarks import Remark
from renderers.score.files import ScoreFile, known_source
from renderers.sound.playing import AS_EVER, Playing

REQUESTS_PER_PROCESS = 200  # then a fresh one: native libraries leak
TIME_LIMITS_IN_ALL = 2  # for one piece, however often it is begun again

log = logging.getLogger(__name__)


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
    """Two warm processes: one draws what the other plays. Made by `open_renderer`."""

    def __init__(
        self, process: ToolProcess, *, player: ToolProcess | None = None, soundfont: Path | None = None, time_s: float
    ) -> None:
        """player: what makes sound beside `process`; None where one does all. time_s: the limit of one request."""
        self._drawing = _Hand(process, time_s=time_s)
        self._sound = self._drawing if player is None else _Hand(player, time_s=time_s)
        self._soundfont = soundfont
        self._num_pending = 0

    @property
    def is_well(self) -> bool:
        """Whether the processes are there that are needed, or a piece is just being made, which starts them."""
        return self._drawing.is_there and (self._sound.is_there or not self._sound.was_needed)

    async def warm_up(self, formats: Collection[str] | None = None) -> None:
        """Start the processes now that make these formats, None for both, so that the first piece need not wait.

        Raises RenderError.
        """
        rows = FORMATS if formats is None else in_order(formats)
        hands = dict.fromkeys((self._drawing, *(hand for hand, _ in self._share_out(rows))))
        await _all_done(hand.warm_up() for hand in hands)

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
        tell: Told = nobody,
        show: Shown | None = None,
    ) -> Rendering:
        """Render as much of one piece as can be rendered. As `render`, but raises only where there is no file at all.

        ABC that came as such, if it was asked for, is there whatever else happens, unless it is refused. playing: how
        it is to be heard, printing: how it is to be printed. tell: hears how much of a format that takes long is made;
        show: is given the first page as soon as it is drawn, smaller than it will be.
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
            show=show,
        )

    async def rest(self) -> None:
        """Let the processes go, unless another piece is or will be made: the next one starts others."""
        if not self._num_pending:
            for hand in {self._drawing, self._sound}:
                await hand.rest()

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
        tell: Told = nobody,
        show: Shown | None = None,
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
            "show": show is not None,
            "soundfont": str(self._soundfont.resolve()) if self._soundfont else None,
        }
        # A file may take long to read, which is not to be done twice.
        shares = [(self._drawing, wanted)] if files else self._share_out(wanted)
        tried = [Attempts(rows, is_file=bool(files), tell=tell, show=show or nobody) for _, rows in shares]
        self._num_pending += 1
        try:
            await _all_done(
                hand.make(request, files, attempts, everything=everything)
                for (hand, _), attempts in zip(shares, tried, strict=True)
            )
        finally:
            self._num_pending -= 1
        return _put_together(wanted, tried, abc or None)

    def _share_out(self, wanted: Sequence[Format]) -> list[tuple["_Hand", Sequence[Format]]]:
        """Who makes what: where something is to be heard, that and what else draws nothing is made apart."""
        apart = [row for row in wanted if row.is_apart]
        if self._sound is self._drawing or not any("soundfont" in row.needs for row in apart):
            return [(self._drawing, wanted)]
        drawn = [row for row in wanted if not row.is_apart]
        return [(hand, rows) for hand, rows in ((self._drawing, drawn), (self._sound, apart)) if rows]


class _Hand:
    """One process, and whose turn it is."""

    def __init__(self, process: ToolProcess, *, time_s: float) -> None:
        self.was_needed = False
        self._process = process
        self._time_s = time_s
        self._num_requests = 0
        self._turn = asyncio.Lock()

    @property
    def is_there(self) -> bool:
        """Whether the process is, or a piece is just being made, which starts it if need be."""
        return self._turn.locked() or self._process.is_running

    async def warm_up(self) -> None:
        self.was_needed = True
        await self._process.start()

    async def rest(self) -> None:
        self.was_needed = False
        await self._process.stop()

    async def make(
        self, request: dict[str, Any], files: dict[str, bytes], attempts: Attempts, *, everything: bool
    ) -> None:
        """Try until nothing is left, or until the first format that cannot be made if `everything` is wanted."""
        async with self._turn:
            self.was_needed = True
            self._num_requests += 1
            if self._num_requests % REQUESTS_PER_PROCESS == 0:
                with suppress(RenderError):  # the first attempt meets the same error
                    await self._process.restart()
            attempts.begin(time_s=TIME_LIMITS_IN_ALL * self._time_s)
            while attempts.left and not (everything and attempts.missing):
                await self._attempt(request, files, attempts)

    async def _attempt(self, request: dict[str, Any], files: dict[str, bytes], attempts: Attempts) -> None:
        """Ask for what is left. Afterwards less is left, or one chance to begin again is gone. Raises InputRefused."""
        names = [row.name for row in attempts.left]
        # After a death one format is made after the other, so that it is known which is to blame.
        request = {**request, "formats": names, "carefully": attempts.have_failed}
        attempts.is_prepared = False
        try:
            header, _ = await self._process.ask(
                request, files=files, on_part=attempts.take, time_s=attempts.time_left_s()
            )
        except (ToolCrashed, ToolTimedOut) as error:
            attempts.blame(error)
            return
        if "error" in header:
            attempts.give_up(error_of(header))


async def _all_done(works: Iterable[Awaitable[None]]) -> None:
    """All at the same time, to their ends: a process whose work is broken off has to be started anew.

    Raises the first error.
    """
    for error in await asyncio.gather(*works, return_exceptions=True):
        if error is not None:
            raise error


def _put_together(wanted: Sequence[Format], tried: Sequence[Attempts], abc: str | None) -> Rendering:
    """abc: as it came, if it did. Raises the first error where there is not one file."""
    made = {ending: content for attempts in tried for ending, content in attempts.files.items()}
    missing = {name: error for attempts in tried for name, error in attempts.missing.items()}
    if abc is not None and missing.pop(ABC.name, None) is not None:
        made[ABC.ending] = abc.encode()
    for name, error in missing.items():
        is_usual = any(row.for_some for row in in_order([name]))
        level = logging.DEBUG if is_usual else logging.WARNING
        log.log(level, "%s could not be made: %s", name, type(error).__name__)
    if missing and not made:
        raise next(iter(missing.values()))
    said = next((attempts.said for attempts in tried if attempts.said), {})
    return Rendering(
        files={ending: content for row in wanted for ending, content in made.items() if row.has(ending)},
        missing={row.name: missing[row.name] for row in wanted if row.name in missing},
        title=str(said.get("title", "")),
        composer=str(said.get("composer", "")),
        remarks=tuple(Remark.from_json(plain) for plain in said.get("remarks", ())),
        bars=int(said.get("bars", 0)),
        seconds=next((attempts.seconds for attempts in tried if attempts.seconds is not None), None),
    )


@asynccontextmanager
async def open_renderer(
    *, soundfont: Path | None = None, limits: ProcessLimits | None = None, alone: bool = False
) -> AsyncIterator[Renderer]:
    """A renderer whose processes live as long as the `with` block. They start with the first piece, or `warm_up`.

    soundfont: a .sf2 file; by default the best one that is installed. limits: what one piece may cost each of them.
    alone: one process does all, where what is made is read or filmed rather than drawn and played.
    """
    limits = limits or ProcessLimits()
    shared_limits = {"memory_mb": limits.memory_mb, "output_mb": limits.output_mb, "cpu_s": limits.cpu_s}
    processes = [
        ToolProcess("renderers.process.worker", arguments=[json.dumps(shared_limits)], limits=limits)
        for _ in range(1 if alone else 2)
    ]
    try:
        yield Renderer(processes[0], player=None if alone else processes[1], soundfont=soundfont, time_s=limits.time_s)
    finally:
        for process in processes:
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
