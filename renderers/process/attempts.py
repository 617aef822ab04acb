"""How one piece is tried by a process that may die of it: what it has made is good, what kills it twice is left out."""

import logging
import time
from collections.abc import Callable, Collection
from typing import Any

from renderers import errors
from renderers.errors import InputRefused, RenderError, ToolCrashed, ToolTimedOut
from renderers.formats import Format
from renderers.process.protocol import PREPARED, BrokenFrame, Frame

LEAST_TIME_S = 1.0  # less is not worth beginning

Told = Callable[[float], None]  # how much is made of what takes long, 0 to 1
Shown = Callable[[bytes], None]  # the first page

log = logging.getLogger(__name__)


def nobody(_: object) -> None:
    """Nobody wants to know."""


class Attempts:
    """Where the rendering of one piece by a process stands: what is made, what is left, and what is given up."""

    def __init__(self, wanted: Collection[Format], *, is_file: bool, tell: Told = nobody, show: Shown = nobody) -> None:
        """is_file: the source is no ABC. tell: hears how much of a format is made; show: is given the first page."""
        self.left = list(wanted)
        self.files: dict[str, bytes] = {}
        self.missing: dict[str, RenderError] = {}
        self.said: dict[str, Any] = {}  # of the source, once it is understood
        self.seconds: float | None = None
        self.is_prepared = False
        self.have_failed = False  # one of them at least: the process died
        self._may_begin_again = True
        self._until_s = 0.0
        self._tell, self._show = tell, show
        self._is_file = is_file

    def begin(self, *, time_s: float) -> None:
        """Now; all attempts together may take so long."""
        self._until_s = time.monotonic() + time_s

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
        if "shown" in header:
            self._show(*files.values())
            return
        self.left.remove(row)
        self.files |= files
        self.seconds = header.get("seconds", self.seconds)
        if "error" in header:
            self.missing[row.name] = error_of(header)

    def blame(self, error: RenderError) -> None:
        """The process is gone: what was being made is tried once more, unless it took too long, then left out."""
        self.have_failed = True
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


def error_of(header: dict[str, Any]) -> RenderError:
    """The error that the process reports."""
    if "where" in header:
        log.error("rendering failed:\n%s", header["where"])
    kind = getattr(errors, header["error"], ToolCrashed)
    return kind(reason=header["reason"], **header["values"]) if issubclass(kind, RenderError) else ToolCrashed()
