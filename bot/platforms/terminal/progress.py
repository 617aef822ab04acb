"""One line that says how far we are: live on a terminal, a few plain lines anywhere else.

    bar 5 of 16 · 3 s left

Everything goes to standard error, so that standard output belongs to results.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner

PLAIN_LINE_EVERY_S = 5.0
_LIVE_REFRESH_PER_S = 8


class ProgressLine:
    """A context manager. The live line vanishes when it is cleared or closed, so that the results stand alone."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._spinner = Spinner("dots", text="")
        self._live: Live | None = None
        self._last_plain_s = -PLAIN_LINE_EVERY_S

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.clear()

    def show_bar(self, bar: int, bars: int, *, remaining_s: float | None, piece: str = "") -> None:
        """Say that `bar` of `bars` is done. Plain lines come every few seconds, and for the last bar."""
        self.show_count(f"{piece}bar", bar, bars, remaining_s=remaining_s)

    def show_count(self, what: str, done: int, count: int, *, remaining_s: float | None = None) -> None:
        """Say "`what` `done` of `count`" and what is left."""
        is_due = done >= count or time.monotonic() - self._last_plain_s >= PLAIN_LINE_EVERY_S
        if self._console.is_terminal or is_due:
            self.show_step(f"{what} {done} of {count}{left(remaining_s)}")

    def show_step(self, text: str) -> None:
        """Say what is being done now, for example "drawing ..."."""
        if self._console.is_terminal:
            self._spinner.update(text=text)
            self._start()
        else:
            self._last_plain_s = time.monotonic()
            self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def clear(self) -> None:
        """Take the live line away, so that something else can be printed. The next `show_` brings it back."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _start(self) -> None:
        if self._live is None:
            # Standard output is left alone: it may be a file that is waiting for JSON.
            self._live = Live(
                self._spinner,
                console=self._console,
                transient=True,
                refresh_per_second=_LIVE_REFRESH_PER_S,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()


def left(remaining_s: float | None) -> str:
    """125 → " · 2 min 5 s left"; nothing where it is not known yet."""
    if remaining_s is None:
        return ""
    seconds = max(0, round(remaining_s))
    minutes, seconds = divmod(seconds, 60)
    return f" · {minutes} min {seconds} s left" if minutes else f" · {seconds} s left"


def size_in_words(size_bytes: int) -> str:
    """1_234 → "1.2 kB", 3_456_789 → "3.5 MB"."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.1f} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"
