"""The door of this package: ABC in, files out, by a child process that may die without harm.

    async with open_renderer() as renderer:
        files = await renderer.render(abc, ["png", "mp3"], title="Nocturne", composer="Notabot")

The ABC is a whole tune with complete rests; it may come from anybody. Files are named by their endings (`_p1.png`,
`.mp3`), which are in the table of `renderers.formats`.
"""

import json
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from renderers import errors
from renderers.errors import InputRefused, RenderError, ToolCrashed
from renderers.formats import in_order
from renderers.process.child import ProcessLimits, ToolProcess
from renderers.sanitise import MAX_CHARS

REQUESTS_PER_PROCESS = 200  # then a fresh one: native libraries leak

log = logging.getLogger(__name__)


class Renderer:
    """A warm rendering process. Made by `open_renderer`."""

    def __init__(self, process: ToolProcess, *, soundfont: Path | None) -> None:
        self._process = process
        self._soundfont = soundfont
        self._num_requests = 0

    async def warm_up(self) -> None:
        """Start the process now, so that the first piece need not wait for it. Raises RenderError."""
        await self._process.start()

    async def render(
        self, abc: str, formats: Collection[str], *, title: str = "", composer: str = ""
    ) -> dict[str, bytes]:
        """Render one piece; pieces wait for each other.

        formats: any names of `renderers.formats`. title, composer: what the score says; empty for what the ABC says.
        Returns files by ending. Raises InputRefused, ToolTimedOut, ToolCrashed, and ValueError for an unknown format.
        """
        in_order(formats)
        if len(abc) > MAX_CHARS:
            raise InputRefused(f"This piece is too long to draw (over {MAX_CHARS:,} characters). Ask for fewer bars.")
        self._num_requests += 1
        if self._num_requests % REQUESTS_PER_PROCESS == 0:
            await self._process.restart()
        request = {
            "abc": abc,
            "formats": list(formats),
            "title": title,
            "composer": composer,
            "soundfont": str(self._soundfont.resolve()) if self._soundfont else None,
        }
        header, files = await self._process.ask(request)
        if "error" in header:
            raise _error_of(header)
        return files


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
        yield Renderer(process, soundfont=soundfont)
    finally:
        await process.stop()


async def render(
    abc: str,
    formats: Collection[str],
    *,
    title: str = "",
    composer: str = "",
    soundfont: Path | None = None,
    limits: ProcessLimits | None = None,
) -> dict[str, bytes]:
    """Render one piece with a process of its own. As `Renderer.render`; a second or two slower."""
    async with open_renderer(soundfont=soundfont, limits=limits) as renderer:
        return await renderer.render(abc, formats, title=title, composer=composer)


def _error_of(header: dict[str, str]) -> RenderError:
    """The error that the process reports."""
    if "where" in header:
        log.error("rendering failed:\n%s", header["where"])
    kind = getattr(errors, header["error"], ToolCrashed)
    return kind(header["message"]) if issubclass(kind, RenderError) else ToolCrashed()
