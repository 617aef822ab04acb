"""The slurs of one voice that have begun, or wait for the note at which they begin."""

from __future__ import annotations

from renderers import limits
from renderers.score.abc.model import Event


class OpenSlurs:
    """Numbers slurs, and knows which one ends next."""

    def __init__(self) -> None:
        self._num_waiting = 0
        self._open: list[tuple[int, Event]] = []
        self._num_made = 0
        self._last: Event | None = None  # grace notes too

    def open(self) -> None:
        """`(`. Raises InputRefused for too many."""
        self._num_waiting += 1
        limits.check_open_slurs(self._num_waiting)

    def begin(self, event: Event) -> None:
        """Slurs that wait for a note begin here. Raises InputRefused for too many."""
        for _ in range(self._num_waiting):
            self._num_made += 1
            event.slurs_begun.append(self._num_made)
            self._open.append((self._num_made, event))
        limits.check_open_slurs(len(self._open))
        self._num_waiting = 0
        self._last = event

    def close(self) -> None:
        """`)`: ends the latest slur that did not begin at this very note."""
        event = self._last
        if self._num_waiting or event is None:
            self._num_waiting = max(0, self._num_waiting - 1)
            return
        for place in range(len(self._open) - 1, -1, -1):
            number, beginning = self._open[place]
            if beginning is not event:
                event.slurs_ended.append(number)
                del self._open[place]
                return

    def join(self, first: Event, second: Event) -> None:
        """A slur from one note to another: what a tie between unlike notes means."""
        self._num_made += 1
        first.slurs_begun.append(self._num_made)
        second.slurs_ended.append(self._num_made)

    def finish(self) -> None:
        """At the end of the tune: those that never end were none."""
        for number, event in self._open:
            event.slurs_begun.remove(number)
