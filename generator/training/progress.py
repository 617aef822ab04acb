"""Shows how far a run has got: a bar on a terminal, a line in the log now and then elsewhere."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

log = logging.getLogger(__name__)
LOG_EVERY_S = 60.0


class Progress(Protocol):
    """What the trainer tells after every step."""

    def show(self, share: float, text: str, *, elapsed_s: float) -> None:
        """share: 0 to 1 of the run; text: the figures of the moment."""


class LogLines:
    """One line a minute of training, and one for the last step."""

    def __init__(self) -> None:
        self.next_s = 0.0

    def show(self, share: float, text: str, *, elapsed_s: float) -> None:
        if elapsed_s >= self.next_s or share >= 1:
            log.info("%5.1f %%  %s", 100 * share, text)
            self.next_s = elapsed_s + LOG_EVERY_S


@contextmanager
def open_progress() -> Iterator[Progress]:
    """A bar if somebody is watching, log lines otherwise."""
    if not sys.stderr.isatty():
        yield LogLines()
        return
    from tqdm import tqdm  # machines that train without a terminal need not have it

    with tqdm(total=100.0, unit="%", bar_format="{percentage:5.1f} %|{bar}| {elapsed}<{remaining}{postfix}") as bar:
        yield _Bar(bar)


class _Bar:
    def __init__(self, bar: Any) -> None:
        self.bar = bar

    def show(self, share: float, text: str, *, elapsed_s: float) -> None:
        self.bar.set_postfix_str(text, refresh=False)
        self.bar.update(100 * min(1.0, share) - self.bar.n)
